"""Levels as numbers and bars, in rows and on cards alike. Pure; equal levels are drawn once."""

from functools import lru_cache

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.problem import is_clipping
from micboard_tui.domain.signal_level import SignalLevel, quality_level
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import format_number
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import Glyphs, peak_cell

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
    hot = _hot_width(width)
    calm_peak, hot_peak = _peak_shares(peak_dbfs)
    calm_part = _audio_part(formats.calm_share(level_dbfs), calm_peak, width - hot, glyphs)
    hot_part = _audio_part(formats.hot_share(level_dbfs), hot_peak, hot, glyphs)
    is_bar = level_dbfs is not None
    if hot_part.strip():
        return Cell(calm_part, "live", is_bar), Cell(hot_part, hot_tone, is_bar)
    return (Cell(calm_part + hot_part, "live" if is_bar else "dim", is_bar),)


def audio_bar_shape(
    level_dbfs: float | None, peak_dbfs: float | None, width: int, glyphs: Glyphs
) -> tuple[object, ...]:
    """Where the bar and its mark end: two whose shapes are equal look the same. Found quicker than drawn."""
    if level_dbfs is None:
        return (None, peak_dbfs)
    hot = _hot_width(width)
    calm_peak, hot_peak = _peak_shares(peak_dbfs)
    return (
        glyphs.filled_steps(formats.calm_share(level_dbfs) or 0.0, width - hot),
        None if calm_peak is None else peak_cell(calm_peak, width - hot),
        glyphs.filled_steps(formats.hot_share(level_dbfs) or 0.0, hot),
        None if hot_peak is None else peak_cell(hot_peak, hot),
    )


def _hot_width(width: int) -> int:
    """Cells of the part of an audio bar that is close to full scale."""
    return max(1, round(width * formats.HOT_SHARE)) if width else 0


def _peak_shares(peak_dbfs: float | None) -> tuple[float | None, float | None]:
    """Where the peak stands in the two parts of an audio bar; None: not there."""
    calm, hot = formats.calm_share(peak_dbfs), formats.hot_share(peak_dbfs)
    if calm is None or hot is None:
        return None, None
    return calm if 0 < calm <= 1 else None, hot if hot > 0 else None


def hot_tone(state: ChannelState) -> str:
    """Of the part of an audio bar that is close to full scale."""
    return "critical" if is_clipping(state) else "warning"


def _audio_part(share: float | None, peak: float | None, width: int, glyphs: Glyphs) -> str:
    bar = glyphs.bar(share or 0.0, width)
    return bar if peak is None else glyphs.with_peak(bar, peak)
