"""The list of scenes: how much of a name is shown."""

import pytest

from micboard_tui.domain.mic_plot import PlotScene
from micboard_tui.tui.draw.glyphs import ASCII
from micboard_tui.tui.draw.scene_row import SceneRow, scene_columns

LONG = "The balcony scene in the garden"
ENDLESS = "The balcony scene in the garden of the Capulets, by night, with lanterns"


def row_of(name: str, width: int) -> str:
    scene = PlotScene("1.3", "1", name, minutes=5)
    row = SceneRow(scene, 2, [], ASCII)
    return "".join(cell.text for cell in scene_columns([scene], width).cells(row))


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_name_stands_in_full_where_there_is_room_and_ends_in_a_mark_where_not(width: int) -> None:
    assert LONG in row_of(LONG, width)
    shown = row_of(ENDLESS, width)
    assert (ENDLESS in shown, "..." in shown or "…" in shown) == (width == 200, width < 200)
    assert len(row_of("Duel", width)) == len(shown) == width
