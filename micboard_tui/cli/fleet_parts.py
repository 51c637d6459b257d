"""Runs the parts of a process side by side, and ends them in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

import anyio
import structlog

log = structlog.get_logger(__name__)


class Part(NamedTuple):
    """What a role does until it is cancelled."""

    name: str
    run: Callable[[Callable[[], None]], Awaitable[None]]
    """Gets what it calls when it is ready."""
    end_limit_s: float
    """To end in order after it was cancelled; then it is left behind."""


async def run_parts(parts: Sequence[Part], ready: Callable[[], None]) -> None:
    """Until cancelled, or a part ends, which raises what that part raised.

    ``ready`` is called when all are. In the end they are cancelled one after the other, in this order.
    """
    waiting = {part.name for part in parts}

    def take_ready(name: str) -> None:
        if name in waiting:
            waiting.remove(name)
            if not waiting:
                ready()

    tasks = [
        (part, asyncio.create_task(_run(part, partial(take_ready, part.name)), name=part.name))
        for part in parts
    ]
    try:
        await asyncio.wait([task for _, task in tasks], return_when=asyncio.FIRST_COMPLETED)
        ended = next(task for _, task in tasks if task.done())
    finally:
        with anyio.CancelScope(shield=True):
            for part, task in tasks:
                await _end(part, task)
    ended.result()


async def _run(part: Part, ready: Callable[[], None]) -> None:
    try:
        await part.run(ready)
    except BaseExceptionGroup as group:  # Also of KeyboardInterrupt; the cause is raised in its place.
        raise _first_of(group) from group


async def _end(part: Part, task: "asyncio.Task[None]") -> None:
    task.cancel()
    _, pending = await asyncio.wait({task}, timeout=part.end_limit_s)
    if pending:
        log.warning("part_does_not_end", part=part.name, seconds=part.end_limit_s)
    elif not task.cancelled() and (error := task.exception()) is not None:
        log.debug("part_ended", part=part.name, reason=repr(error))


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What a task group raised for: with its message a process ends, and not with that of the group."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first
