"""Keys that more than one screen answers; what they do stands in the app."""

from textual.binding import Binding

UNDO_KEYS = (
    Binding("u", "app.undo", "Take the last step back", id="undo"),
    Binding("ctrl+r", "app.redo", "Do again what was taken back", id="redo"),
)
CHANNEL_KEYS = (
    Binding("n", "app.assign", "Name: give the channel to a performer", id="name"),
    Binding("l", "app.locate", "Location: where its receiver stands", id="location"),
    Binding("s", "app.swap", "Swap: a ready spare takes over", id="swap"),
    Binding("p", "app.plan_pack", "Pack: which one belongs to the channel", id="pack"),
    Binding("x", "app.expect_off", "Expected off, no alarm; or on again", id="expected_off"),
    *UNDO_KEYS,
)
RACK_KEYS = (
    Binding("K", "rack(-1)", "Move the receiver up the rack", id="rack_up"),
    Binding("J", "rack(1)", "Move the receiver down the rack", id="rack_down"),
)
ACCESS_KEYS = (
    Binding("t", "trust", "Devices: trust a certificate", id="trust"),
    Binding("w", "give_secret", "Devices: give a password or key", id="secret"),
)
