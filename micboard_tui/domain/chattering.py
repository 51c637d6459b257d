"""Alarms that come and go again and again, for which shelving is offered. Pure.

One that was marked as flapping ``CHATTER_COUNT`` times in ten minutes tells nothing new any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from micboard_tui.domain.alarm import AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey

CHATTER_COUNT = 4
CHATTER_WINDOW_S = 600.0


@dataclass(frozen=True, slots=True)
class ChatterWatch:
    """What is remembered between two moments, by the desk's own clock."""

    flapped: Mapping[AlarmKey, tuple[float, ...]] = field(default_factory=dict)
    """When alarms were raised as flapping in the last ten minutes."""
    chattering: frozenset[AlarmKey] = frozenset()
    """The same object while nothing changed."""

    def follow(self, events: Iterable[AlarmEvent], clock_s: float) -> "ChatterWatch":
        """The next moment, in which this happened."""
        new = [
            event.alarm.key
            for event in events
            if event.kind is AlarmEventKind.RAISED and event.alarm.is_flapping
        ]
        if not new and not self.flapped:
            return self
        flapped = dict(self.flapped)
        for key in new:
            flapped[key] = (*flapped.get(key, ()), clock_s)[-CHATTER_COUNT:]
        recent = {
            key: times
            for key, stamps in flapped.items()
            if (times := tuple(at for at in stamps if clock_s - at <= CHATTER_WINDOW_S))
        }
        chattering = frozenset(key for key, times in recent.items() if len(times) >= CHATTER_COUNT)
        return ChatterWatch(recent, self.chattering if chattering == self.chattering else chattering)
