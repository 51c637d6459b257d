"""Which collectors are alive, as this one sees it by the store of their signs.

A collector counts as gone when its sign is not there, when none came from it for ``LIFETIME_S`` by *our*
clock, and when this is known by a view that is newer than both: every collector writes its own sign into
the same store, and what was written before it comes before it. So the clock of the server does not matter,
a watch that brings nothing makes no collector seem gone, and neither does old news after we were frozen.
"""

import math
from collections.abc import Callable, Mapping

from micboard_tui.bus.connection import Entry
from micboard_tui.bus.ownership.ownership_records import CollectorSign, CollectorToken, read_sign
from micboard_tui.bus.ownership.send_lease import LIFETIME_S

_SENT_KEPT = 16
"""Of our own signs that have not come back."""


class CollectorView:
    def __init__(self, own: CollectorToken, steady: Callable[[], float]) -> None:
        self._own, self._steady = own, steady
        self._signs: dict[CollectorToken, CollectorSign] = {}
        self._former: dict[CollectorToken, CollectorSign] = {}
        """Of those that were alive before the view, and may not have shown themselves since."""
        self._incoming: dict[CollectorToken, CollectorSign] | None = None
        self._seen_at: dict[CollectorToken, float] = {}
        self._sent_at: dict[int, float] = {}
        self._started_at = math.inf
        self._fresh_at = -math.inf
        """All that the store had at this moment is known."""

    @property
    def signs(self) -> Mapping[CollectorToken, CollectorSign]:
        """Of all that are alive, of every zone; while a new view begins, as it was before."""
        return self._signs

    @property
    def possible_signs(self) -> Mapping[CollectorToken, CollectorSign]:
        """The same, and until others would have written theirs anew, those of the views before.

        A server that lost its memory knows no signs for a moment.
        """
        return self._signs if self._is_settled else {**self._former, **self._signs}

    @property
    def _is_settled(self) -> bool:
        """Whether every collector that is alive has written its sign since this view began."""
        return self._fresh_at >= self._started_at + LIFETIME_S

    def note_sent(self, number: int, sent_at: float) -> None:
        """Our own sign of this number is on its way."""
        self._sent_at[number] = sent_at
        for old in list(self._sent_at)[:-_SENT_KEPT]:
            del self._sent_at[old]

    def begin(self) -> None:
        """All entries come from the start."""
        self._former = dict(self.possible_signs)
        self._incoming = {}
        self._started_at, self._fresh_at = math.inf, -math.inf

    def complete(self) -> None:
        """All entries have come."""
        self._signs, self._incoming = self._incoming or {}, None
        self._started_at = self._steady()
        self._seen_at = dict.fromkeys(self._signs, self._started_at)

    def take(self, entry: Entry) -> None:
        signs = self._signs if self._incoming is None else self._incoming
        if (sign := read_sign(entry)) is None:
            signs.pop(entry.key, None)
            self._former.pop(entry.key, None)
        else:
            signs[entry.key] = sign
            self._seen_at[entry.key] = self._steady()
            if entry.key == self._own:
                self._fresh_at = max(self._fresh_at, self._sent_at.pop(sign.number, -math.inf))
        self._forget()

    def is_gone(self, collector: CollectorToken, named_at: float) -> bool:
        """Whether a collector that a record named at this moment holds nothing any more."""
        is_absent = collector not in self._signs
        return is_absent and self._fresh_at >= max(self._gone_from(collector), named_at)

    def may_be_gone(self, collector: CollectorToken) -> bool:
        """Whether a new sign of ours would show that it is gone."""
        return collector not in self._signs and self._steady() >= self._gone_from(collector)

    def _gone_from(self, collector: CollectorToken) -> float:
        return max(self._seen_at.get(collector, self._started_at), self._started_at) + LIFETIME_S

    def _forget(self) -> None:
        """What was seen so long ago that it makes no difference."""
        old = [token for token, at in self._seen_at.items() if at + LIFETIME_S < self._fresh_at]
        for token in old:
            if token not in self._signs:
                del self._seen_at[token]
