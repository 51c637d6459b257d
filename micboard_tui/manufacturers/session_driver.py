"""The driver of every protocol: keeps a session with a device, reads it once, and passes commands on.

The exchange on the wire is a ``DeviceSession``: one connection, from its first message to its goodbye. For
each one the driver calls, in this order::

    run           connect, stay ... leave, and all of it again should ``stay`` ever return
    read_once     connect, look, leave
    execute       execute, on the session that ``run`` stays in
    execute_once  connect, prepare, execute, leave

``leave`` is called however the session ends, cancelled or lost, and is given ``GOODBYE_TIMEOUT_S``. Commands
go one at a time. Between calls the driver remembers only the session that it stays in; what has to outlive a
connection belongs to the ``Connect`` that it was given.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn, Protocol, TypeAlias

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.observation import Observation

GOODBYE_TIMEOUT_S = 1.0


class DeviceSession(Protocol):
    """One connection with a device. Reports what the device says to the ``Report`` that it was made with."""

    @property
    def takes_commands(self) -> bool:
        """Whether enough is known of the device to command it."""
        ...

    async def stay(self) -> None:
        """Identify, read, subscribe and report until the device is lost or silent; then raise DeviceError."""
        ...

    async def look(self) -> None:
        """Report everything that the device knows, and one set of meters."""
        ...

    async def prepare(self) -> None:
        """Read what ``execute`` needs to know; no meters."""
        ...

    async def execute(self, command: Command) -> Confirmation:
        """Send a command and wait until the device confirms it. Raises DeviceError as ``Driver.execute``."""
        ...

    async def leave(self) -> None:
        """Switch off what was switched on. May be called again, and then does nothing."""
        ...


Connect: TypeAlias = Callable[[Report], AbstractAsyncContextManager[DeviceSession]]
"""Connects on entry and disconnects on exit. Raises DeviceError on both."""


class SessionDriver:
    """Implements ``Driver``. Sends nothing until it is called."""

    def __init__(self, connect: Connect, peer: str = "device") -> None:
        """``peer``: what it is called in an error message."""
        self._connect = connect
        self._peer = peer
        self._session: DeviceSession | None = None
        self._commanding = anyio.Lock()

    async def run(self, report: Report) -> NoReturn:
        while True:
            async with self._open(report) as session:
                self._session = session
                try:
                    await session.stay()
                finally:
                    self._session = None

    async def read_once(self, report: Report) -> None:
        async with self._open(report) as session:
            await session.look()

    async def execute(self, command: Command) -> Confirmation:
        session = self._session
        if session is None or not session.takes_commands:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                f"The {self._peer} is not connected",
                hint="Wait until it is online and try again",
            )
        async with self._commanding:
            return await session.execute(command)

    async def execute_once(self, command: Command) -> Confirmation:
        async with self._open(ignore_report) as session:
            await session.prepare()
            async with self._commanding:
                return await session.execute(command)

    @asynccontextmanager
    async def _open(self, report: Report) -> AsyncGenerator[DeviceSession]:
        async with self._connect(report) as session:
            try:
                yield session
            finally:
                await leave_in_time(session.leave)


async def leave_in_time(leave: Callable[[], Awaitable[None]]) -> None:
    """Say goodbye, even while everything is being cancelled.

    For the driver, and for a session that has to say it within ``stay``.
    """
    with anyio.move_on_after(GOODBYE_TIMEOUT_S, shield=True):
        await leave()


def ignore_report(observations: Sequence[Observation]) -> None:
    """A ``Report`` for a conversation that only asks or commands."""
