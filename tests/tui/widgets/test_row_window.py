"""Which rows are on the screen: nothing jumps when others come or go."""

import string

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.tui.widgets.row_window import RowWindow


def window_of(keys: str, height: int = 3) -> RowWindow[str]:
    window: RowWindow[str] = RowWindow()
    window.take(list(keys), height)
    return window


def test_the_selected_row_stays_on_its_line() -> None:
    window = window_of("abcdef")
    window.go_to(2)
    assert (window.selected, window.line_of_selected, window.visible) == ("c", 2, range(3))
    window.take(list("xyabcdef"), 3)
    assert (window.selected, window.line_of_selected, window.visible) == ("c", 2, range(2, 5))
    # A row that goes gives its place to the one after it, at the end to the one before.
    window.take(list("xyabdef"), 3)
    assert (window.selected, window.line_of_selected) == ("d", 2)
    window.take(list("xya"), 3)
    assert window.selected == "a"
    window.take([], 3)
    assert (window.selected or window.line_of_selected) is None
    assert not window.visible
    window.step(1)
    window.go_to(0)
    window.scroll(1)
    window.take(list("q"), 3)
    assert window.selected == "q"


def test_scrolling_takes_the_selection_along() -> None:
    window = window_of("abcdefgh")
    window.scroll(2)
    assert (window.selected, window.visible) == ("c", range(2, 5))
    window.scroll(99)
    assert (window.selected, window.visible) == ("f", range(5, 8))
    window.step(99)
    assert window.selected == "h"
    window.go_to(-1)
    window.step(-99)
    assert (window.selected, window.visible) == ("a", range(3))


@given(
    st.lists(st.lists(st.sampled_from(string.ascii_letters), unique=True), min_size=1, max_size=6),
    st.integers(0, 5),
    st.lists(st.integers(-9, 9), max_size=6),
)
def test_the_selected_row_is_always_one_of_the_rows_and_on_the_screen(
    lists: list[list[str]], height: int, steps: list[int]
) -> None:
    window = window_of("")
    for keys in lists:
        window.take(keys, height)
        for by in steps:
            window.step(by)
            window.scroll(by)
        assert (window.selected in keys) == bool(keys)
        assert len(window.visible) == min(height, len(keys))
        if keys and height:
            assert window.line_of_selected is not None
