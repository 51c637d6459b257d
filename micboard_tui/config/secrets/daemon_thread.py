"""Runs work in a thread of its own that leaving the program does not wait for: a keyring may ask for ever."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def run_in_daemon_thread(work: Callable[[], T], name: str) -> T:
    """What ``work`` returns or raises. Where the caller is cancelled, it goes on for nothing."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: T) -> None:
        if not answer.done():
            answer.set_result(result)

    def fail(error: Exception) -> None:
        if not answer.done():
            answer.set_exception(error)

    def run() -> None:
        # A loop that is closed waits for nothing any more.
        with suppress(RuntimeError):
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - it is the caller's
                loop.call_soon_threadsafe(fail, error)
            else:
                loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await answer
