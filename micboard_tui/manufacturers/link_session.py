"""What sessions over a link have in common: they hold it until it is lost, speak at a pace, know the time."""

from collections.abc import Awaitable, Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.link import Link


class Talk:
    """Half a ``Listener``: whoever extends it takes what is ``received``."""

    def __init__(self, clock: Clock, pace_s: float) -> None:
        """``pace_s``: at least between two sends, since devices drop what comes too fast."""
        self._clock = clock
        self._pace_s = pace_s
        self._turn = anyio.Lock()
        self._link: Link | None = None
        self._next_send_at = 0.0
        self._lost: DeviceError | None = None
        self._scope: anyio.CancelScope | None = None
        self.heard_at = clock()

    async def hold(self, link: Link, talk: Callable[[], Awaitable[None]]) -> None:
        """Run the coroutine function ``talk`` on ``link``. Raises DeviceError when the link is lost."""
        self._link = link
        if self._lost is None:
            with anyio.CancelScope() as self._scope:
                await talk()
        if self._lost is not None:
            raise self._lost

    def lost(self, error: DeviceError) -> None:
        self._lost = error
        if self._scope is not None:
            self._scope.cancel()

    @property
    def silence_s(self) -> float:
        """Since the last word."""
        return self._clock() - self.heard_at

    def now(self) -> float:
        return self._clock()

    async def _send_paced(self, data: bytes) -> None:
        """Only for whoever has ``_turn``."""
        wait_s = self._next_send_at - self._clock()
        if wait_s > 0:
            await anyio.sleep(wait_s)
        self._next_send_at = self._clock() + self._pace_s
        if self._link is None:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE, "There is no connection", hint="Wait until it is back"
            )
        self._link.send(data)


__all__ = ["Clock", "Talk"]
