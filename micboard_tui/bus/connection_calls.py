"""Whom a connection tells that it was lost or came back, and what the server denied."""

from collections.abc import Callable
from functools import partial

from micboard_tui.bus.connection import EndCalls


class ConnectionCalls:
    """``on_change`` and ``on_denied`` of a ``Connection``; it calls ``tell_change`` and ``tell_denied``."""

    def __init__(self) -> None:
        self._changes: dict[object, Callable[[], None]] = {}
        self._denials: dict[object, Callable[[str], None]] = {}

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        key = object()
        self._changes[key] = call
        return partial(self._changes.pop, key, None)

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        key = object()
        self._denials[key] = call
        return partial(self._denials.pop, key, None)

    def tell_change(self) -> None:
        for call in list(self._changes.values()):
            call()

    def tell_denied(self, subject: str) -> None:
        for call in list(self._denials.values()):
            call(subject)

    def clear(self) -> None:
        self._changes.clear()
        self._denials.clear()

    def __len__(self) -> int:
        return len(self._changes) + len(self._denials)
