"""What became of a show: channels, devices, alarms, and what was not measured. Pure.

Levels come from the columns of the recorder: the lowest is the lowest that was received, and the 5th
percentile is that of the lowest levels of the columns in which the channel was on air. Times of link states
are as exact as the columns. Alarms, disconnections and markers come from the list of events.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.percentile import P5, find_percentile
from micboard_tui.domain.recap_alarms import AlarmFigures, AlarmRecap, count_alarms, list_alarms
from micboard_tui.domain.recording.reading import RF_UNITS, ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary

CHANGED_PERCENT = 10
CHANGED_BARS = 2
"""A charge that rises by so much between two records is that of another pack, or of one that was charged."""
_ON_AIR_FLAGS = sum(link_flag(state) for state in ON_AIR)
DBM_FLAGS = ReadingFlag.ANTENNA_DBM | ReadingFlag.CHANNEL_DBM


class ChannelTitle(NamedTuple):
    ref: ChannelRef
    label: str
    """``Rack 7/2``."""
    mic_number: str | None = None
    name: str = ""
    """The performer, else the channel's own name; empty: neither is known."""


@dataclass(frozen=True, slots=True)
class RecapSource:
    """What a recap is made of."""

    start: float
    end: float
    channels: Sequence[ChannelTitle]
    devices: Mapping[DeviceId, str]
    """Their titles."""
    spans: Mapping[ChannelRef, RecordedSpan]
    events: Sequence[Event]
    """All of the span, oldest first."""
    show: str | None = None
    """The name of the show; None: it is a span of time."""
    handover: Sequence[HandoverNote] = ()
    """Notes for the next shift, in any order."""
    fault: str | None = None
    """Why the recorder could not be read."""


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
    """So long the meters said anything."""
    on_air_s: float
    rf_a: RfFigures
    rf_b: RfFigures
    is_dbm: bool
    """False: RF is in percent of the device's scale, or its unit is not known."""
    drop_outs: int | None
    """How often the link was lost; None: nothing was recorded, and no loss is known."""
    clips: int | None
    """Spans in which audio clipped; several within a column are one. None: nothing was recorded."""
    charge: ChargeFigures | None
    """None: no charge was known."""
    alarms: int
    span: RecordedSpan | None

    @property
    def has_rf(self) -> bool:
        """Whether a level of any antenna was known while it was on air."""
        return self.rf_a.lowest is not None or self.rf_b.lowest is not None


@dataclass(frozen=True, slots=True)
class DeviceRecap:
    """A device whose session ended or was refused."""

    title: str
    disconnections: int
    away_s: float
    """All together, to the end of the span where it did not come back."""
    reasons: Sequence[str]
    """Each once."""


@dataclass(frozen=True, slots=True)
class Recap:
    start: float
    end: float
    show: str | None
    channels: Sequence[ChannelRecap]
    devices: Sequence[DeviceRecap]
    alarms: Sequence[AlarmRecap]
    figures: AlarmFigures
    markers: Sequence[Event]
    """Markers and what happened to the show."""
    handover: Sequence[HandoverNote]
    """Notes for the next shift that were written in the span, oldest first."""
    not_measured: Sequence[str]
    """What the figures know nothing of, as sentences."""


def make_recap(source: RecapSource) -> Recap:
    """All figures of a span."""
    alarms = list_alarms(source.events)
    channels = [_measure_channel(title, source, alarms) for title in source.channels]
    return Recap(
        source.start,
        source.end,
        source.show,
        channels,
        _list_devices(source),
        alarms,
        count_alarms(alarms, source.start, source.end),
        [event for event in source.events if event.kind in {EventKind.MARKER, EventKind.SHOW}],
        sorted(
            (note for note in source.handover if source.start <= note.at <= source.end),
            key=lambda note: note.at,
        ),
        list(_list_gaps(source, channels)),
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


def measure_rf(levels: Sequence[tuple[float, LevelSummary]]) -> RfFigures:
    """``levels``: the columns on air with their begin."""
    lows = [(level.lowest, at) for at, level in levels if level.lowest is not None]
    if not lows:
        return RfFigures()
    lowest, at = min(lows)
    ordered = sorted(low for low, _ in lows)
    return RfFigures(lowest, at, find_percentile(ordered, P5))


def is_on_air(column: ChannelSummary) -> bool:
    return column.flags & _ON_AIR_FLAGS != 0


def column_start(span: RecordedSpan, index: int) -> float:
    return span.start + index * span.column_s


def _measure_channel(title: ChannelTitle, source: RecapSource, alarms: Sequence[AlarmRecap]) -> ChannelRecap:
    span = source.spans.get(title.ref)
    columns = () if span is None else span.columns
    on_air = (
        []
        if span is None
        else [
            (column_start(span, index), column) for index, column in enumerate(columns) if is_on_air(column)
        ]
    )
    width = 0.0 if span is None else span.column_s
    units = 0
    for _, column in on_air:
        units |= column.flags & RF_UNITS
    # Of levels in dBm and in percent no one is the lowest.
    with_rf = () if units & DBM_FLAGS and units & ~DBM_FLAGS else on_air
    measured_s = width * sum(column.readings > 0 for column in columns)
    losses = sum(
        event.ref == title.ref and event.details.get("link") == LinkState.RF_LOST
        for event in source.events
        if event.kind is EventKind.LINK
    )
    clipping = [column.flags & ReadingFlag.OVERLOAD != 0 for column in columns]
    return ChannelRecap(
        title,
        measured_s,
        width * len(on_air),
        measure_rf([(at, column.rf_a) for at, column in with_rf]),
        measure_rf([(at, column.rf_b) for at, column in with_rf]),
        units != 0 and units & ~DBM_FLAGS == 0,
        losses if losses or measured_s else None,
        sum(now and not before for before, now in pairwise((False, *clipping))) if measured_s else None,
        measure_charge(columns),
        sum((alarm.key.device_id, alarm.key.channel) == title.ref for alarm in alarms),
        span,
    )


def _list_devices(source: RecapSource) -> Sequence[DeviceRecap]:
    sessions: dict[DeviceId, list[Event]] = {}
    for event in source.events:
        if event.kind is EventKind.SESSION and event.device_id is not None:
            sessions.setdefault(event.device_id, []).append(event)
    recaps = []
    for device_id, events in sessions.items():
        title = source.devices.get(device_id) or events[0].subject or "A device"
        recap = _measure_device(title, events, source.end)
        if recap.disconnections:
            recaps.append(recap)
    return sorted(recaps, key=lambda recap: -recap.away_s)


def _measure_device(title: str, events: Sequence[Event], end: float) -> DeviceRecap:
    away_s, count = 0.0, 0
    since: float | None = None
    reasons: dict[str, None] = {}
    for event in events:
        is_online = event.details.get("status") == DeviceStatus.ONLINE
        if not is_online:
            reasons[event.text] = None
        if not is_online and since is None:
            since, count = event.at, count + 1
        elif is_online and since is not None:
            away_s, since = away_s + max(0.0, event.at - since), None
    if since is not None:
        away_s += max(0.0, end - since)
    return DeviceRecap(title, count, away_s, list(reasons))


def _list_gaps(source: RecapSource, channels: Sequence[ChannelRecap]) -> Iterator[str]:
    if source.fault is not None:
        yield f"The recording could not be read: {source.fault}"
    if not channels:
        yield "There were no channels"
    span_s = source.end - source.start
    if silent := [channel for channel in channels if not channel.measured_s]:
        yield f"Nothing was recorded of {_join_labels(silent)}"
    yield from _list_partly(span_s, channels)
    yield from _list_unknown([channel for channel in channels if channel.on_air_s])
    for event in source.events:
        if event.kind is EventKind.PROGRAM and "dropped" in event.details:
            yield event.text


def _list_partly(span_s: float, channels: Sequence[ChannelRecap]) -> Iterator[str]:
    partly: dict[int, list[ChannelRecap]] = {}
    for channel in channels:
        if 0 < channel.measured_s < span_s - _exactness(channel):
            partly.setdefault(round((span_s - channel.measured_s) / 60), []).append(channel)
    for minutes, some in sorted(partly.items(), reverse=True):
        yield f"Nothing was recorded for {minutes} of {span_s / 60:.0f} minutes of {_join_labels(some)}"


def _list_unknown(heard: Sequence[ChannelRecap]) -> Iterator[str]:
    if unknown := [channel for channel in heard if channel.charge is None]:
        yield f"No charge was known of {_join_labels(unknown)}"
    with_rf = [channel for channel in heard if channel.has_rf]
    if relative := [channel for channel in with_rf if not channel.is_dbm]:
        yield f"RF is no level in dBm on {_join_labels(relative)}"
    if len(with_rf) < len(heard):
        yield f"No RF level was known of {_join_labels(channel for channel in heard if not channel.has_rf)}"


def _exactness(channel: ChannelRecap) -> float:
    """What is shorter is no gap: a column at each end, or a minute."""
    return 60.0 if channel.span is None else max(60.0, 2 * channel.span.column_s, 2 * channel.span.step_s)


def _join_labels(channels: Iterable[ChannelRecap]) -> str:
    return ", ".join(channel.title.label for channel in channels)
