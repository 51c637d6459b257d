"""What was received at the places of a walk: figures, their order, and how they compare. Pure.

Terms and limits: docs/explanation/walk-test.md. Levels in dBm only; what is unknown counts neither as good
nor as bad, and is left out of every figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.percentile import P5, find_median, find_percentile

MIN_PLACE_S = 10.0
"""Less at a place is too short to judge."""
DROP_OUT_S = 0.3
FLOOR_DBM = -95.0
"""The level that margins are counted from."""
GOOD_MARGIN_DB, LITTLE_MARGIN_DB = 20.0, 10.0
WORSE_DB = 6.0
"""So far below an earlier walk is marked."""
LONGEST_PERIOD_S = 2.0
"""A longer pause between two samples is a gap: nothing is known of it."""
MAX_VISIT_SAMPLES = 6000
"""Ten minutes at ten samples a second."""
MAX_PLACES = 9
MAX_PLACE_NAME = 30
MAX_WALK_NAME = 60


class WalkSample(NamedTuple):
    at: float
    """Seconds since the epoch."""
    a: float | None
    """Antenna A in dBm, or the level of the channel where the device gives none of an antenna."""
    b: float | None
    is_lost: bool = False
    """The receiver says that it receives no usable carrier."""

    @property
    def better(self) -> float | None:
        """The level of the antenna that is received better."""
        if self.a is None or self.b is None:
            return self.b if self.a is None else self.a
        return max(self.a, self.b)


class LevelFigures(NamedTuple):
    """Of one antenna, in dBm; None: no level was known."""

    lowest: float | None = None
    p5: float | None = None
    middle: float | None = None
    """The median."""


class PlaceFigures(NamedTuple):
    """One channel at one place."""

    seconds: float = 0.0
    """So long values came; gaps between them do not count."""
    samples: int = 0
    a: LevelFigures = LevelFigures()
    b: LevelFigures = LevelFigures()
    better: LevelFigures = LevelFigures()
    dips_a: int = 0
    dips_b: int = 0
    double_dips: int = 0
    drop_outs: int = 0
    longest_s: float = 0.0
    """The longest drop-out, at least."""
    weak_s: float = 0.0
    """So long the better antenna was below the limit at which a channel is weak."""

    @property
    def is_too_short(self) -> bool:
        """Whether there are too few values to judge it."""
        return self.seconds < MIN_PLACE_S

    @property
    def period_s(self) -> float | None:
        """The time between two values."""
        return self.seconds / self.samples if self.samples else None

    @property
    def margin_db(self) -> float | None:
        """None: no level was known."""
        return None if self.better.p5 is None else self.better.p5 - FLOOR_DBM


class Grade(StrEnum):
    """Worst first."""

    BAD = "bad"
    """It dropped out, or has too little margin."""
    LITTLE = "little"
    GOOD = "good"
    UNKNOWN = "unknown"
    """Too short, or without levels."""


@dataclass(frozen=True, slots=True)
class WalkResult:
    """One channel at one place of a walk."""

    place: int
    """The number key of the place."""
    ref: ChannelRef
    title: str
    """What the channel was called then."""
    figures: PlaceFigures

    @property
    def grade(self) -> Grade:
        """How it was at this place."""
        figures = self.figures
        margin = figures.margin_db
        if figures.drop_outs:
            return Grade.BAD
        if figures.is_too_short or margin is None:
            return Grade.UNKNOWN
        if margin < LITTLE_MARGIN_DB:
            return Grade.BAD
        return Grade.LITTLE if margin < GOOD_MARGIN_DB else Grade.GOOD


@dataclass(frozen=True, slots=True)
class Walk:
    started_at: float
    """Seconds since the epoch."""
    ended_at: float
    actor: str
    places: Mapping[int, str]
    """Their names, by the number keys."""
    results: Sequence[WalkResult] = ()
    """The worst first."""
    name: str = ""
    id: int | None = None
    """Its number in the order of storing; None: not stored yet."""

    def place_name(self, place: int) -> str:
        """What a place is called."""
        return self.places.get(place) or f"Place {place}"


@dataclass(slots=True)
class PlaceLog:
    """The samples of one channel at one place, as they come; of visits that ended only figures are kept."""

    weak_dbm: float
    lost_dbm: float
    ended: list[PlaceFigures] = field(default_factory=list)
    current: list[WalkSample] = field(default_factory=list)

    def add(self, samples: Iterable[WalkSample]) -> None:
        """Samples in the order of time. A visit that grows too long is continued as another one."""
        self.current.extend(samples)
        if len(self.current) >= MAX_VISIT_SAMPLES:
            self.end_visit()

    def end_visit(self) -> None:
        """What comes later is a visit of its own."""
        if self.current:
            self.ended.append(measure(self.current, self.weak_dbm, self.lost_dbm))
            self.current = []

    def figures(self, newest: int = MAX_VISIT_SAMPLES) -> PlaceFigures:
        """The worst of all visits; of the current one only the ``newest`` samples are looked at."""
        current = self.current[-newest:]
        visits = [*self.ended, *([measure(current, self.weak_dbm, self.lost_dbm)] if current else [])]
        return take_worst(visits) if visits else PlaceFigures()


def measure(samples: Sequence[WalkSample], weak_dbm: float, lost_dbm: float) -> PlaceFigures:
    """The figures of one visit. ``lost_dbm``: below it an antenna receives nothing usable."""
    lengths = _lengths(samples)
    both = _Runs()
    dips_a, dips_b = _Runs(), _Runs()
    weak_s = 0.0
    for sample, length in zip(samples, lengths, strict=True):
        is_a_lost = sample.a is not None and sample.a < lost_dbm
        is_b_lost = sample.b is not None and sample.b < lost_dbm
        better = sample.better
        is_lost = sample.is_lost or (better is not None and better < lost_dbm)
        has_both = sample.a is not None and sample.b is not None
        both.take(length, is_on=is_lost)
        dips_a.take(length, is_on=has_both and is_a_lost and not is_lost)
        dips_b.take(length, is_on=has_both and is_b_lost and not is_lost)
        if better is not None and better < weak_dbm:
            weak_s += length
    lost_s = both.lengths
    drop_outs = [seconds for seconds in lost_s if seconds >= DROP_OUT_S - 1e-6]
    return PlaceFigures(
        sum(lengths),
        len(samples),
        _figures_of([sample.a for sample in samples]),
        _figures_of([sample.b for sample in samples]),
        _figures_of([sample.better for sample in samples]),
        len(dips_a.lengths),
        len(dips_b.lengths),
        len(lost_s) - len(drop_outs),
        len(drop_outs),
        max(drop_outs, default=0.0),
        weak_s,
    )


def take_worst(visits: Sequence[PlaceFigures]) -> PlaceFigures:
    """The worst of several visits; what can be counted is added up."""
    first, *others = visits
    if not others:
        return first
    return PlaceFigures(
        sum(visit.seconds for visit in visits),
        sum(visit.samples for visit in visits),
        _lowest_of([visit.a for visit in visits]),
        _lowest_of([visit.b for visit in visits]),
        _lowest_of([visit.better for visit in visits]),
        sum(visit.dips_a for visit in visits),
        sum(visit.dips_b for visit in visits),
        sum(visit.double_dips for visit in visits),
        sum(visit.drop_outs for visit in visits),
        max(visit.longest_s for visit in visits),
        sum(visit.weak_s for visit in visits),
    )


def sort_results(results: Iterable[WalkResult]) -> list[WalkResult]:
    """The worst first; what cannot be judged last."""
    grades = list(Grade)

    def weight(result: WalkResult) -> tuple[int, int, float, float, int, ChannelRef]:
        figures = result.figures
        margin = float("inf") if figures.margin_db is None else figures.margin_db
        order = grades.index(result.grade)
        return order, -figures.drop_outs, -figures.longest_s, margin, result.place, result.ref

    return sorted(results, key=weight)


def compare_p5(result: WalkResult, walk: Walk, earlier: Walk | None) -> float | None:
    """How many dB P5 of the better antenna changed at the place of the same name; None: not known.

    Negative: it is lower now. What was too short is not compared.
    """
    if earlier is None or result.figures.is_too_short:
        return None
    name = walk.place_name(result.place).casefold()
    for other in earlier.results:
        is_same = other.ref == result.ref and earlier.place_name(other.place).casefold() == name
        if is_same and not other.figures.is_too_short:
            now, then = result.figures.better.p5, other.figures.better.p5
            return None if now is None or then is None else now - then
    return None


def is_worse(change_db: float | None) -> bool:
    """Whether a change is marked."""
    return change_db is not None and change_db <= -WORSE_DB


class _Runs:
    """The lengths of the times in which something was so."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self._was_on = False

    def take(self, length: float, *, is_on: bool) -> None:
        if is_on and self._was_on:
            self.lengths[-1] += length
        elif is_on:
            self.lengths.append(length)
        self._was_on = is_on


def _lengths(samples: Sequence[WalkSample]) -> list[float]:
    """How long each sample stands for: until the next one, and the last as long as is usual."""
    gaps = [later.at - sample.at for sample, later in pairwise(samples)]
    usual = find_median(known) if (known := [gap for gap in gaps if 0 < gap <= LONGEST_PERIOD_S]) else 0.0
    return [*(gap if 0 < gap <= LONGEST_PERIOD_S else usual for gap in gaps), *([usual] if samples else [])]


def _figures_of(levels: Iterable[float | None]) -> LevelFigures:
    known = sorted(level for level in levels if level is not None)
    if not known:
        return LevelFigures()
    return LevelFigures(known[0], find_percentile(known, P5), find_median(known))


def _lowest_of(figures: Sequence[LevelFigures]) -> LevelFigures:
    columns = zip(*figures, strict=True)
    return LevelFigures(
        *(min((value for value in column if value is not None), default=None) for column in columns)
    )
