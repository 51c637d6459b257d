"""Calls that go on or were answered lately, so that none is carried out twice.

A board whose connection was lost sends a call again, or asks for its answer, under the same number. A call is
found again while it goes on, and where it changed something a minute longer, while there is room.
"""

from collections import OrderedDict
from typing import NamedTuple

from micboard_tui.bus.calls.running_call import RunningCall

KEPT_S = 60.0
MAX_KEPT = 512
MAX_KEPT_BYTES = 16 * 1024 * 1024
"""Of all answers."""
MAX_RUNNING, MAX_RUNNING_OF_USER = 128, 32
MAX_CANCELLED = 256


class CallName(NamedTuple):
    user: str
    call_id: str


class RecentCalls:
    def __init__(self) -> None:
        self._running: dict[CallName, RunningCall] = {}
        self._ended: OrderedDict[CallName, RunningCall] = OrderedDict()
        self._kept_bytes = 0
        self._cancelled: OrderedDict[CallName, None] = OrderedDict()
        """Cancelled before they came: both messages go different ways."""

    def find(self, name: CallName, now: float) -> RunningCall | None:
        """A call that goes on, or was answered and is kept."""
        self._forget_old(now)
        return self._running.get(name) or self._ended.get(name)

    def has_room(self, user: str) -> bool:
        """Whether this user may have one more call."""
        of_user = sum(name.user == user for name in self._running)
        return len(self._running) < MAX_RUNNING and of_user < MAX_RUNNING_OF_USER

    def begin(self, name: CallName, call: RunningCall) -> None:
        self._running[name] = call

    def end(self, name: CallName) -> None:
        """It was answered, or cancelled."""
        call = self._running.pop(name)
        if call.method.is_change and call.answer is not None:
            self._ended[name] = call
            self._kept_bytes += len(call.answer)

    def cancel(self, name: CallName) -> None:
        """Cancel a call that goes on, or comes later."""
        if (call := self._running.get(name)) is not None:
            call.cancel()
        elif name not in self._ended:
            self._cancelled[name] = None
            if len(self._cancelled) > MAX_CANCELLED:
                self._cancelled.popitem(last=False)

    def take_cancelled(self, name: CallName) -> bool:
        """Whether a call that comes now was cancelled."""
        return self._cancelled.pop(name, name) is None

    def _forget_old(self, now: float) -> None:
        while self._ended and self._is_to_go(next(iter(self._ended.values())), now):
            _, call = self._ended.popitem(last=False)
            self._kept_bytes -= len(call.answer or b"")

    def _is_to_go(self, oldest: RunningCall, now: float) -> bool:
        is_old = oldest.ended_at is not None and now - oldest.ended_at > KEPT_S
        return is_old or len(self._ended) > MAX_KEPT or self._kept_bytes > MAX_KEPT_BYTES
