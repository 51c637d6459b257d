"""Why a signal fell, by tables: what each second says of both antennas."""

import pytest

from micboard_tui.domain.fade_cause import AntennaMeans, FadeCause, Fall, find_fall

UP = AntennaMeans(-50.0, -52.0)
BOTH = AntennaMeans(-70.0, -72.0)
ONLY_A = AntennaMeans(-70.0, -53.0)
ONLY_B = AntennaMeans(-49.0, -80.0)
BETWEEN = AntennaMeans(-70.0, -59.0)
B_UNKNOWN = AntennaMeans(-70.0, None)


def with_fall(*fall: AntennaMeans, before: int = 20, after: int = 20) -> list[AntennaMeans]:
    return [*[UP] * before, *fall, *[UP] * after]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (with_fall(), None),
        (with_fall(BOTH), Fall(FadeCause.BOTH, 20.5)),
        (with_fall(ONLY_A, ONLY_A, ONLY_A), Fall(FadeCause.ONLY_A, 20.5)),
        (with_fall(ONLY_B, ONLY_B, UP, ONLY_B), Fall(FadeCause.ONLY_B, 20.5)),
        # For two seconds something stood in its way.
        (with_fall(ONLY_A, ONLY_A), None),
        # It began on one antenna, and then both were down.
        (with_fall(ONLY_A, BOTH, ONLY_B), Fall(FadeCause.BOTH, 22.5)),
        (with_fall(ONLY_A, UP, BOTH), Fall(FadeCause.BOTH, 20.5)),
        # Neither held nor fell: it cannot be told.
        (with_fall(BETWEEN), None),
        (with_fall(B_UNKNOWN), None),
        # One after the other, near each other.
        (with_fall(ONLY_A, ONLY_B), None),
        # The deepest one of several.
        (with_fall(*[ONLY_A] * 3, UP, UP, UP, *[ONLY_B] * 3), Fall(FadeCause.ONLY_B, 26.5)),
        # Nothing is known of B at all, or of anything long enough.
        ([AntennaMeans(column.a, None) for column in with_fall(BOTH)], None),
        (with_fall(BOTH, before=3, after=3), None),
        ([], None),
    ],
)
def test_the_deepest_fall_is_judged(columns: list[AntennaMeans], expected: Fall | None) -> None:
    assert find_fall(columns, 1.0) == expected


@pytest.mark.parametrize(
    ("focus_s", "cause"),
    [(20.0, FadeCause.ONLY_A), (12.0, FadeCause.ONLY_A), (62.0, FadeCause.BOTH), (41.0, None), (0.0, None)],
)
def test_the_fall_next_to_the_moment_is_the_one_that_is_asked_for(
    focus_s: float, cause: FadeCause | None
) -> None:
    columns = [*with_fall(ONLY_A, ONLY_A, ONLY_A, after=38), *with_fall(BOTH, before=0)]
    fall = find_fall(columns, 1.0, focus_s)
    assert (fall and fall.cause) == cause


def test_fades_of_a_tenth_of_a_second_are_no_falls() -> None:
    columns = [BOTH if index % 10 == 3 else UP for index in range(400)]
    assert find_fall(columns, 0.1) is None
    columns[200:220] = [BOTH] * 20
    assert find_fall(columns, 0.1) == Fall(FadeCause.BOTH, 20.5)


@pytest.mark.parametrize("column_s", [0.0, 10.0])
def test_records_that_are_too_coarse_say_nothing(column_s: float) -> None:
    assert find_fall(with_fall(BOTH), column_s) is None


def test_every_cause_has_a_sentence() -> None:
    assert FadeCause.BOTH.text == "both antennas fell together: body or pack"
    assert all(cause.text for cause in FadeCause)
