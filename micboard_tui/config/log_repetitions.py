"""Leaves out of the log what another part of the program has just reported of the same cause.

When a database server goes away, whatever stores or reads finds out within seconds, some of it again and
again. One line names the cause; what each part does about it is shown by ``health``.
"""

import time
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

QUIET_S = 60.0
"""A cause that was not reported for so long is reported again."""
SHARED_CAUSES = frozenset({"DATABASE_ERROR", "DATABASE_LOCKED", "DISK_FULL"})
"""Codes of what many parts meet at once."""
MOST_CAUSES = 100


class LeftOutRepetitions:
    """A processor of structlog. Events of one code and reason count as one cause."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen_at: dict[tuple[str, str], float] = {}

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Raises structlog.DropEvent for a repetition."""
        code = str(event.get("code"))
        if code not in SHARED_CAUSES:
            return event
        cause, now = (code, str(event.get("reason"))), self._clock()
        seen_at = self._seen_at.get(cause)
        if len(self._seen_at) > MOST_CAUSES:
            self._seen_at.clear()
        self._seen_at[cause] = now
        if seen_at is not None and now - seen_at < QUIET_S:
            raise structlog.DropEvent
        return event
