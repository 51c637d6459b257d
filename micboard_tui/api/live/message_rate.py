"""How many messages a client may send in a second."""

from collections import deque

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_MESSAGES = 20
SPAN_S = 1.0


class MessageRate:
    """Of one client."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=MAX_MESSAGES)

    def count(self, now: float) -> None:
        """Count a message; ``now`` in seconds. Raises ApiError INVALID_VALUE when it is one too many."""
        times = self._times
        if len(times) == MAX_MESSAGES and now - times[0] < SPAN_S:
            raise ApiError(
                ErrorInfo(ErrorCode.INVALID_VALUE, f"More than {MAX_MESSAGES} messages came within a second")
            )
        times.append(now)
