"""Levels as numbers and bars, in rows and on cards alike. Pure; equal levels are drawn once."""

from functools import lru_cache

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.problem import is_clipping
from micboard_tui.domain.signal_level import SignalLevel, quality_level
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import format_number
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs

LEVELS_KEPT = 4096
_ANTENNAS = {letters: Cell(f"{letters or '':<2} ") for letters in (None, "A", "B", "AB")}
_NO_QUALITY = Cell("    ")


def antenna_cell(antenna: str | None) -> Cell:
    """The antennas that receive, as letters."""
    return _ANTENNAS.get(antenna) or Cell(f"{(antenna or '')[:2]:<2} ")


def rf_cells(state: ChannelState, width: int, glyphs: Glyphs) -> tuple[Cell, Cell]:
    """The channel's RF as number and bar: in dBm, or in percent where the receiver gives no more."""
    meters = state.meters
    if (percent := meters.rf_percent) is not None:
        return rf_percent_cells(percent, width, glyphs, state.thresholds)
    return rf_dbm_cells(meters.rf_dbm, width, glyphs, state.thresholds)


@lru_cache(LEVELS_KEPT)
def rf_percent_cells(percent: int, width: int, glyphs: Glyphs, thresholds: Thresholds) -> tuple[Cell, Cell]:
    """A share of the receiver's scale as number and bar."""
    tone = formats.percent_tone(percent, thresholds)
    return (
        Cell(f"{percent}%".rjust(4) + " ", "text" if tone == "live" else tone),
        Cell(glyphs.bar(percent / 100, width), tone, is_bar=True),
    )


@lru_cache(LEVELS_KEPT)
def rf_dbm_cells(
    level_dbm: float | None, width: int, glyphs: Glyphs, thresholds: Thresholds
) -> tuple[Cell, Cell]:
    """A level in dBm as number and bar."""
    share, tone = formats.rf_share(level_dbm), formats.rf_tone(level_dbm, thresholds)
    return (
        Cell(format_number(level_dbm, 4) + " ", "text" if tone == "live" else tone),
        Cell(glyphs.bar(share or 0.0, width), tone, is_bar=share is not None),
    )


@lru_cache(LEVELS_KEPT)
def trend_cell(levels: str) -> Cell:
    """How the RF has been."""
    return Cell(f" {levels}", "dim")


@lru_cache(LEVELS_KEPT)
def quality_cell(percent: int | None, thresholds: Thresholds) -> Cell:
    """The quality of the link in percent."""
    if percent is None:
        return _NO_QUALITY
    is_low = quality_level(percent, thresholds) is SignalLevel.LOW
    return Cell(f" {percent:>3}", "warning" if is_low else "text")


@lru_cache(LEVELS_KEPT)
def audio_number(level_dbfs: float | None) -> Cell:
    """The channel's audio level as number."""
    return Cell(f" {format_number(level_dbfs, 4)} ")


@lru_cache(LEVELS_KEPT)
def audio_bar(
    level_dbfs: float | None, peak_dbfs: float | None, hot_tone: str, width: int, glyphs: Glyphs
) -> tuple[Cell, ...]:
    """A bar with a mark at its peak; what is filled close to full scale has ``hot_tone``."""
    hot = max(1, round(width * formats.HOT_SHARE)) if width else 0
    calm_peak, hot_peak = formats.calm_share(peak_dbfs), formats.hot_share(peak_dbfs)
    if calm_peak is not None and calm_peak > 1:
        calm_peak = None
    calm_part = _audio_part(formats.calm_share(level_dbfs), calm_peak, width - hot, glyphs)
    hot_part = _audio_part(formats.hot_share(level_dbfs), hot_peak, hot, glyphs)
    is_bar = level_dbfs is not None
    if hot_part.strip():
        return Cell(calm_part, "live", is_bar), Cell(hot_part, hot_tone, is_bar)
    return (Cell(calm_part + hot_part, "live" if is_bar else "dim", is_bar),)


def hot_tone(state: ChannelState) -> str:
    """Of the part of an audio bar that is close to full scale."""
    return "critical" if is_clipping(state) else "warning"


def _audio_part(share: float | None, peak: float | None, width: int, glyphs: Glyphs) -> str:
    bar = glyphs.bar(share or 0.0, width)
    return glyphs.with_peak(bar, peak) if peak is not None and peak > 0 else bar
