"""What a microphone hears: phrases and pauses, at the levels of speech, singing or instruments. Pure."""

from dataclasses import dataclass
from enum import Enum
from random import Random

FLOOR_DBFS = -64.0
"""A quiet stage at the usual gain."""
LOUDEST_DBFS = -2.0
CLIP_DBFS = 0.0
_ATTACK, _RELEASE = 0.75, 0.45


@dataclass(frozen=True, slots=True)
class _Levels:
    rms_dbfs: float
    crest_db: float
    phrase_s: tuple[float, float]
    pause_s: tuple[float, float]
    rest_s: tuple[float, float]
    """Now and then another performer has a turn."""


class Style(Enum):
    SPEECH = _Levels(-25.0, 13.0, (1.5, 5.0), (0.3, 1.2), (4.0, 12.0))
    SINGING = _Levels(-19.0, 10.0, (2.0, 7.0), (0.4, 1.5), (8.0, 25.0))
    INSTRUMENT = _Levels(-21.0, 11.0, (15.0, 50.0), (0.5, 3.0), (5.0, 20.0))
    CHOIR = _Levels(-24.0, 9.0, (4.0, 10.0), (0.6, 1.5), (15.0, 40.0))
    UNUSED = _Levels(FLOOR_DBFS, 2.0, (4.0, 10.0), (0.6, 1.5), (15.0, 40.0))
    """A microphone that is on and lies in its place."""


_REST_CHANCE = 0.15


class Voice:
    """Levels that move like a performer's; ``step`` leaves them in ``peak_dbfs`` and ``rms_dbfs``."""

    __slots__ = (
        "_dice",
        "_left_s",
        "_loudest_dbfs",
        "_lowered_db",
        "_sounding",
        "_sway",
        "_target",
        "levels",
        "peak_dbfs",
        "rms_dbfs",
    )

    def __init__(self, style: Style, dice: Random, loudest_dbfs: float = LOUDEST_DBFS) -> None:
        self.levels: _Levels = style.value
        self._dice = dice
        self._loudest_dbfs = loudest_dbfs
        # A stage that is to be quiet is quieter on the whole, and not cut off all the time.
        self._lowered_db = (LOUDEST_DBFS - loudest_dbfs) * 2 / 3
        self._sounding = False
        self._left_s = dice.uniform(0.0, 2.0)
        self._target = FLOOR_DBFS
        self._sway = 0.0
        self.rms_dbfs = FLOOR_DBFS
        self.peak_dbfs = FLOOR_DBFS

    def step(self, seconds: float, *, clipping: bool = False) -> None:
        self._left_s -= seconds
        if self._left_s <= 0.0:
            self._turn()
        dice = self._dice.random()
        rms = self.rms_dbfs
        if self._sounding:
            # Syllables and notes: a sway of some decibels around the level of the phrase.
            self._sway += (dice - 0.5) * 9.0 - self._sway * 0.5
            rms += (max(FLOOR_DBFS, self._target + self._sway) - rms) * _ATTACK
        else:
            rms += (FLOOR_DBFS + dice * 3.0 - rms) * _RELEASE
        self.rms_dbfs = rms
        if clipping:
            self.peak_dbfs = CLIP_DBFS
        else:
            self.peak_dbfs = min(self._loudest_dbfs, rms + self.levels.crest_db * (0.7 + 0.3 * dice))

    def _turn(self) -> None:
        dice, levels = self._dice, self.levels
        self._sounding = not self._sounding
        if self._sounding:
            self._left_s = dice.uniform(*levels.phrase_s)
            self._target = levels.rms_dbfs - self._lowered_db + dice.uniform(-5.0, 3.0)
        else:
            self._left_s = dice.uniform(*(levels.rest_s if dice.random() < _REST_CHANCE else levels.pause_s))
