"""Gives a span in columns of equal length from records of several tiers. Pure.

Records of one channel come as series, one a tier, the preferred one first. What it does not hold is filled
from the others: a finer record where no record of the preferred tier covers it, a coarser one where finer
records have fewer readings than it. Each column is merged from all records that touch it.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import add, or_
from typing import NamedTuple

from micboard_tui.domain.recording.chunk import FIVE_MINUTES, MINUTE, TEN_SECONDS, Chunk
from micboard_tui.domain.recording.reading import LINK_FLAGS, UNKNOWN_LEVEL, UNKNOWN_QUALITY
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.sample_ring import SAMPLES_A_SECOND, Sample
from micboard_tui.domain.recording.second_summary import ChannelSummary
from micboard_tui.domain.recording.summary_columns import (
    CODES,
    EMPTY_ROW,
    FLAGS,
    READINGS,
    UNKNOWN_BYTE,
    UNKNOWN_HIGH,
    UNKNOWN_LOW,
    Columns,
    merge_range,
)

SECOND = 1
SAMPLE_S = 1 / SAMPLES_A_SECOND
"""So long a sample at full rate fills the columns."""
COLUMN_OF_STEP_S = ((60.0, MINUTE), (5.0, TEN_SECONDS))
"""From which length of a column on which tier is read: its edges are blurred by less than they can show."""


class Series(NamedTuple):
    """Records of one channel and tier, in the order of time."""

    step_s: float
    starts: list[float]
    columns: Columns

    @property
    def end(self) -> float | None:
        """When the last record ends; None: there is none."""
        return self.starts[-1] + self.step_s if self.starts else None

    def cut(self, start: float, end: float) -> "Series":
        """The records that touch the span."""
        first, last = bisect_right(self.starts, start - self.step_s), bisect_left(self.starts, end)
        return Series(self.step_s, self.starts[first:last], [column[first:last] for column in self.columns])


def choose_step(column_s: float) -> int:
    """The step of the tier from which columns of this length are best made."""
    return next((step_s for least_s, step_s in COLUMN_OF_STEP_S if column_s >= least_s), SECOND)


def series_of_chunks(step_s: int, chunks: Iterable[Chunk]) -> Series:
    """The records of chunks of one tier that are not empty. Chunks may overlap."""
    ordered = sorted(chunks, key=lambda chunk: chunk.start)
    starts = [float(at) for chunk in ordered for at in range(chunk.start, chunk.end, step_s)]
    by_column = list(zip(*(chunk.columns for chunk in ordered), strict=True)) or [()] * len(CODES)
    return sorted_series(step_s, starts, list(map(_join_parts, CODES, by_column)))


def _join_parts(code: str, parts: Sequence[Sequence[int]]) -> Sequence[int]:
    """Parts of chunks that were unpacked are copied as they are; those of open chunks may be larger."""
    joined = array(code)
    try:
        for part in parts:
            is_alike = isinstance(part, array) and part.typecode == code
            joined.extend(part if is_alike else list(part))
    except OverflowError:
        return list(chain.from_iterable(parts))
    return joined


def sorted_series(step_s: float, starts: list[float], columns: Columns) -> Series:
    """A series of these records without the empty ones; those of one time stay side by side."""
    flags, readings = columns[FLAGS], columns[READINGS]
    kept = [index for index, has_any in enumerate(map(or_, readings, flags)) if has_any]
    if len(kept) == len(starts) and starts == sorted(starts):
        return Series(step_s, starts, columns)
    kept.sort(key=starts.__getitem__)
    return Series(step_s, *_pick(starts, columns, kept))


def join_series(parts: Sequence[Series]) -> Series:
    """All records of some series of one channel and tier; there is one at least, and they may overlap."""
    first, *others = [part for part in parts if part.starts] or parts[:1]
    if not others:
        return first
    starts = [*first.starts, *chain.from_iterable(part.starts for part in others)]
    columns = [
        _join_parts(code, column)
        for code, column in zip(
            CODES, zip(*(part.columns for part in (first, *others)), strict=True), strict=True
        )
    ]
    return sorted_series(first.step_s, starts, columns)


def series_of_samples(samples: Sequence[Sample]) -> Series:
    """Every sample as a record of its own."""
    ordered = sorted(samples, key=lambda sample: sample.at)
    columns: list[list[int]] = [[] for _ in EMPTY_ROW]
    for _, (rf_a, rf_b, audio, quality, flags) in ordered:
        row = (
            *_level_row(rf_a),
            *_level_row(rf_b),
            *_level_row(audio),
            UNKNOWN_BYTE if quality == UNKNOWN_QUALITY else quality,
            UNKNOWN_BYTE,
            flags,
            1,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return Series(SAMPLE_S, [sample.at for sample in ordered], columns)


def make_span(start: float, end: float, count: int, tiers: Sequence[Series]) -> RecordedSpan:
    """The span in ``count`` columns; ``tiers`` are those of one channel, the preferred one first.

    Samples know no link state and no charge: those come from the seconds.
    """
    starts, steps, columns = _join([series for series in tiers if series.starts])
    ends = list(map(add, starts, steps))
    width = (end - start) / count
    statuses = [series for series in tiers[1:2] if tiers[0].step_s < SECOND]
    merged = []
    for column in range(count):
        begin, stop = start + column * width, start + (column + 1) * width
        summary = merge_range(columns, bisect_right(ends, begin), bisect_left(starts, stop))
        for series in statuses:
            summary = _add_status(summary, series, begin, stop)
        merged.append(summary)
    used = steps[bisect_right(ends, start) : bisect_left(starts, end)]
    return RecordedSpan(start, end, merged, max(used, default=0.0))


def _add_status(summary: ChannelSummary, series: Series, begin: float, stop: float) -> ChannelSummary:
    first, last = bisect_right(series.starts, begin - series.step_s), bisect_left(series.starts, stop)
    status = merge_range(series.columns, first, last)
    return summary._replace(flags=summary.flags | status.flags & LINK_FLAGS, charge=status.charge)


def _join(tiers: Sequence[Series]) -> tuple[list[float], list[float], Columns]:
    """The starts, steps and columns of all records that are used, in the order of time."""
    if not tiers:
        return [], [], [[] for _ in EMPTY_ROW]
    if len(tiers) == 1:
        return tiers[0].starts, [tiers[0].step_s] * len(tiers[0].starts), tiers[0].columns
    used = tiers[0]
    steps = [used.step_s] * len(used.starts)
    starts, columns = used.starts, used.columns
    for series in tiers[1:]:
        starts, steps, columns = _fill(starts, steps, columns, series)
    return starts, steps, columns


def _fill(
    starts: list[float], steps: list[float], columns: Columns, series: Series
) -> tuple[list[float], list[float], Columns]:
    """Add those records of a series that tell of times which the others do not cover.

    Most often it tells only of the end or of the begin: what is far from its records stays as it is.
    """
    first = bisect_left(starts, series.starts[0] - FIVE_MINUTES)
    last = bisect_left(starts, series.starts[-1] + FIVE_MINUTES)
    near = starts[first:last], steps[first:last], [column[first:last] for column in columns]
    if (filled := _fill_near(*near, series)) is None:
        return starts, steps, columns
    if last - first == len(starts):
        return filled
    new_starts, new_steps, new_columns = filled
    return (
        [*starts[:first], *new_starts, *starts[last:]],
        [*steps[:first], *new_steps, *steps[last:]],
        [
            _join_parts(code, (column[:first], new, column[last:]))
            for code, column, new in zip(CODES, columns, new_columns, strict=True)
        ],
    )


def _fill_near(
    starts: list[float], steps: list[float], columns: Columns, series: Series
) -> tuple[list[float], list[float], Columns] | None:
    """The same for records that are near; None: they are of no other time."""
    covered = {(step, at // step) for at, step in zip(starts, steps, strict=True) if step > series.step_s}
    coarser = {step for step, _ in covered}
    finer: dict[float, int] = {}
    for index, (at, step) in enumerate(zip(starts, steps, strict=True)):
        if step <= series.step_s:
            slot = at // series.step_s
            finer[slot] = finer.get(slot, 0) + columns[READINGS][index]
    added, replaced = [], set()
    for index, at in enumerate(series.starts):
        if any((step, at // step) in covered for step in coarser):
            continue
        slot = at // series.step_s
        if slot in finer:
            if finer[slot] >= series.columns[READINGS][index]:
                continue
            replaced.add(slot)
        added.append(index)
    if not added:
        return None
    kept = [
        index
        for index, (at, step) in enumerate(zip(starts, steps, strict=True))
        if step > series.step_s or at // series.step_s not in replaced
    ]
    all_starts = [starts[index] for index in kept] + [series.starts[index] for index in added]
    all_steps = [steps[index] for index in kept] + [series.step_s] * len(added)
    all_columns = [
        [column[index] for index in kept] + [more[index] for index in added]
        for column, more in zip(columns, series.columns, strict=True)
    ]
    by_time = sorted(range(len(all_starts)), key=all_starts.__getitem__)
    ordered, picked = _pick(all_starts, all_columns, by_time)
    return ordered, [all_steps[index] for index in by_time], picked


def _pick(starts: Sequence[float], columns: Columns, kept: Sequence[int]) -> tuple[list[float], Columns]:
    return [starts[index] for index in kept], [[column[index] for index in kept] for column in columns]


def _level_row(level: int) -> tuple[int, int, int, int]:
    return (UNKNOWN_LOW, 0, UNKNOWN_HIGH, 0) if level == UNKNOWN_LEVEL else (level, level, level, 1)
