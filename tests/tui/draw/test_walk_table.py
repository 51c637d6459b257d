"""The table of a walk: names are cut only where there is no room for them."""

import pytest
from rich.cells import cell_len

from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_test import LevelFigures, PlaceFigures, Walk, WalkResult
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.walk_table import places_line, walk_lines

REF = ChannelRef(DeviceId("a"), 1)
FIGURES = PlaceFigures(12.0, 120, LevelFigures(-110, -60, -50), LevelFigures(-70, -65, -55))


def walk_of(place: str, title: str) -> Walk:
    return Walk(0.0, 60.0, "Pia", {1: place}, [WalkResult(1, REF, title, FIGURES)])


def texts(walk: Walk, width: int, earlier: Walk | None = None) -> list[str]:
    return ["".join(cell.text for cell in line) for line in walk_lines(walk, earlier, width, BLOCKS)]


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize(
    ("place", "title"), [("Front of stage", "Rack 1/1 Maya"), ("Pit", "Wireless rack left/12 Ophelia")]
)
def test_a_name_is_whole_where_there_is_room_for_both(place: str, title: str, width: int) -> None:
    walk = walk_of(place, title)
    _, row = texts(walk, width)
    assert row.startswith(f" {place} ")
    assert f" {title} " in row
    assert "-60" in row
    assert all(cell_len(line) <= width for line in texts(walk, width, walk))


def test_of_names_without_end_the_levels_are_left() -> None:
    head, row = texts(walk_of("Balcony left, last row" * 2, "Rack 1/1 Maximilian" * 3), 80)
    assert head.split() == ["place", "channel", "margin", "drop-outs", "P5", "A", "B"]
    assert row.count("…") == 2
    assert cell_len(row) <= 80


def test_the_place_of_now_is_seen_whatever_the_names_are() -> None:
    places = {place: f"Stage left, row {place}" for place in range(1, 10)}
    results = [WalkResult(place, REF, "Rack 1/1", FIGURES) for place in places]
    walk = RunningWalk([REF], 0.0, places, 9, 60.0, Walk(0.0, 60.0, "Pia", places, results))

    def strip(width: int) -> str:
        return "".join(cell.text for cell in places_line(walk, 64.0, width, BLOCKS)).rstrip()

    assert strip(240).startswith(" 1 Stage left, row 1 12s  2 Stage left, row 2 12s")
    others = "".join(f" {place} 12s " for place in range(1, 9))
    assert strip(100) == f"{others} [9 Stage left, row 9 4s of 10s]"
    assert strip(80) == f"{others} [9 Stage le… 4s of 10s]"
