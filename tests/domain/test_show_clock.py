"""The clock of a show in words, and what is found in its mic plot."""

from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.mic_plot import (
    MicPlot,
    PlotEntry,
    PlotScene,
    find_plot_conflicts,
    mics_on_deck,
    next_users,
)
from micboard_tui.domain.mic_plot_texts import describe_finding, list_mics, summarize_plot, wearers_of
from micboard_tui.domain.show import Show, ShowProfile, ShowProgress, ShowState
from micboard_tui.domain.show_changes import end_show, go_to_scene, pause_show, start_break, start_show
from micboard_tui.domain.show_clock import clock_parts, format_clock, format_scene, header_parts
from tests.domain.test_show import SHOW, T

PLANNED = ShowProgress(SHOW)
RUNNING = start_show(PLANNED, T)
NAMED_ACT = replace(SHOW, plot=MicPlot((PlotScene("1", "Prologue"), PlotScene("2", "II"))))
MINUTE = 60.0


@pytest.mark.parametrize(
    ("progress", "minute", "text"),
    [
        (PLANNED, -30, "Romeo in 0:30  1:30 to break  3:30 to end"),
        (PLANNED, 5, "Romeo due  1:00 to break  3:00 to end"),
        (replace(PLANNED, show=Show("Bare")), 0, "Bare"),
        (RUNNING, 22.5, "ACT 1  0:38 to break  2:38 to end"),
        (RUNNING, 65, "ACT 1  0:05 over, break  2:00 to end"),
        (pause_show(RUNNING, T), 10, "PAUSED ACT 1  1:00 to break  3:00 to end"),
        (start_break(RUNNING, T + 60 * MINUTE), 72, "BREAK 0:08 left  1:48 to end"),
        (start_break(RUNNING, T + 60 * MINUTE), 85, "BREAK 0:05 over  1:40 to end"),
        (start_break(start_show(ShowProgress(Show("Bare")), T), T), 5, "BREAK"),
        (start_show(ShowProgress(Show("Bare")), T), 5, "Bare"),
        (start_show(ShowProgress(replace(SHOW, breaks=())), T), 182, "ACT 1  0:02 over"),
        (start_show(ShowProgress(NAMED_ACT), T), 0, "PROLOGUE  1:00 to break  3:00 to end"),
        (go_to_scene(ShowProgress(NAMED_ACT), 1, T), 0, "Romeo due  1:00 to break  3:00 to end"),
        (start_show(go_to_scene(ShowProgress(NAMED_ACT), 1, T), T), 0, "ACT II  1:00 to break  3:00 to end"),
        (end_show(RUNNING, T), 5, "Romeo ended"),
    ],
)
def test_the_clock_says_where_the_show_is_and_what_comes(
    progress: ShowProgress, minute: float, text: str
) -> None:
    assert format_clock(progress, T + minute * MINUTE) == text


def test_a_scene_is_written_by_number_and_name() -> None:
    assert (format_scene(PlotScene("1.5", name="Duel")), format_scene(None)) == ("1.5 Duel", "")


PLOT = MicPlot(
    (
        PlotScene("1", "1"),
        PlotScene("2", "1", minutes=2),
        PlotScene("3", "1"),
        PlotScene("4", "2"),
        PlotScene("5", "2"),
    ),
    (
        PlotEntry(0, "10", "Ann", "Romeo"),
        PlotEntry(1, "10", "Bea"),
        PlotEntry(0, "2", "Cy"),
        PlotEntry(2, "2", "Dee"),
        PlotEntry(2, "2", "Eve"),
        PlotEntry(3, "2", "Cy"),
        PlotEntry(3, "10", "Cy"),
        PlotEntry(4, "S1", "Cy", role=Role.SPARE),
    ),
)


def test_what_is_found_is_said_in_words() -> None:
    assert [describe_finding(finding) for finding in find_plot_conflicts(PLOT)] == [
        "from Romeo to Bea, no scene between",
        "from Cy to Dee and Eve, 1 scene, 2 min between",
        "from Dee and Eve to Cy, over the interval",
        "Cy has another mic, too: this one counts as the backup",
        "a spare is planned for Cy",
    ]
    doubles = (PlotEntry(0, "10", "Ann", "Romeo"), PlotEntry(1, "10", "Bea", "Romeo"))
    [finding] = find_plot_conflicts(MicPlot(PLOT.scenes, doubles))
    assert describe_finding(finding) == "from Ann to Bea, no scene between"
    assert summarize_plot(PLOT) == "5 scenes, 3 mics, 4 hand-overs, 1 conflict"
    assert list_mics(PLOT, 0) == ["2 Cy", "10 Romeo"]


def test_mics_on_deck_are_those_whose_next_user_comes_within_two_scenes() -> None:
    def on_deck(scene: int) -> list[tuple[str, str, int]]:
        uses = mics_on_deck(PLOT, scene)
        return [(use.entries[0].mic_number, wearers_of(use), use.scene) for use in uses]

    assert on_deck(0) == [("10", "Bea", 1), ("2", "Dee and Eve", 2)]
    assert on_deck(1) == [("2", "Dee and Eve", 2), ("10", "Cy", 3)]
    assert on_deck(-1) == [("2", "Cy", 0), ("10", "Romeo", 0)]
    assert len(next_users(PLOT, 1)) == 3


def test_of_too_little_room_the_least_important_part_is_known() -> None:
    def ranks(progress: ShowProgress) -> list[int]:
        return [part.rank for part in clock_parts(progress, T)]

    assert ranks(RUNNING) == [2, 0, 1]
    assert ranks(PLANNED) == [0, 1, 2]
    assert ranks(start_break(RUNNING, T)) == [0, 2]


def test_the_header_names_a_profile_that_is_not_that_of_a_show() -> None:
    assert list(header_parts(None, ShowProfile.SHOW, 0.0)) == []
    assert [part.text for part in header_parts(None, ShowProfile.TEARDOWN, 0.0)] == ["teardown"]
    ended = ShowProgress(Show("Romeo"), ShowState.ENDED)
    assert [part.text for part in header_parts(ended, ShowProfile.TEARDOWN, 0.0)] == [
        "Romeo ended",
        "teardown",
    ]
    on_break = ShowProgress(Show("Romeo"), ShowState.BREAK)
    assert [part.text for part in header_parts(on_break, ShowProfile.BREAK, 0.0)] == ["BREAK"]
