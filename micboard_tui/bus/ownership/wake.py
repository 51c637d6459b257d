"""Wakes a task that waits, sooner than its time."""

import anyio


class Wake:
    def __init__(self) -> None:
        self._event = anyio.Event()

    def call(self) -> None:
        """Wake it now, or as soon as it waits."""
        self._event.set()

    async def wait(self, timeout_s: float) -> None:
        """Until it is called, at most so long."""
        with anyio.move_on_after(timeout_s):
            await self._event.wait()
        self._event = anyio.Event()
