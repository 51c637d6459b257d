"""When there is a flood of alarms, what came first, and how its list is folded."""

from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_flood import AlarmFlood, FloodWatch, fold_alarms
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode

T = 1_000_000.0


def alarm(number: int, priority: AlarmPriority = AlarmPriority.SOON, device: str = "rack") -> Alarm:
    return Alarm(AlarmKey(ProblemCode.RF_LOW, DeviceId(device), number), priority, T, T)


def follow(watch: FloodWatch, clock_s: float, *alarms: Alarm) -> FloodWatch:
    return watch.follow([AlarmEvent(AlarmEventKind.RAISED, each, T + clock_s) for each in alarms], clock_s)


@pytest.mark.parametrize(("spacing_s", "count"), [(1.0, 6), (50.0, 11)])
def test_a_flood_is_more_than_five_in_ten_seconds_or_ten_in_ten_minutes(spacing_s: float, count: int) -> None:
    watch = FloodWatch()
    for number in range(count - 1):
        watch = follow(watch, number * spacing_s, alarm(number))
        assert watch.flood is None
    watch = follow(watch, (count - 1) * spacing_s, alarm(count))
    assert watch.flood == AlarmFlood(T, count, alarm(0).key)


def test_a_flood_counts_on_and_ends_when_fewer_than_five_came_in_ten_minutes() -> None:
    watch = follow(FloodWatch(), 100.0, *map(alarm, range(6)))
    assert watch.flood == AlarmFlood(T + 100.0, 6, alarm(0).key)
    assert follow(watch, 101.0) is watch
    watch = follow(watch, 650.0, *map(alarm, range(4)))
    assert watch.flood is not None
    assert watch.flood.count == 10
    assert follow(watch, 699.0).flood is watch.flood
    assert follow(watch, 701.0).flood is None


def test_the_rate_counts_ten_minutes_and_those_of_the_program_before() -> None:
    watch = follow(FloodWatch(), 5.0, alarm(1), alarm(2))
    assert (watch.rate, follow(watch, 605.0).rate, follow(watch, 606.0).rate) == (2, 2, 0)
    history = [AlarmEvent(AlarmEventKind.RAISED, alarm(n), T - age_s) for n, age_s in ((1, 601), (2, 500))]
    history += [AlarmEvent(AlarmEventKind.CLEARED, alarm(1), T)]
    recalled = FloodWatch().recall(history, T, 0.0)
    assert (recalled.rate, recalled.flood) == (1, None)
    assert (follow(recalled, 100.0).rate, follow(recalled, 101.0).rate) == (1, 0)


def test_what_is_hidden_shelved_or_for_the_journal_is_no_flood() -> None:
    watch = FloodWatch()
    for number in range(20):
        hidden = replace(alarm(number), hidden_by=alarm(99).key)
        shelved = replace(alarm(number), shelved_by="Pia")
        journal = alarm(number, AlarmPriority.JOURNAL)
        watch = follow(watch, 1.0, hidden, shelved, journal)
    assert watch == FloodWatch()
    cleared = [AlarmEvent(AlarmEventKind.CLEARED, alarm(number), T) for number in range(20)]
    assert watch.follow(cleared, 2.0) is watch


def test_a_flood_folds_by_device_and_cause_and_what_is_urgent_now_stands_for_itself() -> None:
    urgent = [alarm(1, AlarmPriority.NOW), alarm(2, AlarmPriority.NOW)]
    rack, other = [alarm(3), alarm(4)], [alarm(1, device="other")]
    places = [
        Alarm(AlarmKey(ProblemCode.NO_SPARE, location_id=LocationId(place)), AlarmPriority.SOON, T, T)
        for place in ("stage", "choir")
    ]
    folds = fold_alarms([*urgent, rack[0], *other, rack[1], *places])
    assert [fold.alarms for fold in folds] == [
        *((each,) for each in urgent),
        *(tuple(group) for group in (rack, other, places)),
    ]
    assert folds[2].worst is rack[0]
