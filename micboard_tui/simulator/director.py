"""In a disaster receivers fail too: works their switchboards by the clock of the world. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from micboard_tui.simulator.faults import Access, Faults, Writes

EVERY_S = (15.0, 35.0)
LASTS_S = (6.0, 16.0)


@dataclass(slots=True)
class _Failure:
    faults: Faults
    kind: str
    ends_at_s: float


class Director:
    """One failing receiver at a time, seeded; and one that lets nobody in, all evening."""

    def __init__(self, faults: Sequence[Faults], locked: int | None, seed: int) -> None:
        self._dice = Random(f"director {seed}")
        self._faults = [each for place, each in enumerate(faults) if place != locked]
        self._failure: _Failure | None = None
        self._next_s = self._dice.uniform(*EVERY_S)
        if locked is not None:
            faults[locked].access = Access.SILENT

    def step(self, now_s: float) -> None:
        """Begin and end what is due at ``now_s`` of the world."""
        if self._failure is not None and now_s >= self._failure.ends_at_s:
            _switch(self._failure, on=False)
            self._failure = None
        if self._failure is None and now_s >= self._next_s and self._faults:
            dice = self._dice
            kind = dice.choice(
                ("reboot", "refuse", "freeze", "garbage", "late", "rate", "half_open", "err_storm")
            )
            self._failure = _Failure(dice.choice(self._faults), kind, now_s + dice.uniform(*LASTS_S))
            self._next_s = now_s + dice.uniform(*EVERY_S)
            _switch(self._failure, on=True)


def _switch(failure: _Failure, *, on: bool) -> None:
    faults = failure.faults
    match failure.kind:
        case "refuse":
            # Whoever is connected stays connected, so let them go first.
            faults.refuse = on
            if on:
                faults.reboot(1.0)
        case "freeze" | "err_storm":
            setattr(faults, failure.kind, on)
        case "garbage":
            faults.garbage = on
            faults.writes = Writes.CHUNKS if on else Writes.WHOLE
        case "late":
            faults.late_s = 1.5 if on else 0.0
        case _:
            if on:
                _happen(faults, failure.kind)


def _happen(faults: Faults, kind: str) -> None:
    """What passes by itself."""
    match kind:
        case "reboot":
            faults.reboot()
        case "rate":
            faults.change_meter_rate(5000)
        case _:
            faults.half_open()
