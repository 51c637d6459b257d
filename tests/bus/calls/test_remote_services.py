"""What a board elsewhere has in place of the services: the same methods, and what it reads at once."""

import inspect
from dataclasses import replace

import anyio
import pytest

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.greet_call import greet_in_time
from micboard_tui.bus.calls.greeting import GreetingContract
from micboard_tui.bus.calls.remote_services import attach_services
from micboard_tui.bus.wire.subjects import WIRE_MAJOR
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.contracts.services import CONTRACTS, Services
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.command import Identify
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.domain.user import Permission
from micboard_tui.services.live.state import LiveState
from tests.bus.calls.stage import ADA, SUBJECTS, open_stage
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.recorded_services import SHURE, KnownSigns, OldGreeter, RecordedServices, greeter
from tests.services.stage import HEARD, LOUD, RACK, STAGE

pytestmark = pytest.mark.virtual_time


async def test_every_method_of_every_contract_is_there_with_the_same_signature() -> None:
    async with open_stage() as stage:
        remote: Services = stage.remote
        for name, contract in CONTRACTS.items():
            made = type(getattr(remote, name))
            for method, value in vars(contract).items():
                if method.startswith("_") or name in {"live", "manufacturers"}:
                    continue
                if isinstance(value, property):
                    assert isinstance(getattr(made, method), property), method
                else:
                    assert inspect.signature(getattr(made, method)) == inspect.signature(value), method


async def test_a_method_that_is_called_wrongly_says_so_here() -> None:
    async with open_stage() as stage:
        with pytest.raises(TypeError):
            await stage.remote.assignments.undo(who=ADA)  # type: ignore[call-arg]


async def test_health_and_the_running_walk_are_those_of_the_signs_of_life() -> None:
    async with open_stage() as stage:
        assert stage.remote.health.snapshot() == HealthSnapshot()
        assert stage.remote.walks.running is None
        stage.signs.health = HealthSnapshot(loop_lag_s=0.2)
        stage.signs.running_walk = RunningWalk((), 1.0, {})
        assert stage.remote.health.snapshot().loop_lag_s == 0.2
        assert stage.remote.walks.running == stage.signs.running_walk
        assert stage.fake.calls == []


async def test_manufacturers_are_those_that_are_installed_there() -> None:
    async with open_stage() as stage:
        manufacturers = stage.remote.manufacturers
        assert list(manufacturers.codes()) == ["shure"]
        assert manufacturers.find("shure") == Success(SHURE)
        missing = manufacturers.find("sony")
        assert missing.error is not None
        assert missing.error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
        assert "shure" in missing.error.hint


async def test_who_attaches_is_told_who_they_are_and_what_they_may() -> None:
    async with open_stage(greets=greeter(Permission.CONTROL)) as stage:
        greeting = stage.remote.greeting
        assert (greeting.user, greeting.permission) == (ADA, Permission.CONTROL)
        assert (greeting.version, greeting.host) == ("2026.12.0", "rack-1")


@pytest.mark.parametrize(
    ("major", "cure"), [(WIRE_MAJOR + 1, "on this computer"), (WIRE_MAJOR - 1, "on rack-1")]
)
async def test_a_program_of_another_major_version_is_refused_with_what_to_update(
    major: int, cure: str
) -> None:
    result = await attach(OldGreeter(major))
    assert isinstance(result, Failure)
    assert result.error.code is ErrorCode.VERSION_DIFFERS
    assert result.error.hint == f"Update micboard-tui {cure}"


async def attach(greets: GreetingContract | None) -> object:
    bus, fake = MemoryBus(), RecordedServices()
    hub, board = bus.connect(), bus.connect(inbox=SUBJECTS.inbox(ADA))
    async with anyio.create_task_group() as group:
        if greets is not None:
            group.start_soon(CallServer(hub, SUBJECTS, fake.services, greets).run)
            await anyio.wait_all_tasks_blocked()
        client = CallClient(board, SUBJECTS, ADA)
        result = await attach_services(client, fake.services.live, KnownSigns())
        group.cancel_scope.cancel()
    for connection in list(bus.connections):
        await connection.close()
    return result


async def test_attaching_where_no_program_takes_calls_is_a_failure() -> None:
    result = await attach(None)
    assert isinstance(result, Failure)
    assert result.error.code is ErrorCode.NOT_SERVED


async def test_a_program_that_is_about_to_take_calls_is_waited_for() -> None:
    bus, fake = MemoryBus(), RecordedServices()
    client = CallClient(bus.connect(inbox=SUBJECTS.inbox(ADA)), SUBJECTS, ADA)
    started = anyio.current_time()
    refused = await greet_in_time(client, 2.0)
    assert isinstance(refused, Failure)
    assert refused.error.code is ErrorCode.NOT_SERVED
    assert 2.0 < anyio.current_time() - started < 3.0

    async def take_over() -> None:
        await anyio.sleep(3.0)
        await CallServer(bus.connect(), SUBJECTS, fake.services, greeter()).run()

    async with anyio.create_task_group() as group:
        group.start_soon(take_over)
        assert (await greet_in_time(client, 6.0)).success
        group.cancel_scope.cancel()
    for connection in list(bus.connections):
        await connection.close()


async def test_sessions_are_kept_there_and_looked_at_here() -> None:
    async with open_stage() as stage:
        live, sessions = stage.remote.live, stage.remote.synchronization
        assert isinstance(live, LiveState)
        live.place([RACK], [STAGE])
        live.take_observations(RACK.id, [HEARD, MetersHeard(1, LOUD)])
        assert await sessions.start() == Success(1)
        unknown = await sessions.start("sony")
        assert unknown.error is not None
        assert unknown.error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
        assert await sessions.start("shure") == Success(1)
        assert not sessions.is_running
        await sessions.refresh()
        assert await sessions.execute(RACK.id, Identify()) is None
        follower = sessions.follow(0.5)
        changes = await anext(follower)
        assert {channel.ref.device_id for channel in changes.channels} == {RACK.id}
        await follower.aclose()  # type: ignore[attr-defined]  # It is a generator.
        assert stage.fake.calls == []
        await sessions.retry(RACK.id)
        assert stage.fake.titles() == ["SynchronizationContract.retry"]
        await sessions.stop()


async def test_only_devices_of_the_manufacturer_that_was_started_are_followed() -> None:
    async with open_stage() as stage:
        live, sessions = stage.remote.live, stage.remote.synchronization
        assert isinstance(live, LiveState)
        other = replace(RACK, id=DeviceId("other"), manufacturer="sennheiser", host="127.0.0.77")
        live.place([RACK, other], [STAGE])
        for device in (RACK, other):
            live.take_observations(device.id, [HEARD, MetersHeard(1, LOUD)])
        assert await sessions.start("shure") == Success(1)
        follower = sessions.follow(0.5)
        changes = await anext(follower)
        assert {channel.device_id for channel in changes.channels} == {RACK.id}
        assert [device.device_id for device in changes.devices] == [RACK.id]
        await follower.aclose()  # type: ignore[attr-defined]  # It is a generator.


async def test_an_error_that_only_a_newer_program_has_keeps_its_text_and_cure() -> None:
    codec = codec_of(ErrorInfo)
    written = codec.encode(ErrorInfo(ErrorCode.DISK_FULL, "It rains", hint="Go home"))
    info = codec.decode(written.replace(b"DISK_FULL", b"RAIN_HERE"))
    assert (info.code, info.message, info.hint) == (ErrorCode.OTHER, "It rains", "Go home")
