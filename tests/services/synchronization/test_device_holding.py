"""Sessions where devices come to this process and go to others."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.device import DeviceQuery
from micboard_tui.contracts.device_holding import WHOLE_RACK
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError
from micboard_tui.domain.command import Identify
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart
from micboard_tui.services.assembly import build_synchronization
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.synchronization.synchronization_service import RECALL_LIMIT_S
from tests.fakes.device_holding import FakeHolding
from tests.fakes.links import until
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import fake_adapters, in_memory
from tests.services.running_sessions import running_sessions
from tests.services.stage import HEARD, RACK, SPARE
from tests.services.synchronization.test_synchronization_service import Plugins

pytestmark = pytest.mark.virtual_time


class Stage:
    def __init__(self, holding: FakeHolding, devices: InMemoryDevices | None = None) -> None:
        clock = SteadyClock()
        self.live, self.plugins, self.holding = LiveState(clock), Plugins(), holding
        self.devices = devices or InMemoryDevices(RACK, SPARE)
        adapters = fake_adapters(in_memory(self.devices), self.plugins, live=self.live, clock=clock)
        built = build_synchronization(replace(adapters, holding=holding))
        self.service, self.saver = built.service, built.saver

    @property
    def shown(self) -> list[Device]:
        return [snapshot.device for snapshot in self.live.snapshot()]

    def is_online(self, device: Device) -> bool:
        snapshot = self.live.device(device.id)
        return snapshot is not None and snapshot.state.status is DeviceStatus.ONLINE


@asynccontextmanager
async def staged(*held: Device, devices: InMemoryDevices | None = None) -> AsyncGenerator[Stage]:
    stage = Stage(FakeHolding(*(device.id for device in held)), devices)
    async with running_sessions(stage.service):
        yield stage


async def test_only_devices_that_are_held_are_shown_and_have_sessions() -> None:
    async with staged(RACK) as stage:
        await until(lambda: stage.is_online(RACK))
        assert (stage.shown, list(stage.plugins.opened)) == ([RACK], [RACK.host])


async def test_a_device_that_comes_is_opened_at_once_and_has_its_past_and_problems() -> None:
    devices = InMemoryDevices(RACK, SPARE)
    past = LiveState(lambda: 100.0)
    past.place([RACK], ())
    past.take_observations(RACK.id, [HEARD])
    key = ProblemKey(RACK.id, None, ProblemCode.OFFLINE)
    now = SteadyClock()()
    problem = ProblemStart(key, now - 50.0, now - 5.0)
    await devices.store([past.snapshot()[0].state], past.snapshot()[0].channels, [problem])
    async with staged(devices=devices) as stage:
        assert stage.shown == []
        stage.holding.take(RACK.id)
        await until(lambda: stage.is_online(RACK))
        assert stage.shown == [RACK]
        assert stage.live.channel(ChannelRef(RACK.id, 2)) is not None
        assert [start.key for start in stage.live.problems.unended()] == [key]


class AwayDevices(InMemoryDevices):
    """A database that stops answering."""

    is_away = hangs = is_slow = False

    async def query(self, query: DeviceQuery) -> list[DeviceSnapshot]:
        if self.is_slow:
            await anyio.sleep(0.2)
        if self.is_away:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The server is away", hint="Start it")
        if self.hangs:
            await anyio.sleep_forever()
        return list(await super().query(query))


async def devices_with_past() -> AwayDevices:
    devices, past = AwayDevices(RACK, SPARE), LiveState(lambda: 100.0)
    past.place([RACK, SPARE], ())
    for device in (RACK, SPARE):
        past.take_observations(device.id, [HEARD])
    states = past.snapshot()
    await devices.store(
        [each.state for each in states], [state for each in states for state in each.channels]
    )
    return devices


@pytest.mark.parametrize("pause_s", [0.0, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("is_record_read", [False, True])
async def test_devices_that_come_are_never_shown_without_their_known_channels(
    pause_s: float, *, is_record_read: bool
) -> None:
    devices = await devices_with_past()
    async with staged(devices=devices) as stage:
        devices.is_slow = True
        stage.holding.take(RACK.id)
        async with anyio.create_task_group() as tasks:
            if is_record_read:
                devices.put(replace(SPARE, name="Other"))
                tasks.start_soon(stage.service.refresh)
            await anyio.sleep(pause_s)
            stage.holding.take(SPARE.id)
            while len(stage.shown) < 2:
                await anyio.sleep(0.01)
                assert all(len(snapshot.channels) == 2 for snapshot in stage.live.snapshot())


@pytest.mark.parametrize("how", ["is_away", "hangs"])
async def test_a_device_is_opened_without_the_database_too(how: str) -> None:
    devices = AwayDevices(RACK, SPARE)
    async with staged(devices=devices) as stage:
        setattr(devices, how, True)
        stage.holding.take(RACK.id)
        with anyio.fail_after(RECALL_LIMIT_S + 0.5):
            await until(lambda: stage.is_online(RACK))
        setattr(devices, how, False)


async def test_a_device_that_is_lost_is_closed_in_the_moment_and_shown_no_more() -> None:
    async with staged(RACK, SPARE) as stage:
        await until(lambda: stage.is_online(RACK) and stage.is_online(SPARE))
        stage.holding.lose(RACK.id)
        assert [health.device_id for health in stage.service.sessions()] == [SPARE.id]
        await until(lambda: stage.shown == [SPARE])
        assert stage.plugins.opened[RACK.host].report is None
        assert stage.is_online(SPARE)


async def test_a_device_that_is_given_away_is_closed_when_that_is_asked_and_shown_until_it_is_free() -> None:
    async with staged(RACK, SPARE) as stage:
        await until(lambda: stage.is_online(RACK))
        stage.holding.begin_leaving(RACK.id)
        await anyio.sleep(0.1)
        assert stage.plugins.opened[RACK.host].said_goodbye == 0
        await stage.service.close_session(RACK.id)
        assert stage.plugins.opened[RACK.host].said_goodbye == 1
        await anyio.sleep(0.1)
        assert RACK in stage.shown
        stage.holding.lose(RACK.id)
        await until(lambda: stage.shown == [SPARE])


async def test_a_device_that_stays_after_all_is_opened_again() -> None:
    async with staged(RACK) as stage:
        await until(lambda: stage.is_online(RACK))
        first = stage.plugins.opened[RACK.host]
        stage.holding.begin_leaving(RACK.id)
        await stage.service.close_session(RACK.id)
        stage.holding.take(RACK.id)
        await until(lambda: stage.plugins.opened[RACK.host] is not first and stage.is_online(RACK))
        assert first.said_goodbye == 1


async def test_a_device_that_comes_back_has_never_two_sessions() -> None:
    async with staged(RACK) as stage:
        await until(lambda: stage.is_online(RACK))
        first = stage.plugins.opened[RACK.host]
        stage.holding.lose(RACK.id)
        stage.holding.take(RACK.id)
        await until(lambda: stage.plugins.opened[RACK.host] is not first)
        assert (first.said_goodbye, first.report) == (1, None)


async def test_a_device_without_a_session_gets_no_other_connection_for_a_command() -> None:
    async with staged() as stage:
        stage.holding.take(RACK.id)
        # Its session is about to be opened.
        with pytest.raises(MicboardError) as refused:
            await stage.service.execute(RACK.id, Identify())
        assert refused.value.code is ErrorCode.DEVICE_NOT_HELD
        with pytest.raises(MicboardError) as unread:
            await stage.service.read(RACK.id, 1.0)
        assert unread.value.code is ErrorCode.DEVICE_NOT_HELD
        await until(lambda: stage.is_online(RACK))


def test_on_one_rack_all_devices_are_held() -> None:
    assert WHOLE_RACK.held is None
    assert WHOLE_RACK.may_send(RACK.id)


async def test_a_session_that_waits_for_a_person_is_not_opened_again_by_a_change_of_the_record() -> None:
    unknown = replace(RACK, driver="of nobody")
    with capture_logs() as logs:
        async with staged(unknown, devices=InMemoryDevices(unknown, SPARE)) as stage:
            for name in ("Rack A", "Rack B"):
                await anyio.sleep(0.1)
                stage.devices.put(replace(unknown, name=name))
                await stage.service.refresh()
            await anyio.sleep(0.1)
            assert [device.name for device in stage.shown] == ["Rack B"]
    assert [each["event"] for each in logs].count("session_not_opened") == 1
