"""Events of alarms as they are kept, and back."""

from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_record import read_event, record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf
from micboard_tui.domain.show import ShowProfile

RACK = DeviceId("rack")
PLAIN = Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 1), AlarmPriority.NOW, 1000.1, 1010.2)
FULL = Alarm(
    AlarmKey(ProblemCode.CHARGER_FAULT, RACK, part=3),
    AlarmPriority.AT_BREAK,
    1000.1,
    1010.2,
    4,
    is_flapping=True,
    cleared_at=1011.0,
    acknowledged_by="Zoë",
    acknowledged_at=1005.0,
    shelved_by="Pia",
    shelved_until=2000.0,
    hidden_by=AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage")),
    note="reseated",
    minutes_step=10,
    shelved_profile=ShowProfile.BREAK,
    shelved_show=ShowShelf(ShelfEnd.BREAK, 1),
)
NETWORK = Alarm(
    AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage")), AlarmPriority.NOW, 1.0, 1.0
)


@pytest.mark.parametrize("alarm", [PLAIN, FULL, NETWORK])
def test_an_event_is_read_as_it_was_recorded(alarm: Alarm) -> None:
    event = AlarmEvent(AlarmEventKind.RAISED, alarm, 1012.0, "Pia", 1000.5)
    recorded = record_event(event, "x" * 300, "Rack 1/1")
    assert (recorded.kind, recorded.subject, recorded.actor) == (EventKind.ALARM, "Rack 1/1", "Pia")
    assert len(recorded.text) == MAX_EVENT_TEXT
    assert read_event(recorded) == event


def test_what_is_no_event_of_an_alarm_of_this_release_is_left_out() -> None:
    recorded = record_event(AlarmEvent(AlarmEventKind.RAISED, FULL, 1012.0), "raised", None)
    assert read_event(Event(1.0, EventKind.LINK, "live")) is None
    for name, text in (("cause", "haunted"), ("event", "sang"), ("raised_at", "late"), ("hidden_by", "[]")):
        assert read_event(replace(recorded, details={**recorded.details, name: text})) is None
