"""The keys of the recap: tables as in ``key_bindings.py``."""

from micboard_tui.tui.key_bindings import Key, KeyLine, KeyTable

RECAP_KEYS: KeyTable = (
    Key("escape,q,R", "app.pop_screen", "Back", display="Esc"),
    Key("s", "choose_span", "Span: this show, an earlier one, the last hours"),
    Key("left", "turn(1)", "The span after it in that list", display="←"),
    Key("right", "turn(-1)", "The span before it", display="→"),
    Key("c", "compare", "Compare: what became better or worse since an earlier show"),
    Key("e", "app.flow('export_recap')", "Export: as a web page, Markdown, CSV or JSON, into a file"),
    Key(
        "enter",
        "open",
        "Look at the moment: of a channel that of its longest outage, or lowest RF",
        display="Enter",
    ),
    Key("r", "again", "Read it again"),
    Key("tab", "section(1)", "The next part", display="Tab", priority=True),
    Key("shift+tab", "section(-1)", "The part before", display="Shift+Tab", priority=True),
)
RECAP_KEY_LINE: KeyLine = (
    ("s", "span"),
    ("Tab", "next part"),
    ("Enter", "look at it"),
    ("e", "export"),
    ("c", "compare"),
    ("Esc", "back"),
    ("r", "again"),
    ("↑ ↓", "move"),
)
