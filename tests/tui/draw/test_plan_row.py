"""The colours of the battery plan: green only where every pack lasts, and none of that is a guess."""

from dataclasses import replace

import pytest

from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.battery_plan import BatteryPlan, PlanLevel, PlanRow, Replacement
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.show_needs import ShowNeeds
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.plan_row import PlanLine, columns_for, plan_header

SURE = BatteryForecast(400, 420, 440, ForecastSource.MINUTES, Confidence.REPORTED)
GUESS = replace(SURE, source=ForecastSource.CLOCK, confidence=Confidence.GUESS)
NEEDS = ShowNeeds(None, 100)


def lasting(forecast: BatteryForecast) -> PlanRow:
    return PlanRow(ChannelState(DeviceId("rack"), 1), "Rack A", forecast, PlanLevel.LASTS, NEEDS)


@pytest.mark.parametrize(("forecast", "tone"), [(SURE, "live"), (GUESS, "text")])
def test_the_time_of_a_guess_is_not_green(forecast: BatteryForecast, tone: str) -> None:
    cells = columns_for(80).cells(PlanLine(lasting(forecast), 0.0, BLOCKS))
    assert {cell.tone for cell in cells if "6:40" in cell.text} == {tone}
    assert "live" not in {cell.tone for cell in cells} - {tone}


def test_in_a_narrow_window_whole_parts_are_left_out() -> None:
    row = replace(
        lasting(SURE),
        level=PlanLevel.AT_BREAK,
        swap_by=600.0,
        replacement=Replacement(None, charger="Charger 2", bay=2, percent=100),
    )
    shown = [
        "".join(cell.text for cell in columns_for(w).cells(PlanLine(row, 0.0, BLOCKS))) for w in (80, 120)
    ]
    assert shown[0].rstrip().endswith("  at the break  Charger 2 bay 2")
    assert "  at the break, " in shown[1]
    assert shown[1].rstrip().endswith(" Charger 2 bay 2, 100 %")


@pytest.mark.parametrize(
    ("forecasts", "tone"), [((SURE, SURE), "live"), ((SURE, GUESS), "text"), ((), "dim")]
)
def test_the_headline_is_green_only_where_all_is_sure(
    forecasts: tuple[BatteryForecast, ...], tone: str
) -> None:
    plan = BatteryPlan(tuple(map(lasting, forecasts)), NEEDS, end_at=6000.0, has_show=True)
    (headline,) = plan_header(plan, 0.0, 80)[1]
    assert headline.tone == tone
