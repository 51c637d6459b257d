"""What is called comes as one value, and what happened is named; plans are written as people write times."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from micboard_tui.domain.mic_plot import MicPlot, PlotScene
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, find_scene_again
from micboard_tui.domain.show_calls import ShowAction, ShowCall, answer_call, describe_call, scenes_passed
from micboard_tui.domain.show_plan import (
    find_plan_mistake,
    parse_break,
    parse_minutes,
    parse_moment,
    parse_plan_minute,
    plan_of_minutes,
)
from tests.domain.test_show import SHOW, T

PLANNED = ShowProgress(SHOW)
NOW = datetime(2026, 11, 29, 18, 30, 15, tzinfo=UTC).timestamp()
EIGHT = datetime(2026, 11, 29, 20, tzinfo=UTC).timestamp()


def test_a_show_is_called_through_and_each_call_says_what_happened() -> None:
    evening = [
        (ShowCall(ShowAction.START), "Romeo started"),
        (ShowCall(ShowAction.NEXT), "Scene 2 The letter"),
        (ShowCall(ShowAction.TAKE_BACK), "Scene 1 Opening"),
        (ShowCall(ShowAction.PAUSE), "Romeo paused"),
        (ShowCall(ShowAction.START), "Romeo goes on"),
        (ShowCall(ShowAction.BREAK), "Romeo: the break began"),
        (ShowCall(ShowAction.EXTEND, 2.5), "Romeo: 2.5 min longer"),
        (ShowCall(ShowAction.EXTEND, -2.5), "Romeo: 2.5 min shorter"),
        (ShowCall(ShowAction.START), "Romeo goes on"),
        (ShowCall(ShowAction.GO, scene="the fight"), "Scene 2 The fight"),
        (ShowCall(ShowAction.PREVIOUS), "Scene 1 Opening again"),
        (ShowCall(ShowAction.END), "Romeo ended"),
    ]
    progress = PLANNED
    for number, (call, text) in enumerate(evening):
        progress = answer_call(progress, call, T + number)
        assert describe_call(progress, call) == text


def test_a_call_tells_how_far_it_leads() -> None:
    progress = answer_call(PLANNED, ShowCall(ShowAction.START), T)
    go = ShowCall(ShowAction.GO)
    assert [
        scenes_passed(progress, go._replace(scene=scene)) for scene in ("2", "1", "20", "1", "fight")
    ] == [
        1,
        0,
        1,
        0,
        0,
    ]
    assert scenes_passed(progress, go._replace(scene="the fight")) == 3
    assert scenes_passed(PLANNED, go._replace(scene="the fight")) == 4
    assert scenes_passed(progress, ShowCall(ShowAction.NEXT)) == 1
    assert scenes_passed(progress, ShowCall(ShowAction.PAUSE)) == 0


def test_a_scene_is_found_again_in_another_plot() -> None:
    plot = SHOW.plot
    shorter = replace(plot, scenes=plot.scenes[1:])
    assert find_scene_again(plot, 2, plot.scenes[2]) == 2
    assert find_scene_again(shorter, 2, plot.scenes[2]) == 1
    assert find_scene_again(shorter, 0, plot.scenes[0]) is None


@pytest.mark.parametrize(
    "show",
    [
        replace(SHOW, planned_start=float("nan")),
        replace(SHOW, breaks=(ShowBreak(60, 20), ShowBreak(70, 5))),
        replace(SHOW, breaks=(ShowBreak(-1, 20),)),
        replace(SHOW, breaks=(ShowBreak(60, 0),)),
        replace(SHOW, breaks=(ShowBreak(float("nan"), 20),)),
        replace(SHOW, breaks=(ShowBreak(60, 1440),)),
        replace(SHOW, breaks=tuple(ShowBreak(10 * number, 1) for number in range(21))),
        replace(SHOW, end_min=125),
        replace(SHOW, end_min=1441),
        replace(SHOW, breaks=(), end_min=0),
    ],
)
def test_an_impossible_plan_is_refused_with_a_reason(show: Show) -> None:
    assert find_plan_mistake(show)


def test_a_possible_plan_is_taken() -> None:
    assert find_plan_mistake(SHOW) is find_plan_mistake(Show("Bare")) is None


@pytest.mark.parametrize("start", [-62135596800.0, 253402297140.0, float("nan"), float("inf")])
def test_a_start_that_no_clock_can_show_is_refused(start: float) -> None:
    assert find_plan_mistake(replace(SHOW, planned_start=start)) == "A show starts between 1970 and 2100"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20:00", EIGHT),
        (" 18:00 ", EIGHT - 7200),
        ("6:00", EIGHT + 10 * 3600),  # twelve hours ago: tomorrow
        ("2026-11-29 20:00", EIGHT),
        ("2026-11-29T21:00+01:00", EIGHT),
        ("25:00", None),
        ("soon", None),
        ("0001-01-01 00:00", None),
        ("9999-12-31 23:59", None),
    ],
)
def test_a_moment_is_written_as_a_time_or_with_its_day(text: str, moment: float | None) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("75", 75),
        ("2.5", 2.5),
        ("2,5 min", 2.5),
        ("10m", 10),
        ("2h", 120),
        ("1h15", 75),
        ("1:15", None),
        ("", None),
    ],
)
def test_a_span_is_written_in_minutes_or_hours(text: str, minutes: float | None) -> None:
    assert parse_minutes(text) == minutes


def test_breaks_and_ends_are_spans_from_the_start_or_times_of_the_day() -> None:
    assert parse_break("75+20", None) == parse_break("21:15 + 20", EIGHT) == ShowBreak(75, 20)
    assert parse_plan_minute("0:30", EIGHT) == 270  # after midnight
    assert parse_break("21:15+20", None) is parse_break("75", EIGHT) is None
    assert parse_break("75+soon", None) is None


@pytest.mark.usefixtures("berlin")
def test_a_plan_made_in_winter_holds_in_summer_and_over_the_night_of_the_change() -> None:
    def moment(text: str) -> float:
        return datetime.fromisoformat(text).timestamp()

    assert parse_moment("2027-07-01 20:00", NOW) == moment("2027-07-01T20:00+02:00")
    start = moment("2027-10-31T01:30+02:00")
    assert parse_moment("2027-10-31 01:30", NOW) == start
    assert parse_plan_minute("04:00", start) == 210
    assert parse_plan_minute("01:00", moment("2027-10-30T23:30+02:00")) == 90
    assert parse_plan_minute("04:00", moment("2027-03-28T01:30+01:00")) == 90
    # Before the change, of a time after it: the day has 25 hours.
    assert parse_moment("20:00", moment("2027-10-31T00:30+02:00")) == moment("2027-10-31T20:00+01:00")


def test_a_plan_follows_from_the_minutes_of_all_scenes() -> None:
    scenes = (
        PlotScene("1", "1", minutes=30),
        PlotScene("2", "I", minutes=10),
        PlotScene("3", "2", minutes=25),
    )
    plot = MicPlot(scenes)
    assert plan_of_minutes(plot, 15) == ((ShowBreak(30, 15), ShowBreak(55, 15)), 95)
    assert plan_of_minutes(MicPlot((*scenes, PlotScene("4"))), 15) is plan_of_minutes(MicPlot(), 15) is None
