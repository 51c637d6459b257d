"""The keys of the walk test: tables as in ``key_bindings.py``."""

from micboard_tui.domain.walk_test import MAX_PLACES
from micboard_tui.tui.key_bindings import BACK_KEYS, Key, KeyLine, KeyTable

WALK_KEYS: KeyTable = (
    *BACK_KEYS,
    *(
        Key(
            str(place),
            f"app.flow('walk_to_{place}')",
            "Now at this place; the first one begins the walk",
            display="1 to 9",
            is_listed=place == 1,
        )
        for place in range(1, MAX_PLACES + 1)
    ),
    Key("space", "app.flow('walk_on')", "On the way to the next place: nothing counts", display="Space"),
    Key("n", "app.flow('walk_name')", "Name the place"),
    Key("f", "app.flow('walk_finish')", "Finish: keep the walk"),
    Key("x", "app.flow('walk_cancel')", "End the walk and keep nothing"),
    Key("c", "compare", "Compare with the walk before, with the one before that, with none"),
    Key("left", "turn(1)", "The walk before", display="←"),
    Key("right", "turn(-1)", "The walk after", display="→"),
)
RUNNING_WALK_KEY_LINE: KeyLine = (
    ("1-9", "place"),
    ("Space", "on the way"),
    ("n", "name"),
    ("f", "finish"),
    ("x", "discard"),
    ("Esc", "back"),
    "marker",
)
WALK_KEY_LINE: KeyLine = (
    ("1-9", "walk"),
    ("c", "compare"),
    ("← →", "other walks"),
    ("↑ ↓", "scroll"),
    ("Esc", "back"),
)
