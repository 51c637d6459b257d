"""The bays of a charger: packs that charge, wait to be fetched, and fail now and then. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

CHARGE_MINUTES = 180
"""From empty to full."""
FETCHED_EVERY_S = 900.0
"""Mean time until a full pack is taken."""
EMPTY_S = (20.0, 120.0)
ERROR_EVERY_S = 1200.0
ERROR_LASTS_S = (15.0, 45.0)
EMPTY_SHARE, READY_SHARE = 0.2, 0.4
"""Of the bays at the start; in the others something charges."""


class BayError(StrEnum):
    COMMUNICATION = "the battery does not answer"
    HOT = "the battery is too hot"


@dataclass(slots=True)
class DockedPack:
    """What sits in a bay."""

    model: str
    serial: str
    charge: float
    health_percent: int
    cycles: int
    temperature_c: float = 26.0

    @property
    def percent(self) -> int:
        return int(self.charge * 100)

    @property
    def is_full(self) -> bool:
        return self.percent >= 100  # noqa: PLR2004 - all of it

    @property
    def minutes_to_full(self) -> int:
        return 0 if self.is_full else max(1, round((1.0 - self.charge) * CHARGE_MINUTES))


@dataclass(slots=True)
class Bay:
    """One bay and what happens in it."""

    dice: Random
    models: tuple[str, ...]
    docked: DockedPack | None = None
    error: BayError | None = None
    flashing: bool = False
    can_fail: bool = True
    _left_s: float = field(default=0.0)
    """Of an error, or until the next pack comes."""

    def __post_init__(self) -> None:
        luck = self.dice.random()
        if luck < EMPTY_SHARE:
            self._left_s = self.dice.uniform(*EMPTY_S)
        else:
            self.docked = self._pack(1.0 if luck < EMPTY_SHARE + READY_SHARE else self.dice.uniform(0.1, 0.9))

    def step(self, seconds: float) -> None:
        self._left_s -= seconds
        if self.docked is None:
            if self._left_s <= 0:
                self.docked = self._pack(self.dice.uniform(0.05, 0.6))
        elif self.error is not None:
            if self._left_s <= 0:
                self.error = None
        elif self.dice.random() < seconds / ERROR_EVERY_S and self.can_fail:
            self.error = self.dice.choice(list(BayError))
            self._left_s = self.dice.uniform(*ERROR_LASTS_S)
        elif not self.docked.is_full:
            self.docked.charge = min(1.0, self.docked.charge + seconds / 60 / CHARGE_MINUTES)
        elif self.dice.random() < seconds / FETCHED_EVERY_S:
            self.docked = None
            self._left_s = self.dice.uniform(*EMPTY_S)

    def _pack(self, charge: float) -> DockedPack:
        dice = self.dice
        return DockedPack(
            dice.choice(self.models),
            f"{dice.randrange(10**10):010d}",
            charge,
            dice.randint(78, 100),
            dice.randint(2, 240),
        )


def build_bays(count: int, models: tuple[str, ...], dice: Random, *, can_fail: bool = True) -> list[Bay]:
    """So many bays, each with dice of its own."""
    return [Bay(Random(dice.random()), models, can_fail=can_fail) for _ in range(count)]


def step_bays(bays: list[Bay], seconds: float) -> None:
    for bay in bays:
        bay.step(seconds)
