from dataclasses import replace

import pytest

from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart, ProblemStarts
from micboard_tui.domain.thresholds import DROP_OUT_S, LONGEST_PAUSE_S, SETTLE_S

LOW = ProblemKey(DeviceId("rack"), 3, ProblemCode.BATTERY_LOW)
FAULT = ProblemKey(DeviceId("charger"), None, ProblemCode.CHARGER_FAULT, 2)
STORED = ProblemStart(LOW, 400.0, 990.0)


def heard(key: ProblemKey, seen_at: float) -> bool:
    del key, seen_at
    return True


def silent(key: ProblemKey, seen_at: float) -> bool:
    del key, seen_at
    return False


def test_a_problem_keeps_its_start_and_no_start_is_in_the_future() -> None:
    starts = ProblemStarts().follow({LOW: 1000.0, FAULT: 1500.0}, 1000.0, heard)
    assert starts.open == {LOW: 1000.0, FAULT: 1000.0}
    assert starts.follow({LOW: 1001.0, FAULT: 1001.0}, 1001.0, heard).open == starts.open


@pytest.mark.parametrize(("gap_s", "since"), [(DROP_OUT_S, 1000.0), (DROP_OUT_S + 0.1, 1006.1)])
def test_what_is_heard_without_a_problem_has_it_for_a_drop_out_more(gap_s: float, since: float) -> None:
    starts = ProblemStarts().follow({LOW: 1000.0}, 1000.0, heard).follow({}, 1001.0, heard)
    assert starts.open == {}
    assert starts.unended() == ()
    now = 1001.0 + gap_s
    assert starts.follow({LOW: now}, now, heard).open == {LOW: pytest.approx(since)}
    assert starts.follow({}, 1001.0 + DROP_OUT_S + 0.1, heard).gone == {}


def test_what_is_not_heard_is_not_known_to_have_ended() -> None:
    starts = ProblemStarts().follow({LOW: 1000.0}, 1000.0, heard)
    late = 1000.0 + LONGEST_PAUSE_S
    for now in (1001.0, 1100.0, late):
        starts = starts.follow({}, now, silent)
        assert starts.unended() == (ProblemStart(LOW, 1000.0, 1000.0),)
    assert starts.follow({LOW: late}, late, heard).open == {LOW: 1000.0}
    assert starts.follow({}, late + SETTLE_S + 0.1, silent).gone == {}


def test_a_channel_that_falls_silent_again_starts_no_end() -> None:
    starts = ProblemStarts().follow({LOW: 1000.0}, 1000.0, heard)
    starts = starts.follow({}, 1001.0, heard).follow({}, 1004.0, silent).follow({}, 1060.0, silent)
    starts = starts.follow({}, 1061.0, heard)
    assert starts.follow({LOW: 1063.0}, 1063.0, heard).open == {LOW: 1000.0}
    assert starts.follow({}, 1066.1, heard).gone == {}


def test_what_was_stored_lasts_on_until_its_channel_is_heard_without_it() -> None:
    starts = ProblemStarts().recall([STORED], 1020.0)
    assert starts.open == {}
    assert starts.unended() == (STORED,)
    waiting = starts.follow({}, 1021.0, silent).follow({}, 1060.0, silent)
    assert waiting.unended() == (STORED,)
    assert waiting.follow({LOW: 1061.0}, 1061.0, heard).open == {LOW: 400.0}
    ended = waiting.follow({}, 1061.0, heard).follow({}, 1067.0, heard)
    assert ended.follow({LOW: 1068.0}, 1068.0, heard).open == {LOW: 1068.0}


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        (STORED, 990.0 + LONGEST_PAUSE_S + SETTLE_S + 1.0),
        # The clock was set back, or forward before and back then.
        (STORED, 900.0),
        (STORED._replace(since=2000.0), 1020.0),
        (STORED._replace(since=2000.0, seen_at=2500.0), 1020.0),
        (STORED._replace(since=0.0), 1020.0),
        (STORED._replace(since=float("nan")), 1020.0),
        (STORED._replace(seen_at=float("inf")), 1020.0),
    ],
)
def test_what_cannot_have_lasted_counts_from_now(stored: ProblemStart, now: float) -> None:
    starts = ProblemStarts().recall([stored], now)
    assert starts == ProblemStarts()
    assert starts.follow({LOW: now}, now, heard).open == {LOW: now}


def test_a_problem_that_was_found_before_it_was_recalled_has_lasted_too() -> None:
    starts = ProblemStarts().follow({LOW: 1019.0}, 1019.0, heard).recall([STORED], 1020.0)
    assert starts.open == {LOW: 400.0}
    assert starts.recall([STORED._replace(since=500.0)], 1020.0).open == {LOW: 400.0}


def test_every_stamp_follows_the_clock() -> None:
    starts = ProblemStarts().recall([STORED], 1020.0).follow({FAULT: 1020.0}, 1020.0, heard)
    shifted = starts.shift_clock(-100.0)
    assert shifted.at == 920.0
    assert shifted.open == {FAULT: 920.0}
    assert shifted.gone == {
        LOW: replace(
            starts.gone[LOW],
            start=STORED._replace(since=300.0, seen_at=890.0),
            ended_at=920.0,
        )
    }
