"""Does the same work with many items side by side, a limited number at a time."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

T = TypeVar("T")


async def run_side_by_side(work: Callable[[T], Awaitable[None]], items: Iterable[T], limit: int) -> None:
    """Returns when ``work`` was done with every item; ``work`` handles its own errors."""
    waiting = iter(items)

    async def work_on_next() -> None:
        for item in waiting:
            await work(item)

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(work_on_next)
