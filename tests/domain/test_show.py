"""A show moves on by what people call, and its clock says when the next break and the end come."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.mic_plot import MicPlot, PlotScene
from micboard_tui.domain.show import Show, ShowBreak, ShowProfile, ShowProgress, ShowState, find_scenes
from micboard_tui.domain.show_changes import (
    ShowRefusedError,
    end_show,
    extend_show,
    go_to_named_scene,
    go_to_scene,
    move_clock,
    next_scene,
    pause_show,
    previous_scene,
    resume_show,
    start_break,
    start_show,
    take_back_scene,
)

T = 1_800_000_000.0
MINUTE = 60.0
SCENES = (
    PlotScene("1", "1", "Opening", cue="10"),
    PlotScene("2", "1", "The letter", cue="20"),
    PlotScene("1", "2", "Opening again", cue="30"),
    PlotScene("2", "2", "The fight", cue="1"),
)
SHOW = Show("Romeo", T, (ShowBreak(60, 20), ShowBreak(120, 10)), 180, MicPlot(SCENES))
PLANNED = ShowProgress(SHOW)
RUNNING = start_show(PLANNED, T)


def minutes(progress: ShowProgress, after: float) -> tuple[float | None, float | None]:
    """To the next break and to the end, so many minutes after the planned start."""
    now = T + after * MINUTE
    return progress.minutes_to_break(now), progress.minutes_to_end(now)


def test_before_the_start_all_counts_from_the_planned_one_and_never_from_the_past() -> None:
    assert (PLANNED.profile, PLANNED.minutes_to_start(T - 1800)) == (ShowProfile.SOUNDCHECK, 30)
    assert minutes(PLANNED, -30) == (90, 210)
    assert minutes(PLANNED, 15) == (60, 180)
    unknown = replace(PLANNED, show=replace(SHOW, planned_start=None))
    assert (minutes(unknown, 0), unknown.minutes_to_start(T)) == ((None, None), None)


def test_a_running_show_counts_to_the_break_and_to_the_end() -> None:
    assert (RUNNING.state, RUNNING.profile, RUNNING.started_at) == (ShowState.RUNNING, ShowProfile.SHOW, T)
    assert (RUNNING.current_scene, RUNNING.scene_minutes(T + 90)) == (SCENES[0], 1.5)
    assert minutes(RUNNING, 23) == (37, 157)
    assert (RUNNING.next_break_at(T + 60), RUNNING.end_at(T + 60)) == (T + 3600, T + 180 * MINUTE)
    assert minutes(RUNNING, 65) == (-5, 120)  # overdue: the end moves along


def test_a_pause_stops_the_clock() -> None:
    paused = pause_show(RUNNING, T + 10 * MINUTE)
    assert minutes(paused, 10) == minutes(paused, 25) == (50, 170)
    assert paused.profile is ShowProfile.SHOW
    assert minutes(resume_show(paused, T + 25 * MINUTE), 30) == (45, 165)


def test_a_break_takes_as_long_as_it_does_and_what_follows_keeps_its_length() -> None:
    on_break = start_break(RUNNING, T + 55 * MINUTE)
    assert (on_break.profile, on_break.minutes_of_break_left(T + 60 * MINUTE)) == (ShowProfile.BREAK, 15)
    assert minutes(on_break, 60) == (55, 115)
    assert on_break.minutes_of_break_left(T + 80 * MINUTE) == -5
    assert minutes(on_break, 80) == (40, 100)
    longer = extend_show(on_break, 10)
    assert (longer.minutes_of_break_left(T + 60 * MINUTE), longer.extended_min) == (25, 10)
    second = resume_show(on_break, T + 80 * MINUTE)
    assert minutes(second, 80) == (40, 100)
    last = resume_show(start_break(second, T + 120 * MINUTE), T + 130 * MINUTE)
    assert (last.next_break, *minutes(last, 130)) == (None, None, 50)


def test_a_break_that_was_not_planned_has_no_end_and_takes_no_planned_one() -> None:
    show = replace(SHOW, breaks=())
    on_break = start_break(start_show(ShowProgress(show), T), T + 30 * MINUTE)
    assert (on_break.minutes_of_break_left(T + 40 * MINUTE), *minutes(on_break, 40)) == (None, None, 150)
    with pytest.raises(ShowRefusedError, match="not planned"):
        extend_show(on_break, 5)
    assert minutes(resume_show(on_break, T + 40 * MINUTE), 40) == (None, 150)


def test_an_extension_moves_the_break_and_the_end() -> None:
    longer = extend_show(RUNNING, 7)
    assert (minutes(longer, 10), longer.extended_min) == ((57, 177), 7)
    assert minutes(extend_show(longer, -7), 10) == (50, 170)
    for too_much in (600.5 - 7, float("nan"), float("inf")):
        with pytest.raises(ShowRefusedError, match="at most 600"):
            extend_show(longer, too_much)


def test_an_ended_show_needs_nothing_any_more() -> None:
    ended = end_show(RUNNING, T + 170 * MINUTE)
    assert (ended.profile, ended.ended_at) == (ShowProfile.TEARDOWN, T + 170 * MINUTE)
    assert minutes(ended, 171) == (None, None)


REFUSALS: list[tuple[ShowProgress, Callable[[ShowProgress], ShowProgress]]] = [
    (RUNNING, lambda show: start_show(show, T)),
    (end_show(RUNNING, T), lambda show: start_show(show, T)),
    (PLANNED, lambda show: pause_show(show, T)),
    (RUNNING, lambda show: resume_show(show, T)),
    (PLANNED, lambda show: start_break(show, T)),
    (start_break(RUNNING, T), lambda show: start_break(show, T)),
    (PLANNED, lambda show: end_show(show, T)),
    (PLANNED, lambda show: extend_show(show, 1)),
    (end_show(RUNNING, T), lambda show: next_scene(show, T)),
    (RUNNING, lambda show: previous_scene(show, T)),
    (go_to_scene(RUNNING, 3, T), lambda show: next_scene(show, T)),
    (ShowProgress(Show("Bare")), lambda show: next_scene(show, T)),
    (RUNNING, lambda show: go_to_scene(show, 4, T)),
    (RUNNING, lambda show: go_to_named_scene(show, "9", T)),
    (RUNNING, lambda show: take_back_scene(show, T)),
]


@pytest.mark.parametrize(("progress", "change"), REFUSALS)
def test_what_the_state_does_not_allow_is_refused_with_a_reason(
    progress: ShowProgress, change: Callable[[ShowProgress], ShowProgress]
) -> None:
    with pytest.raises(ShowRefusedError, match=r"show|scene|break"):
        change(progress)


def test_scenes_go_on_and_back_and_a_step_is_taken_back_for_ten_seconds() -> None:
    second = next_scene(RUNNING, T + 300)
    assert (second.scene, second.scene_minutes(T + 330)) == (1, 0.5)
    assert take_back_scene(second, T + 310) == replace(RUNNING, left=None)
    with pytest.raises(ShowRefusedError, match="10 seconds"):
        take_back_scene(second, T + 310.1)
    assert previous_scene(second, T + 400).scene == 0
    assert next_scene(PLANNED, T).scene == 0
    assert start_show(go_to_scene(PLANNED, 2, T), T).scene == 2  # a rehearsal begins anywhere


@pytest.mark.parametrize(
    ("scene", "text", "found"),
    [
        (0, "2", [1, 3]),
        (2, "2", [3, 1]),
        (0, "1", [0, 2]),  # a number counts before the cue 1
        (0, "30", [2]),
        (0, " the FIGHT", [3]),
        (2, "opening", [0]),  # whole names count before how one begins
        (2, "open", [2, 0]),
        (None, "the", [1, 3]),
        (0, "", []),
        (0, "5", []),
    ],
)
def test_a_scene_is_found_by_number_cue_or_name(scene: int | None, text: str, found: list[int]) -> None:
    assert find_scenes(replace(RUNNING, scene=scene), text) == found


def test_a_clock_that_is_set_moves_all_moments() -> None:
    progress = next_scene(RUNNING, T + 300)
    moved = move_clock(progress, -7200)
    assert moved.minutes_to_end(T + 600 - 7200) == progress.minutes_to_end(T + 600)
    assert moved.scene_minutes(T + 600 - 7200) == progress.scene_minutes(T + 600)
    assert move_clock(moved, 7200) == progress
    assert move_clock(PLANNED, 7200) == PLANNED
    assert take_back_scene(moved, T + 305 - 7200).scene == 0


CHANGES: list[Callable[[ShowProgress, float], ShowProgress]] = [
    start_show,
    pause_show,
    resume_show,
    start_break,
    end_show,
    next_scene,
    previous_scene,
    take_back_scene,
    lambda progress, _: extend_show(progress, 5),
    lambda progress, _: extend_show(progress, -5),
]


@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.floats(-7200, 7200))))
def test_whatever_is_called_and_however_the_clock_jumps_the_show_stays_in_order(
    calls: list[tuple[Callable[[ShowProgress, float], ShowProgress], float]],
) -> None:
    progress, now = PLANNED, T
    for change, step_s in calls:
        now += step_s
        try:
            progress = change(progress, now)
        except ShowRefusedError:
            continue
        to_break, to_end = minutes(progress, (now - T) / MINUTE)
        assert (to_end is None) is (progress.state is ShowState.ENDED)
        assert (to_break is None) is (progress.state is ShowState.ENDED or progress.next_break is None)
        if to_end is not None and to_break is not None:
            assert to_end >= to_break
        assert progress.scene is None or 0 <= progress.scene < len(SCENES)
        assert 0 <= progress.breaks_taken <= len(SHOW.breaks)
