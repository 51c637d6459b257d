"""Columns of a span with the levels of single samples, where these are still there. Pure.

A sample stands until the next one, ``LONGEST_S`` at most, in all columns that it touches. Link states and the
charge stay those of the records: samples have none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from micboard_tui.domain.percentile import find_median
from micboard_tui.domain.recording.reading import UNKNOWN_LEVEL
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import (
    NO_LEVEL,
    ChannelSummary,
    LevelSummary,
    merge_all,
)

LONGEST_S = 1.0
"""A longer pause between two samples is a gap."""


def refine_span(span: RecordedSpan, samples: Iterable[Sample]) -> RecordedSpan:
    """The same span; where there are samples, with their levels."""
    ordered = sorted({sample.at: sample for sample in samples}.values(), key=lambda sample: sample.at)
    touched = _touched(span, ordered)
    if not touched:
        return span
    columns = list(span.columns)
    for column, indexes in touched.items():
        fine, coarse = merge_all(summary_of(ordered[index]) for index in indexes), columns[column]
        columns[column] = fine._replace(flags=fine.flags | coarse.flags, charge=coarse.charge)
    is_all = all(
        number in touched or not (column.readings or column.flags)
        for number, column in enumerate(span.columns)
    )
    return replace(span, columns=columns, step_s=_usual_gap(ordered) if is_all else span.step_s)


def summary_of(sample: Sample) -> ChannelSummary:
    """The summary of a single sample."""
    reading = sample.reading
    return ChannelSummary(
        _level(reading.rf_a),
        _level(reading.rf_b),
        _level(reading.audio),
        sample.quality,
        None,
        reading.flags,
        1,
    )


def _level(level: int) -> LevelSummary:
    return NO_LEVEL if level == UNKNOWN_LEVEL else LevelSummary(level, level, level, 1)


def _touched(span: RecordedSpan, samples: Sequence[Sample]) -> dict[int, list[int]]:
    """The samples of each column that has any."""
    usual, column_s, count = _usual_gap(samples), span.column_s, len(span.columns)
    touched: dict[int, list[int]] = {}
    for index, sample in enumerate(samples):
        gap = samples[index + 1].at - sample.at if index + 1 < len(samples) else usual
        length = usual if gap > LONGEST_S else gap
        first = int((sample.at - span.start + 1e-6) // column_s)
        # The column that only begins where the next sample does is no longer touched.
        last = int(max(sample.at - span.start, sample.at + length - span.start - 1e-6) // column_s)
        for column in range(max(0, first), min(count - 1, last) + 1):
            touched.setdefault(column, []).append(index)
    return touched


def _usual_gap(samples: Sequence[Sample]) -> float:
    gaps = [later.at - sample.at for sample, later in pairwise(samples)]
    known = [gap for gap in gaps if 0 < gap <= LONGEST_S]
    return find_median(known) if known else LONGEST_S
