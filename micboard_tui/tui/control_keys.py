"""The keys of dialogs of control, and the line of keys of the board while control is armed or refused."""

from micboard_tui.tui.key_bindings import HELP_KEYS, Key, KeyLine, KeyPair, KeyTable, LabelledKey

COMMAND_PLAN_KEYS: KeyTable = (
    Key("y", "carry_out", "Carry it out"),
    Key("n,escape", "dismiss(False)", "No", display="n Esc"),
    *HELP_KEYS,
)

_DISARM = LabelledKey("arm", "disarm")
ARMED_KEY_LINE: KeyLine = (
    "details",
    "control",
    "control_plan",
    _DISARM,
    "undo",
    "help",
    "quit",
    "alarms",
    "find",
    "name",
    "swap",
    "filter",
    "layout",
    "next_problem",
    "log",
)
"""While control is armed."""
ARMED_MARKED_KEY_LINE: KeyLine = ("control_plan", _DISARM)
"""Before the keys for marked channels."""
ARMED_DEVICE_KEY_LINE: KeyLine = ("control", _DISARM)
"""Before the keys for a device."""
WATCHING_KEY_LINE: KeyLine = (
    KeyPair("up", "down", "move"),
    "details",
    "alarms",
    "help",
    "quit",
    "find",
    "filter",
    "layout",
    "next_problem",
    "order",
    "group",
    "devices",
    "chargers",
    "log",
)
"""Where nothing can be changed: no key that is refused."""
LOCKED_KEY_LINE: KeyLine = (*WATCHING_KEY_LINE[:2], LabelledKey("lock", "unlock"), *WATCHING_KEY_LINE[2:])
"""While the show is locked."""
