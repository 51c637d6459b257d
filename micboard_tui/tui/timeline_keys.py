"""The keys of the timeline and of the moment that it opens: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import BACK_KEYS, Key, KeyLine, KeyTable

TIMELINE_KEYS: KeyTable = (
    Key("escape", "leave", "Back", display="Esc"),
    Key("q", "app.pop_screen", "Back", is_listed=False),
    Key("enter", "open", "Look at the moment: curves, link states, battery", display="Enter"),
    Key("f", "next_kinds", "Show only alarms, markers, links and sessions, changes, or all"),
    Key("slash", "find", "Show only what has these words", display="/"),
    Key("u", "app.flow('take_back_marker')", "Take back the selected marker"),
)
TIMELINE_KEY_LINE: KeyLine = (
    ("Enter", "look at it"),
    ("f", "kinds"),
    ("/", "find"),
    "marker",
    ("↑ ↓", "other events"),
    ("Esc", "back"),
)
MOMENT_KEYS: KeyTable = (
    *BACK_KEYS,
    Key("left", "move(-1)", "Move the cursor back", display="←"),
    Key("right", "move(1)", "Move the cursor on", display="→"),
    Key("pageup", "turn(-1)", "Earlier: half of what is shown", display="PgUp"),
    Key("pagedown", "turn(1)", "Later: half of what is shown", display="PgDn"),
    Key("plus,equals_sign", "zoom(1)", "Nearer: a shorter time", display="+"),
    Key("minus", "zoom(-1)", "Farther: a longer time", display="-"),
    Key("shift+left,comma", "event(-1)", "The event before", display="Shift+← ,"),
    Key("shift+right,full_stop", "event(1)", "The next event", display="Shift+→ ."),
    Key("up,k", "channel(-1)", "The channel before", display="↑ k"),
    Key("down,j", "channel(1)", "The next channel", display="↓ j"),
    Key("tab", "several", "One channel, or several below one another", display="Tab"),
    Key("home", "home", "Back to the moment that was opened", display="Home"),
    Key("end", "now", "To now", display="End"),
)
MOMENT_KEY_LINE: KeyLine = (
    ("← →", "cursor"),
    ("+ -", "zoom"),
    (", .", "events"),
    ("↑ ↓", "channels"),
    ("Tab", "several"),
    ("Esc", "back"),
    "marker",
    ("PgUp PgDn", "scroll"),
    ("Home", "back to the event"),
    ("End", "now"),
)
