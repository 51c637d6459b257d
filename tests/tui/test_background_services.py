"""Opening the services behind the board and closing them, without an app."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StorageError
from micboard_tui.contracts.services import Services
from micboard_tui.tui import background_services
from micboard_tui.tui.background_services import BackgroundServices
from micboard_tui.tui.service_readings import ServiceReadings
from tests.fakes.links import until
from tests.tui.flows.flow_stage import two_receivers, vox
from tests.tui.scripted_rig import ScriptedRig, device

BROKEN = StorageError(ErrorCode.DATABASE_DAMAGED, "It is damaged", hint="Restore the backup")


class Owner:
    """What the app is told of its services."""

    def __init__(self, rig: ScriptedRig) -> None:
        self.background = BackgroundServices(rig.services, self.use, self.end)
        self.opened: list[ErrorInfo | None] = []
        self.failures: list[Exception] = []

    def use(self, services: Services, error: ErrorInfo | None) -> None:
        assert services is self.background.services
        self.opened.append(error)

    def end(self, failure: Exception) -> None:
        self.failures.append(failure)


async def test_services_are_open_between_start_and_close() -> None:
    rig = two_receivers()
    owner = Owner(rig)
    assert owner.background.services is None
    owner.background.start()
    await until(lambda: owner.opened == [None])
    assert rig.opened == 1
    await owner.background.close()
    assert owner.background.services is None
    assert rig.opened == 0


async def test_closing_what_was_never_started_does_nothing() -> None:
    await Owner(two_receivers()).background.close()


async def test_services_that_open_after_the_app_has_left_start_no_session() -> None:
    may_open = anyio.Event()

    class SlowRig(ScriptedRig):
        @asynccontextmanager
        async def services(self) -> AsyncGenerator[Services]:
            await may_open.wait()
            async with super().services() as services:
                yield services

    rig = SlowRig()
    owner = Owner(rig)
    owner.background.start()
    await anyio.lowlevel.checkpoint()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(owner.background.close)
        await anyio.lowlevel.checkpoint()
        may_open.set()
    assert (owner.opened, owner.failures, rig.opened) == ([], [], 0)
    assert owner.background.services is None


async def test_services_that_cannot_be_opened_are_a_failure() -> None:
    rig = two_receivers()
    rig.failure = BROKEN
    owner = Owner(rig)
    owner.background.start()
    await until(lambda: owner.failures == [BROKEN])
    assert owner.opened == []
    await owner.background.close()


async def test_sessions_that_cannot_start_leave_the_services_open() -> None:
    rig = two_receivers()

    async def fail() -> None:
        raise BROKEN

    rig.records.all = fail  # type: ignore[method-assign, assignment] # a damaged database
    owner = Owner(rig)
    owner.background.start()
    await until(lambda: owner.opened == [BROKEN.info])
    assert owner.background.services is not None
    await owner.background.close()


@pytest.mark.virtual_time
async def test_a_goodbye_that_takes_too_long_is_not_waited_for() -> None:
    never = anyio.Event()

    class SlowRig(ScriptedRig):
        @asynccontextmanager
        async def services(self) -> AsyncGenerator[Services]:
            async with super().services() as services:
                yield services
                await never.wait()

    owner = Owner(SlowRig())
    owner.background.start()
    await until(lambda: owner.opened == [None])
    with anyio.fail_after(2 * background_services.GOODBYE_TIMEOUT_S):
        await owner.background.close()
    never.set()
    await anyio.lowlevel.checkpoint()


async def test_readings_are_empty_until_the_services_are_open() -> None:
    rig = two_receivers()
    owner = Owner(rig)
    readings = ServiceReadings(lambda: owner.background.services)
    assert readings.health() == {}
    assert readings.find_spec(device(2)) is None
    assert readings.unreported(device(2)) == ""
    assert await readings.history(vox(1)) == ()
    owner.background.start()
    await until(lambda: owner.opened == [None])
    await rig.all_devices_settle()
    assert set(readings.health()) == {device(2).id, device(3).id}
    spec = readings.find_spec(device(2))
    assert spec is not None
    assert spec.name == "shure-strings"
    await owner.background.close()


async def test_an_unexpected_error_of_the_services_is_logged_and_is_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = ZeroDivisionError("unexpected")

    @asynccontextmanager
    async def fail() -> AsyncGenerator[Services]:
        raise error
        yield

    owner = Owner(two_receivers())
    background = BackgroundServices(fail, owner.use, owner.end)
    background.start()
    await until(lambda: owner.failures == [error])
    assert [record.getMessage() for record in caplog.records] == ["An unexpected error ends the board"]
