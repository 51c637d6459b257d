"""In a disaster devices fail too: works their switchboards by the clock of the world. Pure.

One device fails at a time. ``step`` is called with the time of the world: when the failure that lasts is over
it is switched off, and when the next one is due, a device and one of its temporary faults are drawn and
switched on. Both times are drawn from a seed, so that the same seed has the same failures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from micboard_tui.simulator.device.fault_switchboard import FaultSwitchboard

EVERY_S = (15.0, 35.0)
LASTS_S = (6.0, 16.0)


@dataclass(frozen=True, slots=True)
class _Failure:
    faults: FaultSwitchboard
    name: str
    ends_at_s: float

    def switch(self, *, on: bool) -> None:
        self.faults.temporary_faults()[self.name](on=on)


class FailureSchedule:
    """``switchboards`` are those of the devices that may fail."""

    def __init__(self, switchboards: Sequence[FaultSwitchboard], seed: int) -> None:
        self._dice = Random(f"director {seed}")
        self._switchboards = [faults for faults in switchboards if faults.temporary_faults()]
        self._failure: _Failure | None = None
        self._next_s = self._dice.uniform(*EVERY_S)

    def step(self, now_s: float) -> None:
        """Begin and end what is due at ``now_s`` of the world."""
        if self._failure is not None and now_s >= self._failure.ends_at_s:
            self._failure.switch(on=False)
            self._failure = None
        if self._failure is None and now_s >= self._next_s and self._switchboards:
            dice = self._dice
            faults = dice.choice(self._switchboards)
            name = dice.choice(tuple(faults.temporary_faults()))
            self._failure = _Failure(faults, name, now_s + dice.uniform(*LASTS_S))
            self._next_s = now_s + dice.uniform(*EVERY_S)
            self._failure.switch(on=True)
