"""The rate of the board on good and on bad lines."""

import pytest

from micboard_tui.tui.terminal.frame_rate import SLOWEST_FPS, FrameRate, SlowReason


def drawn(pace: FrameRate, start: float, seconds: float, *, ticks: int = 10, busy: bool = False) -> int:
    """How many of the ticks are drawn."""
    return sum(
        pace.is_due(start + number / ticks, is_busy=busy) for number in range(1, int(seconds * ticks) + 1)
    )


def test_a_good_line_gets_every_frame() -> None:
    pace = FrameRate(10)
    assert drawn(pace, 0.0, 5.0) == 50
    assert pace.slow_reason is SlowReason.NOTHING


def test_a_busy_line_gets_none_and_is_asked_less_often() -> None:
    pace = FrameRate(10)
    assert drawn(pace, 0.0, 10.0, busy=True) == 0
    assert pace.fps == SLOWEST_FPS
    assert pace.slow_reason is SlowReason.LINE


def test_a_line_that_has_recovered_gets_its_frames_back() -> None:
    pace = FrameRate(10)
    drawn(pace, 0.0, 5.0, busy=True)
    slow = drawn(pace, 5.0, 2.0)
    assert 2 <= slow <= 6
    drawn(pace, 7.0, 20.0)
    assert pace.fps == 10
    assert drawn(pace, 30.0, 1.0) == 10


def test_one_hiccup_costs_little() -> None:
    pace = FrameRate(10)
    drawn(pace, 0.0, 1.0)
    drawn(pace, 1.0, 0.1, busy=True)
    assert pace.fps == 7.0
    assert pace.slow_reason is SlowReason.NOTHING


def test_a_rate_below_the_slowest_stays() -> None:
    pace = FrameRate(1)
    drawn(pace, 0.0, 5.0, ticks=1, busy=True)
    assert pace.fps == 1


@pytest.mark.parametrize("busy", [False, True])
def test_ticks_that_come_late_are_the_machine_and_not_the_line(busy: bool) -> None:
    pace = FrameRate(10)
    # The terminal of a busy machine does not get its turn either.
    drawn(pace, 0.0, 10.0, ticks=3, busy=busy)
    assert pace.slow_reason is SlowReason.MACHINE
    drawn(pace, 10.0, 3.0)
    assert pace.slow_reason is not SlowReason.MACHINE


def test_one_long_pause_is_no_busy_machine() -> None:
    pace = FrameRate(10)
    drawn(pace, 0.0, 1.0)
    drawn(pace, 100.0, 0.1)
    assert pace.slow_reason is SlowReason.NOTHING
