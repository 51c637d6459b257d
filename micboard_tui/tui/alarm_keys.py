"""The keys of the alarm desk and of its dialogs: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import DISMISS_KEYS, Key, KeyLine, KeyTable

ALARM_DESK_KEYS: KeyTable = (
    Key("escape", "leave", "Back", display="Esc"),
    Key("q", "app.pop_screen", "Back", is_listed=False),
    Key("enter", "go", "Go to the channel or device", display="Enter"),
    Key("a", "app.flow('acknowledge')", "Acknowledge: it was seen"),
    Key("asterisk", "app.flow('acknowledge_all')", "Acknowledge all new ones that are listed", display="*"),
    Key("A", "app.flow('shelve')", "Shelve: put it aside for a time; or take it back from the shelf"),
    Key("n", "app.flow('note_alarm')", "Note: a text that stays with it"),
    Key("space", "mark", "Mark the alarm for the next action", display="Space"),
    Key("f", "filter", "Show only some: new, seen, shelved, suppressed, by design, past"),
    Key("slash", "find", "Show only what has these words", display="/"),
    Key("s", "app.flow('swap')", "Swap: a ready spare takes over from the channel"),
    Key("t", "moment", "Timeline: the moment at which it was raised, with curves"),
    Key("u", "app.flow('undo_alarms')", "Take back what was done last about alarms"),
)
ALARM_DESK_KEY_LINE: KeyLine = (
    ("a", "seen"),
    ("*", "all"),
    ("A", "shelve"),
    ("Enter", "go there"),
    ("Esc", "back"),
    ("f", "filter"),
    ("s", "swap"),
    ("t", "curves"),
    ("u", "undo"),
    ("n", "note"),
    ("/", "find"),
    ("Space", "mark"),
)
EMPTY_ALARM_DESK_KEY_LINE: KeyLine = (("f", "filter"), ("u", "undo"), ("Esc", "back"))
"""While nothing is listed."""
ALARM_FILTER_KEYS: KeyTable = (
    Key("space", "tick", "Tick", display="Space", priority=True),
    Key("enter", "apply", "Show these", display="Enter", priority=True),
    Key("c", "clear", "New and seen ones, as usual"),
    *DISMISS_KEYS,
)
