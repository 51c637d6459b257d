"""The columns of a channel's row, as one table from which widths, heads and drawing follow. Pure.

To add a column, write how it is drawn and put it into ``COLUMNS`` where it is to stand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import ProblemCode, find_problems
from micboard_tui.domain.units import DASH, format_charge, format_duration, format_mhz
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.meter_cells import antenna_cell, audio_cells, quality_cell, rf_cells, trend_cell

BATTERY_TEXT = 5
UNHEARD = OUT_OF_REACH | {LinkState.UNKNOWN}
"""In these states the device says nothing that could be shown as current."""
WITHOUT_CARRIER = frozenset({LinkState.RF_LOST, LinkState.TRANSMITTER_OFF, LinkState.DOCKED})
"""In these states the receiver is heard and its transmitter is not."""
_DIM_NAMES = frozenset({LinkState.TRANSMITTER_OFF, LinkState.UNKNOWN, LinkState.DOCKED})


class RowContext(NamedTuple):
    """One channel at one moment, and whatever else its picture needs."""

    state: ChannelState
    device: str
    """What the receiver is called."""
    trend: str
    """How the RF has been, as wide as there is room for it."""
    now: float
    glyphs: Glyphs
    bar_dbfs: float | None = None
    """Where the audio bar stands that still falls; None: at the level."""
    conflicts: Sequence[ProblemCode] = ()
    """What it and other channels do to each other."""

    @property
    def link(self) -> LinkState:
        """The link state as it is shown."""
        return self.state.shown_link_state


Draw: TypeAlias = Callable[[RowContext, int], Sequence[Cell]]
"""Draws a column; the number is the room for its name or bar."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, and how it takes part in dividing the width."""

    name: str
    heads: tuple[str, ...]
    """Its names above the rows, the longest first; the first one that fits is shown."""
    draw: Draw
    fixed: int
    """Cells that never give way: a space before it, and numbers."""
    least: int = 0
    """Cells for a name or a bar where the width is short."""
    good: int = 0
    """So many cells it takes before those after it take any."""
    most: int = 0
    priority: int = 0
    """In which order columns take spare cells; 0: it takes none."""
    divisor: int = 1
    """It takes one of so many spare cells."""
    from_spare: int = 0
    """It is left out where fewer cells are spare."""
    is_bar: bool = False
    """What it has room for is a bar, the first to give way."""
    is_meter: bool = False
    """It moves all the time, and gives way to a text while the channel is not on the air."""


class Placed(NamedTuple):
    """A column with the room for its name or bar."""

    column: Column
    room: int

    @property
    def width(self) -> int:
        return self.column.fixed + self.room


def _draw_number(row: RowContext, _: int) -> Sequence[Cell]:
    link = row.link
    return Cell(f"{row.state.number:>2} "), Cell(f"{link.letter or ' '} ", formats.STATE_TONES[link])


def _draw_name(row: RowContext, room: int) -> Sequence[Cell]:
    name = row.state.display_name or DASH
    tone = "dim" if row.link in _DIM_NAMES else "text"
    return Cell(formats.fit(name, room, row.glyphs.ellipsis), tone), Cell(" ")


def _draw_receiver(row: RowContext, room: int) -> Sequence[Cell]:
    return (Cell(formats.fit(row.device, room, row.glyphs.ellipsis) + " ", "dim"),)


def _draw_battery(row: RowContext, room: int) -> Sequence[Cell]:
    link, battery = row.link, row.state.battery
    if link in UNHEARD or (battery is None and link not in ON_AIR):
        return (_last_battery(row, room + 1 + BATTERY_TEXT),)
    # Without a carrier the receiver repeats what it heard before.
    tone = formats.battery_tone(battery) if link in ON_AIR else "dim"
    share = battery.share if battery else None
    return (
        Cell(" " * room if share is None else row.glyphs.bar(share, room), tone, is_bar=share is not None),
        Cell(f" {format_charge(battery):>{BATTERY_TEXT}} ", "text" if tone == "live" else tone),
    )


def _last_battery(row: RowContext, width: int) -> Cell:
    """What the pack reported before it went, with its age; never as current."""
    last = row.state.last_battery
    if last is None:
        return Cell(" " * (width + 1))
    charge = format_charge(last.battery)
    text = f"({charge} {format_duration(row.now - last.observed_at)})"
    # The brackets say that it is not current; without room for its age they have to do.
    return Cell(f"{text if len(text) <= width else f'({charge})':<{width}} ", "dim")


def _draw_antenna(row: RowContext, _: int) -> Sequence[Cell]:
    return (antenna_cell(row.state.meters.antenna),)


def _draw_rf(row: RowContext, room: int) -> Sequence[Cell]:
    return rf_cells(row.state.meters, room, row.glyphs)


def _draw_trend(row: RowContext, _: int) -> Sequence[Cell]:
    return (trend_cell(row.trend),)


def _draw_audio(row: RowContext, room: int) -> Sequence[Cell]:
    state = row.state
    level = state.meters.audio_dbfs
    bar_dbfs = level if row.bar_dbfs is None else row.bar_dbfs
    return audio_cells(level, bar_dbfs, state.audio_peak_dbfs, room, row.glyphs)


def _draw_quality(row: RowContext, _: int) -> Sequence[Cell]:
    return (quality_cell(row.state.meters.quality_percent),)


def _draw_frequency(row: RowContext, _: int) -> Sequence[Cell]:
    return (Cell(" " + format_mhz(row.state.facts.frequency_khz, 8), "dim"),)


def _draw_flags(row: RowContext, room: int) -> Sequence[Cell]:
    found = find_problems(row.state, row.now, conflicts=row.conflicts)
    return (Cell(" " + status_lines.flag_letters(row.state, found)[:room].ljust(room), "warning"),)


def _draw_age(row: RowContext, _: int) -> Sequence[Cell]:
    age = row.state.age_s(row.now)
    text = format_duration(age) if age is not None and row.state.is_stale(row.now) else ""
    return (Cell(f" {text:>3}", "warning"),)


COLUMNS = (
    # The first cell is the pointer, which the board draws itself.
    Column("number", ("   #",), _draw_number, 5),
    Column("name", (" name",), _draw_name, 1, least=10, good=14, most=24, priority=3, divisor=2),
    Column("receiver", (" receiver",), _draw_receiver, 1, most=12, priority=1, from_spare=36),
    Column("battery", (" battery", "  batt"), _draw_battery, 2 + BATTERY_TEXT, least=4, most=4, is_bar=True),
    Column("antenna", (" an",), _draw_antenna, 3, is_meter=True),
    Column(
        "rf", ("  dBm RF", "  dBm"), _draw_rf, 6, least=4, most=16, priority=5, is_bar=True, is_meter=True
    ),
    # It comes in when names are as wide as is good.
    Column("trend", (" trend",), _draw_trend, 1, most=6, priority=2, from_spare=11, is_meter=True),
    Column(
        "audio",
        (" dBFS audio", " dBFS"),
        _draw_audio,
        6,
        least=6,
        most=20,
        priority=4,
        divisor=2,
        is_bar=True,
        is_meter=True,
    ),
    Column("quality", ("   q",), _draw_quality, 4, is_meter=True),
    Column("frequency", ("      MHz",), _draw_frequency, 9),
    Column("flags", (" flags", " flg"), _draw_flags, 1, least=3, most=5, priority=6),
    Column("age", (" age",), _draw_age, 4),
)
"""From left to right; those that are meters stand together."""
_ALWAYS = tuple(column for column in COLUMNS if not column.from_spare)
_GROWING = sorted((column for column in COLUMNS if column.priority), key=lambda column: column.priority)
LEAST_WIDTH = sum(column.fixed + column.least for column in _ALWAYS)
"""Of all numbers with the shortest names and bars."""
BARLESS_WIDTH = sum(column.fixed + (0 if column.is_bar else column.least) for column in _ALWAYS)


class Columns:
    """The columns that are shown in some width."""

    def __init__(self, placed: Sequence[Placed]) -> None:
        meters = [entry for entry in placed if entry.column.is_meter]
        first = placed.index(meters[0])
        self.before = _drawing(placed[:first])
        self.meters = _drawing(meters)
        self.after = _drawing(placed[first + len(meters) :])
        """What draws each column, with its room: those before, among and after the meters."""
        self.meters_width = sum(entry.width for entry in meters) - 1
        """Without the space before them, which ends the column before."""
        self.total = sum(entry.width for entry in placed)
        """Cells of a row with its pointer."""
        self.head = "".join(map(_head, placed))
        """The names of the columns, above the rows."""
        self._rooms = {entry.column.name: entry.room for entry in placed}

    def room(self, name: str) -> int:
        """Cells for the name or bar of this column; 0 where it is left out."""
        return self._rooms.get(name, 0)


@lru_cache(64)
def columns_for(width: int) -> Columns:
    """Divide ``width`` cells: numbers first, then names, then bars up to what still helps the eye."""
    rooms = dict(_barless_rooms(width) if width < LEAST_WIDTH else _rooms(width))
    return Columns([Placed(column, rooms[column.name]) for column in COLUMNS if column.name in rooms])


def _rooms(width: int) -> Iterator[tuple[str, int]]:
    yield from ((column.name, column.least) for column in _ALWAYS)
    spare = width - LEAST_WIDTH
    for column in _GROWING:
        if column.from_spare:
            if spare >= column.from_spare:
                spare -= column.fixed + column.most
                yield column.name, column.most
            continue
        share = max(min(spare, column.good - column.least), -(-spare // column.divisor))
        taken = min(column.most - column.least, share)
        spare -= taken
        yield column.name, column.least + taken


def _barless_rooms(width: int) -> Iterator[tuple[str, int]]:
    """Without bars, so that names have what these leave."""
    yield from ((column.name, 0 if column.is_bar else column.least) for column in _ALWAYS)
    name = next(column for column in _ALWAYS if column.name == "name")
    yield name.name, min(name.most, name.least + max(0, width - BARLESS_WIDTH))


def _drawing(placed: Sequence[Placed]) -> tuple[tuple[Draw, int], ...]:
    return tuple((entry.column.draw, entry.room) for entry in placed)


def _head(entry: Placed) -> str:
    width, heads = entry.width, entry.column.heads
    text = next((head for head in heads if len(head) <= width), heads[-1])
    return text[:width].ljust(width)
