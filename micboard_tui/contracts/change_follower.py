"""What is new since the last look, for those who print changes and read nothing again.

Nothing reports that meters have stopped: that follows from the time alone. So each look also compares the
channels that were handed on last with the clock, and hands a channel on again when its meters became overdue.
"""

from collections.abc import Iterator
from dataclasses import replace

from micboard_tui.contracts.live import Changes, LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef


class ChangeFollower:
    """Of one reader."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._version = 0
        self._layout_version = 0
        self._channels: dict[ChannelRef, ChannelState] = {}
        """As they were handed on last."""
        self._overdue: set[ChannelRef] = set()
        """Those that were handed on as stale."""

    def look(self) -> Changes | None:
        """What changed, or became stale; None: nothing."""
        changes = self._live.changed_since(self._version)
        if changes.layout_version != self._layout_version:
            self._layout_version = changes.layout_version
            self._forget_removed()
        now = self._live.now()
        for state in changes.channels:
            self._channels[state.ref] = state
            if state.is_stale(now):
                self._overdue.add(state.ref)
            else:
                self._overdue.discard(state.ref)
        overdue = list(self._take_overdue(now))
        if changes.version == self._version and not overdue:
            return None
        self._version = changes.version
        return replace(changes, channels=[*changes.channels, *overdue])

    def _take_overdue(self, now: float) -> Iterator[ChannelState]:
        for ref, state in self._channels.items():
            if ref not in self._overdue and state.is_stale(now):
                self._overdue.add(ref)
                yield state

    def _forget_removed(self) -> None:
        there = {state.ref for device in self._live.snapshot() for state in device.channels}
        self._channels = {ref: state for ref, state in self._channels.items() if ref in there}
        self._overdue &= there
