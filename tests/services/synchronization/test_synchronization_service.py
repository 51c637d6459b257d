import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NoReturn

import anyio
import pytest

from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError, StorageError
from micboard_tui.contracts.ports import Driver, DriverSpec, Manufacturer, Report, SessionOptions
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Transmitter
from micboard_tui.domain.command import Command, Confirmation, Identify
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import Alive, FactsHeard, MetersHeard, Observation
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart
from micboard_tui.domain.thresholds import SILENCE_LIMIT_S
from micboard_tui.services.assembly import build_synchronization
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.session_door import SessionDoor
from micboard_tui.services.synchronization.state_saver import StateSaver
from tests.fakes.links import until
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import fake_adapters, in_memory
from tests.fakes.virtual_time import loop_time
from tests.services.memory import WatchedDevices
from tests.services.running_sessions import running_sessions
from tests.services.stage import HEARD, LOST, LOUD, ON, RACK, SPARE, Clock

pytestmark = pytest.mark.virtual_time


class Receiver:
    """A driver that tells what the test has it tell."""

    def __init__(self, *, says_nothing: bool = False) -> None:
        self.report: Report | None = None
        self._says_nothing = says_nothing
        self.said_goodbye = 0
        self.sessions = 0
        self._ended = asyncio.Event()
        self._error: DeviceError | None = None

    async def run(self, report: Report) -> NoReturn:
        self.sessions += 1
        self.report = report
        try:
            if not self._says_nothing:
                report([HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
            await self._ended.wait()
            self._ended.clear()
            assert self._error is not None
            raise self._error
        finally:
            self.report = None
            self.said_goodbye += 1

    def fail(self, error: DeviceError) -> None:
        self._error = error
        self._ended.set()

    async def execute(self, command: Command) -> Confirmation:
        return Confirmation(command, "flashing")

    async def execute_once(self, command: Command) -> Confirmation:
        raise AssertionError("a running session is used")

    async def read_once(self, report: Report) -> None:
        raise AssertionError("nobody reads once here")


class Plugins:
    """A manufacturer whose devices the test holds in its hand."""

    def __init__(self) -> None:
        self.opened: dict[str, Receiver] = {}
        self.says_nothing = False

    def codes(self) -> Sequence[str]:
        return ["shure"]

    def get(self, code: str) -> Manufacturer:
        if code != "shure":
            raise MicboardError(ErrorCode.MANUFACTURER_NOT_SUPPORTED, code)
        return Manufacturer(
            "shure", "Shure", {"shure-strings": DriverSpec("shure-strings", "", 2202, self._open)}
        )

    def _open(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.opened[host] = Receiver(says_nothing=self.says_nothing)
        return self.opened[host]


class Stage:
    def __init__(
        self, *devices: Device, clock: SteadyClock | None = None, silence_limit_s: float = SILENCE_LIMIT_S
    ) -> None:
        self.clock = clock or SteadyClock(loop_time, loop_time)
        self.live = LiveState(self.clock)
        self.devices = InMemoryDevices(*devices)
        self.plugins = Plugins()
        self.service, self.saver = self.build_service(self.devices, silence_limit_s)

    def build_service(
        self, devices: InMemoryDevices, silence_limit_s: float = SILENCE_LIMIT_S
    ) -> tuple[SessionDoor, StateSaver]:
        options = SessionOptions(silence_limit_s=silence_limit_s)
        adapters = fake_adapters(
            in_memory(devices), self.plugins, live=self.live, clock=self.clock, options=options
        )
        built = build_synchronization(adapters)
        return built.service, built.saver

    def state(self, device: Device = RACK) -> ChannelState:
        state = self.live.channel(ChannelRef(device.id, 1))
        assert state is not None
        return state

    def status(self, device: Device = RACK) -> DeviceStatus:
        snapshot = self.live.device(device.id)
        assert snapshot is not None
        return snapshot.state.status


async def test_every_registered_device_gets_a_session_and_its_readings_arrive() -> None:
    stage = Stage(RACK, SPARE)
    async with running_sessions(stage.service):
        await until(lambda: len(stage.plugins.opened) == 2 and stage.status(SPARE) is DeviceStatus.ONLINE)
        assert stage.state().link_state is LinkState.LIVE
        assert {health.device_id for health in stage.service.sessions()} == {RACK.id, SPARE.id}
        assert stage.service.sessions()[0].messages == 3


async def test_stopping_says_goodbye_and_stores_what_is_known() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
    assert stage.plugins.opened[RACK.host].said_goodbye == 1
    (stored,) = await stage.devices.query(ALL_DEVICES)
    assert stored.channels[0].facts.name == "Lead Vox"
    assert stage.saver.stored_at is not None
    await stage.service.stop()


async def test_a_device_in_trouble_disturbs_no_other() -> None:
    stage = Stage(RACK, SPARE)
    async with running_sessions(stage.service):
        await until(lambda: stage.status(SPARE) is DeviceStatus.ONLINE)
        stage.plugins.opened[RACK.host].fail(DeviceError(ErrorCode.DEVICE_SILENT, "no word", hint="look"))
        await until(lambda: stage.status() is DeviceStatus.OFFLINE)
        assert stage.state().link_state is LinkState.OFFLINE
        assert stage.state(SPARE).link_state is LinkState.LIVE


async def test_devices_that_come_go_or_move_are_taken_up_while_it_runs() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: RACK.host in stage.plugins.opened)
        stage.devices.put(SPARE)
        await stage.service.refresh()
        await until(lambda: stage.status(SPARE) is DeviceStatus.ONLINE)
        moved = replace(SPARE, host="127.0.0.9")
        stage.devices.put(moved)
        stage.devices.take(RACK.id)
        await stage.service.refresh()
        await until(lambda: "127.0.0.9" in stage.plugins.opened)
        await until(lambda: stage.plugins.opened[RACK.host].said_goodbye == 1)
        await until(lambda: stage.plugins.opened[SPARE.host].said_goodbye == 1)
        assert [each.device for each in stage.live.snapshot()] == [moved]
        sessions = stage.plugins.opened["127.0.0.9"].sessions
        await stage.service.refresh()
        assert stage.plugins.opened["127.0.0.9"].sessions == sessions


async def test_a_device_that_falls_silent_without_ending_its_session_is_offline() -> None:
    stage = Stage(RACK, silence_limit_s=0.3)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.OFFLINE)
        snapshot = stage.live.device(RACK.id)
        assert snapshot is not None
        assert snapshot.state.fault is not None
        assert snapshot.state.fault.code == "DEVICE_SILENT"
        report = stage.plugins.opened[RACK.host].report
        assert report is not None
        report([MetersHeard(1, LOUD)])
        assert stage.status() is DeviceStatus.ONLINE


async def test_a_clock_that_is_set_ages_nothing() -> None:
    jump = 0.0
    clock = SteadyClock(lambda: SteadyClock()() + jump)
    stage = Stage(RACK, clock=clock)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        jump = 7_200.0
        await until(lambda: clock.correction_s() == 0)
        age_s = stage.state().age_s(stage.live.now())
        assert age_s is not None
        assert age_s < 5
        assert stage.status() is DeviceStatus.ONLINE


async def test_only_one_manufacturer_may_be_followed() -> None:
    other = replace(SPARE, manufacturer="acme")
    stage = Stage(RACK, other)
    async with running_sessions(stage.service, "shure"):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        assert stage.status(other) is DeviceStatus.UNKNOWN
    result = await stage.service.start("acme")
    assert result.error is not None
    assert result.error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED


async def test_a_device_whose_driver_is_gone_says_so() -> None:
    stage = Stage(replace(RACK, manufacturer="acme"), replace(SPARE, driver="telepathy"))
    async with running_sessions(stage.service):
        await until(lambda: all(each.state.fault for each in stage.live.snapshot()))
        faults = [each.state.fault for each in stage.live.snapshot()]
        assert [fault.code for fault in faults if fault] == [
            "MANUFACTURER_NOT_SUPPORTED",
            "DRIVER_NOT_SUPPORTED",
        ]


async def test_starting_twice_is_harmless() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        again = await stage.service.start()
        assert again.success
        assert again.warning


async def test_followers_get_what_changed_since_they_looked() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        stream = stage.service.follow(0.01)
        first = await anext(stream)
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        report = stage.plugins.opened[RACK.host].report
        assert report is not None
        report([MetersHeard(1, LOUD._replace(rf_dbm=-70.0))])
        second = await anext(stream)
        assert second.version > first.version
        await stream.aclose()  # type: ignore[attr-defined]


async def test_commands_go_through_the_session_of_the_device() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        confirmation = await stage.service.execute(RACK.id, Identify())
        assert confirmation == Confirmation(Identify(), "flashing")
        assert await stage.service.execute(SPARE.id, Identify()) is None


class BrokenDevices(InMemoryDevices):
    """Storage that fails while it is told to."""

    broken = True

    def _check(self) -> None:
        if self.broken:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")

    async def store(
        self,
        devices: Sequence[DeviceState],
        channels: Sequence[ChannelState],
        problems: Sequence[ProblemStart] | None = None,
        judged: Collection[DeviceId] | None = None,
    ) -> None:
        self._check()
        await super().store(devices, channels, problems, judged)

    async def revision(self) -> str:
        self._check()
        return await super().revision()


class DamagedDevices(InMemoryDevices):
    async def open_problems(self) -> Sequence[ProblemStart]:
        raise StorageError(ErrorCode.DATABASE_DAMAGED, "The database is damaged", hint="Move it away")

    async def query(self, query: DeviceQuery) -> Sequence[DeviceSnapshot]:
        raise StorageError(ErrorCode.DATABASE_DAMAGED, "The database is damaged", hint="Move it away")


async def test_readings_that_cannot_be_read_keep_no_session_from_starting() -> None:
    stage = Stage()
    service, _ = stage.build_service(DamagedDevices(RACK))
    async with running_sessions(service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)


async def test_a_full_disk_costs_no_reading_and_is_made_up_for() -> None:
    devices = BrokenDevices(RACK)
    live = LiveState(SteadyClock())
    live.place([RACK], [])
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON)])
    saver = StateSaver(live, devices)
    await saver.flush()
    await saver.flush()
    assert saver.error is not None
    assert saver.error.code is ErrorCode.DISK_FULL
    devices.broken = False
    await saver.flush()
    assert saver.error is None
    (stored,) = await devices.query(ALL_DEVICES)
    assert len(stored.channels) == 2


async def test_levels_are_stored_now_and_then_and_link_states_when_they_change() -> None:
    clock = Clock()
    devices = InMemoryDevices(RACK)
    live = LiveState(clock)
    live.place([RACK], [])
    saver = StateSaver(live, devices, 3.0)

    async def turn(*observations: Observation) -> tuple[LinkState, float | None] | None:
        clock.now += 1.0
        live.take_observations(RACK.id, observations)
        await saver.flush_if_due()
        stored = devices.channels.get(ChannelRef(RACK.id, 1))
        return None if stored is None else (stored.link_state, stored.meters.rf_dbm)

    quiet = MetersHeard(1, LOUD._replace(rf_dbm=-70.0))
    assert await turn(HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)) == (LinkState.LIVE, LOUD.rf_dbm)
    assert await turn(quiet) == (LinkState.LIVE, LOUD.rf_dbm)
    assert await turn(quiet) == (LinkState.LIVE, LOUD.rf_dbm)
    assert await turn(quiet) == (LinkState.LIVE, -70.0)
    assert await turn(MetersHeard(1, LOST)) == (LinkState.RF_LOST, LOST.rf_dbm)
    assert await turn(MetersHeard(1, LOST)) == (LinkState.RF_LOST, LOST.rf_dbm)
    live.status(RACK.id, DeviceStatus.OFFLINE)
    await saver.flush_if_due()
    assert devices.channels[ChannelRef(RACK.id, 1)].link_state is LinkState.OFFLINE


class DearStage:
    """A receiver with two live channels, stored where writing is dear."""

    def __init__(self) -> None:
        self.clock, self.devices = Clock(), WatchedDevices(RACK)
        self.live = LiveState(self.clock)
        self.live.place([RACK], [])
        self.saver = StateSaver(self.live, self.devices, 30.0, writing_is_dear=True)

    async def begin(self) -> None:
        facts = (FactsHeard(1, ON), FactsHeard(2, ON))
        await self.turn(HEARD, *facts, MetersHeard(1, LOUD), MetersHeard(2, LOUD))

    async def turn(self, *observations: Observation) -> None:
        self.clock.now += 1.0
        self.live.take_observations(RACK.id, observations)
        await self.saver.flush_if_due()

    def stored(self, number: int) -> tuple[LinkState, float | None]:
        state = self.devices.channels[ChannelRef(RACK.id, number)]
        return state.link_state, state.meters.rf_dbm


async def test_where_writing_is_dear_only_what_changed_besides_meters_is_stored_at_once() -> None:
    stage = DearStage()
    await stage.begin()
    assert stage.stored(1) == stage.stored(2) == (LinkState.LIVE, LOUD.rf_dbm)
    stores, quiet = stage.devices.stores, LOUD._replace(rf_dbm=-70.0)
    await stage.turn(MetersHeard(1, quiet), MetersHeard(2, quiet))
    assert (stage.stored(1), stage.devices.stores) == ((LinkState.LIVE, LOUD.rf_dbm), stores)
    await stage.turn(MetersHeard(1, LOST), MetersHeard(2, quiet))
    assert stage.stored(1) == (LinkState.RF_LOST, LOST.rf_dbm)
    assert stage.stored(2) == (LinkState.LIVE, LOUD.rf_dbm)
    await stage.turn(FactsHeard(2, replace(ON, name="Lead")), MetersHeard(1, LOST._replace(rf_dbm=-120.0)))
    assert stage.stored(1) == (LinkState.RF_LOST, LOST.rf_dbm)
    assert stage.stored(2) == (LinkState.LIVE, -70.0)


async def test_where_writing_is_dear_everything_is_stored_now_and_then_and_of_a_device_that_changed() -> None:
    stage = DearStage()
    await stage.begin()
    stores = stage.devices.stores
    for _ in range(30):
        await stage.turn(MetersHeard(1, LOUD._replace(rf_dbm=-70.0)))
    assert (stage.stored(1), stage.devices.stores) == ((LinkState.LIVE, -70.0), stores + 1)
    # All of its channels go with it, so that none of them is judged by another moment.
    stage.live.status(RACK.id, DeviceStatus.OFFLINE)
    stage.clock.now += 1.0
    await stage.saver.flush_if_due()
    assert stage.stored(1)[0] is stage.stored(2)[0] is LinkState.OFFLINE


async def test_slow_values_that_could_not_be_stored_are_stored_at_the_next_time() -> None:
    devices = BrokenDevices(RACK)
    live = LiveState(Clock())
    live.place([RACK], [])
    saver = StateSaver(live, devices, 30.0, writing_is_dear=True)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    await saver.flush_if_due()
    assert (saver.error is not None, await devices.query(ALL_DEVICES) == []) == (True, False)
    devices.broken = False
    await saver.flush_if_due()
    assert saver.error is None
    (stored,) = await devices.query(ALL_DEVICES)
    assert [channel.link_state for channel in stored.channels] == [LinkState.LIVE, LinkState.UNKNOWN]


async def test_a_server_that_is_back_is_noticed_without_a_change() -> None:
    devices = BrokenDevices(RACK)
    live = LiveState(Clock())
    live.place([RACK], [])
    saver = StateSaver(live, devices, 30.0, writing_is_dear=True)
    devices.broken = False
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    await saver.flush_if_due()
    devices.broken = True
    live.take_observations(RACK.id, [FactsHeard(1, replace(ON, name="Lead"))])
    await saver.flush_if_due()
    assert saver.error is not None
    devices.broken = False
    await saver.flush_if_due()
    assert saver.error is None


LOW = ChannelFacts(transmitter_present=True, transmitter=Transmitter(battery=Battery(minutes=20)))
BATTERY_LOW = ProblemKey(RACK.id, 1, ProblemCode.BATTERY_LOW)


async def test_problems_are_stored_with_the_readings_and_seldom_where_nothing_changes() -> None:
    clock, devices = Clock(), WatchedDevices(RACK)
    live = LiveState(clock)
    live.place([RACK], [])
    saver = StateSaver(live, devices, 3.0)

    async def turn(*observations: Observation) -> Sequence[ProblemStart]:
        clock.now += 1.0
        live.take_observations(RACK.id, observations)
        await saver.flush_if_due()
        return await devices.open_problems()

    since = clock.now + 1.0
    assert await turn(HEARD, FactsHeard(1, LOW), MetersHeard(1, LOUD)) == [
        ProblemStart(BATTERY_LOW, since, since)
    ]
    stores = devices.stores
    for _ in range(30):
        clock.now += 1.0
        await saver.flush_if_due()
    assert devices.stores == stores
    for _ in range(33):
        clock.now += 1.0
        await saver.flush_if_due()
    (start,) = await devices.open_problems()
    assert start.since == since
    assert clock.now - start.seen_at < 4.0
    assert devices.stores == stores + 1
    # One that ends and one that begins are stored at the next time.
    for _ in range(4):
        await turn(FactsHeard(1, ON), MetersHeard(1, LOUD._replace(overload=True)))
    assert [start.key.code for start in await devices.open_problems()] == [ProblemCode.AUDIO_CLIP]


@pytest.mark.no_cover
async def test_a_problem_lasts_over_a_restart_however_late_its_device_answers() -> None:
    devices = InMemoryDevices(RACK)
    now = loop_time()
    await devices.store([], [], [ProblemStart(BATTERY_LOW, now - 600.0, now - 30.0)])
    stage = Stage(RACK)
    stage.service, saver = stage.build_service(devices)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        stage.live.take_observations(RACK.id, [FactsHeard(1, LOW)])
        since = stage.live.judge().since(ChannelRef(RACK.id, 1), ProblemCode.BATTERY_LOW)
        assert since == now - 600.0
        await saver.flush()
    (stored,) = await devices.open_problems()
    assert stored.since == now - 600.0
    assert stored.seen_at >= now


async def test_problems_that_cannot_be_stored_are_stored_later() -> None:
    devices = BrokenDevices(RACK)
    live = LiveState(Clock())
    live.place([RACK], [])
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, LOW), MetersHeard(1, LOUD)])
    saver = StateSaver(live, devices)
    await saver.flush_if_due()
    assert await devices.open_problems() == []
    devices.broken = False
    await saver.flush()
    assert [start.key for start in await devices.open_problems()] == [BATTERY_LOW]


async def test_dropped_channels_are_forgotten_in_storage_too() -> None:
    devices = InMemoryDevices(RACK)
    live = LiveState(SteadyClock())
    live.place([RACK], [])
    live.take_observations(RACK.id, [HEARD._replace(channel_count=4)])
    saver = StateSaver(live, devices)
    await saver.flush()
    live.take_observations(RACK.id, [HEARD])
    await saver.flush()
    (stored,) = await devices.query(ALL_DEVICES)
    assert [channel.number for channel in stored.channels] == [1, 2]
    await saver.flush()


async def test_a_database_that_fails_while_running_ends_no_session() -> None:
    stage = Stage(RACK)
    broken = BrokenDevices(RACK)
    broken.broken = False
    stage.service, _ = stage.build_service(broken)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        broken.broken = True
        await stage.service.refresh()
        assert stage.status() is DeviceStatus.ONLINE
    failed = await stage.service.start()
    assert failed.error is not None
    assert failed.error.code is ErrorCode.DISK_FULL


async def test_how_long_an_answer_takes_and_how_much_is_said_are_known() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        assert stage.service.sessions()[0].round_trip_s is None
        report = stage.plugins.opened[RACK.host].report
        assert report is not None
        report([Alive(0.004)])
        report([Alive()])
        assert stage.service.sessions()[0].round_trip_s == 0.004
        await until(lambda: stage.service.sessions()[0].messages_per_s > 0)


class CountingDevices(InMemoryDevices):
    """Counts how often its revision is read, which every refresh begins with."""

    reads = 0

    async def revision(self) -> str:
        self.reads += 1
        return await super().revision()


async def test_a_refresh_reads_nothing_while_no_session_runs() -> None:
    stage, devices = Stage(), CountingDevices(RACK)
    stage.service, _ = stage.build_service(devices)
    await stage.service.refresh()
    assert (devices.reads, stage.live.snapshot()) == (0, ())
    async with running_sessions(stage.service):
        devices.put(SPARE)
        await stage.service.refresh()
        assert devices.reads > 1
        assert len(stage.live.snapshot()) == 2
    reads = devices.reads
    await stage.service.refresh()
    assert devices.reads == reads


async def test_a_device_that_is_not_online_is_read_in_its_session() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        first = stage.plugins.opened[RACK.host]
        assert await stage.service.read(RACK.id, 5.0)
        assert stage.plugins.opened[RACK.host] is first
        first.fail(DeviceError(ErrorCode.API_ERROR, "Gone"))
        await until(lambda: stage.status() is DeviceStatus.OFFLINE)
        assert await stage.service.read(RACK.id, 5.0)
        assert stage.status() is DeviceStatus.ONLINE
        second = stage.plugins.opened[RACK.host]
        assert (first.said_goodbye, second.sessions) == (1, 1)
        assert not await stage.service.read(SPARE.id, 5.0)


async def test_a_device_that_stays_silent_is_read_for_so_long_and_one_that_refuses_until_it_does() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        stage.plugins.says_nothing = True
        stage.plugins.opened[RACK.host].fail(DeviceError(ErrorCode.API_ERROR, "Gone"))
        await until(lambda: stage.status() is DeviceStatus.OFFLINE)
        began_at = anyio.current_time()
        assert await stage.service.read(RACK.id, 2.0)
        assert anyio.current_time() - began_at == pytest.approx(2.0)
        assert stage.status() is DeviceStatus.CONNECTING
        async with anyio.create_task_group() as group:
            group.start_soon(refuse_later, stage)
            assert await stage.service.read(RACK.id, 60.0)
        assert anyio.current_time() - began_at < 5.0


async def refuse_later(stage: Stage) -> None:
    await anyio.sleep(1.0)
    stage.plugins.opened[RACK.host].fail(DeviceError(ErrorCode.API_ERROR, "Refused"))


async def test_a_command_while_a_session_is_being_opened_makes_no_other_connection() -> None:
    stage = Stage(RACK)
    async with running_sessions(stage.service):
        await until(lambda: stage.status() is DeviceStatus.ONLINE)
        await stage.service.retry(RACK.id)
        with pytest.raises(DeviceError) as refused:
            await stage.service.execute(RACK.id, Identify())
        assert refused.value.code is ErrorCode.DEVICE_UNREACHABLE
