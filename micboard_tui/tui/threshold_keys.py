"""The keys of the screen of thresholds: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import Key, KeyLine, KeyTable

THRESHOLD_KEYS: KeyTable = (
    Key("escape,q,E", "app.pop_screen", "Back", display="Esc"),
    Key(
        "enter",
        "app.flow('edit_threshold')",
        "Change the number; shows how many channels it marks",
        display="Enter",
    ),
    Key(
        "delete,backspace",
        "app.flow('reset_threshold')",
        "Reset it to the wider one",
        display="Del",
    ),
    Key("right,tab", "change_scope(1)", "For whom: all, location, performer, channel", display="→"),
    Key("left", "change_scope(-1)", "The same the other way", display="←"),
    Key("p", "change_profile(1)", "In which profile: every one, soundcheck, show, break, teardown"),
    Key("P", "app.flow('choose_profile')", "Choose the profile for the times without a show"),
    Key("u", "app.flow('undo')", "Undo your last step"),
)
THRESHOLD_KEY_LINE: KeyLine = (
    ("Enter", "change"),
    ("Del", "reset"),
    ("→", "for whom"),
    ("p", "profile"),
    ("u", "undo"),
    ("Esc", "back"),
    ("P", "choose profile"),
)
