"""Tasks that run as long as the services do.

A task that is cancelled does not stop a thread that writes for it: the thread goes on, and what it wrote
would be taken for lost and written again. So the work runs in a task group of its own, whose end waits for
such a thread and lets the work know that it succeeded.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import anyio
import structlog

RESTART_S = 5.0

Work: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]

log = structlog.get_logger(__name__)


def start_task(run: Work, name: str) -> asyncio.Task[None]:
    """Run this until it returns or is cancelled; after a crash, which is logged, it begins anew."""
    return asyncio.create_task(_keep_running(run, name), name=name)


async def finish(work: Work) -> None:
    """Run this; when the caller is cancelled, what a thread is writing for it is waited for.

    What it raises comes in an ExceptionGroup.
    """
    async with anyio.create_task_group() as group:
        group.start_soon(work)


async def _keep_running(run: Work, name: str) -> None:
    crash = ""
    while True:
        try:
            await finish(run)
        except ExceptionGroup as error:
            if crash != (crash := repr(error.exceptions)):
                log.exception("background_task_crashed", task=name)
        else:
            return
        await anyio.sleep(RESTART_S)
