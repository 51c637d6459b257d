"""The keys of the battery plan and of the line check: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import Key, KeyLine, KeyTable

BATTERY_PLAN_KEYS: KeyTable = (
    Key("escape,q,b", "app.pop_screen", "Back", display="Esc"),
    Key("enter", "go", "Go to the channel", display="Enter"),
    Key("s", "app.flow('swap')", "Swap: a ready spare takes over from the channel"),
    Key("B", "app.flow('cells')", "Cells: which are in the pack, or that full ones were put in"),
    Key("u", "app.flow('undo')", "Undo your last step"),
)
BATTERY_PLAN_KEY_LINE: KeyLine = (
    ("Enter", "go there"),
    ("s", "swap"),
    ("B", "cells"),
    ("u", "undo"),
    ("Esc", "back"),
    ("↑ ↓", "move"),
)
LINE_CHECK_KEYS: KeyTable = (
    Key("escape,q,i", "app.pop_screen", "Back", display="Esc"),
    Key("r", "app.flow('start_line_check')", "Start the check, or start it anew"),
    Key("space", "app.flow('tick_line')", "Tick the line by hand; or take that back", display="Space"),
    Key("u", "app.flow('undo_tick')", "Take back the last tick by hand, or the end"),
    Key("e", "app.flow('end_line_check')", "End the check"),
    Key("f", "only_missing", "Only lines that miss something; or all"),
    Key("enter", "go", "Go to the channel", display="Enter"),
)
LINE_CHECK_KEY_LINE: KeyLine = (
    ("Space", "tick"),
    ("f", "missing"),
    ("Enter", "go there"),
    ("r", "anew"),
    ("e", "end"),
    ("u", "undo"),
    ("Esc", "back"),
)
NOT_STARTED_KEY_LINE: KeyLine = (("r", "start"), ("Esc", "back"))
HANDOVER_KEYS: KeyTable = (
    Key("ctrl+s", "keep", "Keep the note", display="Ctrl+S", priority=True),
    Key("escape", "leave", "Back", display="Esc", priority=True),
    Key("f1", "app.help", "Help", display="F1"),
)
NEW_NOTES_KEYS: KeyTable = (Key("escape,enter,q", "dismiss(None)", "Close", display="Enter Esc"),)
