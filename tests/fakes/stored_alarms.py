"""Alarms in memory, with their events in a list of events."""

from collections.abc import Mapping, Sequence

from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.event import Event, EventKind
from tests.fakes.events import InMemoryEvents


class InMemoryAlarms:
    """Implements ``AlarmRepository``; nothing can be stored while ``events`` are full."""

    def __init__(self, events: InMemoryEvents | None = None) -> None:
        self.events = InMemoryEvents() if events is None else events
        self.kept: dict[AlarmKey, Alarm] = {}
        self.durable: list[bool] = []
        """Of each transaction."""
        self.is_broken = False
        """Whether nothing can be read."""

    async def list(self) -> Sequence[Alarm]:
        if self.is_broken:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The server is gone", hint="Start it")
        return list(self.kept.values())

    async def store(
        self, changes: Sequence[AlarmChange], events: Sequence[Event], *, is_durable: bool
    ) -> Mapping[AlarmKey, Alarm | None]:
        if differing := {
            change.key: self.kept.get(change.key)
            for change in changes
            if self.kept.get(change.key) != change.before
        }:
            return differing
        await self.events.add(events)
        self.durable.append(is_durable)
        for change in changes:
            self.kept.pop(change.key, None)
            if change.after is not None:
                self.kept[change.key] = change.after
        return {}

    async def newest_event(self) -> int:
        return self.events.kept[-1].id or 0 if self.events.kept else 0

    async def has_acts(self, after: int) -> bool:
        events = await self.events.list(EventQuery(kinds=[EventKind.ALARM], after=after))
        return any(event.actor is not None for event in events)
