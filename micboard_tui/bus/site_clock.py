"""The clock of a site, which is that of its hub: all collectors stamp what they read by it.

Otherwise the clocks of their computers would be compared wherever values of two collectors are. While no hub
is heard, and until another one is known well, it goes on as it was; before one was heard it is the clock of
this computer.
"""

from collections.abc import Callable
from typing import NoReturn

import anyio
import structlog

from micboard_tui.bus.clock_offset import ClockOffset
from micboard_tui.bus.connection import BusError, Connection, Message, Subscription
from micboard_tui.bus.wire.sign_of_life import HUB, decode_sign
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import WireError

FOLLOWED_S = 0.25
"""A smaller difference is left alone: boards show ages in tenths of a second at most."""
LEAST_SIGNS = 3
LEAST_HEARD_S = 5.0
"""The first signs may have come late, and all at once where a computer was busy."""
FAR_S = 5.0
"""A sign that is off by more was not late: the clock is another one, and no later sign is waited for."""
RETRY_S = 0.5

log = structlog.get_logger(__name__)


class SiteClock:
    """Seconds since the epoch. ``SteadyClock`` can follow it as it follows the clock of the machine."""

    def __init__(
        self,
        connection: Connection,
        subjects: Subjects,
        steady: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """``steady``: seconds that only grow; ``wall``: the clock of this computer."""
        self._connection, self._subjects = connection, subjects
        self._steady, self._wall = steady, wall
        self._hub = ClockOffset()
        self._offset_s: float | None = None
        self._run: int | None = None
        """The process of the hub whose clock it is; when that is set, it is followed at once."""

    def __call__(self) -> float:
        offset_s = self.offset_s
        return self._wall() if offset_s is None else self._steady() + offset_s

    @property
    def offset_s(self) -> float | None:
        """How far it is ahead of ``steady``; None: no hub was heard yet."""
        return self._offset_s

    def correction_s(self, now: float) -> float:
        """How far it is ahead of a clock that shows ``now``; 0: by no more than clocks differ anyway."""
        difference_s = self() - now
        return difference_s if abs(difference_s) > FOLLOWED_S else 0.0

    async def run(self) -> NoReturn:
        """Listen to the hub until cancelled."""
        signs = await self._listen()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await signs.end()
        raise AssertionError

    async def _listen(self) -> Subscription:
        while True:
            try:
                return await self._connection.subscribe(self._subjects.signs_of_life, self._take)
            except BusError:
                await anyio.sleep(RETRY_S)

    async def _take(self, message: Message) -> None:
        try:
            sign = decode_sign(message.payload)
        except WireError as error:
            log.warning("sign_not_understood", reason=str(error))
            return
        if sign.role == HUB:
            self._hub.take(sign, self._steady())
            is_known = self._hub.count >= LEAST_SIGNS and self._hub.heard_for_s >= LEAST_HEARD_S
            is_far = abs(self._steady() + self._hub.offset_s - self()) > FAR_S
            if is_known or is_far or sign.run == self._run:
                self._offset_s, self._run = self._hub.offset_s, sign.run
