"""Where channels stand on the board."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.arrange.arrangement import Heading, Line
from micboard_tui.tui.arrange.board_layout import (
    SIZES,
    Layout,
    explain_lack_of_room,
    fitting_layout,
    place_lines,
)

REFS = [ChannelRef(DeviceId("a"), number) for number in range(1, 40)]
DEVICES = [DeviceId("b"), DeviceId("c")]
LINES = st.lists(st.sampled_from([Heading("One"), Heading("Two"), *REFS, *DEVICES]), max_size=40, unique=True)


@pytest.mark.parametrize(("width", "height"), [(59, 24), (80, 14), (30, 8), (12, 3), (1, 1)])
def test_a_terminal_that_is_too_small_says_so_in_full(width: int, height: int) -> None:
    lines = explain_lack_of_room(width, height)
    assert "".join(lines).replace(" ", "") == f"{width}x{height}istoosmall,60x15isneeded"
    assert max(map(len, lines)) <= max(1, width - 1)


def test_a_terminal_that_is_large_enough_lacks_nothing() -> None:
    assert explain_lack_of_room(60, 15) == []


@pytest.mark.parametrize("layout", Layout)
def test_lines_are_placed_before_the_first_size_is_known(layout: Layout) -> None:
    assert set(place_lines(REFS, layout, 0, 0).areas) == set(REFS)


@given(LINES, st.sampled_from(Layout), st.integers(60, 400), st.integers(0, 30))
def test_every_channel_and_device_has_a_place_of_its_own(
    lines: list[Line], layout: Layout, width: int, height: int
) -> None:
    made = place_lines(lines, layout, width, height)
    taken: set[tuple[int, int]] = set()
    for ref, place in made.areas.items():
        cells = {
            (x, y)
            for x in range(place.x, place.x + place.width)
            for y in range(place.y, place.y + place.height)
        }
        assert not cells & taken
        assert place.x + place.width <= width
        assert all(ref in made.lines[y] for y in range(place.y, place.y + place.height))  # type: ignore[operator]
        taken |= cells
    assert [ref for line in made.grid for ref in line] == [
        line for line in lines if not isinstance(line, Heading)
    ]


@given(LINES, st.sampled_from(Layout), st.integers(60, 400), st.integers(-50, 50), st.integers(-50, 50))
def test_going_anywhere_ends_on_a_line_that_can_be_selected(
    lines: list[Line], layout: Layout, width: int, columns: int, rows: int
) -> None:
    made = place_lines(lines, layout, width, 12)
    for ref in made.areas:
        assert made.neighbour(ref, columns, rows) in made.areas
        assert made.neighbour(ref, 0, 0) == ref


def test_cards_stand_beside_each_other_under_their_heading() -> None:
    made = place_lines([Heading("Stage"), *REFS[:4], Heading("Chapel"), REFS[4]], Layout.CARDS, 150)
    assert [(place.x, place.y) for place in made.areas.values()] == [
        (0, 1),
        (50, 1),
        (100, 1),
        (0, 7),
        (0, 14),
    ]
    assert made.neighbour(REFS[0], 0, 1) == REFS[3]
    assert made.neighbour(REFS[1], 0, 1) == REFS[3]
    assert made.neighbour(REFS[2], 1, 0) == REFS[3]
    assert made.neighbour(REFS[3], 0, 9) == REFS[4]


@pytest.mark.parametrize(
    ("size", "count", "layout"),
    [
        ((80, 24), 4, Layout.ROWS),
        ((120, 40), 4, Layout.ROWS),
        ((200, 60), 36, Layout.CARDS),
        ((200, 60), 37, Layout.ROWS),
        ((200, 60), 0, Layout.CARDS),
        ((200, 30), 4, Layout.ROWS),
    ],
)
def test_cards_are_shown_where_they_show_every_channel(
    size: tuple[int, int], count: int, layout: Layout
) -> None:
    assert fitting_layout(REFS[:count], *size) is layout


def test_rows_that_one_column_does_not_hold_stand_in_two_each_with_its_headings() -> None:
    stage, chapel = Heading("Stage"), Heading("Chapel")
    lines: list[Line] = [stage, *REFS[:9], chapel, *REFS[9:12]]
    made = place_lines(lines, Layout.ROWS, 164, 8)
    assert made.lines == (
        (stage, stage),
        (REFS[0], REFS[7]),
        (REFS[1], REFS[8]),
        (REFS[2], chapel),
        (REFS[3], REFS[9]),
        (REFS[4], REFS[10]),
        (REFS[5], REFS[11]),
        (REFS[6], None),
    )
    assert made.areas[REFS[7]] == (82, 1, 81, 1)
    assert made.has_heading(3)
    assert not made.is_heading(3)
    assert not made.has_heading(7)
    assert place_lines(lines, Layout.ROWS, 164, 14).page == 0, "one column holds all"
    assert place_lines(lines, Layout.ROWS, 150, 8).page == 0, "there is no room for two"


def test_a_heading_does_not_stand_alone_at_the_end_of_a_column() -> None:
    lines: list[Line] = [*REFS[:3], Heading("Chapel"), REFS[3]]
    assert place_lines(lines, Layout.ROWS, 164, 4).lines[0] == (REFS[0], Heading("Chapel"))


def test_one_goes_down_through_the_columns_and_across_to_the_nearest_channel() -> None:
    made = place_lines([Heading("Stage"), *REFS[:20]], Layout.ROWS, 164, 6)
    # Two pages of two columns of five channels below a heading.
    assert made.neighbour(REFS[4], 0, 1) == REFS[5]
    assert made.neighbour(REFS[5], 0, -1) == REFS[4]
    assert made.neighbour(REFS[1], 1, 0) == REFS[6]
    assert made.neighbour(REFS[6], -1, 0) == REFS[1]
    assert made.neighbour(REFS[6], 1, 0) == REFS[6]
    assert made.neighbour(REFS[9], 0, 1) == REFS[10]
    assert made.top_to_show(REFS[7], 0, 6) == 0
    assert made.top_to_show(REFS[10], 0, 6) == 6
    assert made.top_to_keep(REFS[12], 3) == 6
    assert made.refs_in(range(6)) == set(REFS[:10])
    assert made.ref_at(90, 2) == REFS[6]


def test_no_card_is_narrower_than_what_it_shows() -> None:
    for layout, size in SIZES.items():
        for width in range(size.width, 400):
            areas = place_lines(REFS[:9], layout, width).areas.values()
            assert all(place.width >= size.width for place in areas)


def test_a_window_moves_as_little_as_it_must_and_takes_the_heading_along() -> None:
    made = place_lines([Heading("Stage"), *REFS[:4], Heading("Chapel"), *REFS[4:8]], Layout.ROWS, 80)
    assert made.top_to_show(REFS[0], 0, 4) == 0
    assert made.top_to_show(REFS[2], 0, 4) == 0
    assert made.top_to_show(REFS[3], 0, 4) == 1
    assert made.top_to_show(REFS[4], 7, 4) == 5
    assert made.top_to_show(REFS[0], 3, 4) == 0
    assert made.refs_in(range(4, 7)) == {REFS[3], REFS[4]}
    assert made.is_heading(5)
    assert not made.is_heading(-1)


def test_a_window_on_cards_begins_with_a_whole_one() -> None:
    # Cards of five lines and a gap, below a heading: they begin at 1, 7, 13 and 19, the second heading at 25.
    made = place_lines([Heading("Stage"), *REFS[:4], Heading("Chapel"), REFS[4]], Layout.CARDS, 80)
    assert made.top_to_show(REFS[2], 0, 21) == 0
    assert made.top_to_show(REFS[3], 0, 21) == 7
    assert made.top_to_show(REFS[4], 7, 21) == 13
    assert made.top_to_show(REFS[0], 13, 21) == 0
    assert made.top_to_keep(REFS[3], 16) == 7
    assert made.top_to_keep(REFS[3], 30) == 0
    # The end of its 32 lines is reached from a line with which a card begins, too.
    assert len(made.lines) == 32
    assert made.height_to_scroll(21) == 13 + 21
    assert made.height_to_scroll(40) == 32


def test_the_gap_beside_a_card_belongs_to_it() -> None:
    made = place_lines(REFS[:3], Layout.CARDS, 150)
    area = made.areas[REFS[0]]
    assert made.ref_at(area.x, area.y) == REFS[0]
    assert made.ref_at(area.x + area.width, area.y) == REFS[0]
    assert made.ref_at(area.x + area.width + 1, area.y) == REFS[1]
    assert made.ref_at(area.x, area.y + area.height) is None


@pytest.mark.parametrize(
    ("count", "size", "columns", "width"),
    [
        (2, (80, 21), 1, 80),
        (3, (80, 21), 2, 39),
        (4, (80, 17), 2, 39),
        (9, (80, 21), 2, 39),
        (2, (200, 58), 2, 99),
        (20, (200, 58), 4, 49),
        (39, (200, 58), 5, 39),
    ],
)
def test_tiles_are_as_wide_as_they_can_be_while_all_are_seen(
    count: int, size: tuple[int, int], columns: int, width: int
) -> None:
    made = place_lines(REFS[:count], Layout.WALL, *size)
    assert len(made.grid[0]) == min(count, columns)
    assert made.areas[REFS[0]].width == width


def test_a_device_takes_a_whole_line_also_among_cards() -> None:
    device = DeviceId("charger")
    made = place_lines([*REFS[:4], device, REFS[4]], Layout.CARDS, 150)
    assert made.areas[device] == (0, 12, 150, 1)
    assert made.areas[REFS[4]].y == 13
    assert made.neighbour(REFS[3], 0, 1) == device
    assert made.neighbour(device, 0, 1) == REFS[4]
    assert made.ref_at(70, 12) == device
