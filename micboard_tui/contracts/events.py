"""Events of alarms, links, sessions, steps, markers and the show in one list, and where they are written."""

from collections.abc import Collection, Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef

MAX_EVENTS = 1000
"""So many are answered at once, the newest."""


class EventContract(Protocol):
    """What happened, from before this program started, too."""

    async def list_events(
        self,
        since: float,
        until: float | None = None,
        *,
        kinds: Collection[EventKind] = (),
        channels: Collection[ChannelRef] = (),
        limit: int = MAX_EVENTS,
    ) -> ServiceResult[Sequence[Event]]:
        """The newest ``limit`` events of a span, oldest first; empty kinds or channels: of all."""
        ...

    async def add_marker(
        self, text: str, *, actor: str, channel: ChannelRef | None = None, at: float | None = None
    ) -> ServiceResult[Event]:
        """Write down that something happened; ``at`` None: now. INVALID_VALUE: the text is empty or long."""
        ...


class EventSink(Protocol):
    """Takes events and stores them a moment later, in their order. Never waits and never fails."""

    def append(self, event: Event) -> None:
        """Where the disk is slow or full, the oldest that wait are dropped, and that is shown."""
        ...
