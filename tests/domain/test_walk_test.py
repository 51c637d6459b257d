"""The figures of a walk, by tables."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_test import (
    MAX_VISIT_SAMPLES,
    Grade,
    LevelFigures,
    PlaceFigures,
    PlaceLog,
    Walk,
    WalkResult,
    WalkSample,
    compare_p5,
    is_worse,
    measure,
    sort_results,
)

ONE, TWO = ChannelRef(DeviceId("rack"), 1), ChannelRef(DeviceId("rack"), 2)
WEAK, LOST = -85.0, -95.0
Levels = tuple[float | None, float | None]
UP: Levels = (-50.0, -60.0)
A_DOWN: Levels = (-97.0, -60.0)
B_DOWN: Levels = (-50.0, -99.0)
BOTH_DOWN: Levels = (-97.0, -99.0)
WEAKENED: Levels = (-90.0, -92.0)


def walked(*levels: Levels, period_s: float = 0.1, lost: frozenset[int] = frozenset()) -> list[WalkSample]:
    return [
        WalkSample(100.0 + number * period_s, a, b, number in lost) for number, (a, b) in enumerate(levels)
    ]


def figures(*levels: Levels) -> PlaceFigures:
    return measure(walked(*levels), WEAK, LOST)


@pytest.mark.parametrize(
    ("levels", "dips_a", "dips_b", "double_dips", "drop_outs"),
    [
        ([UP] * 10, 0, 0, 0, 0),
        ([UP, A_DOWN, UP, A_DOWN, A_DOWN, UP], 2, 0, 0, 0),
        ([B_DOWN, UP], 0, 1, 0, 0),
        ([A_DOWN, B_DOWN], 1, 1, 0, 0),
        ([UP, BOTH_DOWN, UP], 0, 0, 1, 0),
        ([UP, BOTH_DOWN, BOTH_DOWN, UP], 0, 0, 1, 0),
        ([UP, BOTH_DOWN, BOTH_DOWN, BOTH_DOWN, UP], 0, 0, 0, 1),
        # A dip that leads into a drop-out, and out of it.
        ([UP, A_DOWN, *[BOTH_DOWN] * 5, B_DOWN, UP, BOTH_DOWN], 1, 1, 1, 1),
        # What is unknown is neither.
        ([UP, (None, None), (None, -99.0), UP], 0, 0, 1, 0),
        # The only level that there is: of the channel.
        ([(-50.0, None), (-99.0, None), (-99.0, None), (-99.0, None)], 0, 0, 0, 1),
        ([], 0, 0, 0, 0),
    ],
)
def test_dips_and_drop_outs(
    levels: list[Levels], dips_a: int, dips_b: int, double_dips: int, drop_outs: int
) -> None:
    found = figures(*levels)
    assert (found.dips_a, found.dips_b, found.double_dips, found.drop_outs) == (
        dips_a,
        dips_b,
        double_dips,
        drop_outs,
    )


def test_what_the_receiver_calls_lost_is_lost_whatever_the_level() -> None:
    found = measure(walked(*[UP] * 20, lost=frozenset({5, 6, 7, 8})), WEAK, LOST)
    assert (found.drop_outs, round(found.longest_s, 3)) == (1, 0.4)


def test_levels_and_times() -> None:
    found = figures(*[UP] * 90, *[WEAKENED] * 9, A_DOWN)
    assert round(found.seconds, 3) == 10.0
    assert (found.samples, found.is_too_short) == (100, False)
    assert found.period_s == pytest.approx(0.1)
    assert found.a == LevelFigures(-97.0, -90.0, -50.0)
    assert found.better == LevelFigures(-90.0, -90.0, -50.0)
    assert found.weak_s == pytest.approx(0.9)
    assert found.margin_db == 5.0
    empty = PlaceFigures()
    assert (empty.margin_db, empty.period_s, empty.is_too_short) == (None, None, True)


def test_a_gap_between_samples_is_not_counted() -> None:
    samples = [*walked(*[UP] * 50), *(sample._replace(at=sample.at + 600) for sample in walked(*[UP] * 50))]
    assert measure(samples, WEAK, LOST).seconds == pytest.approx(10.0)
    # A clock that goes back ends no sample before it began.
    back = [*walked(*[UP] * 3), *walked(*[UP] * 3)]
    assert measure(back, WEAK, LOST).seconds == pytest.approx(0.6)


def test_of_several_visits_the_worst_counts() -> None:
    log = PlaceLog(WEAK, LOST)
    assert log.figures() == PlaceFigures()
    log.add(walked(*[UP] * 60))
    log.end_visit()
    log.add(walked(*[WEAKENED] * 30, *[BOTH_DOWN] * 4))
    log.add([sample._replace(at=sample.at + 3.4) for sample in walked(*[WEAKENED] * 30)])
    assert log.figures(newest=30).drop_outs == 0
    log.end_visit()
    log.end_visit()
    found = log.figures()
    assert found.better == LevelFigures(-97.0, -97.0, -90.0)
    assert found.drop_outs == 1
    assert found.seconds == pytest.approx(12.4)
    only = PlaceLog(WEAK, LOST)
    only.add(walked(UP))
    assert only.figures().samples == 1
    only.add(walked(*[UP] * MAX_VISIT_SAMPLES))
    assert (len(only.ended), only.current) == (1, [])


def result(place: int, p5: float | None, *, seconds: float = 20.0, drop_outs: int = 0) -> WalkResult:
    level = LevelFigures(p5, p5, p5)
    return WalkResult(place, ONE, "Rack 1/1", PlaceFigures(seconds, 200, better=level, drop_outs=drop_outs))


@pytest.mark.parametrize(
    ("shown", "grade"),
    [
        (result(1, -60.0), Grade.GOOD),
        (result(1, -75.0), Grade.GOOD),
        (result(1, -75.1), Grade.LITTLE),
        (result(1, -85.1), Grade.BAD),
        (result(1, -60.0, drop_outs=1), Grade.BAD),
        (result(1, -90.0, seconds=9.0), Grade.UNKNOWN),
        # A drop-out is one, however short the visit was.
        (result(1, -60.0, seconds=9.0, drop_outs=1), Grade.BAD),
        (result(1, None), Grade.UNKNOWN),
    ],
)
def test_grades(shown: WalkResult, grade: Grade) -> None:
    assert shown.grade is grade


def test_the_worst_place_comes_first() -> None:
    good, little, bad = result(1, -60.0), result(2, -80.0), result(3, -90.0)
    dropped, dropped_often = result(4, -60.0, drop_outs=1), result(5, -60.0, drop_outs=3)
    unknown = result(6, None)
    ordered = sort_results([good, unknown, little, dropped, bad, dropped_often])
    assert [each.place for each in ordered] == [5, 4, 3, 2, 1, 6]


def test_a_place_is_compared_with_the_one_of_the_same_name() -> None:
    now = Walk(200.0, 300.0, "Pia", {1: "Pit", 2: "Balcony"}, [result(1, -70.0), result(2, -66.0)])
    before = Walk(100.0, 150.0, "Pia", {1: "balcony", 2: "PIT"}, [result(1, -60.0), result(2, -69.0)])
    pit, balcony = now.results
    assert compare_p5(pit, now, before) == -1.0
    assert compare_p5(balcony, now, before) == -6.0
    assert (is_worse(-1.0), is_worse(-6.0), is_worse(8.0), is_worse(None)) == (False, True, False, False)
    assert compare_p5(pit, now, None) is None
    assert compare_p5(replace(pit, ref=TWO), now, before) is None
    short = replace(pit, figures=pit.figures._replace(seconds=5.0))
    assert compare_p5(short, now, before) is None
    assert compare_p5(pit, now, replace(before, results=[replace(short, place=2)])) is None
    assert compare_p5(result(1, None), now, before) is None
    assert now.place_name(7) == "Place 7"


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-120, -20), st.none() | st.floats(-120, -20)), min_size=1, max_size=80
    )
)
def test_figures_are_within_what_was_heard(levels: list[Levels]) -> None:
    found = figures(*levels)
    known = [level for pair in levels for level in pair if level is not None]
    for antenna in (found.a, found.b, found.better):
        assert (antenna.lowest is None) == (antenna.middle is None)
        if antenna.lowest is not None and antenna.p5 is not None and antenna.middle is not None:
            assert min(known) <= antenna.lowest <= antenna.p5 <= antenna.middle <= max(known)
    assert 0.0 <= found.longest_s <= found.seconds + 1e-6
    assert found.drop_outs + found.double_dips <= len(levels)
