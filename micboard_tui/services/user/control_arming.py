"""Who may give commands to devices at this moment: control is armed by each user, for a time.

The right to control alone changes nothing, so that a button that is pressed by mistake, or a program with an
error, does not mute a singer. Arming is not kept: when the program starts, it is armed for no user. That it
was armed, was disarmed and has ended by itself are events, as the commands are.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

import anyio

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.ports import WallClock
from micboard_tui.domain.arming import Arming
from micboard_tui.domain.user import MAX_ARMED_MINUTES
from micboard_tui.services.user.user_events import UserEvents

LOOK_S = 1.0
MAX_SET_BACK_S = 60.0
"""A clock that is set back by more ends the arming, which would last for so much longer."""


def _ignore(_: Sequence[Arming]) -> None:
    pass


class _Span(NamedTuple):
    """Both in seconds since the epoch."""

    start: float
    end: float

    def is_on(self, now: float) -> bool:
        return self.start - MAX_SET_BACK_S <= now < self.end


class ControlArming:
    def __init__(
        self,
        events: UserEvents,
        clock: WallClock,
        publish: Callable[[Sequence[Arming]], None] = _ignore,
    ) -> None:
        """``publish`` is called with all that are on, when they are others."""
        self._events, self._clock, self._publish = events, clock, publish
        self._armings: dict[str, _Span] = {}

    async def arm(self, user: str, minutes: int) -> float:
        """Let a user give commands for so long from now on; when that ends. Raises MicboardError."""
        if not 1 <= minutes <= MAX_ARMED_MINUTES:
            raise invalid_value_error(
                f"Control cannot be armed for {minutes} minutes", f"Give 1 to {MAX_ARMED_MINUTES}"
            )
        await self.end_expired()
        now = self._clock()
        arming = self._armings[user] = _Span(now, now + minutes * 60.0)
        self._publish_all()
        await self._events.store(f"Control armed for {minutes} min", user, control="armed")
        return arming.end

    async def disarm(self, user: str) -> bool:
        """Let a user give no commands any more; False: control was not armed for them."""
        await self.end_expired()
        if self._armings.pop(user, None) is None:
            return False
        self._publish_all()
        await self._events.store("Control disarmed", user, control="disarmed")
        return True

    async def disarm_all(self, reason: str) -> None:
        """Let no user give commands any more. ``reason`` stands in the events: "the show was locked"."""
        armed, self._armings = [*self._armings], {}
        self._publish_all()
        for user in armed:
            await self._events.store(f"Control disarmed: {reason}", user, control="disarmed")

    def end_of(self, user: str) -> float | None:
        """Until when a user may give commands; None: not at all."""
        arming = self._armings.get(user)
        return arming.end if arming is not None and arming.is_on(self._clock()) else None

    async def run(self) -> NoReturn:
        """Until cancelled: write down what ends by itself."""
        while True:
            await anyio.sleep(LOOK_S)
            await self.end_expired()

    async def end_expired(self) -> None:
        """Write down what has ended by itself since the last time."""
        now = self._clock()
        for user, arming in [each for each in self._armings.items() if not each[1].is_on(now)]:
            if self._armings.get(user) == arming:
                del self._armings[user]
                self._publish_all()
                await self._events.store("Arming of control ended by itself", user, control="expired")

    def _publish_all(self) -> None:
        self._publish([Arming(user, span.end) for user, span in self._armings.items()])
