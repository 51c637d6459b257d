"""Asks several collectors at the same time."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import anyio

from micboard_tui.bus.routing.collectors import Collector
from micboard_tui.contracts.result import ServiceResult

T = TypeVar("T")


async def ask_all(
    collectors: Iterable[Collector], ask: Callable[[Collector], Awaitable[ServiceResult[T]]]
) -> list[tuple[Collector, ServiceResult[T]]]:
    """What each answered, in the same order."""
    asked = list(collectors)
    answers: dict[str, Any] = {}

    async def take(collector: Collector) -> None:
        answers[collector.name] = await ask(collector)

    async with anyio.create_task_group() as tasks:
        for collector in asked:
            tasks.start_soon(take, collector)
    return [(collector, answers[collector.name]) for collector in asked]
