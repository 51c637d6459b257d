"""How long packs last, in rows and in words."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.domain.show_needs import MARGIN_CELLS, NO_NEEDS, ShowNeeds, find_show_needs
from micboard_tui.tui.draw.channel_columns import columns_for
from micboard_tui.tui.draw.channel_row import row_cells
from micboard_tui.tui.draw.forecast_texts import PackOutlook, find_outlook, outlook_texts
from micboard_tui.tui.draw.lasting import BRIEF_CELLS, TIME_CELLS, lasting_of, lastings
from tests.tui.draw.test_channel_row import LIVE, NOW, context


def forecast(minutes: float, source: ForecastSource = ForecastSource.MINUTES) -> BatteryForecast:
    return BatteryForecast(minutes, minutes + 10, minutes + 20, source, Confidence.GOOD)


@pytest.mark.parametrize(
    ("minutes", "source", "needed", "expected"),
    [
        (102, ForecastSource.MINUTES, 132, ("1:42", "-0:30", "1:42 -0:30", "critical")),
        (102, ForecastSource.PERCENT, 132, ("~1:42", "-0:30", "~1:42 -30m", "critical")),
        (102, ForecastSource.BARS, 92, ("~1:42?", "+0:10", "~1:42 +10m", "warning")),
        (102, ForecastSource.CLOCK, -10, ("<1:42", "+1:52", "<1:42 +1h", "live")),
        (750, ForecastSource.MINUTES, 30, ("12:30", "+12h", "12:30 +12h", "live")),
        (750, ForecastSource.BARS, 30, ("~12h?", "+12h", "~12h +12h", "live")),
    ],
)
def test_a_row_says_how_long_a_pack_lasts_and_what_is_over(
    minutes: float, source: ForecastSource, needed: float, expected: tuple[str, ...]
) -> None:
    assert lasting_of(forecast(minutes, source), needed) == expected


def test_a_guess_is_never_green() -> None:
    guess = replace(forecast(600), confidence=Confidence.GUESS)
    tones = [lasting_of(guess, needed).tone for needed in (30, 590, 700)]
    assert tones == ["text", "warning", "critical"]


def test_texts_never_need_more_room_than_there_is() -> None:
    for source in ForecastSource:
        for minutes in (0, 59, 599, 601, 5999):
            for needed in (0, 90, 700, 5000, -6000):
                lasting = lasting_of(forecast(minutes, source), needed)
                assert len(lasting.time) <= TIME_CELLS
                assert len(lasting.margin) <= MARGIN_CELLS
                assert len(lasting.brief) <= BRIEF_CELLS


def test_what_says_the_same_is_the_same_object() -> None:
    forecasts = {LIVE.ref: forecast(100)}
    first = lastings(forecasts, 60, {})
    assert lastings(forecasts, 60, first)[LIVE.ref] is first[LIVE.ref]
    assert lastings(forecasts, 61, first)[LIVE.ref] is not first[LIVE.ref]


@pytest.mark.parametrize("width", [59, 73, 80, 99, 100, 120, 160, 200])
def test_rows_keep_their_width_with_and_without_a_forecast(width: int) -> None:
    columns = columns_for(width, has_show=True)
    lasting = lasting_of(forecast(102), 132)
    texts = []
    for row in (
        context(LIVE)._replace(lasting=lasting),
        context(LIVE),
        context(replace(LIVE, link_state=LinkState.OFFLINE))._replace(lasting=lasting),
    ):
        text = "".join(cell.text for cell in row_cells(row, columns))
        assert cell_len(text) == columns.total - 1 or cell_len(text) == columns.total
        texts.append(text)
    assert len({cell_len(text) for text in texts}) == 1
    assert ("1:42" in texts[0] and "-0:30" in texts[0]) is (width >= 73)
    assert "-0:30" not in texts[2]
    assert columns_for(width).head == columns_for(width, has_show=False).head


def test_a_show_needs_packs_until_its_break_and_its_end() -> None:
    show = Show("Romeo", planned_start=1000.0, breaks=(ShowBreak(60, 20),), end_min=150)
    planned = ShowProgress(show)
    assert find_show_needs(planned, 400.0) == ShowNeeds(70.0, 160.0)
    assert find_show_needs(planned, 1000.0 - 5 * 3600) == NO_NEEDS
    assert find_show_needs(None, 0.0) == NO_NEEDS
    ended = replace(planned, state=ShowState.ENDED)
    assert find_show_needs(ended, 0.0).longest is None
    running = replace(planned, state=ShowState.RUNNING, started_at=1000.0, position_at=1000.0)
    assert find_show_needs(running, 1600.0).longest == 140.0
    endless = replace(running, show=replace(show, end_min=None))
    assert find_show_needs(endless, 1600.0).longest == 50.0


def test_the_detail_says_how_long_by_what_and_how_sure() -> None:
    outlook = PackOutlook(forecast(102, ForecastSource.BARS), ShowNeeds(60, 132), True, "B")
    assert [each[:2] for each in outlook_texts(outlook)] == [
        ("  lasts", "~1:42?, likely 1:52"),
        ("  known", "bars, within half an hour"),
        ("  break", "0:42 to spare"),
        ("  end", "0:30 short"),
        ("  cells", "which are in it? B says it"),
    ]
    assert list(outlook_texts(find_outlook(Findings(), LIVE.ref, NOW, "B"))) == []
