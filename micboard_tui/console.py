"""Joins an attached board: a replica of the present, and services that are called in another process.

What the bus needs is loaded after the first paint, and the contracts of the services after the first values,
since each takes a tenth of the start.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import anyio.to_thread

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.greet_call import greet_in_time
from micboard_tui.bus.calls.greeting import Greeting
from micboard_tui.bus.connection import Connection
from micboard_tui.bus.late_connection import LateConnection
from micboard_tui.bus.mirror.asked_devices import MeterPlan
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_library import load_library
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.attachment import Attachment
from micboard_tui.contracts.bus_errors import START_SERVE
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.services.background import BackgroundTasks
from micboard_tui.services.steady_clock import steady_s

if TYPE_CHECKING:
    from micboard_tui.bus.calls.remote_services import LifeSigns, RemoteServices

COMPLETE_WITHIN_S = 10.0
"""Until all that is known there has come."""
TAKE_OVER_S = 6.0
"""A hub that died is replaced by then, where there is a second one."""
ASK_AGAIN_S = 1.0
FIRST_SHOWN = 24
"""About as many devices as a board shows at once: their meters come with all else that is known of them."""
METERS_WITHIN_S, PAINTED_WITHIN_S = 0.25, 0.05
"""After all that is known has come; loading would delay their painting."""


class LocalSigns:
    """Implements ``LifeSigns``: what the other program sends of itself, and whether the replica works."""

    def __init__(self, mirror: Mirror, tasks: BackgroundTasks) -> None:
        self._mirror, self._tasks = mirror, tasks

    @property
    def health(self) -> HealthSnapshot:
        health, fault = self._mirror.health, self._tasks.find_fault()
        return health if fault is None else replace(health, task_fault=fault)

    @property
    def running_walk(self) -> RunningWalk | None:
        return self._mirror.running_walk


class Console:
    """A board without sessions, attached to a program that has them."""

    def __init__(self, site: str, *, rate_hz: int, is_board: bool) -> None:
        """Connects nothing yet. ``rate_hz``: how often a second meters are shown.

        ``is_board``: whether someone looks on, to whom the first values come before the services.
        """
        self._subjects = Subjects(site)
        self._connection = LateConnection()
        name = uuid4().hex[:12]
        self._is_board = is_board
        self.live = Mirror(
            self._connection,
            self._subjects,
            name,
            steady_s,
            time.time,
            MeterPlan(rate_hz, FIRST_SHOWN if is_board else 0),
        )

    @asynccontextmanager
    async def open(self, attachment: Attachment) -> "AsyncGenerator[RemoteServices]":
        """Attach, and detach in the end. ``attachment``: of the site.

        Raises StartError: BUS_LOST, NOT_ALLOWED, NOT_SERVED, VERSION_DIFFERS, CONFIG_INVALID.
        """
        await self._connect(attachment)
        tasks = BackgroundTasks()
        try:
            tasks.start(self.live.run, "mirror")
            client = CallClient(self._connection, self._subjects, attachment.user)
            greeting = await _greet(client)
            await self._wait_complete(attachment)
            if self._is_board:
                await self._wait_painted()
            # In a thread: meanwhile the board shows the first values.
            await anyio.to_thread.run_sync(_load_services)
            from micboard_tui.bus.calls.remote_services import make_services

            yield make_services(greeting, client, self.live, LocalSigns(self.live, tasks))
        finally:
            with anyio.CancelScope(shield=True):
                tasks.cancel()
                await tasks.end()
                await self._connection.close()

    async def _connect(self, attachment: Attachment) -> None:
        await anyio.to_thread.run_sync(load_library)
        from micboard_tui.bus.attached_connection import attach_to

        name = f"board of {attachment.user}"
        self._connection.use(await attach_to(attachment, self._subjects, name, steady_s))

    async def _wait_complete(self, attachment: Attachment) -> None:
        with anyio.move_on_after(COMPLETE_WITHIN_S) as waiting:
            await self.live.wait_complete()
        if waiting.cancelled_caught:
            raise StartError(
                ErrorCode.NOT_SERVED,
                f"{attachment.url} takes calls but sends no values",
                hint=START_SERVE,
            )

    async def _wait_painted(self) -> None:
        """Until the board has the first values on the screen, as far as there are any."""
        with anyio.move_on_after(METERS_WITHIN_S):
            await self.live.wait_followed()
            await anyio.sleep(PAINTED_WITHIN_S)


@asynccontextmanager
async def open_program(
    connection: Connection, subjects: Subjects, user: str, report: Callable[[ErrorInfo], None]
) -> "AsyncGenerator[RemoteServices]":
    """The services of the site for a program that acts for whoever uses it; it waits until there are some.

    ``user``: who acts where no actor is named. ``report`` gets, once, why there are none yet. Raises
    StartError VERSION_DIFFERS.
    """
    tasks, name = BackgroundTasks(), uuid4().hex[:12]
    live = Mirror(connection, subjects, name, steady_s, time.time)
    try:
        tasks.start(live.run, "mirror")
        client = CallClient(connection, subjects, user, acts_for_others=True)
        services = await _wait_for_services(client, live, LocalSigns(live, tasks), report)
        await live.wait_complete()
        yield services
    finally:
        with anyio.CancelScope(shield=True):
            tasks.cancel()
            await tasks.end()


async def _greet(client: CallClient) -> Greeting:
    answer = await greet_in_time(client, TAKE_OVER_S)
    if not answer.success:
        error = answer.error
        raise StartError(error.code, error.message, hint=error.hint, **error.details)
    return answer.data


def _load_services() -> None:
    """All contracts with what they are made of."""
    import_module("micboard_tui.bus.calls.remote_services")


async def _wait_for_services(
    client: CallClient, live: Mirror, signs: "LifeSigns", report: Callable[[ErrorInfo], None]
) -> "RemoteServices":
    from micboard_tui.bus.calls.remote_services import attach_services

    is_reported = False
    while True:
        answer = await attach_services(client, live, signs)
        if answer.success:
            return answer.data
        error = answer.error
        if error.code is ErrorCode.VERSION_DIFFERS:
            raise StartError(error.code, error.message, hint=error.hint, **error.details)
        if not is_reported:
            report(error)
            is_reported = True
        await anyio.sleep(ASK_AGAIN_S)
