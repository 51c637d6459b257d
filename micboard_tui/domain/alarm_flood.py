"""Whether more alarms come than one person can bear, and what came first. Pure.

There is a flood from more than ``FLOOD_COUNT`` new alarms in ten minutes on, or more than ``BURST_COUNT``
in ten seconds, until fewer than ``CALM_COUNT`` came in ten minutes. What another alarm hides from its first
moment on is not new, and the journal needs no action. ``FloodWatch.follow`` takes the events of one moment.
Its clock is the desk's own, so that a machine whose clock is set has neither made nor ended a flood.

While there is a flood the list is folded (``fold_alarms``): one line for each device, or for each cause where
an alarm has no device. What is urgent now stands for itself always.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority

WINDOW_S = 600.0
BEARABLE_COUNT = 2
"""The most new alarms in ten minutes that one person can manage for long."""
BURST_S = 10.0
FLOOD_COUNT = 10
BURST_COUNT = 5
CALM_COUNT = 5
MAX_REMEMBERED = 1000
"""Raises; more make no difference."""


@dataclass(frozen=True, slots=True)
class AlarmFlood:
    """More alarms than one person can bear."""

    since: float
    """When its first alarm was raised, seconds since the epoch."""
    count: int
    """How many were raised since."""
    first: AlarmKey
    """What came first: often the cause of the rest."""


@dataclass(frozen=True, slots=True)
class NewRaise:
    """An alarm that was raised and that nothing hides."""

    clock_s: float
    at: float
    key: AlarmKey


@dataclass(frozen=True, slots=True)
class FloodWatch:
    """What is remembered between two moments."""

    raises: tuple[NewRaise, ...] = ()
    """Those of the last ten minutes."""
    flood: AlarmFlood | None = None
    """None: there is none. The same object while nothing changed."""

    @property
    def rate(self) -> int:
        """How many new alarms came in the last ten minutes."""
        return len(self.raises)

    def recall(self, history: Iterable[AlarmEvent], now: float, clock_s: float) -> "FloodWatch":
        """With the alarms that were raised while another program followed them; that alone is no flood."""
        raises = tuple(
            NewRaise(clock_s - (now - event.at), event.at, event.alarm.key)
            for event in history
            if _is_new_raise(event) and 0.0 <= now - event.at <= WINDOW_S
        )
        return replace(self, raises=(*raises, *self.raises)[-MAX_REMEMBERED:])

    def follow(self, events: Iterable[AlarmEvent], clock_s: float) -> "FloodWatch":
        """The next moment, in which this happened."""
        new = tuple(NewRaise(clock_s, event.at, event.alarm.key) for event in events if _is_new_raise(event))
        if not new and (not self.raises or clock_s - self.raises[0].clock_s <= WINDOW_S):
            return self
        raises = tuple(entry for entry in (*self.raises, *new) if clock_s - entry.clock_s <= WINDOW_S)
        raises = raises[-MAX_REMEMBERED:]
        return FloodWatch(raises, _judge_flood(self.flood, raises, len(new), clock_s))


@dataclass(frozen=True, slots=True)
class AlarmFold:
    """Alarms that stand in one line, the most urgent first."""

    alarms: Sequence[Alarm]

    @property
    def worst(self) -> Alarm:
        """The one that the line shows."""
        return self.alarms[0]


def fold_alarms(alarms: Iterable[Alarm]) -> Sequence[AlarmFold]:
    """The lines of a flood, in the order of their worst alarms; ``alarms`` are the most urgent first."""
    folds: list[list[Alarm]] = []
    by_subject: dict[object, list[Alarm]] = {}
    for alarm in alarms:
        if alarm.priority is AlarmPriority.NOW:
            folds.append([alarm])
            continue
        subject = alarm.key.device_id or alarm.key.cause
        fold = by_subject.get(subject)
        if fold is None:
            fold = by_subject[subject] = []
            folds.append(fold)
        fold.append(alarm)
    return tuple(AlarmFold(tuple(fold)) for fold in folds)


def _is_new_raise(event: AlarmEvent) -> bool:
    alarm = event.alarm
    return (
        event.kind is AlarmEventKind.RAISED
        and alarm.hidden_by is None
        and not alarm.is_shelved
        and alarm.priority < AlarmPriority.JOURNAL
    )


def _judge_flood(
    flood: AlarmFlood | None, raises: Sequence[NewRaise], new: int, clock_s: float
) -> AlarmFlood | None:
    if flood is not None:
        if len(raises) < CALM_COUNT:
            return None
        return replace(flood, count=flood.count + new) if new else flood
    burst = [entry for entry in raises if clock_s - entry.clock_s <= BURST_S]
    if len(burst) > BURST_COUNT:
        raises = burst
    elif len(raises) <= FLOOD_COUNT:
        return None
    return AlarmFlood(raises[0].at, len(raises), raises[0].key)
