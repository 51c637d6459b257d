"""When a bell is due: at a new alarm, and again while one that is urgent now was not seen. Pure.

An alarm of priority "now" rings at once, after 30 s, and then every two minutes, as long as it is open and
new; one of priority "soon" rings once; the rest is silent. There are always ten seconds between two
bursts: what becomes due meanwhile rings together with the next one. ``AlarmBell.follow`` is called a few
times a second with the new alarms; an alarm that is raised again begins anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority

SECOND_RING_S = 30.0
RING_EVERY_S = 120.0
BURST_EVERY_S = 10.0


class Rings(NamedTuple):
    """How often one alarm has rung."""

    raised_at: float
    times: int
    last_s: float


@dataclass(frozen=True, slots=True)
class AlarmBell:
    """What has rung. Times are seconds of a clock that never jumps."""

    rings: Mapping[AlarmKey, Rings] = field(default_factory=dict)
    burst_s: float | None = None
    """When the last burst was; None: there was none."""

    def follow(self, new: Iterable[Alarm], now_s: float) -> "tuple[AlarmBell, AlarmPriority | None]":
        """The next bell, and the priority of the burst that is due now; None: silence."""
        alarms = [alarm for alarm in new if alarm.priority <= AlarmPriority.SOON]
        due = [alarm for alarm in alarms if self._is_due(alarm, now_s)]
        may_ring = self.burst_s is None or now_s - self.burst_s >= BURST_EVERY_S
        if not due or not may_ring:
            if len(alarms) == len(self.rings) and all(alarm.key in self.rings for alarm in alarms):
                return self, None
            known = {alarm.key: self.rings[alarm.key] for alarm in alarms if alarm.key in self.rings}
            return AlarmBell(known, self.burst_s), None
        rings = {alarm.key: self.rings[alarm.key] for alarm in alarms if alarm.key in self.rings}
        for alarm in due:
            known_rings = self._find(alarm)
            times = 1 if known_rings is None else known_rings.times + 1
            rings[alarm.key] = Rings(alarm.raised_at, times, now_s)
        return AlarmBell(rings, now_s), min(alarm.priority for alarm in due)

    def _find(self, alarm: Alarm) -> Rings | None:
        rings = self.rings.get(alarm.key)
        return rings if rings is not None and rings.raised_at == alarm.raised_at else None

    def _is_due(self, alarm: Alarm, now_s: float) -> bool:
        rings = self._find(alarm)
        if rings is None:
            return True
        if alarm.priority is not AlarmPriority.NOW or not alarm.is_open:
            return False
        return now_s - rings.last_s >= (SECOND_RING_S if rings.times == 1 else RING_EVERY_S)
