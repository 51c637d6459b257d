from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind, AlarmStatus
from micboard_tui.domain.alarm_desk import AlarmDesk
from micboard_tui.domain.alarm_life import ActiveShow, Condition
from micboard_tui.domain.alarm_rules import (
    FLAPPING_OFF_DELAY_S,
    LONGEST_SHELF_S,
    LONGEST_STEP_S,
    MAX_CLEARED,
    RE_ALARM_S,
    RULES,
    AlarmKey,
    AlarmPriority,
    find_rule,
    list_sources,
)
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, make_show_shelf
from micboard_tui.domain.show import Show, ShowBreak, ShowProfile, ShowProgress
from micboard_tui.domain.show_changes import (
    end_show,
    extend_show,
    pause_show,
    resume_show,
    start_break,
    start_show,
)

RACK = DeviceId("rack")
T = 1_000_000.0
LOST = AlarmKey(ProblemCode.RF_LOST, RACK, 1)
CRITICAL = AlarmKey(ProblemCode.RF_CRITICAL, RACK, 1)
LOW = AlarmKey(ProblemCode.RF_LOW, RACK, 1)
INTERFERENCE = AlarmKey(ProblemCode.INTERFERENCE, RACK, 1)
OFFLINE = AlarmKey(ProblemCode.OFFLINE, RACK)
FAULT = AlarmKey(ProblemCode.CHARGER_FAULT, RACK, None, 3)
Kind = AlarmEventKind


class Evening:
    """A desk that is judged twice a second."""

    def __init__(self) -> None:
        self.desk = AlarmDesk()
        self.now = T
        self.events: list[AlarmEvent] = []

    def run(self, seconds: float, *, true: Iterable[AlarmKey] = (), false: Iterable[AlarmKey] = ()) -> None:
        conditions = dict.fromkeys(true, True) | dict.fromkeys(false, False)
        for _ in range(round(seconds * 2)):
            self.step(conditions)

    def step(self, conditions: Mapping[AlarmKey, Condition], step_s: float = 0.5) -> None:
        self.now += step_s
        self.desk, events = self.desk.follow(conditions, self.now)
        self.events += events

    def alarm(self, key: AlarmKey) -> Alarm:
        alarm = self.desk.find(key)
        assert alarm is not None
        return alarm

    def kinds(self, key: AlarmKey) -> list[AlarmEventKind]:
        return [event.kind for event in self.events if event.alarm.key == key]

    def acknowledge(self, key: AlarmKey) -> None:
        self.desk, events = self.desk.acknowledge(key, "Pia", self.now)
        self.events += events

    def shelve(self, key: AlarmKey, seconds: float) -> None:
        self.desk, events = self.desk.shelve(key, self.now + seconds, "Pia", self.now)
        self.events += events


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_every_cause_has_a_rule_and_no_alarm_hides_itself_by_way_of_others() -> None:
    assert RULES.keys() == set(ProblemCode)
    for cause in ProblemCode:
        found, open_ = set[AlarmKey](), [AlarmKey(cause, RACK, 1)]
        while open_:
            sources = set(list_sources(open_.pop())) - found
            found |= sources
            open_ += sources
        assert AlarmKey(cause, RACK, 1) not in found


@pytest.mark.parametrize("cause", ProblemCode)
def test_an_alarm_is_raised_after_its_on_delay_and_cleared_after_its_off_delay(cause: ProblemCode) -> None:
    evening, key = Evening(), AlarmKey(cause, RACK, 1)
    rule = find_rule(key)
    # The first sample begins the delay; there are at least two.
    samples = max(2, int(-(-rule.on_delay_s // 0.5)) + 1)
    evening.run((samples - 1) / 2, true=[key])
    assert evening.desk.find(key) is None
    evening.run(0.5, true=[key])
    assert [alarm.status for alarm in evening.desk.alarms] == [AlarmStatus.RAISED]
    assert evening.alarm(key).priority is rule.priority
    evening.run(rule.off_delay_s, false=[key])
    assert evening.alarm(key).is_open
    evening.run(0.5, false=[key])
    assert evening.events[-1].alarm.status is AlarmStatus.CLEARED
    is_kept = rule.priority is not AlarmPriority.JOURNAL
    assert (evening.desk.find(key) == evening.events[-1].alarm) is is_kept
    assert evening.kinds(key) == [Kind.RAISED, Kind.CLEARED]


def test_what_is_not_observed_neither_raises_nor_clears(evening: Evening) -> None:
    evening.run(4, true=[LOW])
    evening.run(40)
    assert evening.desk.alarms == ()
    evening.run(1.5, true=[LOW])
    assert evening.desk.alarms == ()
    evening.run(0.5, true=[LOW])
    assert evening.alarm(LOW).is_open
    evening.run(600)
    evening.run(9, false=[LOW])
    evening.step({LOW: None})
    assert evening.alarm(LOW).is_open
    evening.run(2, false=[LOW])
    assert not evening.alarm(LOW).is_open


def test_what_was_not_observed_for_long_is_begun_anew(evening: Evening) -> None:
    evening.run(4, true=[LOW])
    evening.run(61)
    assert evening.desk.watched == {}


@pytest.mark.parametrize(
    ("key", "kept_s"), [(CRITICAL, 600), (AlarmKey(ProblemCode.STALE, RACK, 1), 60), (LOST, None)]
)
def test_a_cleared_alarm_that_was_not_seen_stays(evening: Evening, key: AlarmKey, kept_s: int | None) -> None:
    rule = find_rule(key)
    evening.run(rule.on_delay_s + 1, true=[key])
    evening.run(rule.off_delay_s + 0.5, false=[key])
    evening.step({}, (kept_s or 7200) - 0.5)
    assert evening.alarm(key).status is AlarmStatus.CLEARED
    evening.run(1)
    if kept_s is None:
        evening.acknowledge(key)
    assert evening.desk.find(key) is None


def test_an_acknowledged_alarm_leaves_when_it_clears(evening: Evening) -> None:
    evening.run(2, true=[LOST])
    evening.acknowledge(LOST)
    alarm = evening.alarm(LOST)
    assert (alarm.status, alarm.acknowledged_by) == (AlarmStatus.ACKNOWLEDGED, "Pia")
    assert evening.desk.acknowledge(LOST, "Tom", evening.now) == (evening.desk, ())
    assert evening.desk.acknowledge(LOW, "Tom", evening.now) == (evening.desk, ())
    evening.run(6, false=[LOST])
    assert evening.desk.alarms == ()
    assert evening.kinds(LOST) == [Kind.RAISED, Kind.ACKNOWLEDGED, Kind.CLEARED]


def test_an_urgent_alarm_that_lasts_is_unacknowledged_again(evening: Evening) -> None:
    evening.run(10, true=[LOST, CRITICAL])
    evening.acknowledge(LOST)
    evening.acknowledge(CRITICAL)
    evening.run(RE_ALARM_S - 0.5, true=[LOST, CRITICAL])
    assert evening.alarm(LOST).acknowledged_at is not None
    evening.run(0.5, true=[LOST, CRITICAL])
    assert evening.alarm(LOST).status is AlarmStatus.RAISED
    assert evening.alarm(CRITICAL).acknowledged_at is not None
    assert evening.kinds(LOST)[-1] is Kind.RE_ALARMED


def test_the_third_raise_within_a_minute_flaps_and_then_clears_late(evening: Evening) -> None:
    for count in (1, 2, 3):
        evening.run(1, true=[LOST])
        assert (evening.alarm(LOST).count, evening.alarm(LOST).is_flapping) == (count, count == 3)
        evening.run(6, false=[LOST])
    assert evening.alarm(LOST).is_open
    evening.run(FLAPPING_OFF_DELAY_S - 6, false=[LOST])
    assert evening.alarm(LOST).is_open
    evening.run(0.5, false=[LOST])
    assert not evening.alarm(LOST).is_open
    evening.run(1, true=[LOST])
    assert (evening.alarm(LOST).count, evening.alarm(LOST).is_flapping) == (4, False)


def test_one_that_is_acknowledged_each_time_flaps_too(evening: Evening) -> None:
    for _ in range(3):
        evening.run(1, true=[LOST])
        evening.acknowledge(LOST)
        evening.run(6, false=[LOST])
    assert evening.alarm(LOST).is_flapping
    assert evening.alarm(LOST).count == 3


def test_a_shelved_alarm_stays_so_until_its_time_over_clears_and_raises(evening: Evening) -> None:
    evening.run(1, true=[LOST])
    evening.shelve(LOST, 60)
    assert evening.alarm(LOST).status is AlarmStatus.SHELVED
    evening.run(10, false=[LOST])
    evening.run(10, true=[LOST])
    assert (evening.alarm(LOST).status, evening.alarm(LOST).count) == (AlarmStatus.SHELVED, 2)
    evening.run(40, true=[LOST])
    assert evening.alarm(LOST).status is AlarmStatus.RAISED
    assert evening.kinds(LOST)[-1] is Kind.UNSHELVED


def test_a_shelved_alarm_is_taken_back(evening: Evening) -> None:
    evening.run(1, true=[LOST])
    evening.shelve(LOST, 60)
    desk, events = evening.desk.unshelve(LOST, "Tom", evening.now)
    assert [(event.kind, event.by) for event in events] == [(Kind.UNSHELVED, "Tom")]
    assert desk.alarms[0].status is AlarmStatus.RAISED
    assert desk.unshelve(LOST, "Tom", evening.now) == (desk, ())
    assert desk.shelve(LOW, evening.now + 60, "Tom", evening.now) == (desk, ())


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_SHELF_S + 1])
def test_a_shelf_has_an_end_that_is_not_far(evening: Evening, seconds: float) -> None:
    evening.run(1, true=[LOST])
    with pytest.raises(ValueError, match="for so long"):
        evening.shelve(LOST, seconds)


def test_a_shelf_ends_after_its_maximum_though_the_clock_was_put_back(evening: Evening) -> None:
    evening.run(1, true=[LOST])
    evening.shelve(LOST, LONGEST_SHELF_S)
    evening.step({LOST: True}, -86400)
    evening.step({LOST: True}, LONGEST_SHELF_S)
    assert evening.alarm(LOST).status is AlarmStatus.RAISED


def test_a_shelf_until_the_profile_changes_outlasts_a_clearing_and_an_unknown_profile(
    evening: Evening,
) -> None:
    evening.run(1, true=[LOST])
    evening.desk, _ = evening.desk.shelve(LOST, None, "Pia", evening.now, end=ShowProfile.SHOW)
    evening.run(10, false=[LOST])
    evening.run(10, true=[LOST])
    assert (evening.alarm(LOST).status, evening.alarm(LOST).count) == (AlarmStatus.SHELVED, 2)
    stored = AlarmDesk().recall(evening.desk.alarms, evening.now)
    for active in (ActiveShow(ShowProfile.SHOW), None):
        stored, _ = stored.follow({LOST: True}, evening.now, active=active)
        assert stored.alarms[0].is_shelved
    stored, events = stored.follow({LOST: True}, evening.now, active=ActiveShow(ShowProfile.BREAK))
    assert not stored.alarms[0].is_shelved
    assert [(event.kind, event.by) for event in events] == [(Kind.UNSHELVED, None)]


def test_a_shelf_until_a_moment_of_the_show_follows_the_show_and_not_the_plan(evening: Evening) -> None:
    evening.run(6, true=[LOST, LOW])
    hour = 3600.0
    show = Show("Ring", breaks=(ShowBreak(60.0, 20.0),), end_min=300.0)
    on = start_show(ShowProgress(show), evening.now)
    for key, end in ((LOST, ShelfEnd.BREAK), (LOW, ShelfEnd.END)):
        shelf = make_show_shelf(end, on, evening.now)
        evening.desk, _ = evening.desk.shelve(key, None, "Pia", evening.now, end=shelf)
    desk = AlarmDesk().recall(evening.desk.alarms, evening.now)

    def shelved_at(now: float, progress: ShowProgress | None, profile: ShowProfile | None) -> set[AlarmKey]:
        nonlocal desk
        active = None if profile is None else ActiveShow(profile, progress)
        desk, _ = desk.follow({LOST: False, LOW: False}, now, active=active)
        return {alarm.key for alarm in desk.alarms if alarm.is_shelved}

    begin, both = evening.now, {LOST, LOW}
    assert shelved_at(begin + 60.0, None, None) == both, "where the show is, is not known yet"
    paused = pause_show(on, begin + 0.5 * hour)
    late = extend_show(resume_show(paused, begin + hour), 30.0)
    assert shelved_at(begin + hour, paused, ShowProfile.SHOW) == both
    assert shelved_at(begin + 1.9 * hour, late, ShowProfile.SHOW) == both
    assert shelved_at(begin + 2.1 * hour, late, ShowProfile.SHOW) == both, "overdue, and still the act"
    at_break = start_break(late, begin + 2.2 * hour)
    assert shelved_at(begin + 2.2 * hour, at_break, ShowProfile.BREAK) == {LOW}
    act = resume_show(at_break, begin + 2.5 * hour)
    assert shelved_at(begin + 6.0 * hour, act, ShowProfile.SHOW) == {LOW}, "more than 4 hours"
    ended = end_show(act, begin + 6.2 * hour)
    assert shelved_at(begin + 6.2 * hour, ended, ShowProfile.TEARDOWN) == set()


def test_a_shelf_until_the_end_of_a_long_show_lasts_until_then(evening: Evening) -> None:
    evening.run(1, true=[LOST])
    end = evening.now + 2 * LONGEST_SHELF_S
    evening.desk, _ = evening.desk.shelve(LOST, end, "Pia", evening.now, latest=end)
    evening.step({LOST: True}, 2 * LONGEST_SHELF_S - 1)
    assert evening.alarm(LOST).status is AlarmStatus.SHELVED
    evening.step({LOST: True}, 1)
    assert evening.alarm(LOST).status is AlarmStatus.RAISED


def test_a_note_is_kept_over_a_raise(evening: Evening) -> None:
    evening.run(1, true=[LOST])
    evening.desk, events = evening.desk.note(LOST, " new pack ", "Pia", evening.now)
    assert [event.kind for event in events] == [Kind.NOTED]
    assert evening.desk.note(LOST, "new pack", "Pia", evening.now) == (evening.desk, ())
    evening.run(6, false=[LOST])
    evening.run(1, true=[LOST])
    assert evening.alarm(LOST).note == "new pack"


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (LOW, CRITICAL),
        (LOW, LOST),
        (CRITICAL, LOST),
        (INTERFERENCE, LOST),
        (LOST, OFFLINE),
        (FAULT, OFFLINE),
        (AlarmKey(ProblemCode.OFFLINE, RACK, 4), OFFLINE),
        (AlarmKey(ProblemCode.BATTERY_LOW, RACK, 1), AlarmKey(ProblemCode.BATTERY_CRITICAL, RACK, 1)),
    ],
)
def test_an_alarm_that_another_one_explains_is_hidden(
    evening: Evening, target: AlarmKey, source: AlarmKey
) -> None:
    evening.run(40, true=[target])
    evening.run(10, true=[source])
    alarm = evening.alarm(target)
    assert (alarm.status, alarm.hidden_by) == (AlarmStatus.SUPPRESSED, source)
    evening.run(40, true=[target], false=[source])
    assert evening.alarm(target).status is AlarmStatus.RAISED
    assert evening.kinds(target) == [Kind.RAISED, Kind.HIDDEN, Kind.REVEALED]


@pytest.mark.parametrize(("target", "source"), [(LOST, LOW), (LOST, CRITICAL), (OFFLINE, LOST)])
def test_a_smaller_alarm_hides_no_greater(evening: Evening, target: AlarmKey, source: AlarmKey) -> None:
    evening.run(40, true=[target, source])
    assert evening.alarm(target).status is AlarmStatus.RAISED


@pytest.mark.parametrize("other", [LOW._replace(channel=2), LOW._replace(device_id=DeviceId("other"))])
def test_other_channels_and_devices_are_not_hidden(evening: Evening, other: AlarmKey) -> None:
    evening.run(10, true=[LOST, other])
    assert evening.alarm(other).status is AlarmStatus.RAISED


def test_one_that_is_hidden_from_its_raise_and_clears_was_never_shown(evening: Evening) -> None:
    evening.run(10, true=[LOST, CRITICAL])
    assert evening.kinds(CRITICAL) == [Kind.RAISED]
    assert evening.events[-1].alarm.status is AlarmStatus.SUPPRESSED
    evening.run(6, false=[LOST, CRITICAL])
    assert evening.desk.find(CRITICAL) is None
    assert evening.kinds(CRITICAL) == [Kind.RAISED, Kind.CLEARED]


def test_a_device_is_as_urgent_as_what_it_hides(evening: Evening) -> None:
    evening.run(10, true=[OFFLINE])
    assert evening.alarm(OFFLINE).priority is AlarmPriority.AT_BREAK
    evening.acknowledge(OFFLINE)
    evening.run(10, true=[OFFLINE, *(AlarmKey(ProblemCode.OFFLINE, RACK, number) for number in range(1, 9))])
    new = [alarm for alarm in evening.desk.alarms if alarm.status is AlarmStatus.RAISED]
    assert [(alarm.key, alarm.priority) for alarm in new] == [(OFFLINE, AlarmPriority.NOW)]
    assert evening.kinds(OFFLINE) == [Kind.RAISED, Kind.ACKNOWLEDGED, Kind.WORSENED]


def test_a_device_that_a_group_hides_is_no_more_urgent_until_the_group_is_back(evening: Evening) -> None:
    network, channel = AlarmKey(ProblemCode.NETWORK_LOST), OFFLINE._replace(channel=1)
    true = dict.fromkeys((network, OFFLINE, channel), True)
    for _ in range(20):
        evening.now += 0.5
        evening.desk, events = evening.desk.follow(true, evening.now, {RACK: network})
        evening.events += events
    assert evening.alarm(OFFLINE).hidden_by == evening.alarm(channel).hidden_by == network
    # The group is no more, but the device stays away.
    evening.step({network: False, OFFLINE: None, channel: None})
    assert evening.alarm(channel).hidden_by == OFFLINE
    assert Kind.WORSENED not in evening.kinds(OFFLINE)
    evening.run(30, true=[OFFLINE, channel], false=[network])
    assert evening.alarm(OFFLINE).is_new
    assert evening.alarm(OFFLINE).priority is AlarmPriority.NOW


def test_alarms_stand_most_urgent_first_then_oldest(evening: Evening) -> None:
    clip = AlarmKey(ProblemCode.AUDIO_CLIP, RACK, 5)
    second = LOST._replace(channel=2)
    evening.run(1, true=[clip])
    evening.run(1, true=[second])
    evening.run(1, true=[LOST])
    assert [alarm.key for alarm in evening.desk.alarms] == [second, LOST, clip]


def test_only_so_many_cleared_alarms_are_kept_and_the_urgent_ones_longest(evening: Evening) -> None:
    lost = [LOST._replace(channel=number) for number in range(MAX_CLEARED - 1)]
    clip = [AlarmKey(ProblemCode.SAME_FREQUENCY, RACK, number) for number in range(5)]
    evening.run(3, true=[*lost, *clip])
    evening.run(6, false=[*lost, *clip])
    assert len(evening.desk.alarms) == MAX_CLEARED
    assert {alarm.key for alarm in evening.desk.alarms} > set(lost)


def test_a_clock_that_jumps_ahead_raises_nothing(evening: Evening) -> None:
    battery = AlarmKey(ProblemCode.BATTERY_LOW, RACK, 1)
    evening.step({battery: True})
    evening.step({battery: True}, 86400)
    assert evening.desk.alarms == ()
    evening.run(30 - LONGEST_STEP_S, true=[battery])
    assert evening.alarm(battery).is_open


KEYS = (OFFLINE, LOST, CRITICAL, LOW, FAULT, INTERFERENCE)
MOMENTS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(KEYS), st.sampled_from([True, True, True, False, None])),
        st.sampled_from([0.0, 0.5, 0.5, 1.0, 5.0, 30.0, 3600.0, -0.5, -7200.0]),
        st.sampled_from(["", "", "", "acknowledge", "shelve"]),
    ),
    max_size=60,
)


Moments: TypeAlias = list[tuple[dict[AlarmKey, Condition], float, str]]


def live_through(moments: Moments) -> Evening:
    evening = Evening()
    seen_true = set[AlarmKey]()
    for conditions, step_s, action in moments:
        evening.step(conditions, step_s)
        seen_true |= {key for key, condition in conditions.items() if condition}
        for alarm in evening.desk.alarms:
            if action == "acknowledge":
                evening.acknowledge(alarm.key)
            elif action == "shelve":
                evening.shelve(alarm.key, 60)
        for alarm in evening.desk.alarms:
            assert alarm.raised_at <= alarm.last_seen_at <= (alarm.cleared_at or alarm.last_seen_at)
            assert alarm.key in seen_true
            assert not (alarm.is_new and alarm.hidden_by is not None)
        order = [
            (alarm.priority, alarm.cleared_at is not None, alarm.raised_at) for alarm in evening.desk.alarms
        ]
        assert order == sorted(order)
    return evening


@settings(max_examples=100, deadline=None)
@given(MOMENTS)
def test_raises_and_clears_alternate_and_none_is_lost_whatever_the_clock_does(moments: Moments) -> None:
    evening = live_through(moments)
    for key in KEYS:
        turns = [kind for kind in evening.kinds(key) if kind in {Kind.RAISED, Kind.CLEARED}]
        assert turns == [Kind.RAISED, Kind.CLEARED] * (len(turns) // 2) + [Kind.RAISED] * (len(turns) % 2)
        found = evening.desk.find(key)
        assert (found is not None and found.is_open) is bool(len(turns) % 2)
    # Whatever was before: what lasts is raised, and what ends is cleared, once.
    for _ in range(12):
        evening.step(dict.fromkeys(KEYS, True), 5.0)
    assert all(evening.alarm(key).is_open for key in KEYS)
    for _ in range(24):
        evening.step(dict.fromkeys(KEYS, False), 5.0)
    assert not any(alarm.is_open for alarm in evening.desk.alarms)
    counts = Counter((event.alarm.key, event.kind) for event in evening.events)
    assert all(counts[key, Kind.RAISED] == counts[key, Kind.CLEARED] > 0 for key in KEYS)


@settings(max_examples=50, deadline=None)
@given(MOMENTS)
def test_without_a_condition_that_is_true_there_is_no_alarm(
    moments: Moments,
) -> None:
    desk, now = AlarmDesk(), T
    for conditions, step_s, _ in moments:
        now += step_s
        desk, events = desk.follow({key: None if value else value for key, value in conditions.items()}, now)
        assert events == ()
        assert desk == replace(AlarmDesk(), at=now, clock_s=desk.clock_s, observed_s=desk.observed_s)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_no_kill_at_any_point_loses_an_act_or_ends_an_alarm_twice(
    moments: Moments, stored_at: set[int], killed_at: set[int]
) -> None:
    """Alarms and events are stored together, now and then and with each act; a kill loses what came since."""
    evening = Evening()
    stored: tuple[Alarm, ...] = ()
    kept: list[AlarmEvent] = []
    for number, (conditions, step_s, action) in enumerate(moments):
        evening.step(conditions, step_s)
        for alarm in evening.desk.alarms if action == "acknowledge" else ():
            evening.acknowledge(alarm.key)
        if action == "acknowledge" or number in stored_at:
            stored = evening.desk.alarms
            kept += evening.events
            evening.events.clear()
        if number in killed_at:
            evening.events.clear()
            evening.desk = AlarmDesk().recall(stored, evening.now)
            assert {alarm.key: alarm for alarm in evening.desk.alarms} == {
                alarm.key: alarm for alarm in stored
            }
    # Each clears once, however often the program was killed while it was open.
    for _ in range(24):
        evening.step(dict.fromkeys(KEYS, False), 5.0)
    assert not any(alarm.is_open for alarm in evening.desk.alarms)
    kept += evening.events
    for key in KEYS:
        turns = [
            event.kind
            for event in kept
            if event.alarm.key == key and event.kind in {Kind.RAISED, Kind.CLEARED}
        ]
        assert turns == [Kind.RAISED, Kind.CLEARED] * (len(turns) // 2)
