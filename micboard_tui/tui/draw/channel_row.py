"""One channel in one line: cells of fixed width with a tone each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import ProblemCode, problems
from micboard_tui.domain.signal_level import SignalLevel, quality_level
from micboard_tui.domain.units import DASH, format_charge, format_duration, format_mhz, format_number
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide each column is. The numbers never give way; names and bars take what is left."""

    name: int
    device: int
    """0 where there is no room for it."""
    rf_bar: int
    audio_bar: int
    battery_bar: int = 4
    flags: int = 3
    trend: int = 0
    """How the RF has been, 0 where there is no room for it."""

    @property
    def total(self) -> int:
        device = self.device + 1 if self.device else 0
        trend = self.trend + 1 if self.trend else 0
        bars = self.rf_bar + self.audio_bar + self.battery_bar
        return FIXED + self.name + device + bars + trend + self.flags


# Pointer, number, letter; battery text; antenna; RF; audio; quality; MHz; age; and a space between each.
FIXED = (1 + 2 + 1 + 1 + 1) + (1 + 6) + (1 + 2) + (1 + 4 + 1) + (1 + 4 + 1) + (1 + 3) + (1 + 8) + 1 + (1 + 3)
LEAST = Columns(name=10, device=0, rf_bar=4, audio_bar=6)
BARLESS = Columns(name=10, device=0, rf_bar=0, audio_bar=0, battery_bar=0)
DEVICE_WIDTH = 12
DEVICE_FROM_SPARE = 36
GOOD_NAME = 14
TREND_WIDTH = 6
TREND_FROM_SPARE = GOOD_NAME - LEAST.name + TREND_WIDTH + 1
BATTERY_TEXT = 5
# In these states the device says nothing that could be shown as current.
UNHEARD = OUT_OF_REACH | {LinkState.UNKNOWN}
SILENT = frozenset({LinkState.RF_LOST, LinkState.TRANSMITTER_OFF, LinkState.DOCKED})
LEVELS_KEPT = 4096


@lru_cache(64)
def columns_for(width: int) -> Columns:
    """Divide ``width`` cells: numbers first, then names, then bars up to what still helps the eye."""
    if width < LEAST.total:
        return replace(BARLESS, name=min(24, BARLESS.name + max(0, width - BARLESS.total)))
    spare = width - LEAST.total
    device = DEVICE_WIDTH if spare >= DEVICE_FROM_SPARE else 0
    spare -= device + 1 if device else 0
    trend = TREND_WIDTH if spare >= TREND_FROM_SPARE else 0
    spare -= trend + 1 if trend else 0
    name = min(24, LEAST.name + max(min(spare, GOOD_NAME - LEAST.name), (spare + 1) // 2))
    spare -= name - LEAST.name
    audio = min(20, LEAST.audio_bar + (spare + 1) // 2)
    spare -= audio - LEAST.audio_bar
    rf = min(16, LEAST.rf_bar + spare)
    spare -= rf - LEAST.rf_bar
    return Columns(name, device, rf, audio, flags=min(5, LEAST.flags + spare), trend=trend)


def head(columns: Columns) -> str:
    """The names of the columns, above the rows that ``cells`` makes."""
    told = (
        ("   #", 5),
        (" name", 1 + columns.name),
        (" receiver", 1 + columns.device if columns.device else 0),
        (" battery" if columns.battery_bar else "  batt", 1 + columns.battery_bar + 1 + BATTERY_TEXT),
        (" an", 3),
        ("  dBm RF" if columns.rf_bar else "  dBm", 6 + columns.rf_bar),
        (" trend", 1 + columns.trend if columns.trend else 0),
        (" dBFS audio" if columns.audio_bar else " dBFS", 6 + columns.audio_bar),
        ("   q", 4),
        ("      MHz", 9),
        (" flags" if columns.flags >= len("flags") else " flg", 1 + columns.flags),
        (" age", 4),
    )
    return "".join(text[:width].ljust(width) for text, width in told)


class RowContext(NamedTuple):
    """What a channel's picture needs besides its state."""

    device: str
    """What the receiver is called."""
    trend: str
    """How the RF has been, ``columns.trend`` cells wide."""
    now: float
    bar_dbfs: float | None = None
    """Where the audio bar stands that still falls; None: at the level."""
    conflicts: Sequence[ProblemCode] = ()
    """What it and other channels do to each other."""


def cells(state: ChannelState, context: RowContext, columns: Columns, glyphs: Glyphs) -> list[Cell]:
    """The line of one channel, ``columns.total`` cells wide but for the pointer."""
    now = context.now
    link = formats.link_of(state)
    if link in ON_AIR:
        return [
            *lead(state, context.device, columns, glyphs),
            *meters(state, context, columns, glyphs),
            *tail(state, columns, now, context.conflicts),
        ]
    tone = formats.STATE_TONES[link]
    line = _who(state, context.device, columns, glyphs)
    if link in UNHEARD:
        line += _last_battery(state, columns, now)
        width = _meters_width(columns)
        line += [Cell(formats.fit(formats.trouble(state, now, width), width), tone)]
    else:
        # Without a carrier the receiver repeats what it heard before.
        old = _battery(state, columns, glyphs, tone="dim")
        line += old if state.battery else _last_battery(state, columns, now)
        line += _silent(state, columns, tone, now)
    line += tail(state, columns, now, context.conflicts)
    return line


def lead(state: ChannelState, device: str, columns: Columns, glyphs: Glyphs) -> list[Cell]:
    """What stands before the meters of a channel that is heard: the same until its facts change."""
    return [*_who(state, device, columns, glyphs), *_battery(state, columns, glyphs)]


def _who(state: ChannelState, device: str, columns: Columns, glyphs: Glyphs) -> list[Cell]:
    link = formats.link_of(state)
    name = formats.called(state) or DASH
    line = [
        Cell(f"{state.number:>2} "),
        Cell(f"{link.letter or ' '} ", formats.STATE_TONES[link]),
        Cell(formats.fit(name, columns.name, glyphs.ellipsis), _name_tone(link)),
        Cell(" "),
    ]
    if columns.device:
        line.append(Cell(formats.fit(device, columns.device, glyphs.ellipsis) + " ", "dim"))
    return line


def _name_tone(link: LinkState) -> str:
    return "dim" if link in {LinkState.TRANSMITTER_OFF, LinkState.UNKNOWN, LinkState.DOCKED} else "text"


def _meters_width(columns: Columns) -> int:
    trend = columns.trend + 1 if columns.trend else 0
    return 2 + 1 + 4 + 1 + columns.rf_bar + trend + 1 + 4 + 1 + columns.audio_bar + 1 + 3


def _battery(state: ChannelState, columns: Columns, glyphs: Glyphs, tone: str | None = None) -> list[Cell]:
    battery = state.battery
    tone = tone or formats.battery_tone(battery)
    share = battery.share if battery else None
    bar = " " * columns.battery_bar if share is None else glyphs.bar(share, columns.battery_bar)
    return [
        Cell(bar, tone, is_bar=share is not None),
        Cell(f" {format_charge(battery):>{BATTERY_TEXT}} ", "text" if tone == "live" else tone),
    ]


def _last_battery(state: ChannelState, columns: Columns, now: float) -> list[Cell]:
    """What the pack said before it went, with its age; never as current."""
    width = columns.battery_bar + 1 + BATTERY_TEXT
    last = state.last_battery
    if last is None:
        return [Cell(" " * (width + 1))]
    words = f"({format_charge(last.battery)} {format_duration(now - last.observed_at)})"
    return [Cell(formats.fit(words, width) + " ", "dim")]


def _silent(state: ChannelState, columns: Columns, tone: str, now: float) -> list[Cell]:
    """No carrier: what the receiver still hears of the band, and what is the matter."""
    width = _meters_width(columns) - (2 + 1 + 4 + 1)
    return [
        Cell("   "),
        Cell(format_number(state.meters.rf_dbm, 4) + " ", "dim"),
        Cell(formats.fit(formats.trouble(state, now, width), width), tone),
    ]


def meters(state: ChannelState, context: RowContext, columns: Columns, glyphs: Glyphs) -> list[Cell]:
    """What moves: antenna, RF, audio and quality of a channel that is heard."""
    now = state.meters
    bar_dbfs = now.audio_dbfs if context.bar_dbfs is None else context.bar_dbfs
    return [
        _ANTENNAS.get(now.antenna) or Cell(f"{(now.antenna or '')[:2]:<2} "),
        *rf_cells(now, columns.rf_bar, glyphs),
        *([_trend(context.trend)] if columns.trend else []),
        *audio(now.audio_dbfs, bar_dbfs, state.audio_peak_dbfs, columns.audio_bar, glyphs),
        quality_cell(now.quality_percent),
    ]


_ANTENNAS = {letter: Cell(f"{letter or '':<2} ") for letter in (None, "", "A", "B", "AB")}
_NO_QUALITY = Cell("    ")


def rf_cells(meters: Meters, width: int, glyphs: Glyphs) -> tuple[Cell, Cell]:
    """The channel's RF as number and bar: in dBm, or in percent where the receiver gives no more."""
    if (percent := meters.rf_percent) is not None:
        return rf_percent(percent, width, glyphs)
    return rf(meters.rf_dbm, width, glyphs)


@lru_cache(LEVELS_KEPT)
def rf_percent(percent: int, width: int, glyphs: Glyphs) -> tuple[Cell, Cell]:
    """A share of the receiver's scale as number and bar."""
    tone = formats.percent_tone(percent)
    return (
        Cell(f"{percent}%".rjust(4) + " ", "text" if tone == "live" else tone),
        Cell(glyphs.bar(percent / 100, width), tone, is_bar=True),
    )


@lru_cache(LEVELS_KEPT)
def rf(level_dbm: float | None, width: int, glyphs: Glyphs) -> tuple[Cell, Cell]:
    """A level in dBm as number and bar."""
    share, tone = formats.rf_share(level_dbm), formats.rf_tone(level_dbm)
    return (
        Cell(format_number(level_dbm, 4) + " ", "text" if tone == "live" else tone),
        Cell(glyphs.bar(share or 0.0, width), tone, is_bar=share is not None),
    )


def audio(
    level_dbfs: float | None, bar_dbfs: float | None, peak_dbfs: float | None, width: int, glyphs: Glyphs
) -> tuple[Cell, Cell]:
    """A level in dBFS as number and bar, with a mark where its peak was."""
    return _audio_number(level_dbfs), _audio_bar(bar_dbfs, peak_dbfs, width, glyphs)


@lru_cache(LEVELS_KEPT)
def _audio_number(level_dbfs: float | None) -> Cell:
    return Cell(f" {format_number(level_dbfs, 4)} ")


@lru_cache(LEVELS_KEPT)
def _audio_bar(bar_dbfs: float | None, peak_dbfs: float | None, width: int, glyphs: Glyphs) -> Cell:
    share, peak = formats.audio_share(bar_dbfs), formats.audio_share(peak_dbfs)
    bar = glyphs.bar(share or 0.0, width)
    if peak is not None and peak > 0:
        bar = glyphs.with_peak(bar, peak)
    return Cell(bar, formats.audio_tone(peak_dbfs), is_bar=share is not None)


@lru_cache(LEVELS_KEPT)
def _trend(levels: str) -> Cell:
    return Cell(f" {levels}", "dim")


@lru_cache(101)
def quality_cell(percent: int | None) -> Cell:
    """The quality of the link in percent."""
    return _NO_QUALITY if percent is None else Cell(f" {percent:>3}", _quality_tone(percent))


def _quality_tone(quality: int | None) -> str:
    return "warning" if quality_level(quality) is SignalLevel.LOW else "text"


def tail(
    state: ChannelState, columns: Columns, now: float, conflicts: Sequence[ProblemCode] = ()
) -> list[Cell]:
    """What stands behind the meters: frequency, flags, and the age of what is old."""
    found = problems(state, now, conflicts=conflicts)
    age = state.age_s(now)
    old = format_duration(age) if age is not None and state.is_stale(now) else ""
    return [
        Cell(" " + format_mhz(state.facts.frequency_khz, 8), "dim"),
        Cell(" " + formats.flags(state, found)[: columns.flags].ljust(columns.flags), "warning"),
        Cell(f" {old:>3}", "warning"),
    ]
