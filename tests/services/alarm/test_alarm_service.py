"""Alarms of a rack that is judged while sessions are kept, and what people do about them."""

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.alarm import AlarmEventKind, AlarmStatus
from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S, MAX_NOTE, AlarmKey, AlarmPriority
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.alarm.alarm_service import AlarmService
from tests.fakes.services import FakeSessions
from tests.services.alarm.evening import AWAY, AWAY_1, LOST_1, Evening
from tests.services.results import code_of, data_of
from tests.services.stage import RACK

UNKNOWN = AlarmKey(ProblemCode.STALE, RACK.id, 9)


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_a_lost_carrier_is_raised_at_once_and_stays_until_it_was_seen(evening: Evening) -> None:
    evening.speak(60.0)
    assert evening.listed == {}
    evening.lose_carrier(3.0)
    assert evening.listed == {LOST_1: True}
    evening.speak(10.0)
    assert evening.listed == {LOST_1: False}


def test_a_receiver_that_goes_is_one_alarm_as_urgent_as_its_channels(evening: Evening) -> None:
    evening.go_offline(7.0)
    alarms = evening.live.findings.alarms
    assert [alarm.key for alarm in alarms.new] == [AWAY]
    assert alarms.new[0].priority is AlarmPriority.NOW
    assert alarms.count(AlarmStatus.SUPPRESSED) == 2
    evening.speak(10.0)
    assert evening.listed == {AWAY: False}


def test_what_is_silent_ends_nothing_and_what_was_removed_ends(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    evening.go_offline(60.0)
    assert evening.listed[LOST_1]
    evening.live.place([], [])
    evening.run(10.0)
    assert [key for key, is_open in evening.listed.items() if is_open] == []


def test_a_process_without_sessions_judges_nothing(evening: Evening) -> None:
    evening.sessions.is_running = False
    evening.go_offline(60.0)
    assert evening.listed == {}


def test_findings_are_replaced_only_when_an_alarm_changed(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    before = evening.live.findings
    evening.run(1.0)
    assert evening.live.findings is before


async def test_what_a_person_does_is_shown_at_once_and_taken_back_in_turn(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    service, now = evening.service, evening.clock.now

    (seen,) = data_of(await service.acknowledge([LOST_1], actor="Pia"))
    assert seen.acknowledged_by == "Pia"
    assert evening.live.findings.alarms.new == ()
    assert data_of(await service.acknowledge([LOST_1], actor="Ben")) == []
    assert data_of(await service.note(LOST_1, "loose antenna", actor="Ben")).note == "loose antenna"
    (shelved,) = data_of(await service.shelve([LOST_1], until=now + 300.0, actor="Pia"))
    assert shelved.status is AlarmStatus.SHELVED

    (back,) = data_of(await service.undo(actor="Pia"))
    assert (back.status, back.note) == (AlarmStatus.ACKNOWLEDGED, "loose antenna")
    (back,) = data_of(await service.undo(actor="Pia"))
    assert (back.status, back.note) == (AlarmStatus.RAISED, "loose antenna")
    assert code_of(await service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO
    (back,) = data_of(await service.undo(actor="Ben"))
    assert back.note == ""
    kinds = [event.kind for event in data_of(await service.list_history(0.0))]
    assert kinds == [
        AlarmEventKind.RAISED,
        AlarmEventKind.ACKNOWLEDGED,
        AlarmEventKind.NOTED,
        AlarmEventKind.SHELVED,
        AlarmEventKind.UNSHELVED,
        AlarmEventKind.UNACKNOWLEDGED,
        AlarmEventKind.NOTED,
    ]


async def test_an_alarm_that_left_because_it_was_seen_comes_back(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    evening.speak(10.0)
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    assert evening.listed == {}
    data_of(await evening.service.undo(actor="Pia"))
    evening.speak(60.0)
    assert evening.listed == {LOST_1: False}


async def test_an_alarm_shelved_until_it_clears_leaves_then(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    data_of(await evening.service.shelve([LOST_1], until=None, actor="Pia"))
    assert data_of(await evening.service.list_alarms()).count(AlarmStatus.SHELVED) == 1
    evening.speak(10.0)
    assert evening.listed == {}
    evening.lose_carrier(3.0)
    assert [alarm.status for alarm in evening.live.findings.alarms.alarms] == [AlarmStatus.RAISED]


async def test_what_cannot_be_done_is_refused_and_nothing_is_changed(evening: Evening) -> None:
    evening.go_offline(7.0)
    service, before = evening.service, evening.live.findings
    assert code_of(await service.acknowledge([AWAY, UNKNOWN], actor="Pia")) is ErrorCode.ALARM_NOT_FOUND
    assert code_of(await service.note(AWAY, "x" * (MAX_NOTE + 1), actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.note(UNKNOWN, "x", actor="Pia")) is ErrorCode.ALARM_NOT_FOUND
    late = evening.clock.now + LONGEST_SHELF_S + 1.0
    assert code_of(await service.shelve([AWAY_1], until=late, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO
    assert evening.live.findings is before


class CrashingSessions(FakeSessions):
    """Crashes a few times when it is asked whether it runs."""

    crashes = 3

    @property
    def is_running(self) -> bool:
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError
        return True

    @is_running.setter
    def is_running(self, value: bool) -> None:
        pass


@pytest.mark.virtual_time
async def test_a_crash_of_looks_is_logged_once_and_the_next_ones_go_on(evening: Evening) -> None:
    service = AlarmService(evening.live, CrashingSessions())
    evening.live.status(RACK.id, DeviceStatus.OFFLINE)
    with capture_logs() as logs, anyio.move_on_after(10.0):
        async with anyio.create_task_group() as group:
            group.start_soon(service.run)
            for _ in range(20):
                evening.clock.now += 0.5
                await anyio.sleep(0.5)
    assert AWAY in evening.listed
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["alarms_look_crashed"]
