"""Events in memory: where they are kept, and a sink that lets a test look at them."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.event import Event, EventKind


class InMemoryEvents:
    """Implements ``EventRepository``; while ``is_full`` is set nothing can be stored."""

    def __init__(self) -> None:
        self.kept: list[Event] = []
        self.is_full = False
        self.batches: list[int] = []
        self._number = 0

    async def add(self, events: Sequence[Event]) -> None:
        self._check()
        self.batches.append(len(events))
        for event in events:
            self._keep(event)

    async def add_now(self, event: Event) -> Event:
        self._check()
        return self._keep(event)

    async def list(self, query: EventQuery) -> Sequence[Event]:
        until = float("inf") if query.until is None else query.until
        chosen = [
            event
            for event in self.kept
            if query.since <= event.at <= until
            and (event.id or 0) > query.after
            and (query.before is None or (event.at, event.id or 0) < query.before)
            and (not query.kinds or event.kind in query.kinds)
            and (not query.actors or event.actor in query.actors)
            and (not query.channels or _is_about_any(event, query))
        ]
        ordered = sorted(chosen, key=lambda event: (event.at, event.id))
        return ordered[: query.limit] if query.is_from_start else ordered[-query.limit :]

    async def delete_markers(self, numbers: Sequence[int]) -> Sequence[Event]:
        self._check()
        chosen = [event for event in self.kept if event.id in numbers and event.kind is EventKind.MARKER]
        self.kept = [event for event in self.kept if event not in chosen]
        return chosen

    async def find_newest_marker(self, actor: str) -> int | None:
        markers = (event for event in self.kept if event.kind is EventKind.MARKER and event.actor == actor)
        return max((event.id or 0 for event in markers), default=None)

    async def delete_old(self, before: float, most: int) -> None:
        self._check()
        self.kept = [event for event in self.kept if event.at >= before][-most:]

    def _check(self) -> None:
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")

    def _keep(self, event: Event) -> Event:
        self._number += 1
        self.kept.append(replace(event, id=self._number))
        return self.kept[-1]


def _is_about_any(event: Event, query: EventQuery) -> bool:
    if event.device_id is None:
        return query.has_general
    return any(event.is_about(ref) for ref in query.channels)


class RecordedEvents:
    """Implements ``EventSink``."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_full = False

    def append(self, event: Event) -> None:
        self.events.append(event)

    async def store(self, event: Event) -> Event:
        """While ``is_full`` is set nothing can be stored."""
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
        self.events.append(event)
        return event
