"""The lease on the devices: taken before sessions, renewed, given back, and the sessions end with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.lease import RENEW_INTERVAL_S
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.services.assembly import build_synchronization
from micboard_tui.services.synchronization.session_door import SessionDoor
from micboard_tui.services.synchronization.session_lease import SessionLease
from tests.fakes.leases import ME, InMemoryLease
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import fake_adapters, in_memory
from tests.services.stage import RACK

pytestmark = pytest.mark.virtual_time


class Stage:
    def __init__(self) -> None:
        self.leases = InMemoryLease()
        self.lease = SessionLease(self.leases, ME)
        self.rack = Rack()
        adapters = fake_adapters(
            in_memory(InMemoryDevices(RACK)), Plugins(manufacturer("shure", self.rack)), lease=self.lease
        )
        self.live = adapters.live
        self.door: SessionDoor = build_synchronization(adapters).service


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[None]:
    """With the task that renews the lease."""
    renewing = asyncio.create_task(stage.door.run())
    yield
    renewing.cancel()
    await asyncio.wait({renewing})
    await stage.door.stop()


async def test_sessions_run_with_the_lease_and_give_it_back() -> None:
    stage = Stage()
    async with running(stage):
        assert (await stage.door.start()).success
        assert (stage.leases.is_held, stage.door.is_running) == (True, True)
        assert (await stage.door.start()).warning == "Already running"
        await stage.door.stop()
        assert (stage.leases.is_held, stage.door.is_running) == (False, False)


async def test_while_another_has_the_lease_no_session_is_opened() -> None:
    stage = Stage()
    stage.leases.other = "Ada on foh"
    refused = await stage.door.start()
    assert not refused.success
    assert (refused.error.code, "Ada on foh" in refused.error.message) == (ErrorCode.ALREADY_RUNNING, True)
    assert not stage.door.is_running
    with pytest.raises(StorageError):
        async with stage.lease.held():
            raise AssertionError


async def test_one_that_waits_shows_what_is_stored_as_past_and_takes_over_when_the_other_has_ended() -> None:
    stage = Stage()
    stage.leases.other = "Ada on foh"
    async with running(stage):
        await stage.door.start()
        holder = stage.live.findings.holder
        assert holder is not None
        assert (holder.user, holder.host) == ("Ada", "foh")
        assert [each.device for each in stage.live.snapshot()] == [RACK]
        assert {each.state.status for each in stage.live.snapshot()} == {DeviceStatus.UNKNOWN}
        await anyio.sleep(20 * RENEW_INTERVAL_S)
        assert (stage.rack.opened, stage.door.is_running) == ([], False)
        stage.leases.other = None
        with capture_logs() as lines:
            await anyio.sleep(2 * RENEW_INTERVAL_S)
        assert (stage.door.is_running, stage.live.findings.holder) == (True, None)
        assert [line["event"] for line in lines if "taken" in line["event"]] == ["sessions_taken_over"]


async def test_one_that_waits_takes_nothing_over_while_the_database_is_away() -> None:
    stage = Stage()
    stage.leases.other = "Ada on foh"
    async with running(stage):
        await stage.door.start()
        stage.leases.broken = True
        await anyio.sleep(10 * RENEW_INTERVAL_S)
        assert not stage.door.is_running
        stage.leases.broken = False
        await anyio.sleep(2 * RENEW_INTERVAL_S)
        assert not stage.door.is_running


async def test_one_that_is_stopped_while_it_waits_takes_nothing_over() -> None:
    stage = Stage()
    stage.leases.other = "Ada on foh"
    async with running(stage):
        await stage.door.start()
        await stage.door.stop()
        stage.leases.other = None
        await anyio.sleep(3 * RENEW_INTERVAL_S)
        assert (stage.door.is_running, stage.leases.is_held) == (False, False)
        assert stage.live.findings.holder is None


async def test_one_that_stood_still_and_lost_the_lease_ends_its_sessions_until_the_other_has_gone() -> None:
    stage = Stage()
    async with running(stage):
        await stage.door.start()
        stage.leases.other = "Ada on foh"
        with capture_logs() as lines:
            await anyio.sleep(3 * RENEW_INTERVAL_S)
        assert not stage.door.is_running
        assert [line["event"] for line in lines if line["event"] == "sessions_lost"] == ["sessions_lost"]
        assert stage.lease.fault is not None
        assert "Ada on foh" in stage.lease.fault.message
        assert {each.state.status for each in stage.live.snapshot()} == {DeviceStatus.UNKNOWN}
        stage.leases.other = None
        await anyio.sleep(2 * RENEW_INTERVAL_S)
        assert stage.door.is_running
        assert stage.lease.fault is None


async def test_one_that_lost_it_to_a_process_that_has_gone_again_has_it_back() -> None:
    stage = Stage()
    async with running(stage):
        await stage.door.start()
        stage.leases.token += 1
        await anyio.sleep(2 * RENEW_INTERVAL_S)
        assert (stage.door.is_running, stage.lease.fault) == (True, None)


async def test_sessions_go_on_while_the_database_is_away() -> None:
    stage = Stage()
    async with running(stage):
        await stage.door.start()
        stage.leases.broken = True
        await anyio.sleep(10 * RENEW_INTERVAL_S)
        assert stage.door.is_running
        await stage.door.stop()
        # Where nothing can be stored, as on a full disk, there is no lease, and sessions all the same.
        assert (await stage.door.start()).success
        stage.leases.broken = False
        await anyio.sleep(2 * RENEW_INTERVAL_S)
        assert (stage.door.is_running, stage.leases.is_held) == (True, True)


async def test_reading_once_holds_the_lease_only_meanwhile_and_beside_sessions_too() -> None:
    stage = Stage()
    async with stage.lease.held():
        assert stage.leases.is_held
    assert not stage.leases.is_held
    await stage.door.start()
    async with stage.lease.held():
        pass
    assert stage.leases.is_held
    await stage.door.stop()
    assert not stage.leases.is_held
