"""Tasks that run as long as the services do.

This is the one place where a crash of them is caught: a task that crashed is logged and begins anew
``RESTART_S`` later. Until it has run for ``WELL_AFTER_S`` since, the same crash is not logged again, and
``find_fault`` names the task, for people.

A task that is cancelled does not stop a thread that writes for it: the thread goes on, and what it wrote
would be taken for lost and written again. So the work runs in a task group of its own, whose end waits for
such a thread and lets the work know that it succeeded.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeAlias

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

RESTART_S = 5.0
WELL_AFTER_S = 60.0
"""Longer than any of the tasks sleeps."""

Work: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]

log = structlog.get_logger(__name__)


class _Crash(NamedTuple):
    at: float
    reason: str


class BackgroundTasks:
    """Those of one container. ``cancel`` them, and then wait until they ``end``."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self._crashes: dict[str, _Crash] = {}

    def start(self, run: Work, name: str) -> None:
        """Run this until it returns or is cancelled; after a crash it begins anew."""
        self._tasks.append(asyncio.create_task(self._keep_running(run, name), name=name))

    def find_fault(self) -> ErrorInfo | None:
        """Tells which tasks crashed; None: all run well."""
        if not (names := self._list_crashed()):
            return None
        return ErrorInfo(
            ErrorCode.TASK_CRASHED,
            f"A part of the program crashed and what it shows may be out of date: {', '.join(names)}",
            hint="Start micboard-tui again; if it comes back, report it with the log",
        )

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Wait until all have ended."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _keep_running(self, run: Work, name: str) -> None:
        while True:
            try:
                await finish(run)
            except ExceptionGroup as error:  # A task that fails must not end the board; it starts anew.
                self._report(name, error)
            else:
                return
            await anyio.sleep(RESTART_S)

    def _list_crashed(self) -> Sequence[str]:
        now = self._clock()
        return [name for name, crash in self._crashes.items() if now - crash.at < WELL_AFTER_S]

    def _report(self, name: str, error: ExceptionGroup[Exception]) -> None:
        reason, before = repr(error.exceptions), self._crashes.get(name)
        is_known = before is not None and before.reason == reason and name in self._list_crashed()
        self._crashes[name] = _Crash(self._clock(), reason)
        if not is_known:
            log.error("background_task_crashed", task=name, exc_info=error)


async def finish(work: Work) -> None:
    """Run this; when the caller is cancelled, what a thread is writing for it is waited for.

    What it raises comes in an ExceptionGroup.
    """
    async with anyio.create_task_group() as group:
        group.start_soon(work)
