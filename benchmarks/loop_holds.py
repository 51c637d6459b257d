"""How long single callbacks keep an event loop from everything else."""

import asyncio
import time


class LoopHolds:
    """Watches every callback of this process from when it is made."""

    def __init__(self) -> None:
        self._longest_s = 0.0
        self._left_out: set[object] = set()
        run = asyncio.Handle._run
        holds = self

        def run_watched(handle: asyncio.Handle) -> None:
            # A handle that ran forgets its callback. The time is that of this thread: what other processes
            # take of the machine is not ours.
            owner, began = getattr(getattr(handle, "_callback", None), "__self__", None), time.thread_time()
            run(handle)
            if owner not in holds._left_out:
                holds._longest_s = max(holds._longest_s, time.thread_time() - began)

        asyncio.Handle._run = run_watched  # type: ignore[assignment, method-assign] # the loop has no hook for it

    def leave_out(self, task: object) -> None:
        """Do not count the steps of a task that only this measurement has."""
        self._left_out.add(task)

    def take_ms(self) -> float:
        """The longest since this was asked last, in milliseconds of processor time."""
        longest, self._longest_s = self._longest_s, 0.0
        return longest * 1000
