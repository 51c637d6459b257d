"""Logins that were checked a moment ago, for readers while no login can be checked.

Logins are checked with each request, so that one that was ended holds no longer than until the next one. In a
fleet that needs the bus, the hub and the database, and the values that the API has of its own need none of
them: so while these are away, who was let in lately may go on reading for ``KEPT_S``. What is kept is the
hash of the token, in memory only. As soon as a check is answered, its answer counts.
"""

import hashlib
from collections.abc import Callable

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.user import Login

KEPT_S = 60.0
"""So long a token that was ended may still read, if nothing can be checked since then."""
MAX_KEPT = 256
"""Of more logins the one that was checked longest ago is forgotten."""
NOT_CHECKED: frozenset[ErrorCode] = frozenset(
    {
        ErrorCode.BUS_LOST,
        ErrorCode.NOT_SERVED,
        ErrorCode.OUTCOME_UNKNOWN,
        ErrorCode.DATABASE_ERROR,
        ErrorCode.DATABASE_LOCKED,
    }
)
"""The answers to a check that say nothing of the login."""


class RecentLogins:
    """``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._checked: dict[bytes, tuple[Login, float]] = {}

    def keep(self, token: str, login: Login) -> None:
        """It was checked just now, and is valid."""
        key = _hash_of(token)
        self._checked.pop(key, None)
        self._checked[key] = login, self._clock()
        if len(self._checked) > MAX_KEPT:
            del self._checked[next(iter(self._checked))]

    def forget(self, token: str) -> None:
        """It was checked just now, and is not valid."""
        self._checked.pop(_hash_of(token), None)

    def find(self, token: str) -> Login | None:
        """The login as it was checked less than ``KEPT_S`` ago; None: it was not."""
        key = _hash_of(token)
        if (checked := self._checked.get(key)) is None:
            return None
        login, checked_at = checked
        if self._clock() - checked_at < KEPT_S:
            return login
        del self._checked[key]
        return None


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
