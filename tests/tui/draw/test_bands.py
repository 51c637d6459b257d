"""Bands of levels, sign by sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.tui.draw.bands import (
    BRAILLE,
    PUNCTUATION,
    Band,
    Scale,
    chart_lines,
    draw_band,
    signs_for,
    spread,
    time_line,
)
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS

EIGHT = Scale(0.0, 8.0)
"""One dot a level in two rows of braille, and in four of punctuation."""


def line(*levels: float | None) -> Band:
    return Band(levels, levels)


@pytest.mark.parametrize(
    ("band", "braille", "punctuation"),
    [
        (line(0.0, 0.0), [" ", "⣀"], ["  ", "  ", "  ", ".."]),
        (line(7.9, 7.9), ["⠉", " "], ["''", "  ", "  ", "  "]),
        # Joined in the later column.
        (line(0.0, 7.9), ["⢸", "⡸"], [" :", " :", " :", ".'"]),
        (line(7.9, 0.0), ["⢱", "⢸"], ["'.", " :", " :", " :"]),
        # A gap is not bridged.
        (line(0.0, None, None, 7.9), [" ⠈", "⡀ "], ["   '", "    ", "    ", ".   "]),
        (line(None, None), [" ", " "], ["  ", "  ", "  ", "  "]),
        (Band([0.0, 2.0], [7.9, 5.0]), ["⣧", "⡟"], [": ", "::", "::", ": "]),
        # What is beyond is drawn at the edge.
        (line(-50.0, 50.0, 7.0), ["⢸⠁", "⡸ "], [" :'", " : ", " : ", ".' "]),
        (line(3.0), [" ", "⠁"], [" ", " ", "'", " "]),
        (line(), ["", ""], ["", "", "", ""]),
    ],
)
def test_a_band_by_its_signs(band: Band, braille: list[str], punctuation: list[str]) -> None:
    assert draw_band(band, EIGHT, 2) == braille
    assert draw_band(band, EIGHT, 4, PUNCTUATION) == punctuation
    assert draw_band(band, EIGHT, 0) == []


LEVELS = st.lists(st.none() | st.floats(-150, 50), max_size=60)


@given(LEVELS, st.integers(1, 8))
def test_every_known_column_shows_and_no_other(levels: list[float | None], rows: int) -> None:
    drawn = draw_band(line(*levels), Scale(-110.0, -20.0), rows, PUNCTUATION)
    shown = [any(text[column] != " " for text in drawn) for column in range(len(levels))]
    assert shown == [level is not None for level in levels]
    width = -(-len(levels) // 2)
    assert [len(text) for text in draw_band(line(*levels), Scale(-110.0, -20.0), rows)] == [width] * rows


def test_no_dip_is_lost_when_many_levels_share_a_column() -> None:
    levels = [*[-50.0] * 40, -98.0, *[-50.0] * 59]
    band = spread(levels, 10)
    assert (band.lows, band.highs) == ([*[-50.0] * 4, -98.0, *[-50.0] * 5], [-50.0] * 10)
    # A gap shorter than a column leaves what is known of it; a longer one is a gap.
    assert spread([-1.0, None, None, None, -2.0, -3.0], 3).lows == [-1.0, None, -3.0]
    # Fewer levels than columns: one fills several.
    assert spread([-1.0, None], 4).highs == [-1.0, -1.0, None, None]
    assert spread([], 3).lows == [None] * 3


def test_a_chart_has_levels_at_the_left_and_lines_where_it_begins_to_be_too_little() -> None:
    band = spread([-30.0, None, None, -30.0], 8)
    scale = Scale(-110.0, -20.0, ((-95.0, "warning"),))
    lines = chart_lines(band, scale, 6, BLOCKS, cursor=1)
    assert ["".join(cell.text for cell in cells) for cells in lines] == [
        " -20 ⠤│ ⠤",
        "      │  ",
        " -60  │  ",
        "      │  ",
        "     ─│──",
        "-100  │  ",
    ]
    assert lines[4][1:] == [
        Cell("─", "warning"),
        Cell("│", "accent"),
        Cell("──", "warning"),
    ]
    plain = chart_lines(spread([-30.0], 4), scale, 3, ASCII, cursor=2)
    assert [cells[2].text for cells in plain] == ["'", "|", "|"]
    assert signs_for(BLOCKS) is BRAILLE


def test_times_stand_below_their_place_and_never_on_one_another() -> None:
    assert time_line(21, [(0.0, "-5m"), (0.5, "-2m"), (1.0, "now")]) == "-5m      -2m      now"
    assert time_line(9, [(0.0, "-5m"), (0.2, "-4m"), (1.0, "now")]) == "-5m   now"
    assert time_line(2, [(0.5, "now")]) == "  "
