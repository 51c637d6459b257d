"""What became of one channel: its time on air, its levels, its drop-outs, clips and charges. Pure.

Levels come from the columns of the recorder: the lowest is the lowest that was received, and the 5th
percentile is that of the lowest levels of the columns in which the channel was on air. Times of link states
are as exact as the columns. Drop-outs come from the list of events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, WITHOUT_CARRIER
from micboard_tui.domain.percentile import P5, find_percentile
from micboard_tui.domain.recap_outage import HEARD_OR_LOST, NO_EVENTS, ChannelEvents, Stretch, join_seconds
from micboard_tui.domain.recording.reading import RF_UNITS, ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import EMPTY, ChannelSummary, merge_all
from micboard_tui.domain.walk_test import FLOOR_DBM

CHANGED_PERCENT = 10
CHANGED_BARS = 2
"""A charge that rises by so much between two records is that of another pack, or of one that was charged."""
MIN_BALANCED = 6
"""Antennas are compared from so many columns on."""
_NO_CARRIER_FLAGS = sum(link_flag(state) for state in WITHOUT_CARRIER)
_ON_AIR_FLAGS = sum(link_flag(state) for state in ON_AIR)
CURVE_COLUMNS = 360
"""Of a curve; more cannot be seen on paper."""
# Plain numbers: an operation of IntFlag costs a microsecond, and a show has a million columns.
DBM_FLAGS = int(ReadingFlag.ANTENNA_DBM | ReadingFlag.CHANNEL_DBM)
_ANTENNA_DBM, _OVERLOAD = int(ReadingFlag.ANTENNA_DBM), int(ReadingFlag.OVERLOAD)


class ChannelTitle(NamedTuple):
    ref: ChannelRef
    label: str
    """``Rack 7/2``."""
    mic_number: str | None = None
    name: str = ""
    """The performer, else the channel's own name; empty: neither is known."""

    @property
    def who(self) -> str:
        """``7 Mercutio``: the mic number and who has it, else where it is."""
        return " ".join(part for part in (self.mic_number, self.name) if part) or self.label

    @property
    def in_full(self) -> str:
        """``7 Mercutio, Rack 7/2``."""
        return self.label if self.who == self.label else f"{self.who}, {self.label}"


class RfFigures(NamedTuple):
    """One antenna while the channel was on air."""

    lowest: float | None = None
    lowest_at: float | None = None
    """The begin of the column in which it was."""
    p5: float | None = None


class ChargeFigures(NamedTuple):
    """Of the packs of a channel; all in percent, or all in bars."""

    is_percent: bool
    first: int
    last: int
    used: int
    """All falls together, also of several packs."""
    changes: int
    """How often it rose: another pack, or a charged one."""


@dataclass(frozen=True, slots=True)
class ChannelRecap:
    title: ChannelTitle
    measured_s: float
    """For how long meters were recorded."""
    on_air_s: float
    rf_a: RfFigures
    rf_b: RfFigures
    better: RfFigures
    """Of the antenna that received it better: no lower than this."""
    balance_db: float | None
    """By how much antenna A received it better than B, half of the time more; None: not known."""
    is_dbm: bool
    """False: RF is in percent of the device's scale, or its unit is not known."""
    drop_outs: int | None
    """How often the link was lost; None: nothing was recorded, and no loss is known."""
    outage_s: float | None
    """So long it could not be heard: its link was lost, or its device was away while it was on air.

    None: nothing was recorded, and nothing is written of its link.
    """
    outage_at: float | None
    """When the longest part of the outage began; None: there was none, or none is known."""
    clips: int | None
    """Spans in which audio clipped; several within a column are one. None: nothing was recorded."""
    charge: ChargeFigures | None
    """None: no charge was known."""
    swaps: int
    """How often its performer went to a spare."""
    alarms: int
    exact_s: float
    """No time is more exact; 0: nothing was recorded."""
    curve: RecordedSpan | None = None
    """Its levels for a curve; None: they were not wanted, or there are none."""

    @property
    def margin_db(self) -> float | None:
        """How far the better antenna stayed above the level of a drop-out, for 95 % of its time on air."""
        return None if self.better.p5 is None or not self.is_dbm else self.better.p5 - FLOOR_DBM

    @property
    def outage_per_mille(self) -> float | None:
        """The outage of the time in which it was to be heard."""
        if self.outage_s is None or not (wanted_s := self.on_air_s + self.outage_s):
            return None
        return 1000 * self.outage_s / wanted_s

    @property
    def has_rf(self) -> bool:
        """Whether a level of any antenna was known while it was on air."""
        return self.rf_a.lowest is not None or self.rf_b.lowest is not None


def measure_channel(
    title: ChannelTitle,
    span: RecordedSpan | None,
    events: ChannelEvents = NO_EVENTS,
    *,
    with_curve: bool = False,
) -> ChannelRecap:
    """All figures of a channel. Without ``with_curve`` nothing of the recording is kept."""
    columns = () if span is None else span.columns
    width = 0.0 if span is None else span.column_s
    start = 0.0 if span is None else span.start
    on_air = [(start + index * width, column) for index, column in enumerate(columns) if is_on_air(column)]
    # The lowest level of a column in which the link was lost, or the pack switched off, is that of no pack.
    levels = [(at, column) for at, column in on_air if not column.flags & _NO_CARRIER_FLAGS]
    units = 0
    for _, column in levels:
        units |= column.flags & RF_UNITS
    if units & DBM_FLAGS and units & ~DBM_FLAGS:
        # Of levels in dBm and in percent no one is the lowest.
        levels = []
    measured_s = width * sum(column.readings > 0 for column in columns)
    clipping = [column.flags & _OVERLOAD != 0 for column in columns]
    drop_outs = events.drop_outs
    missed = _list_missed(span, events)
    return ChannelRecap(
        title,
        measured_s,
        width * len(on_air),
        measure_rf([(at, column.rf_a.lowest) for at, column in levels]),
        measure_rf([(at, column.rf_b.lowest) for at, column in levels]),
        measure_rf([(at, _better(column)) for at, column in levels]),
        _measure_balance([column for _, column in levels]),
        units != 0 and units & ~DBM_FLAGS == 0,
        drop_outs if drop_outs or measured_s else None,
        join_seconds(missed) if measured_s or events.links else None,
        max(missed, key=lambda stretch: stretch.seconds).start if missed else None,
        sum(now and not before for before, now in pairwise((False, *clipping))) if measured_s else None,
        measure_charge(columns),
        events.swaps,
        events.alarms,
        0.0 if span is None else max(width, span.step_s),
        None if span is None or not with_curve else shorten(span),
    )


def measure_charge(columns: Iterable[ChannelSummary]) -> ChargeFigures | None:
    """The charges of the unit that was known more often."""
    percents = [column.battery_percent for column in columns if column.battery_percent is not None]
    bars = [column.battery_bars for column in columns if column.battery_bars is not None]
    is_percent = len(percents) >= len(bars)
    charges = percents if is_percent else bars
    if not charges:
        return None
    step = CHANGED_PERCENT if is_percent else CHANGED_BARS
    return ChargeFigures(
        is_percent,
        charges[0],
        charges[-1],
        sum(max(0, before - after) for before, after in pairwise(charges)),
        sum(after - before >= step for before, after in pairwise(charges)),
    )


def measure_rf(levels: Sequence[tuple[float, float | None]]) -> RfFigures:
    """``levels``: the lowest of each column with its begin."""
    lows = [(level, at) for at, level in levels if level is not None]
    if not lows:
        return RfFigures()
    lowest, at = min(lows)
    ordered = sorted(low for low, _ in lows)
    return RfFigures(lowest, at, find_percentile(ordered, P5))


def is_on_air(column: ChannelSummary) -> bool:
    return column.flags & _ON_AIR_FLAGS != 0


def shorten(span: RecordedSpan) -> RecordedSpan:
    """The same with at most ``CURVE_COLUMNS`` columns, each merged from those that it covers."""
    count = min(CURVE_COLUMNS, len(span.columns))
    edges = [round(index * len(span.columns) / count) for index in range(count + 1)]
    columns = [merge_all(span.columns[edges[index] : edges[index + 1]]) for index in range(count)]
    return RecordedSpan(span.start, span.end, columns, span.step_s)


def coarsen(span: RecordedSpan, column_s: float) -> RecordedSpan:
    """The same in columns of about this length, so that it can be compared with what is no more exact."""
    each = max(1, round(column_s / span.column_s))
    columns = [merge_all(span.columns[index : index + each]) for index in range(0, len(span.columns), each)]
    return RecordedSpan(span.start, span.start + len(columns) * each * span.column_s, columns, span.step_s)


def _better(column: ChannelSummary) -> float | None:
    """At least this level was received by the better antenna all through the column."""
    a, b = column.rf_a.lowest, column.rf_b.lowest
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)


def _measure_balance(columns: Iterable[ChannelSummary]) -> float | None:
    differences = [
        column.rf_a.total / column.rf_a.known / 10 - column.rf_b.total / column.rf_b.known / 10
        for column in columns
        if column.flags & _ANTENNA_DBM and column.rf_a.known and column.rf_b.known
    ]
    return median(differences) if len(differences) >= MIN_BALANCED else None


def _list_missed(span: RecordedSpan | None, events: ChannelEvents) -> Sequence[Stretch]:
    """When it was lost, or its device was away while it was on air."""
    away = [stretch for stretch in events.device_away if _was_on_air(span, events, stretch.start)]
    return [*events.lost, *away]


def _was_on_air(span: RecordedSpan | None, events: ChannelEvents, at: float) -> bool:
    """Whether it was to be heard before this moment: by the events, else by what was recorded last."""
    state = events.state_at(at)
    if state is not None:
        return state in HEARD_OR_LOST
    if span is None:
        return False
    index = min(len(span.columns) - 1, int((at - span.start) / span.column_s))
    before = (column for column in reversed(span.columns[: index + 1]) if column.readings)
    return is_on_air(next(before, EMPTY))
