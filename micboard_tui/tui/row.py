"""One channel in one line: cells of fixed width with a tone each. Pure."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link import LinkState
from micboard_tui.domain.problem import problems
from micboard_tui.tui import present
from micboard_tui.tui.glyph import Glyphs


class Cell(NamedTuple):
    """Some text, what it means, and whether it stands on the track of a bar."""

    text: str
    tone: str = "text"
    is_bar: bool = False


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
AGE_SHOWN_S = 2.0
# In these states the device says nothing that could be shown as current.
UNHEARD = frozenset({LinkState.OFFLINE, LinkState.REFUSED, LinkState.UNKNOWN})
SILENT = frozenset({LinkState.RF_LOST, LinkState.TRANSMITTER_OFF, LinkState.DOCKED})


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


class Surroundings(NamedTuple):
    """What a row needs besides the state of its channel."""

    device: str
    """What the receiver is called."""
    trend: str
    """How the RF has been, ``columns.trend`` cells wide."""
    now: float


def cells(state: ChannelState, around: Surroundings, columns: Columns, glyphs: Glyphs) -> list[Cell]:
    """The line of one channel, ``columns.total`` cells wide but for the pointer."""
    now = around.now
    link = state.link_state
    tone = present.STATE_TONES[link]
    line = [
        Cell(f"{state.number:>2} "),
        Cell(f"{link.letter or ' '} ", tone),
        Cell(present.fit(state.facts.name or present.DASH, columns.name, glyphs.ellipsis), _name_tone(link)),
        Cell(" "),
    ]
    if columns.device:
        line.append(Cell(present.fit(around.device, columns.device, glyphs.ellipsis) + " ", "dim"))
    if link in UNHEARD:
        line += _last_battery(state, columns, now)
        line += [Cell(present.fit(present.trouble(state, now), _meters_width(columns)), tone)]
    elif link in SILENT:
        # Without a carrier the receiver repeats what it heard before.
        old = _battery(state, columns, glyphs, tone="dim")
        line += old if state.battery else _last_battery(state, columns, now)
        line += _silent(state, columns, tone, now)
    else:
        line += _battery(state, columns, glyphs)
        line += _meters(state, columns, glyphs, around.trend)
    line += _tail(state, columns, now)
    return line


def _name_tone(link: LinkState) -> str:
    return "dim" if link in {LinkState.TRANSMITTER_OFF, LinkState.UNKNOWN, LinkState.DOCKED} else "text"


def _meters_width(columns: Columns) -> int:
    trend = columns.trend + 1 if columns.trend else 0
    return 2 + 1 + 4 + 1 + columns.rf_bar + trend + 1 + 4 + 1 + columns.audio_bar + 1 + 3


def _battery(state: ChannelState, columns: Columns, glyphs: Glyphs, tone: str | None = None) -> list[Cell]:
    battery = state.battery
    tone = tone or present.battery_tone(battery)
    share = present.battery_share(battery)
    bar = " " * columns.battery_bar if share is None else glyphs.bar(share, columns.battery_bar)
    return [
        Cell(bar, tone, is_bar=share is not None),
        Cell(f" {present.battery_short(battery):>{BATTERY_TEXT}} ", "text" if tone == "live" else tone),
    ]


def _last_battery(state: ChannelState, columns: Columns, now: float) -> list[Cell]:
    """What the pack said before it went, with its age; never as current."""
    width = columns.battery_bar + 1 + BATTERY_TEXT
    last = state.last_battery
    if last is None:
        return [Cell(" " * (width + 1))]
    words = f"({present.battery_short(last.battery)} {present.duration(now - last.observed_at)})"
    return [Cell(present.fit(words, width) + " ", "dim")]


def _silent(state: ChannelState, columns: Columns, tone: str, now: float) -> list[Cell]:
    """No carrier: what the receiver still hears of the band, and what is the matter."""
    width = _meters_width(columns) - (2 + 1 + 4 + 1)
    return [
        Cell("   "),
        Cell(present.number(state.meters.rf_dbm, 4) + " ", "dim"),
        Cell(present.fit(present.trouble(state, now), width), tone),
    ]


def _meters(state: ChannelState, columns: Columns, glyphs: Glyphs, trend: str) -> list[Cell]:
    meters = state.meters
    rf, audio = present.rf_share(meters.rf_dbm), present.audio_share(meters.audio_dbfs)
    peak = present.audio_share(state.audio_peak_dbfs)
    rf_tone = present.rf_tone(meters.rf_dbm)
    audio_bar = glyphs.bar(audio or 0.0, columns.audio_bar)
    if peak is not None and peak > 0:
        audio_bar = glyphs.with_peak(audio_bar, peak)
    quality = meters.quality_percent
    return [
        Cell(f"{(meters.antenna or '')[:2]:<2} "),
        Cell(present.number(meters.rf_dbm, 4) + " ", "text" if rf_tone == "live" else rf_tone),
        Cell(glyphs.bar(rf or 0.0, columns.rf_bar), rf_tone, is_bar=rf is not None),
        *([Cell(f" {trend}", "dim")] if columns.trend else []),
        Cell(" " + present.number(meters.audio_dbfs, 4) + " "),
        Cell(audio_bar, present.audio_tone(state.audio_peak_dbfs), is_bar=audio is not None),
        Cell("    " if quality is None else f" {quality:>3}", _quality_tone(quality)),
    ]


def _quality_tone(quality: int | None) -> str:
    return "warning" if quality is not None and quality < 40 else "text"  # noqa: PLR2004 - DESIGN 6.3


def _tail(state: ChannelState, columns: Columns, now: float) -> list[Cell]:
    found = problems(state, now)
    age = state.age_s(now)
    late = age is not None and age > AGE_SHOWN_S and state.is_stale(now)
    old = present.duration(age) if age is not None and late else ""
    return [
        Cell(" " + present.megahertz(state.facts.frequency_khz), "dim"),
        Cell(" " + present.flags(state, found)[: columns.flags].ljust(columns.flags), "warning"),
        Cell(f" {old:>3}", "warning"),
    ]
