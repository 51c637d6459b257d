"""Event loops of tests: one whose time never waits, and one that counts how long it waited.

In virtual time the clock jumps to what is due next whenever nothing is ready, so hours of a protocol pass as
fast as the work in them is done, and that something does NOT happen is proved in no time. Sockets of the
loopback are real there. Threads are not waited for: what runs in threads needs a real loop.

A test runs in virtual time when it, or its module, has the marker ``virtual_time``. Code that is given a
clock gets ``loop_time``.
"""

import asyncio
import selectors
import threading
from typing import ClassVar

from anyio._backends._asyncio import WorkerThread

TURN_S = 1e-6
DELIVERY_S = 0.001
STALL_S = 10.0
POLL_S = 0.05

Ready = list[tuple[selectors.SelectorKey, int]]


class VirtualTimeSelector(selectors.DefaultSelector):
    """Instead of waiting, adds what it would have waited."""

    now_s = 1000.0

    def select(self, timeout: float | None = None) -> Ready:
        ready = super().select(self._real_timeout(timeout))
        if not ready and timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        # A turn without a wait takes a moment, too: one that is early by a hair would turn for ever.
        self.now_s += TURN_S if ready or not timeout else max(TURN_S, timeout)
        return ready

    def _real_timeout(self, timeout: float | None) -> float:
        if timeout is None:
            return STALL_S
        # One descriptor is the loop's own. What was sent to any other arrives at once, but on a busy machine
        # not in the same instant.
        has_sockets = len(self.get_map()) > 1
        return min(timeout, DELIVERY_S) if has_sockets and timeout > 0 else 0


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._time = VirtualTimeSelector()
        super().__init__(self._time)

    def time(self) -> float:
        return self._time.now_s


def loop_time() -> float:
    """The clock of the running loop, in callbacks of links, too, where no task runs."""
    return asyncio.get_running_loop().time()


class CountingSelector(selectors.DefaultSelector):
    """Adds up the waits that ended because their time was over, and not because something came.

    What is waited for other work (a thread, a busy machine) is not in it, nor are short polls.
    """

    waited_s: ClassVar[float] = 0.0
    turns: ClassVar[int] = 0
    """How often the loop has gone round."""

    def select(self, timeout: float | None = None) -> Ready:
        CountingSelector.turns += 1
        is_own_wait = timeout is not None and timeout > POLL_S and not thread_works()
        ready = super().select(timeout)
        if not ready and timeout is not None and is_own_wait:
            CountingSelector.waited_s += timeout
        return ready


def thread_works() -> bool:
    """Whether a thread of anyio has something to do for the running loop, and not for one that is over."""
    loop = asyncio.get_running_loop()
    workers = (thread for thread in threading.enumerate() if isinstance(thread, WorkerThread))
    return any(worker.loop is loop and worker.queue.unfinished_tasks for worker in workers)


class CountingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__(CountingSelector())
