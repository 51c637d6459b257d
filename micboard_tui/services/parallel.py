"""Does the same with many things side by side, a limited number at a time."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

T = TypeVar("T")


async def side_by_side(work: Callable[[T], Awaitable[None]], items: Iterable[T], limit: int) -> None:
    """Returns when ``work`` was done with every item; ``work`` answers for its own errors."""
    waiting = iter(items)

    async def take_turns() -> None:
        for item in waiting:
            await work(item)

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(take_turns)
