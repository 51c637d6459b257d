"""The keys that move in lists: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import Key, KeyTable

STEP_KEYS: KeyTable = (
    Key("j", "cursor_down", "Down", is_listed=False),
    Key("k", "cursor_up", "Up", is_listed=False),
)
"""Of a list of Textual's, which has the other keys that move itself."""


def list_keys(first: str = "First line", last: str = "Last line") -> KeyTable:
    """The keys that move in the list of a screen; help calls its ends ``first`` and ``last``."""
    return (
        Key("up,k", "step(-1)", "Up", display="↑ k"),
        Key("down,j", "step(1)", "Down", display="↓ j"),
        Key("pageup", "page(-1)", "Page up", display="PgUp"),
        Key("pagedown", "page(1)", "Page down", display="PgDn"),
        Key("home", "edge(0)", first, display="Home"),
        Key("end", "edge(-1)", last, display="End"),
    )
