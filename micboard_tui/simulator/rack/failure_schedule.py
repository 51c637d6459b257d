"""In a disaster devices fail too: works their switchboards by the clock of the world. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from micboard_tui.simulator.rack.equipment import Switchboard
from micboard_tui.simulator.rack.troubles import switch, troubles

EVERY_S = (15.0, 35.0)
LASTS_S = (6.0, 16.0)


@dataclass(slots=True)
class _Failure:
    faults: Switchboard
    trouble: str
    ends_at_s: float


class Director:
    """One failing device at a time, seeded. Whoever it is given can fail."""

    def __init__(self, faults: Sequence[Switchboard], seed: int) -> None:
        self._dice = Random(f"director {seed}")
        self._faults = [each for each in faults if troubles(each)]
        self._failure: _Failure | None = None
        self._next_s = self._dice.uniform(*EVERY_S)

    def step(self, now_s: float) -> None:
        """Begin and end what is due at ``now_s`` of the world."""
        if self._failure is not None and now_s >= self._failure.ends_at_s:
            switch(self._failure.faults, self._failure.trouble, on=False)
            self._failure = None
        if self._failure is None and now_s >= self._next_s and self._faults:
            dice = self._dice
            faults = dice.choice(self._faults)
            failure = _Failure(faults, dice.choice(troubles(faults)), now_s + dice.uniform(*LASTS_S))
            self._failure = failure
            self._next_s = now_s + dice.uniform(*EVERY_S)
            switch(failure.faults, failure.trouble, on=True)
