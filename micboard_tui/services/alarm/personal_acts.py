"""What people did about alarms, so that each takes back their own.

What is stored is found in the events of alarms, also what was done by another program or before a restart.
Beside it the last acts of this program are remembered, since where nothing can be stored they count all the
same, and which were tried already.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import inf, nextafter

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.alarm import Alarm, AlarmEvent
from micboard_tui.domain.alarm_acts import AlarmAct, find_acts
from micboard_tui.domain.alarm_rules import AlarmKey

MAX_ACTS = 100
UNDO_S = 12 * 3600.0
"""What was done longer ago is not taken back."""

SAME_S = 0.001
"""Clocks do not tell two acts apart that are nearer to each other."""


class PersonalActs:
    """The last ones of all people."""

    def __init__(self) -> None:
        self._acts: deque[AlarmAct] = deque(maxlen=MAX_ACTS)
        self._done: deque[AlarmAct] = deque(maxlen=MAX_ACTS)
        """Those that were taken back, or changed nothing any more."""
        self._stamp = 0.0

    def stamp(self, now: float) -> float:
        """When an act is done: no two have the same moment, which is what tells them apart."""
        is_same = 0.0 <= self._stamp - now < SAME_S
        self._stamp = nextafter(self._stamp, inf) if is_same else now
        return self._stamp

    def add(self, actor: str, at: float, before: Mapping[AlarmKey, Alarm], after: Sequence[Alarm]) -> None:
        """Nothing is added where nothing changed."""
        if after:
            changes = {alarm.key: (before[alarm.key], alarm) for alarm in after}
            self._acts.append(AlarmAct(actor, at, changes))

    def find_last(self, actor: str, history: Iterable[AlarmEvent]) -> AlarmAct:
        """Raises MicboardError NOTHING_TO_UNDO. ``history`` are the stored events, oldest first."""
        own = [act for act in (*self._acts, *find_acts(history, actor)) if act.actor == actor]
        found = [act for act in own if act not in self._done]
        if not found:
            raise MicboardError(
                ErrorCode.NOTHING_TO_UNDO,
                "You did nothing about alarms that can be undone",
                hint=f"Each person takes back what they did in the last {UNDO_S / 3600:.0f} hours",
            )
        return max(found, key=lambda act: act.at)

    def remove(self, act: AlarmAct) -> None:
        """It is not found again."""
        self._done.append(act)
        if act in self._acts:
            self._acts.remove(act)
