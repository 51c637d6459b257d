"""For which alarms shelving is offered because they come and go."""

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.chattering import CHATTER_COUNT, CHATTER_WINDOW_S, ChatterWatch
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode

LOST = AlarmKey(ProblemCode.RF_LOST, DeviceId("rack"), 1)


def flap(watch: ChatterWatch, clock_s: float, *, is_flapping: bool = True) -> ChatterWatch:
    alarm = Alarm(LOST, AlarmPriority.NOW, 1.0, 1.0, 3, is_flapping)
    return watch.follow([AlarmEvent(AlarmEventKind.RAISED, alarm, 1.0)], clock_s)


def test_an_alarm_that_flapped_four_times_in_ten_minutes_chatters_until_that_is_over() -> None:
    watch = ChatterWatch()
    for number in range(CHATTER_COUNT):
        assert watch.chattering == frozenset()
        watch = flap(watch, 120.0 * number)
    assert watch.chattering == {LOST}
    assert watch.follow([], 400.0).chattering is watch.chattering
    assert watch.follow([], CHATTER_WINDOW_S + 1.0).chattering == frozenset()
    assert watch.follow([], 2000.0).flapped == {}


def test_raises_that_do_not_flap_never_chatter() -> None:
    watch = ChatterWatch()
    for number in range(20):
        watch = flap(watch, float(number), is_flapping=False)
    assert watch == ChatterWatch()
