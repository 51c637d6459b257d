"""One channel as a card of five lines, and large for a wall. Pure."""

from functools import lru_cache

from pyfiglet import Figlet
from rich.cells import cell_len

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.problem import problems
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_charge, format_duration, format_mhz
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_row import (
    RowContext,
    audio,
    quality_cell,
    rf,
    rf_cells,
)
from micboard_tui.tui.draw.glyphs import BLOCKS, Glyphs

Line = list[Cell]
BATTERY_BAR, WALL_BATTERY_BAR = 8, 16
TREND_WIDTH = 12
WALL_DEVICE = 14
BIG_LINES = 3
BIG_LETTERS = 40
"""More than fit on any wall."""


def card(
    state: ChannelState, device: DeviceSnapshot, context: RowContext, width: int, glyphs: Glyphs
) -> list[Line]:
    """Name and state, battery, RF of each antenna, audio, and what changes seldom; each ``width`` wide."""
    lines = [
        _name(state, context, width, glyphs),
        _battery(state, context, width, BATTERY_BAR, glyphs),
        *_moving(state, context, width, glyphs),
        _foot(state, device, context, width),
    ]
    return [fitted(line, width) for line in lines]


def wall(
    state: ChannelState, device: DeviceSnapshot, context: RowContext, width: int, glyphs: Glyphs
) -> list[Line]:
    """The name in letters of three lines; below it state, battery and audio."""
    tone = formats.STATE_TONES[formats.link_of(state)]
    name = formats.called(state) or DASH
    big = large(visible(name), width - 2, is_plain=glyphs is not BLOCKS)
    lines: list[Line] = [[Cell(f" {text}", tone if tone != "live" else "text")] for text in big]
    word = [Cell(" "), *_state(state, context, width - WALL_DEVICE - 3)]
    title = Cell(formats.fit(device.title, WALL_DEVICE, glyphs.ellipsis), "dim")
    lines += [
        _ends(word, [title, Cell(" ")], width),
        _battery(state, context, width, WALL_BATTERY_BAR, glyphs),
        _moving(state, context, width, glyphs)[1],
    ]
    return [fitted(line, width) for line in lines]


@lru_cache(512)
def large(name: str, width: int, *, is_plain: bool) -> tuple[str, ...]:
    """``name`` in three lines of at most ``width`` cells; as it is where there are no such letters for it."""
    if not is_plain and name.isascii():
        for length in range(min(len(name), BIG_LETTERS), 2, -1):
            drawn = _font().renderText(name[:length].rstrip()).splitlines()[:BIG_LINES]
            if len(drawn) == BIG_LINES and max(map(len, drawn)) <= width:
                return tuple(drawn)
            if length == len(name) and max(map(len, drawn), default=0) > 3 * width:
                break
    return "", formats.fit(name, max(1, width), "~" if is_plain else "…").rstrip(), ""


@lru_cache(1)
def _font() -> Figlet:
    return Figlet("future", width=1000)


def fitted(line: Line, width: int) -> Line:
    """The same, exactly ``width`` cells wide."""
    left, out = width, []
    for cell in line:
        size = cell_len(cell.text)
        if size > left:
            out.append(cell._replace(text=formats.fit(cell.text, left, "")))
            left = 0
            break
        out.append(cell)
        left -= size
    return [*out, Cell(" " * left)] if left else out


def _ends(left: Line, right: Line, width: int) -> Line:
    room = width - sum(cell_len(cell.text) for cell in (*left, *right))
    return [*left, Cell(" " * max(1, room)), *right]


def _state(state: ChannelState, context: RowContext, width: int) -> Line:
    link = formats.link_of(state)
    tone = formats.STATE_TONES[link]
    if link in ON_AIR:
        return [_word(state, context)]
    return [Cell(formats.trouble(state, context.now, width), tone)]


def _word(state: ChannelState, context: RowContext) -> Cell:
    """What is wrong first of all; where nothing is, the state."""
    link = formats.link_of(state)
    found = problems(state, context.now, conflicts=context.conflicts) if link in ON_AIR else ()
    if found:
        return Cell(formats.PROBLEM_WORDS[found[0]][0], formats.severity_tone(found[0]))
    return Cell(formats.STATE_WORDS[link], formats.STATE_TONES[link])


def _name(state: ChannelState, context: RowContext, width: int, glyphs: Glyphs) -> Line:
    link = formats.link_of(state)
    word = _word(state, context)
    word = word._replace(text=f"{word.text} ")
    room = width - 4 - len(word.text) - 1
    name = formats.fit(formats.called(state) or DASH, room, glyphs.ellipsis)
    letter = Cell(f" {link.letter or ' '} ", formats.STATE_TONES[link])
    return [letter, Cell(name, "text" if link in ON_AIR else "dim"), Cell(" "), word]


def _battery(state: ChannelState, context: RowContext, width: int, bar: int, glyphs: Glyphs) -> Line:
    battery = state.battery
    where = [Cell(" ")]
    if battery is None:
        last = state.last_battery
        if last is None:
            return [Cell("   no battery known", "dim")]
        ago = format_duration(context.now - last.observed_at)
        return [Cell(f"   (battery {format_charge(last.battery)}, {ago} ago)", "dim")]
    tone = formats.battery_tone(battery) if state.link_state in ON_AIR else "dim"
    share = battery.share
    told = [
        Cell("   "),
        Cell(" " * bar if share is None else glyphs.bar(share, bar), tone, is_bar=share is not None),
        Cell(f" {format_charge(battery):>5}", "text" if tone == "live" else tone),
    ]
    if battery.percent is not None and battery.minutes is not None:
        told.append(Cell(f" {battery.percent:>3} %", "dim"))
    pack = state.facts.transmitter
    model = Cell(formats.fit(pack.model, 8).rstrip() if pack and pack.model else "", "dim")
    return _ends(told, [model, *where], width)


def _moving(state: ChannelState, context: RowContext, width: int, glyphs: Glyphs) -> list[Line]:
    if state.link_state not in ON_AIR:
        words = formats.trouble(state, context.now, width - 4)
        return [[Cell("   "), Cell(words, formats.STATE_TONES[formats.link_of(state)])], []]
    now = state.meters
    antennas = now.rf_a_dbm is not None and now.rf_b_dbm is not None
    half = (width - 5) // 2
    first = now.rf_a_dbm if antennas else now.rf_dbm
    level = rf(first, half - 8, glyphs) if antennas else rf_cells(now, half - 8, glyphs)
    line = [Cell(f" {'A' if antennas else (now.antenna or ' ')[:1]} "), *level]
    if now.rf_percent is not None:
        line.append(Cell(" of scale", "dim"))
    elif antennas:
        line += [Cell("  B "), *rf(now.rf_b_dbm, half - 8, glyphs)]
    else:
        line += [Cell(" dBm  ", "dim"), Cell(context.trend, "dim")]
    bar_dbfs = now.audio_dbfs if context.bar_dbfs is None else context.bar_dbfs
    number, bar = audio(now.audio_dbfs, bar_dbfs, state.audio_peak_dbfs, width - 10, glyphs)
    return [line, [Cell("  "), number, bar]]


def _foot(state: ChannelState, device: DeviceSnapshot, context: RowContext, width: int) -> Line:
    age = state.age_s(context.now)
    late = age is not None and state.is_stale(context.now)
    flags = formats.flags(state, problems(state, context.now, conflicts=context.conflicts))
    left = [
        Cell(f"   {format_mhz(state.facts.frequency_khz)}", "dim"),
        quality_cell(state.meters.quality_percent),
        Cell(f" {flags}" if flags else "", "warning"),
        Cell(f" {format_duration(age)} old" if late and age is not None else "", "warning"),
    ]
    title = formats.fit(device.title, 16).rstrip()
    return _ends(left, [Cell(f"{title} {state.number} ", "dim")], width)
