"""The keys of the search for devices, and of what came of adding them."""

from micboard_tui.tui.key_bindings import HELP_KEYS, SCROLL_KEYS, Key, KeyLine, KeyTable

SEARCH_SCREEN_KEYS: KeyTable = (
    Key("escape", "leave", "Back", display="Esc"),
    Key("q", "dismiss(None)", "Back", is_listed=False),
    Key("enter,a", "add", "Add the marked devices or this one; ask for what it needs", display="Enter a"),
    Key("space", "mark", "Mark the device", display="Space"),
    Key("asterisk", "mark_all", "Mark all that can be added, or none", display="*"),
    Key("t", "type", "Probe addresses or networks too"),
    Key("i", "interface", "Listen on another interface"),
    Key("z", "zone", "Search another zone, where there are several"),
    Key("r", "again", "Search again"),
    *HELP_KEYS,
)
SEARCH_KEY_LINE: KeyLine = (
    ("Enter", "add"),
    ("Space", "mark"),
    ("*", "all"),
    ("t", "addresses"),
    ("i", "interface"),
    ("r", "again"),
    ("Esc", "back"),
)
ADD_RESULTS_KEYS: KeyTable = (
    Key("escape,enter,q", "back", "Back", display="Esc"),
    *SCROLL_KEYS,
    *HELP_KEYS,
)
