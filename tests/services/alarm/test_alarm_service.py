"""Alarms of a rack that is judged while sessions are kept, and what people do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.show import CurrentShow
from micboard_tui.domain.alarm import Alarm, AlarmEventKind, AlarmStatus
from micboard_tui.domain.alarm_rules import LONGEST_SHELF_S, MAX_NOTE, AlarmKey, AlarmPriority
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import DeviceId, ShowId
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf
from micboard_tui.domain.show import Show, ShowProfile, ShowProgress, ShowRecord, ShowState
from micboard_tui.domain.show_changes import end_show
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.alarm.alarm_service import LOOK_S
from micboard_tui.services.background import BackgroundTasks
from tests.fakes.events import InMemoryEvents
from tests.fakes.services import FakeSessions
from tests.fakes.stored_alarms import InMemoryAlarms
from tests.services.alarm.evening import AWAY, AWAY_1, LOST_1, Evening
from tests.services.results import code_of, data_of, warning_of
from tests.services.stage import HEARD, LOST, LOUD, ON, RACK

UNKNOWN = AlarmKey(ProblemCode.STALE, RACK.id, 9)


@pytest.fixture
async def evening() -> Evening:
    return await begin()


async def begin(alarms: InMemoryAlarms | None = None, now: float = 1_000.0) -> Evening:
    """An evening in which the board has read what is stored."""
    evening = Evening(alarms, now)
    await evening.service.keep_stored()
    return evening


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


async def test_a_process_without_sessions_judges_nothing(evening: Evening) -> None:
    evening.sessions.is_running = False
    evening.go_offline(60.0)
    await evening.service.keep_stored()
    assert evening.listed == {}
    assert evening.alarms.kept == {}


def test_findings_are_replaced_only_when_an_alarm_changed(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    before = evening.live.findings
    evening.run(1.0)
    assert evening.live.findings is before


async def test_while_locked_an_acknowledgement_is_taken_back_and_a_shelving_is_not(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    service = evening.service
    data_of(await service.shelve([LOST_1], until=evening.clock.now + 300.0, actor="Pia"))
    lock = ShowLock("Ada", evening.clock.now)
    evening.live.findings = replace(evening.live.findings, show_lock=lock)
    data_of(await service.acknowledge([LOST_1], actor="Pia"))
    (back,) = data_of(await service.undo(actor="Pia"))
    assert back.status is AlarmStatus.SHELVED
    assert code_of(await service.undo(actor="Pia")) is ErrorCode.SHOW_LOCKED
    evening.live.findings = replace(evening.live.findings, show_lock=None)
    (back,) = data_of(await service.undo(actor="Pia"))
    assert back.status is AlarmStatus.RAISED


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


async def test_what_a_person_did_is_taken_back_after_a_restart_and_from_another_program(
    evening: Evening,
) -> None:
    evening.lose_carrier(3.0)
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    data_of(await evening.service.note(LOST_1, "wet", actor="Pia"))
    data_of(await evening.service.note(LOST_1, "dry", actor="Ben"))
    await evening.service.close()
    after = await begin(evening.alarms, evening.clock.now + 60.0)
    (back,) = data_of(await after.service.undo(actor="Pia"))
    assert (back.note, back.acknowledged_by) == ("", "Pia")
    # A command takes back the act before it, and the board has it within two seconds.
    idle = FakeSessions()
    command = after.make_service(idle)
    (back,) = data_of(await command.undo(actor="Pia"))
    assert back.acknowledged_by is None
    assert code_of(await command.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO
    await after.service.keep_stored()
    assert after.live.findings.alarms.alarms[0].is_new
    assert code_of(await after.service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_acts_on_alarms_that_have_left_are_passed_over(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    data_of(await evening.service.note(LOST_1, "wet", actor="Pia"))
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    evening.speak(10.0)
    assert evening.listed == {}
    assert code_of(await evening.service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_an_alarm_that_left_because_it_was_seen_comes_back(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    evening.speak(10.0)
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    assert evening.listed == {}
    data_of(await evening.service.undo(actor="Pia"))
    evening.speak(60.0)
    assert evening.listed == {LOST_1: False}


async def test_how_many_came_lately_is_known_after_a_restart(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    assert evening.live.findings.alarms.rate == 1
    await evening.service.close()
    after = await begin(evening.alarms, evening.clock.now + 60.0)
    assert after.live.findings.alarms.rate == 1


async def test_a_shelf_ends_with_its_profile_and_says_so_in_the_list_of_events(evening: Evening) -> None:
    evening.lose_carrier(6.0)
    show = ShowProfile.SHOW
    data_of(await evening.service.shelve([LOST_1], until=None, profile=show, actor="Pia"))
    evening.speak(20.0)
    assert evening.live.findings.alarms.count(AlarmStatus.CLEARED) == 1, "it stays on the shelf"
    evening.live.findings = replace(evening.live.findings, profile=ShowProfile.TEARDOWN)
    evening.speak(6.0)
    assert not evening.live.findings.alarms.alarms[0].is_shelved
    await evening.service.keep_stored()
    assert evening.alarms.events.kept[-1].text == "RF lost: shelf ended"
    assert evening.alarms.events.kept[-1].actor is None


async def test_alarms_are_shelved_until_the_end_of_a_long_show(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    now = evening.clock.now
    late = now + LONGEST_SHELF_S + 600.0
    assert code_of(await evening.service.shelve([LOST_1], until=late, actor="Pia")) is ErrorCode.INVALID_VALUE
    progress = ShowProgress(Show("Ring", end_min=300.0), ShowState.RUNNING, started_at=now, position_at=now)
    record = ShowRecord(ShowId("ring"), progress.show)
    evening.devices.shows.kept[record.id] = record
    await evening.devices.shows.change_current(lambda _: CurrentShow(record.id, progress))
    (shelved,) = data_of(await evening.service.shelve([LOST_1], until=late, actor="Pia"))
    assert shelved.shelved_until == late
    service = evening.service
    assert (
        code_of(await service.shelve([LOST_1], until=None, moment=ShelfEnd.BREAK, actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )
    (shelved,) = data_of(await service.shelve([LOST_1], until=None, moment=ShelfEnd.END, actor="Pia"))
    assert (shelved.shelved_until, shelved.shelved_show) == (None, ShowShelf(ShelfEnd.END))
    evening.live.findings = replace(evening.live.findings, show=progress)
    evening.lose_carrier(6.0)
    assert evening.live.findings.alarms.alarms[0].is_shelved
    evening.live.findings = replace(evening.live.findings, show=end_show(progress, evening.clock.now))
    evening.lose_carrier(1.0)
    assert not evening.live.findings.alarms.alarms[0].is_shelved


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
    assert code_of(await service.acknowledge([UNKNOWN], actor="Pia")) is ErrorCode.ALARM_NOT_FOUND
    assert code_of(await service.note(AWAY, "x" * (MAX_NOTE + 1), actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.note(UNKNOWN, "x", actor="Pia")) is ErrorCode.ALARM_NOT_FOUND
    late = evening.clock.now + LONGEST_SHELF_S + 1.0
    assert code_of(await service.shelve([AWAY_1], until=late, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO
    assert evening.live.findings is before


@pytest.mark.parametrize("correction_s", [7200.0, -7200.0])
async def test_after_the_clock_was_set_alarms_are_as_old_as_before_and_are_judged_on(
    evening: Evening, correction_s: float
) -> None:
    evening.lose_carrier(3.0)
    service = evening.service
    data_of(await service.shelve([LOST_1], until=evening.clock.now + 60.0, actor="Pia"))
    (before,) = evening.live.findings.alarms.alarms
    evening.clock.now += correction_s
    evening.live.shift_clock(correction_s)
    evening.lose_carrier(1.0)
    (after,) = evening.live.findings.alarms.alarms
    assert after.raised_at == before.raised_at + correction_s
    assert after.shelved_until == (before.shelved_until or 0.0) + correction_s
    await service.keep_stored()
    assert evening.alarms.kept == {LOST_1: after}
    evening.speak(70.0)
    assert evening.listed == {LOST_1: False}


async def test_a_flood_is_shown_with_what_came_first_and_is_an_event_when_it_began_and_ended(
    evening: Evening,
) -> None:
    racks = [replace(RACK, id=DeviceId(f"rack {number}"), host=f"10.0.0.{number}") for number in range(7)]
    evening.live.place([RACK, *racks], [])
    for number, rack in enumerate(racks):
        facts = replace(ON, frequency_khz=500_000 + 1000 * number)
        evening.live.take_observations(rack.id, [HEARD, FactsHeard(1, facts), MetersHeard(1, LOUD)])
    evening.run(1.0)
    for rack in racks:
        evening.live.take_observations(rack.id, [MetersHeard(1, LOST)])
    evening.run(3.0)
    flood = evening.live.findings.alarms.flood
    assert flood is not None
    assert flood.count == len(racks)
    assert flood.first.device_id == racks[0].id
    evening.clock.now += 700.0
    evening.run(1.0)
    assert evening.live.findings.alarms.flood is None
    await evening.service.keep_stored()
    texts = [event.text for event in evening.alarms.events.kept if "Flood" in event.text]
    assert texts == ["Flood of alarms began, the first was RF lost", "Flood of alarms over, 7 came"]


class BusyAlarms(InMemoryAlarms):
    """Another program writes a note just before what is stored here, so many times."""

    others = 0

    async def store(
        self, changes: Sequence[AlarmChange], events: Sequence[Event], *, is_durable: bool
    ) -> Mapping[AlarmKey, Alarm | None]:
        if self.others:
            self.others -= 1
            self.kept = {key: replace(alarm, note=f"{self.others} left") for key, alarm in self.kept.items()}
        return await super().store(changes, events, is_durable=is_durable)


async def test_an_act_is_made_again_over_what_another_program_did_meanwhile() -> None:
    alarms = BusyAlarms()
    evening = await begin(alarms)
    evening.lose_carrier(3.0)
    await evening.service.keep_stored()
    alarms.others = 2
    (seen,) = data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    assert (seen.note, seen.acknowledged_by) == ("0 left", "Pia")
    (shown,) = evening.live.findings.alarms.alarms
    assert shown == alarms.kept[LOST_1]
    alarms.others = 100
    command = evening.make_service(FakeSessions())
    assert code_of(await command.note(LOST_1, "wet", actor="Ben")) is ErrorCode.CHANGED_SINCE


async def test_a_process_that_never_kept_sessions_stores_nothing_when_it_ends(evening: Evening) -> None:
    command = evening.make_service(FakeSessions())
    await command.close()
    assert evening.alarms.durable == []


class CrashingSessions(FakeSessions):
    """Crashes two times when it is asked whether it runs."""

    crashes = 2

    @property
    def is_running(self) -> bool:
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError
        return True

    @is_running.setter
    def is_running(self, value: bool) -> None:
        pass


async def test_an_act_is_on_the_disk_when_it_is_answered_and_stands_after_a_restart(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    assert evening.alarms.kept[LOST_1].acknowledged_by == "Pia"
    assert evening.alarms.durable == [True]

    later = await begin(evening.alarms, evening.clock.now + 3600.0)
    assert later.live.findings.alarms.alarms == (evening.alarms.kept[LOST_1],)
    later.speak(10.0)
    assert later.listed == {}
    await later.service.keep_stored()
    assert later.alarms.kept == {}
    kinds = [event.kind for event in data_of(await later.service.list_history(0.0))]
    assert kinds == [AlarmEventKind.RAISED, AlarmEventKind.ACKNOWLEDGED, AlarmEventKind.CLEARED]


async def test_an_alarm_that_lasts_over_a_restart_stands_and_is_not_raised_again(evening: Evening) -> None:
    evening.go_offline(7.0)
    await evening.service.close()
    later = Evening(evening.alarms, evening.clock.now + 3600.0, is_heard=False)
    await later.service.keep_stored()
    later.run(30.0)
    assert later.listed == evening.listed
    later.go_offline(7.0)
    assert later.listed == evening.listed
    later.hear()
    later.speak(10.0)
    assert later.listed == {AWAY: False}
    await later.service.keep_stored()
    events = data_of(await later.service.list_history(0.0))
    for kind in (AlarmEventKind.RAISED, AlarmEventKind.CLEARED):
        keys = sorted((event.alarm.key for event in events if event.kind is kind), key=str)
        assert keys == sorted([AWAY, AWAY_1, AWAY_1._replace(channel=2)], key=str)


async def test_what_people_do_in_other_programs_counts_here(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    evening.go_offline(7.0)
    await evening.service.keep_stored()
    command = evening.make_service(FakeSessions())
    data_of(await command.acknowledge([AWAY], actor="Ben"))
    data_of(await command.note(LOST_1, "new\tcapsule", actor="Ben"))
    assert data_of(await command.list_alarms()).count(AlarmStatus.ACKNOWLEDGED) == 1
    assert evening.live.findings.alarms.count(AlarmStatus.ACKNOWLEDGED) == 0

    # The board does something at the same time.
    data_of(await evening.service.shelve([LOST_1], until=None, actor="Pia"))
    await evening.service.keep_stored()
    alarms = {alarm.key: alarm for alarm in evening.live.findings.alarms.alarms}
    assert alarms[AWAY].acknowledged_by == "Ben"
    assert (alarms[LOST_1].shelved_by, alarms[LOST_1].note) == ("Pia", "new capsule")
    assert evening.alarms.kept == alarms


async def test_a_cleared_alarm_that_was_seen_in_another_program_leaves(evening: Evening) -> None:
    evening.lose_carrier(3.0)
    evening.speak(10.0)
    await evening.service.keep_stored()
    command = evening.make_service(FakeSessions())
    data_of(await command.acknowledge([LOST_1], actor="Ben"))
    await evening.service.keep_stored()
    assert evening.listed == {}
    assert evening.alarms.kept == {}
    assert code_of(await command.acknowledge([LOST_1], actor="Ben")) is ErrorCode.ALARM_NOT_FOUND


async def test_alarms_that_left_meanwhile_are_passed_over_and_the_others_are_acknowledged(
    evening: Evening,
) -> None:
    evening.lose_carrier(3.0)
    seen = data_of(await evening.service.acknowledge([UNKNOWN, LOST_1, LOST_1], actor="Pia"))
    assert [alarm.key for alarm in seen] == [LOST_1]
    data_of(await evening.service.undo(actor="Pia"))
    assert [alarm.key for alarm in evening.live.findings.alarms.new] == [LOST_1]


class LateEvents(InMemoryEvents):
    """Each list takes a moment."""

    async def list(self, query: EventQuery) -> Sequence[Event]:
        await anyio.sleep(0.01)
        return await super().list(query)


async def test_a_program_that_takes_over_shows_the_alarms_of_the_former_one_until_it_has_read_them() -> None:
    evening = await begin(InMemoryAlarms(LateEvents()))
    evening.lose_carrier(3.0)
    await evening.service.keep_stored()
    next_one = Evening(evening.alarms, evening.clock.now)
    next_one.live.findings = evening.live.findings
    is_read = anyio.Event()

    async def begin_judging() -> None:
        await next_one.service.keep_stored()
        is_read.set()

    async with anyio.create_task_group() as group:
        group.start_soon(begin_judging)
        while not is_read.is_set():
            await anyio.lowlevel.checkpoint()
            next_one.run(LOOK_S)
            assert next_one.listed == {LOST_1: True}
    assert next_one.service.is_judging


async def test_what_cannot_be_read_at_the_beginning_hinders_no_alarm_and_is_recalled_later(
    evening: Evening,
) -> None:
    evening.lose_carrier(3.0)
    data_of(await evening.service.acknowledge([LOST_1], actor="Pia"))
    later = Evening(evening.alarms, evening.clock.now + 60.0, is_heard=False)
    evening.alarms.is_broken = True
    with capture_logs() as logs:
        await later.service.keep_stored()
    assert [line["event"] for line in logs] == ["alarms_not_stored"]
    later.go_offline(7.0)
    assert later.listed == {AWAY: True}
    assert not later.live.findings.alarms.is_read
    evening.alarms.is_broken = False
    await later.service.keep_stored()
    assert later.live.findings.alarms.is_read
    assert later.listed == {AWAY: True, LOST_1: True}
    await later.service.keep_stored()
    assert later.alarms.kept.keys() == later.listed.keys()


async def test_while_nothing_can_be_stored_an_act_counts_for_the_board_and_is_stored_later(
    evening: Evening,
) -> None:
    evening.lose_carrier(3.0)
    evening.alarms.events.is_full = True
    result = await evening.service.acknowledge([LOST_1], actor="Pia")
    assert "Not stored yet" in warning_of(result)
    assert evening.live.findings.alarms.new == ()
    with capture_logs() as logs:
        await evening.service.keep_stored()
        await evening.service.keep_stored()
    assert [line["event"] for line in logs] == ["alarms_not_stored"]
    command = evening.make_service(FakeSessions())
    assert code_of(await command.acknowledge([LOST_1], actor="Pia")) is ErrorCode.ALARM_NOT_FOUND

    evening.alarms.events.is_full = False
    await evening.service.keep_stored()
    assert evening.alarms.kept[LOST_1].acknowledged_by == "Pia"
    kinds = [event.kind for event in data_of(await evening.service.list_history(0.0))]
    assert kinds == [AlarmEventKind.RAISED, AlarmEventKind.ACKNOWLEDGED]


@pytest.mark.virtual_time
async def test_looks_and_storing_go_on_after_a_crash(evening: Evening) -> None:
    service = evening.make_service(CrashingSessions())
    evening.live.status(RACK.id, DeviceStatus.OFFLINE)
    tasks = BackgroundTasks()
    with capture_logs() as logs:
        tasks.start(service.run, "alarms")
        tasks.start(service.keep_storing, "alarm store")
        for _ in range(40):
            evening.clock.now += 0.5
            await anyio.sleep(0.5)
        tasks.cancel()
        await tasks.end()
    assert AWAY in evening.listed
    assert sorted(line["task"] for line in logs if line["log_level"] == "error") == ["alarm store", "alarms"]
