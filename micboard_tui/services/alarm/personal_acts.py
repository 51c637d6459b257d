"""What people did about alarms, so that each takes back their own."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey

MAX_ACTS = 100


@dataclass(frozen=True, slots=True)
class AlarmAct:
    actor: str
    changes: Mapping[AlarmKey, tuple[Alarm, Alarm]]
    """Each alarm before and after."""


class PersonalActs:
    """The last ones of all people, as long as the program runs."""

    def __init__(self) -> None:
        self._acts: deque[AlarmAct] = deque(maxlen=MAX_ACTS)

    def add(self, actor: str, before: Mapping[AlarmKey, Alarm], after: Sequence[Alarm]) -> None:
        """Nothing is added where nothing changed."""
        if after:
            changes = {alarm.key: (before[alarm.key], alarm) for alarm in after}
            self._acts.append(AlarmAct(actor, changes))

    def find_last(self, actor: str) -> AlarmAct:
        """Raises MicboardError NOTHING_TO_UNDO."""
        for act in reversed(self._acts):
            if act.actor == actor:
                return act
        raise MicboardError(
            ErrorCode.NOTHING_TO_UNDO,
            "You did nothing about alarms that can be undone",
            hint="Each person takes back what they did, and while the program runs",
        )

    def remove(self, act: AlarmAct) -> None:
        self._acts.remove(act)
