"""The keys of the audit; what is typed filters."""

from micboard_tui.tui.key_bindings import Key, KeyLine, KeyTable

AUDIT_KEYS: KeyTable = (
    Key("escape", "leave", "Take the filter away, then back", display="Esc"),
    Key("up", "step(-1)", "Up", is_listed=False, priority=True),
    Key("down", "step(1)", "Down", is_listed=False, priority=True),
    Key("pageup", "page(-1)", "Page up", is_listed=False, priority=True),
    Key("pagedown", "page(1)", "Page down", is_listed=False, priority=True),
)
AUDIT_KEY_LINE: KeyLine = (("type", "filter"), ("Enter", "all of it"), ("↑↓", "move"), ("Esc", "back"))
ENTRY_KEYS: KeyTable = (Key("escape,enter,q", "dismiss(None)", "Back", display="Esc"),)
