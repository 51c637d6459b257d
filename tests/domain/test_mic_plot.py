"""Mic plots: who has a mic next, which hand-overs there are, and which of them cannot work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.mic_plot import (
    MicPlot,
    PlotEntry,
    PlotLevel,
    PlotProblem,
    PlotScene,
    find_plot_conflicts,
    hand_overs,
    next_user,
)

SCENES = (
    PlotScene("1.1", "1", minutes=5),
    PlotScene("1.2", "1", minutes=2),
    PlotScene("1.3", "1", minutes=3),
    PlotScene("1.4", "1"),
    PlotScene("2.1", "2", minutes=1),
    PlotScene("2.2", "2", minutes=4),
)


def plot_of(*uses: tuple[int, str, str]) -> MicPlot:
    return MicPlot(SCENES, tuple(PlotEntry(scene, mic, performer) for scene, mic, performer in uses))


def problems_of(plot: MicPlot) -> list[tuple[PlotProblem, int]]:
    return [(finding.problem, finding.scene) for finding in find_plot_conflicts(plot)]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (0, 1, PlotProblem.NO_SCENE_BETWEEN),
        (0, 2, PlotProblem.QUICK_CHANGE),
        (1, 3, None),  # three minutes are enough
        (2, 4, None),  # a scene and the interval
        (3, 4, PlotProblem.OVER_INTERVAL),
        (0, 3, None),
    ],
)
def test_a_hand_over_is_judged_by_what_lies_between(
    before: int, after: int, problem: PlotProblem | None
) -> None:
    plot = plot_of((before, "7", "Ann"), (after, "07", "Bea"))
    assert problems_of(plot) == ([(problem, after)] if problem else [])


def test_a_gap_of_unknown_length_is_not_called_short() -> None:
    scenes = (PlotScene("1"), PlotScene("2"), PlotScene("3"))
    plot = MicPlot(scenes, (PlotEntry(0, "1", "Ann"), PlotEntry(2, "1", "Bea")))
    (change,) = hand_overs(plot)
    assert (change.minutes, change.scenes_between, change.mic_number) == (None, 1, "1")
    assert find_plot_conflicts(plot) == []


def test_an_unknown_act_promises_no_interval() -> None:
    scenes = (PlotScene("Prologue"), PlotScene("1", "1"), PlotScene("1", "2"))
    plot = MicPlot(
        scenes, tuple(PlotEntry(scene, "1", name) for scene, name in enumerate(("Ann", "Bea", "Cy")))
    )
    assert problems_of(plot) == [(PlotProblem.NO_SCENE_BETWEEN, 1), (PlotProblem.OVER_INTERVAL, 2)]


def test_the_same_person_has_no_hand_over() -> None:
    assert hand_overs(plot_of((0, "1", "Ann"), (1, "1", " ann "), (2, "1", "ANN"))) == []


def test_a_shared_mic_changes_only_to_who_did_not_have_it() -> None:
    plot = plot_of((0, "1", "Ann"), (0, "1", "Bea"), (1, "1", "Bea"), (2, "1", "Ann"), (2, "1", "Bea"))
    assert [(change.before.scene, change.after.scene) for change in hand_overs(plot)] == [(1, 2)]
    (finding,) = find_plot_conflicts(plot)
    assert (finding.entry.performer, finding.level) == ("Ann", PlotLevel.CONFLICT)


def test_the_next_user_is_the_first_other_person() -> None:
    plot = plot_of((1, "1", "Ann"), (3, "1", "Ann"), (5, "1", "Bea"), (0, "2", "Cy"))
    for scene, expected in [(0, 1), (1, 5), (2, 5), (4, 5)]:
        use = next_user(plot, "01", scene)
        assert use is not None
        assert use.scene == expected
    assert next_user(plot, "1", 5) is None
    assert next_user(plot, "2", 0) is None
    assert next_user(plot, "99", 0) is None


def test_a_second_mic_is_named_unless_it_is_a_backup() -> None:
    main, second = PlotEntry(0, "1", "Ann"), PlotEntry(0, "2", "ann")
    assert problems_of(MicPlot(SCENES, (main, second))) == [(PlotProblem.PERFORMER_TWICE, 0)]
    assert problems_of(MicPlot(SCENES, (main, second._replace(role=Role.BACKUP)))) == []
    assert problems_of(MicPlot(SCENES, (main, main._replace(character="Second part")))) == []


def test_a_spare_belongs_in_no_plot() -> None:
    plot = MicPlot(SCENES, (PlotEntry(2, "9", character="Swing", role=Role.SPARE),))
    assert problems_of(plot) == [(PlotProblem.SPARE_PLANNED, 2)]


def test_mics_are_in_natural_order() -> None:
    plot = plot_of((0, "10", "Ann"), (0, "2", "Bea"), (1, "IEM 1", "Cy"), (2, "02", "Bea"))
    assert plot.mic_numbers == ["2", "10", "IEM 1"]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("123"), st.sampled_from("abc")), max_size=30))
def test_who_comes_next_is_who_a_hand_over_says(uses: list[tuple[int, str, str]]) -> None:
    plot = plot_of(*uses)
    for change in hand_overs(plot):
        assert next_user(plot, change.mic_number, change.before.scene) == change.after
        assert change.scenes_between >= 0
