"""The driver frame by itself: what it calls of a session, in which order, and what it does when one ends."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.command import Command, Confirmation, Identify
from micboard_tui.manufacturers.session_driver import DeviceSession, SessionDriver
from tests.fakes.driver_runs import running


class RecordingSession:
    """Implements ``DeviceSession``; writes down what is called."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls
        self.takes_commands = True
        self.stays_for: Callable[[], None] | None = None
        self.running = 0
        self.most_running = 0

    async def stay(self) -> None:
        self.calls.append("stay")
        if self.stays_for is not None:
            self.stays_for()
        await anyio.sleep_forever()

    async def look(self) -> None:
        self.calls.append("look")

    async def prepare(self) -> None:
        self.calls.append("prepare")

    async def execute(self, command: Command) -> Confirmation:
        self.calls.append("execute")
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await anyio.sleep(0.01)
        self.running -= 1
        return Confirmation(command, "done")

    async def leave(self) -> None:
        self.calls.append("leave")
        await anyio.lowlevel.checkpoint()
        self.calls.append("left")


class Sessions:
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.session = RecordingSession(self.calls)

    @asynccontextmanager
    async def connect(self, report: Report) -> AsyncGenerator[DeviceSession]:
        self.calls.append("connect")
        try:
            yield self.session
        finally:
            self.calls.append("disconnect")


def ignore(observations: object) -> None:
    """A ``Report``."""


async def test_reading_once_looks_and_says_goodbye() -> None:
    sessions = Sessions()
    await SessionDriver(sessions.connect).read_once(ignore)
    assert sessions.calls == ["connect", "look", "leave", "left", "disconnect"]


async def test_one_command_is_prepared_and_ends_with_a_goodbye() -> None:
    sessions = Sessions()
    confirmation = await SessionDriver(sessions.connect).execute_once(Identify())
    assert confirmation.value == "done"
    assert sessions.calls == ["connect", "prepare", "execute", "leave", "left", "disconnect"]


async def test_a_cancelled_session_says_its_whole_goodbye_before_it_disconnects() -> None:
    sessions = Sessions()
    async with running(SessionDriver(sessions.connect), ignore):
        await anyio.sleep(0.01)
    assert sessions.calls == ["connect", "stay", "leave", "left", "disconnect"]


async def test_an_error_of_the_session_ends_the_run_after_the_goodbye() -> None:
    sessions = Sessions()

    def fall_silent() -> None:
        raise DeviceError(ErrorCode.DEVICE_SILENT, "silent")

    sessions.session.stays_for = fall_silent
    with pytest.raises(DeviceError, match="silent"):
        await SessionDriver(sessions.connect).run(ignore)
    assert sessions.calls == ["connect", "stay", "leave", "left", "disconnect"]


async def test_commands_of_a_running_session_go_one_at_a_time() -> None:
    sessions = Sessions()
    driver = SessionDriver(sessions.connect)
    async with running(driver, ignore):
        await anyio.sleep(0.01)
        async with anyio.create_task_group() as commands:
            for _ in range(3):
                commands.start_soon(driver.execute, Identify())
    assert (sessions.calls.count("execute"), sessions.session.most_running) == (3, 1)


async def test_without_a_session_that_takes_commands_there_is_no_connection() -> None:
    sessions = Sessions()
    driver = SessionDriver(sessions.connect, "server")
    with pytest.raises(DeviceError, match="The server is not connected"):
        await driver.execute(Identify())
    sessions.session.takes_commands = False
    async with running(driver, ignore):
        await anyio.sleep(0.01)
        with pytest.raises(DeviceError) as caught:
            await driver.execute(Identify())
    assert caught.value.code is ErrorCode.DEVICE_UNREACHABLE
    assert "execute" not in sessions.calls
