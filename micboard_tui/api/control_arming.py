"""Who may give commands to devices at this moment: control is armed by each user, for a time.

The right to control alone changes nothing, so that a button that is pressed by mistake, or a program that
runs wild, does not mute a singer. Arming is not kept: when the program starts, it is armed for no user.
"""

from collections.abc import Callable

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_MINUTES = 60


class ControlArming:
    """``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}

    def arm(self, user: str, minutes: int) -> None:
        """Let a user give commands for so long from now on."""
        now = self._clock()
        self._ends = {name: end for name, end in self._ends.items() if end > now}
        self._ends[user] = now + minutes * 60.0

    def disarm(self, user: str) -> None:
        """Let a user give no commands any more."""
        self._ends.pop(user, None)

    def seconds_left(self, user: str) -> float | None:
        """How long a user may give commands yet; None: not at all."""
        left = self._ends.get(user, 0.0) - self._clock()
        return left if left > 0.0 else None

    def check(self, user: str) -> None:
        """Raise ApiError NOT_ALLOWED for a user who is not armed."""
        if self.seconds_left(user) is None:
            raise ApiError(
                ErrorInfo(
                    ErrorCode.NOT_ALLOWED,
                    f"Control is not armed for {user}",
                    hint=f'POST /api/v1/control/arm with {{"minutes": 10}} first; {MAX_MINUTES} are the most',
                )
            )
