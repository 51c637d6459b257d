"""How long a pack lasts, in full: for everything about one channel. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from micboard_tui.domain.battery_forecast import (
    BatteryForecast,
    Confidence,
    ForecastSource,
    format_minutes_left,
)
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show_needs import ShowNeeds, find_show_needs
from micboard_tui.domain.units import format_hours_minutes
from micboard_tui.tui.draw.lasting import margin_tone

SOURCE_TEXTS = {
    ForecastSource.MINUTES: "minutes of the pack",
    ForecastSource.PERCENT: "percent",
    ForecastSource.BARS: "bars",
    ForecastSource.CLOCK: "the time it runs",
}
CONFIDENCE_TEXTS = {
    Confidence.REPORTED: "true to the clock",
    Confidence.GOOD: "within half an hour",
    Confidence.ROUGH: "rough",
    Confidence.GUESS: "a guess",
}


class ForecastText(NamedTuple):
    label: str
    text: str
    tone: str = "text"


class PackOutlook(NamedTuple):
    """What is concluded of the pack of a channel."""

    forecast: BatteryForecast | None = None
    needs: ShowNeeds = ShowNeeds()
    asks_for_cells: bool = False
    """A person has to say which cells are in it."""
    cells_key: str = ""
    """What to press for that."""


NO_OUTLOOK = PackOutlook()


def find_outlook(findings: Findings, ref: ChannelRef, now: float, cells_key: str) -> PackOutlook:
    """What is concluded of the pack of this channel."""
    needs = find_show_needs(findings.show, now)
    return PackOutlook(findings.forecasts.get(ref), needs, ref in findings.unknown_cells, cells_key)


def outlook_texts(outlook: PackOutlook) -> Iterator[ForecastText]:
    """Nothing where nothing is concluded."""
    forecast = outlook.forecast
    if forecast is not None:
        least = format_minutes_left(forecast.p10, forecast.source)
        likely = format_hours_minutes(int(forecast.p50))
        yield ForecastText("  lasts", f"{least}, likely {likely}")
        source, confidence = SOURCE_TEXTS[forecast.source], CONFIDENCE_TEXTS[forecast.confidence]
        yield ForecastText("  known", f"{source}, {confidence}")
        for what, needed in (("break", outlook.needs.to_break), ("end", outlook.needs.to_end)):
            if needed is not None:
                yield _compare(what, forecast.p10 - needed)
    if outlook.asks_for_cells:
        yield ForecastText("  cells", f"which are in it? {outlook.cells_key} says it", "warning")


def _compare(what: str, margin: float) -> ForecastText:
    time = format_hours_minutes(int(abs(margin)))
    return ForecastText(f"  {what}", f"{time} {'short' if margin < 0 else 'to spare'}", margin_tone(margin))
