"""Until which moments of a show alarms can be shelved."""

from dataclasses import replace

from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S
from micboard_tui.domain.shelf_end import ShelfEnd, find_shelf_ends
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


def test_what_is_not_known_over_or_too_far_ahead_is_not_offered() -> None:
    assert find_shelf_ends(None, T) == {}
    assert find_shelf_ends(ShowProgress(SHOW), T) == {}
    long_show = replace(RUNNING, show=replace(SHOW, breaks=(), end_min=LONGEST_SHELF_S / 60.0 + 1.0))
    assert find_shelf_ends(long_show, T) == {}
    assert find_shelf_ends(replace(RUNNING, show=replace(SHOW, breaks=(), end_min=None)), T) == {}
