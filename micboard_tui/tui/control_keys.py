"""The keys of dialogs of control."""

from micboard_tui.tui.key_bindings import HELP_KEYS, Key, KeyTable

COMMAND_PLAN_KEYS: KeyTable = (
    Key("y", "carry_out", "Carry it out"),
    Key("n,escape", "dismiss(False)", "No", display="n Esc"),
    *HELP_KEYS,
)
