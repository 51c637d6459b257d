"""When a bell rings."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_bell import BURST_EVERY_S, AlarmBell
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode

NOW, SOON = AlarmPriority.NOW, AlarmPriority.SOON
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, DeviceId("rack"), 1), NOW, 100.0, 100.0)
LOW = replace(LOST, key=LOST.key._replace(channel=2), priority=SOON)
CONTACT = replace(LOST, key=LOST.key._replace(channel=3), priority=AlarmPriority.AT_BREAK)


class Desk:
    def __init__(self) -> None:
        self.bell, self.now_s = AlarmBell(), 0.0

    def listen(self, seconds: int, *new: Alarm) -> list[tuple[float, AlarmPriority]]:
        """When it rings in so many seconds."""
        bursts = []
        for _ in range(seconds):
            self.bell, priority = self.bell.follow(new, self.now_s)
            if priority is not None:
                bursts.append((self.now_s, priority))
            self.now_s += 1.0
        return bursts


def test_what_is_urgent_now_rings_again_after_half_a_minute_and_then_every_two() -> None:
    assert Desk().listen(400, LOST) == [(0.0, NOW), (30.0, NOW), (150.0, NOW), (270.0, NOW), (390.0, NOW)]


def test_what_is_for_soon_rings_once_and_the_rest_is_silent() -> None:
    assert Desk().listen(400, LOW, CONTACT) == [(0.0, SOON)]


def test_a_raise_in_ten_seconds_after_a_burst_waits_for_the_next_one() -> None:
    desk = Desk()
    assert desk.listen(3, LOW) == [(0.0, SOON)]
    assert desk.listen(20, LOW, LOST) == [(10.0, NOW)]


def test_what_was_seen_or_has_cleared_does_not_ring_again_until_it_is_raised_again() -> None:
    desk = Desk()
    desk.listen(5, LOST)
    assert desk.listen(200, replace(LOST, cleared_at=105.0)) == []
    assert desk.listen(5) == []
    assert desk.bell.rings == {}
    assert desk.listen(5, replace(LOST, raised_at=300.0)) == [(210.0, NOW)]
    assert desk.listen(60, replace(LOST, raised_at=310.0)) == [(220.0, NOW), (250.0, NOW)]


@given(st.lists(st.lists(st.sampled_from([LOST, LOW, CONTACT]), max_size=3, unique=True), max_size=60))
def test_whatever_happens_there_are_ten_seconds_between_two_bursts(moments: Iterable[list[Alarm]]) -> None:
    desk = Desk()
    bursts = [at for new in moments for at, _ in desk.listen(2, *new)]
    assert all(later - earlier >= BURST_EVERY_S for earlier, later in pairwise(bursts))
