"""Until which moments of a show alarms can be shelved."""

from dataclasses import replace

from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S
from micboard_tui.domain.shelf_end import (
    ShelfEnd,
    ShowShelf,
    find_latest_end,
    find_longest,
    find_shelf_ends,
    load_show_shelf,
    make_show_shelf,
)
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState

T = 1_000_000.0
SHOW = Show("Hamlet", breaks=(ShowBreak(75.0, 20.0),), end_min=150.0)
RUNNING = ShowProgress(SHOW, ShowState.RUNNING, started_at=T, position_at=T)


def test_alarms_are_shelved_until_the_next_break_or_the_end_while_the_show_runs() -> None:
    assert find_shelf_ends(RUNNING, T + 600.0) == {ShelfEnd.BREAK: T + 4500.0, ShelfEnd.END: T + 9000.0}
    # An overdue break is not to come, and the end moves with it.
    assert find_shelf_ends(RUNNING, T + 12_000.0) == {ShelfEnd.END: T + 16_500.0}
    later = replace(RUNNING, breaks_taken=1, position_min=95.0, position_at=T)
    assert find_shelf_ends(later, T) == {ShelfEnd.END: T + 3300.0}


def test_the_longest_shelf_is_four_hours_or_until_the_end_of_the_show_where_that_is_later() -> None:
    assert find_latest_end(None, T) == find_latest_end(RUNNING, T) == T + LONGEST_SHELF_S
    long_show = replace(RUNNING, show=replace(SHOW, breaks=(), end_min=400.0))
    assert find_latest_end(long_show, T) == find_shelf_ends(long_show, T)[ShelfEnd.END] == T + 24_000.0
    assert find_longest(T + 24_000.0, T) == 24_000.0
    assert find_longest(T + 60.0, T) == find_longest(None, T) == LONGEST_SHELF_S


def test_a_break_that_is_dropped_from_the_plan_and_a_show_that_is_over_end_a_shelf() -> None:
    shelf = make_show_shelf(ShelfEnd.BREAK, RUNNING, T)
    assert shelf == ShowShelf(ShelfEnd.BREAK, 0)
    assert load_show_shelf(shelf.dump()) == shelf
    assert not shelf.is_over(RUNNING)
    assert shelf.is_over(replace(RUNNING, show=replace(SHOW, breaks=())))
    assert shelf.is_over(None)
    assert shelf.is_over(ShowProgress(SHOW))
    assert make_show_shelf(ShelfEnd.BREAK, replace(RUNNING, breaks_taken=1), T) is None
    assert make_show_shelf(ShelfEnd.END, None, T) is None


def test_what_is_not_known_or_over_is_not_offered() -> None:
    assert find_shelf_ends(None, T) == {}
    assert find_shelf_ends(ShowProgress(SHOW), T) == {}
    assert find_shelf_ends(replace(RUNNING, show=replace(SHOW, breaks=(), end_min=None)), T) == {}
