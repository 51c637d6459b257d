"""Keys that more than one screen answers; what they do stands in the app."""

from textual.binding import Binding

UNDO_KEYS = (
    Binding("u", "app.undo", "Take the last step back"),
    Binding("ctrl+r", "app.redo", "Do again what was taken back"),
)
CHANNEL_KEYS = (
    Binding("n", "app.assign", "Name: give the channel to a performer"),
    Binding("l", "app.locate", "Location: where its receiver stands"),
    Binding("s", "app.swap", "Swap: a ready spare takes over"),
    Binding("x", "app.expect_off", "Expected off, no alarm; or on again"),
    *UNDO_KEYS,
)
RACK_KEYS = (
    Binding("K", "rack(-1)", "Move the receiver up the rack"),
    Binding("J", "rack(1)", "Move the receiver down the rack"),
)
