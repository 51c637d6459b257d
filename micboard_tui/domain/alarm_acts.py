"""What people did about alarms, found again in the events of alarms, so that it can be taken back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_rules import AlarmKey

AlarmChanges = Mapping[AlarmKey, tuple[Alarm, Alarm]]
"""Alarms before and after."""


@dataclass(frozen=True, slots=True)
class AlarmAct:
    """What one person did at one moment."""

    actor: str
    at: float
    changes: AlarmChanges = field(compare=False, default_factory=dict)

    @property
    def is_shelving(self) -> bool:
        """Whether an alarm was put on the shelf by it, or taken from there."""
        return any(before.shelved_by != after.shelved_by for before, after in self.changes.values())


def find_acts(history: Iterable[AlarmEvent], actor: str) -> Sequence[AlarmAct]:
    """What a person did and has not taken back, oldest first; ``history`` is of all alarms, oldest first.

    How an alarm was before is what its event before says; an act on alarms without one is left out.
    """
    known: dict[AlarmKey, Alarm] = {}
    acts: dict[float, dict[AlarmKey, tuple[Alarm, Alarm]]] = {}
    for event in history:
        key = event.alarm.key
        if event.by == actor and event.undoes is not None:
            acts.pop(event.undoes, None)
        elif event.by == actor and (before := known.get(key)) is not None:
            acts.setdefault(event.at, {})[key] = (before, event.alarm)
        known[key] = event.alarm
    return [AlarmAct(actor, at, changes) for at, changes in acts.items()]
