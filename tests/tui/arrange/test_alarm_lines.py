"""Which alarms the desk lists, and in which lines."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_flood import AlarmFlood
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.alarm_lines import (
    AlarmFilter,
    AlarmKind,
    AlarmLine,
    arrange_alarms,
    count_alarms,
    find_cleared,
    find_line,
)

NOW, SOON, LATER, JOURNAL = AlarmPriority
RACK = DeviceId("rack")
OFFLINE = Alarm(AlarmKey(ProblemCode.OFFLINE, RACK), NOW, 10.0, 10.0)
HIDDEN = [
    Alarm(AlarmKey(ProblemCode.RF_LOW, RACK, number), LATER, 5.0, 5.0, hidden_by=OFFLINE.key)
    for number in (1, 2)
]
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, DeviceId("other"), 7), NOW, 11.0, 11.0, note="Wäsche")
OWN = Alarm(AlarmKey(ProblemCode.QUALITY_LOW, DeviceId("other"), 7), SOON, 9.0, 9.0, hidden_by=LOST.key)
SEEN = replace(LOST, key=LOST.key._replace(channel=8), acknowledged_by="Pia", acknowledged_at=12.0)
SHELVED = replace(LOST, key=LOST.key._replace(channel=9), shelved_by="Pia")
RECORDED = replace(LOST, key=LOST.key._replace(channel=10), priority=JOURNAL)
ALL = AlarmList((OFFLINE, LOST, SEEN, SHELVED, *HIDDEN, OWN, RECORDED))


def lines(wanted: AlarmFilter, past: Sequence[Alarm] = (), alarms: AlarmList = ALL) -> list[AlarmLine]:
    return arrange_alarms(alarms, past, wanted, lambda key: f"{key.cause} {key.channel or ''}")


def test_what_is_none_by_design_stands_behind_with_its_reason_and_nothing_is_done_about_it() -> None:
    key = AlarmKey(ProblemCode.RF_LOST, RACK, 3)
    alarms = replace(ALL, suppressed=(SuppressedCondition(key, SuppressionReason.OUT_OF_SERVICE, 4.0),))
    assert (count_alarms(alarms)[AlarmKind.BY_DESIGN], count_alarms(ALL)[AlarmKind.BY_DESIGN]) == (1, 0)
    past = replace(LOST, key=LOST.key._replace(channel=30), cleared_at=5.0)
    wanted = AlarmFilter(frozenset({AlarmKind.SEEN, AlarmKind.BY_DESIGN, AlarmKind.PAST}))
    flood = replace(alarms, flood=AlarmFlood(1.0, 12, LOST.key))
    for listed in (lines(wanted, [past], alarms), lines(wanted, [past], flood)):
        assert [line.alarm.key for line in listed] == [SEEN.key, key, past.key]
        assert [line.listed_keys for line in listed] == [(SEEN.key,), (), ()]
        assert listed[1].reason == "out of service"
    found = lines(replace(wanted, text="service"), [past], alarms)
    assert [line.alarm.key for line in found] == [key]


def test_what_is_usual_has_no_description_and_hidden_ones_stand_under_their_source() -> None:
    listed = lines(AlarmFilter())
    assert [line.alarm for line in listed] == [OFFLINE, LOST, SEEN, RECORDED]
    assert [line.hidden_text for line in listed] == ["+2 channels", "+1", "", ""]
    assert AlarmFilter().description == ""


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({AlarmKind.SHELVED}, [SHELVED]),
        ({AlarmKind.SUPPRESSED}, [*HIDDEN, OWN]),
        ({AlarmKind.SEEN, AlarmKind.SHELVED}, [SEEN, SHELVED]),
    ],
)
def test_other_kinds(kinds: set[AlarmKind], expected: list[Alarm]) -> None:
    wanted = AlarmFilter(frozenset(kinds))
    assert [line.alarm for line in lines(wanted)] == expected
    assert wanted.description == ", ".join(kind for kind in AlarmKind if kind in kinds)


def test_words_are_found_without_accents_in_all_that_the_line_says() -> None:
    for text, expected in (("wasche", [LOST]), ("rf_lost 8", [SEEN]), ("PIA", [SEEN]), ("nothing", [])):
        found = [line.alarm for line in lines(AlarmFilter(text=text)) if line.alarm is not RECORDED]
        assert [alarm for alarm in found if text != "wasche" or alarm is not SEEN] == expected
    assert AlarmFilter(text="x").description == "/x"


def test_past_ones_come_last_and_only_when_they_are_not_listed_again() -> None:
    gone = replace(LOST, key=LOST.key._replace(channel=11), cleared_at=20.0)
    older = replace(gone, key=LOST.key._replace(channel=12), cleared_at=15.0)
    again = replace(LOST, cleared_at=13.0)
    history = [AlarmEvent(AlarmEventKind.CLEARED, alarm, 20.0) for alarm in (older, again, gone, LOST)]
    assert find_cleared(history) == [gone, older, again]
    listed = lines(AlarmFilter(frozenset(AlarmKind)), find_cleared(history))
    assert [line.alarm for line in listed if line.kind is AlarmKind.PAST] == [gone, older]


def test_no_two_lines_have_the_same_key_although_an_alarm_cleared_twice() -> None:
    first = replace(LOST, cleared_at=13.0, key=LOST.key._replace(channel=11))
    second = replace(first, raised_at=20.0, cleared_at=25.0)
    listed = lines(AlarmFilter(frozenset(AlarmKind)), [second, first])
    assert [line.alarm for line in listed if line.kind is AlarmKind.PAST] == [second, first]
    assert len({line.line_key for line in listed}) == len(listed)


def test_in_a_flood_what_can_wait_is_folded_by_device_and_what_is_urgent_never() -> None:
    weak = [
        Alarm(AlarmKey(ProblemCode.RF_LOW, RACK, number), LATER, 20.0 + number, 30.0) for number in (3, 4, 5)
    ]
    flooded = replace(ALL, alarms=(*ALL.alarms, *weak), flood=AlarmFlood(5.0, 12, OFFLINE.key))
    listed = lines(AlarmFilter(), alarms=flooded)
    assert [line.alarm for line in listed][:3] == [OFFLINE, LOST, SEEN]
    [folded] = [line for line in listed if line.alarm in weak]
    assert folded.hidden_text == "+2 alarms"
    assert folded.keys == tuple(alarm.key for alarm in weak)


def test_counts_leave_out_what_is_only_recorded() -> None:
    counts = count_alarms(ALL)
    assert [counts[kind] for kind in AlarmKind] == [2, 1, 1, 3, 0, 0]
    assert find_line(LOST.key) == ChannelRef(DeviceId("other"), 7)
    assert find_line(OFFLINE.key) == RACK
    assert find_line(AlarmKey(ProblemCode.NETWORK_LOST)) is None
