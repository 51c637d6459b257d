"""What the timeline shows of one or of several channels: curves, link states, battery and events. Pure.

Everything is drawn in columns of dots, of which a cell has one or two; the recorder gives one summary for
each. What was not recorded stays blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.fade_cause import COARSEST_S, AntennaMeans, find_fall
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.recording.reading import RF_UNITS, ReadingFlag, link_states_of
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import (
    EMPTY,
    ChannelSummary,
    LevelSummary,
    has_mixed_units,
    merge_all,
)
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds
from micboard_tui.domain.units import DASH
from micboard_tui.tui.arrange.time_window import TimeWindow
from micboard_tui.tui.draw.bands import LABEL, Band, Scale, chart_lines, signs_for, time_line
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import STATE_TONES, fit
from micboard_tui.tui.draw.glyphs import Glyphs

DBM = (-110.0, -20.0)
PERCENT = (0.0, 100.0)
DBFS = (-60.0, 0.0)
STRIPS = 4
"""Lines below the curves of one channel: link states, battery, events, times."""
MIN_CHART = 3
"""Lines of a curve, its title too, where there is any room for it."""
CHANNEL_LINES = 4
"""Lines of one of several channels at least: what it is, its curve, and its link states."""
TICK_CELLS = 11
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)
EVENT_SIGNS = {
    EventKind.ALARM: ("!", "critical"),
    EventKind.MARKER: ("m", "accent"),
    EventKind.SHOW: (">", "text"),
    EventKind.STEP: ("s", "text"),
    EventKind.SESSION: ("x", "warning"),
    EventKind.PROGRAM: ("p", "dim"),
}
"""What stands below the curves, by weight; links have a line of their own."""


@dataclass(frozen=True, slots=True)
class ChannelTrack:
    """One channel, with all that is shown of it."""

    ref: ChannelRef
    title: str
    """Where it is, and who or what."""
    span: RecordedSpan | None = None
    """None: nothing could be read."""
    events: Sequence[Event] = ()
    thresholds: Thresholds = DEFAULT_THRESHOLDS


@dataclass(frozen=True, slots=True)
class Ground:
    """What every track is drawn on."""

    window: TimeWindow
    width: int
    """Cells of a line."""
    glyphs: Glyphs

    @property
    def cells(self) -> int:
        """Cells of a curve."""
        return max(1, self.width - LABEL)

    @property
    def dots(self) -> int:
        """Columns of dots of a curve."""
        return self.cells * signs_for(self.glyphs).columns

    @property
    def cursor(self) -> int | None:
        """The cell of a curve in which the cursor stands."""
        return self.window.cell_of(self.window.cursor_at, self.cells)


def channel_lines(track: ChannelTrack, ground: Ground, height: int) -> list[list[Cell]]:
    """One channel: both antennas, audio, link states, battery and events, in ``height`` lines."""
    columns = _columns_of(track)
    charts = _charts_of(track, columns)
    room = max(0, height - STRIPS)
    shown = charts[: max(1, room // MIN_CHART)]
    lines: list[list[Cell]] = []
    for index, (title, band, scale) in enumerate(shown):
        share = room // len(shown) + (index < room % len(shown))
        lines.append([Cell(" " * LABEL), Cell(title, "accent")])
        lines += chart_lines(band, scale, share - 1, ground.glyphs, cursor=ground.cursor)
    return [
        *lines,
        _strip("link", _link_cells(columns, ground), ground),
        _strip("batt", [(_battery_text(columns, ground), "text")], ground),
        _strip("what", _event_cells(track.events, ground), ground),
        times_line(ground),
    ]


def several_lines(
    tracks: Sequence[ChannelTrack], ground: Ground, height: int, selected: ChannelRef | None = None
) -> list[list[Cell]]:
    """Several channels below one another: the better antenna, and link states."""
    room = height - 1
    count = max(1, min(len(tracks), room // CHANNEL_LINES))
    lines: list[list[Cell]] = []
    for index, track in enumerate(tracks[:count]):
        share = room // count + (index < room % count)
        columns = _columns_of(track)
        band, scale = _better_band(track, columns)
        pointer = ground.glyphs.pointer if track.ref == selected else " "
        title = fit(track.title, ground.width - 1, ground.glyphs.ellipsis)
        lines.append([Cell(pointer, "accent"), Cell(title, "accent")])
        lines += chart_lines(band, scale, share - 2, ground.glyphs, cursor=ground.cursor)
        lines.append(_strip("link", _link_cells(columns, ground), ground))
    return [*lines, times_line(ground)]


def count_shown(tracks: int, height: int) -> int:
    """How many of several channels ``several_lines`` has room for."""
    return max(1, min(tracks, (height - 1) // CHANNEL_LINES))


def fit_span(span: RecordedSpan, ground: Ground) -> RecordedSpan:
    """What was read of another time, at its place in the one that is shown now; the rest is blank."""
    window = ground.window
    if (span.start, span.end) == (window.start, window.end) and len(span.columns) == ground.dots:
        return span
    column_s = window.span_s / ground.dots
    columns = [EMPTY] * ground.dots
    for column in range(ground.dots):
        index = int((window.start + (column + 0.5) * column_s - span.start) // span.column_s)
        if 0 <= index < len(span.columns):
            columns[column] = span.columns[index]
    return RecordedSpan(window.start, window.end, columns, max(span.step_s, span.column_s))


def times_line(ground: Ground) -> list[Cell]:
    """The times below the curves, at round numbers of this machine's time."""
    window = ground.window
    most = max(1, ground.cells // TICK_CELLS)
    step = next((step for step in _TICKS_S if window.span_s / step <= most), _TICKS_S[-1])
    offset = datetime.fromtimestamp(window.start).astimezone().utcoffset()
    local = 0.0 if offset is None else offset.total_seconds()
    first = -(-(window.start + local) // step) * step - local
    pattern = "%H:%M:%S" if step % 60 else "%H:%M"
    ticks = []
    while first < window.end:
        at = datetime.fromtimestamp(first).astimezone()
        ticks.append(((first - window.start) / window.span_s, at.strftime(pattern)))
        first += step
    return [Cell(" " * LABEL), Cell(time_line(ground.cells, ticks), "dim")]


def values_line(track: ChannelTrack, ground: Ground) -> list[Cell]:
    """What was recorded at the cursor."""
    cells = [Cell(f" {format_second_of_day(ground.window.cursor_at)}  ", "accent")]
    if track.span is None:
        return [*cells, Cell("not read", "dim")]
    summary = merge_all(_at_cursor(track, ground))
    if not summary.readings and summary.charge is None and not summary.flags:
        return [*cells, Cell("nothing was recorded then", "dim")]
    states = sorted(link_states_of(summary.flags), key=lambda state: state.severity)
    all_states = [Cell(f"{state.text}  ", STATE_TONES[state]) for state in states]
    worst = all_states
    if len(states) > 1:
        worst = [Cell(f"{states[0].text} +{len(states) - 1}  ", STATE_TONES[states[0]])]
    brief = _levels_text(summary, "..", "batt")
    forms = (
        [*all_states, Cell(_levels_text(summary, " to ", "battery"))],
        [*all_states, Cell(brief)],
        [*worst, Cell(brief)],
        [*worst, Cell(_levels_text(summary, "..", "batt", has_units=False))],
    )
    room = ground.width - sum(len(cell.text) for cell in cells)
    fitting = (form for form in forms if sum(len(cell.text) for cell in form) <= room)
    return [*cells, *next(fitting, forms[-1])]


def _levels_text(summary: ChannelSummary, to: str, battery: str, *, has_units: bool = True) -> str:
    """``to`` stands between the lowest and the highest."""
    a, b, audio = (_range_text(level, to) for level in (summary.rf_a, summary.rf_b, summary.audio))
    unit = " %" if summary.flags & ReadingFlag.ANTENNA_PERCENT else " dBm"
    rf = f"RF {a}" if summary.flags & ReadingFlag.CHANNEL_DBM else f"A {a}  B {b}"
    rf_unit, audio_unit = (unit, " dBFS") if has_units else ("", "")
    return f"{rf}{rf_unit}  audio {audio}{audio_unit}  {battery} {_charge_text(summary) or DASH}"


def events_line(track: ChannelTrack, ground: Ground, subjects: Sequence[str]) -> list[Cell]:
    """The newest event at the cursor, of the channel if it has one, and how many others.

    ``subjects`` as ``track.events``.
    """
    cursor = ground.cursor
    found = [
        (event, subject)
        for event, subject in zip(track.events, subjects, strict=True)
        if cursor is not None and ground.window.cell_of(event.at, ground.cells) == cursor
    ]
    if not found:
        return []
    event, subject = max(enumerate(found), key=lambda entry: (entry[1][0].ref == track.ref, entry[0]))[1]
    tone = EVENT_SIGNS.get(event.kind, ("", "text"))[1]
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    who = f", {event.actor}" if event.actor else ""
    about = f"{subject}: " if subject else ""
    text = visible(f"{about}{event.text}{who}")
    return [Cell(f" {event.kind.value}  ", "dim"), Cell(f"{text}{others}", tone)]


def cause_line(track: ChannelTrack, ground: Ground) -> list[Cell]:
    """What the curves say about why the signal fell next to the cursor; empty where they do not."""
    span = track.span
    if span is None or not span.columns or span.step_s > COARSEST_S:
        return []
    means = [
        AntennaMeans(column.rf_a.mean, column.rf_b.mean)
        if column.flags & RF_UNITS == ReadingFlag.ANTENNA_DBM
        else AntennaMeans(None, None)
        for column in span.columns
    ]
    fall = find_fall(means, span.column_s, ground.window.cursor_at - span.start)
    if fall is None:
        return []
    return [
        Cell(f" {format_second_of_day(span.start + fall.at_s)}  ", "dim"),
        Cell(fall.cause.text, "warning"),
    ]


def _columns_of(track: ChannelTrack) -> Sequence[ChannelSummary]:
    return () if track.span is None else track.span.columns


def _charts_of(track: ChannelTrack, columns: Sequence[ChannelSummary]) -> list[tuple[str, Band, Scale]]:
    flags = _all_flags(columns)
    thresholds = track.thresholds
    audio = Scale(*DBFS, ((thresholds.audio_clip_dbfs, "critical"),))
    scale, unit = _rf_scale(flags, thresholds)
    chosen = _of_unit(columns, flags)
    a = _band([column.rf_a for column in chosen])
    charts = [("RF " + unit, a, scale)]
    if not flags & ReadingFlag.CHANNEL_DBM or flags & ReadingFlag.ANTENNA_DBM:
        b = _band([column.rf_b for column in chosen])
        charts = [("RF A " + unit, a, scale), ("RF B " + unit, b, scale)]
    return [*charts, ("Audio dBFS", _band([column.audio for column in columns]), audio)]


def _better_band(track: ChannelTrack, columns: Sequence[ChannelSummary]) -> tuple[Band, Scale]:
    """In each column the levels of the antenna that was received better."""
    flags = _all_flags(columns)
    levels = []
    for column in _of_unit(columns, flags):
        a, b = column.rf_a, column.rf_b
        levels.append(b if not a.known or (b.known and b.low > a.low) else a)
    return _band(levels), _rf_scale(flags, track.thresholds)[0]


def _all_flags(columns: Sequence[ChannelSummary]) -> int:
    flags = 0
    for column in columns:
        flags |= column.flags
    return flags


def _of_unit(columns: Sequence[ChannelSummary], flags: int) -> Sequence[ChannelSummary]:
    """The same, where RF came in several units only with the levels in the one that is drawn."""
    if not has_mixed_units(flags):
        return columns
    unit = ReadingFlag.ANTENNA_DBM if flags & ReadingFlag.ANTENNA_DBM else ReadingFlag.CHANNEL_DBM
    return [
        column
        if column.flags & RF_UNITS == unit
        else column._replace(rf_a=LevelSummary(), rf_b=LevelSummary())
        for column in columns
    ]


def _rf_scale(flags: int, thresholds: Thresholds) -> tuple[Scale, str]:
    if flags & RF_UNITS == ReadingFlag.ANTENNA_PERCENT:
        return Scale(*PERCENT), "%"
    limits = ((thresholds.rf_low_dbm, "warning"), (thresholds.rf_critical_dbm, "critical"))
    return Scale(*DBM, limits), "dBm"


def _band(levels: Sequence[LevelSummary]) -> Band:
    return Band(
        [level.low / 10 if level.known else None for level in levels],
        [level.high / 10 if level.known else None for level in levels],
    )


def _strip(label: str, parts: Sequence[tuple[str, str]], ground: Ground) -> list[Cell]:
    """A line below the curves, with the cursor where it leaves room for one."""
    cells = [Cell(f"{label:>{LABEL - 1}} ", "dim")]
    cursor, start = ground.cursor, 0
    for text, tone in parts:
        if cursor is not None and start <= cursor < start + len(text) and text[cursor - start] == " ":
            place = cursor - start
            cells.append(Cell(text[:place], tone))
            cells.append(Cell(ground.glyphs.upright, "accent"))
            cells.append(Cell(text[place + 1 :], tone))
        else:
            cells.append(Cell(text, tone))
        start += len(text)
    return cells


def _link_cells(columns: Sequence[ChannelSummary], ground: Ground) -> list[tuple[str, str]]:
    """The worst link state of each cell: its letter, for live a bar."""
    flags = [column.flags for column in columns]
    if signs_for(ground.glyphs).columns > 1:
        flags = [first | second for first, second in zip(flags[::2], flags[1::2], strict=False)]
    parts: list[tuple[str, str]] = []
    for cell_flags in [*flags, *[0] * (ground.cells - len(flags))]:
        sign, tone = _link_sign(cell_flags, ground.glyphs)
        if parts and parts[-1][1] == tone:
            parts[-1] = (parts[-1][0] + sign, tone)
        else:
            parts.append((sign, tone))
    return parts


@lru_cache(maxsize=1024)
def _link_sign(flags: int, glyphs: Glyphs) -> tuple[str, str]:
    states = link_states_of(flags)
    state = min(states, key=lambda state: state.severity, default=LinkState.UNKNOWN)
    return " " if not states else state.letter or glyphs.steps[-1], STATE_TONES[state]


def _battery_text(columns: Sequence[ChannelSummary], ground: Ground) -> str:
    """The charge where it becomes known or another one, as far as there is room."""
    size = signs_for(ground.glyphs).columns
    line = [" "] * ground.cells
    shown, end = "", -1
    for cell in range(ground.cells):
        known = [column for column in columns[cell * size : (cell + 1) * size] if column.charge is not None]
        if not known:
            continue
        text = _charge_text(known[-1])
        if text != shown and cell > end and cell + len(text) <= ground.cells:
            line[cell : cell + len(text)] = text
            shown, end = text, cell + len(text)
    return "".join(line)


def _event_cells(events: Sequence[Event], ground: Ground) -> list[tuple[str, str]]:
    """The sign of the weightiest event of each cell."""
    weights = list(EVENT_SIGNS)
    found: dict[int, EventKind] = {}
    for event in events:
        cell = ground.window.cell_of(event.at, ground.cells)
        if cell is not None and event.kind in EVENT_SIGNS:
            found[cell] = min(event.kind, found.get(cell, event.kind), key=weights.index)
    parts, end = [], 0
    for cell, kind in sorted(found.items()):
        parts += [(" " * (cell - end), "text"), EVENT_SIGNS[kind]]
        end = cell + 1
    return [*parts, (" " * (ground.cells - end), "text")]


def _at_cursor(track: ChannelTrack, ground: Ground) -> Sequence[ChannelSummary]:
    cursor, size = ground.cursor, signs_for(ground.glyphs).columns
    return () if cursor is None else _columns_of(track)[cursor * size : (cursor + 1) * size]


def _range_text(level: LevelSummary, to: str) -> str:
    if not level.known:
        return DASH
    low, high = round(level.low / 10), round(level.high / 10)
    return str(low) if low == high else f"{low}{to}{high}"


def _charge_text(summary: ChannelSummary) -> str:
    if summary.battery_percent is not None:
        return f"{summary.battery_percent}%"
    return "" if summary.battery_bars is None else f"{summary.battery_bars}/5"
