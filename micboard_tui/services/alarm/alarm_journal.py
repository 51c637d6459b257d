"""Keeps the alarms of a desk stored, and finds out what other processes did about them.

It remembers how each alarm is stored. ``write`` compares that with a desk and writes what differs, together
with the events that wait, in one transaction; an alarm that another process changed meanwhile stops the whole
transaction, and is answered as it is stored. The owner lets the desk take that over and writes again: what a
person did is never overwritten. Events wait in a bounded queue while nothing can be stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from micboard_tui.contracts.alarms import AlarmChange, AlarmRepository
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.event import Event

MAX_WAITING = 5000
"""Events; some 2 MB of memory."""
LAST_SEEN_EVERY_S = 60.0
"""So often an alarm that stands is stored again, so that it is known when it was seen last."""

log = structlog.get_logger(__name__)


class AlarmJournal:
    """Used by one task at a time."""

    def __init__(self, repository: AlarmRepository) -> None:
        self._repository = repository
        self._stored: dict[AlarmKey, Alarm] = {}
        self._waiting: list[Event] = []
        self._newest_event = 0

    @property
    def has_waiting(self) -> bool:
        """Whether events wait to be stored."""
        return bool(self._waiting)

    def append(self, events: Iterable[Event]) -> None:
        """Store these with the next ``write``."""
        self._waiting.extend(events)
        if (surplus := len(self._waiting) - MAX_WAITING) > 0:
            log.warning("alarm_events_dropped", count=surplus)
            del self._waiting[:surplus]

    async def read(self) -> Sequence[Alarm]:
        """All stored alarms. Raises StorageError, like all methods here."""
        self._newest_event = await self._repository.newest_event()
        alarms = await self._repository.list()
        self._stored = {alarm.key: alarm for alarm in alarms}
        return alarms

    async def read_changes(self) -> Mapping[AlarmKey, tuple[Alarm | None, Alarm | None]]:
        """The alarms that are stored otherwise than this process has stored them, before and after.

        Nothing is read unless a person did something since the last call, or was noticed to.
        """
        newest = await self._repository.newest_event()
        if newest <= self._newest_event:
            return {}
        has_acts = await self._repository.has_acts(self._newest_event)
        self._newest_event = newest
        if not has_acts:
            return {}
        alarms = {alarm.key: alarm for alarm in await self._repository.list()}
        before, self._stored = self._stored, alarms
        return {
            key: (before.get(key), alarms.get(key))
            for key in before.keys() | alarms.keys()
            if before.get(key) != alarms.get(key)
        }

    async def write(
        self, alarms: Iterable[Alarm], acts: Sequence[Event] = ()
    ) -> Mapping[AlarmKey, tuple[Alarm | None, Alarm | None]]:
        """Store these alarms and no others, with the events that wait and then ``acts``, which people did.

        Answers what stops it: alarms that another process changed, before and after.
        """
        changes = self._find_changes({alarm.key: alarm for alarm in alarms})
        waiting, self._waiting = self._waiting, []
        is_stored = False
        try:
            if not changes and not waiting and not acts:
                return {}
            differing = await self._repository.store(changes, [*waiting, *acts], is_durable=bool(acts))
            is_stored = not differing
        finally:
            if not is_stored:
                newer, self._waiting = self._waiting, waiting
                self.append(newer)
        if differing:
            return {key: self._take_over(key, alarm) for key, alarm in differing.items()}
        for change in changes:
            self._take_over(change.key, change.after)
        return {}

    def _take_over(self, key: AlarmKey, alarm: Alarm | None) -> tuple[Alarm | None, Alarm | None]:
        before = self._stored.pop(key, None)
        if alarm is not None:
            self._stored[key] = alarm
        return before, alarm

    def _find_changes(self, alarms: Mapping[AlarmKey, Alarm]) -> list[AlarmChange]:
        stored = self._stored
        changes = [
            AlarmChange(key, stored.get(key), alarm)
            for key, alarm in alarms.items()
            if alarm is not stored.get(key) and _is_other(stored.get(key), alarm)
        ]
        changes += [AlarmChange(key, alarm, None) for key, alarm in stored.items() if key not in alarms]
        return changes


def _is_other(stored: Alarm | None, alarm: Alarm) -> bool:
    """Whether an alarm has to be stored again; that it still stands is stored now and then."""
    if stored is None:
        return True
    if stored.last_seen_at <= alarm.last_seen_at < stored.last_seen_at + LAST_SEEN_EVERY_S:
        alarm = replace(alarm, last_seen_at=stored.last_seen_at)
    return alarm != stored
