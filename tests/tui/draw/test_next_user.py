"""Who has a mic next, worked out once for each progress, and drawn in rows and cards."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.show import Show, ShowProgress
from micboard_tui.domain.show_changes import end_show, go_to_scene, start_show
from micboard_tui.tui.draw.channel_card import card
from micboard_tui.tui.draw.channel_columns import columns_for
from micboard_tui.tui.draw.channel_row import row_cells
from micboard_tui.tui.draw.next_user import NextUser, NextUsers
from tests.tui.draw.test_channel_row import LIVE, context

PLOT = MicPlot(
    tuple(PlotScene(str(number), name="The duel" if number == 5 else None) for number in range(1, 6)),
    (PlotEntry(0, "7", "Ann"), PlotEntry(4, "07", "Bea", "Tybalt"), PlotEntry(3, "8", "Cy")),
)
PLANNED = ShowProgress(Show("Romeo", plot=PLOT))
ON = start_show(PLANNED, 0.0)


def test_the_next_user_is_found_by_the_mic_number() -> None:
    users = NextUsers()
    assert users.find(ON, "7") == NextUser("Tybalt 5", "Tybalt in 5 The duel, 4 scenes ahead", is_soon=False)
    assert users.find(ON, "7") is users.find(ON, "007")
    later = go_to_scene(ON, 3, 0.0)
    assert users.find(later, "7") == NextUser("Tybalt 5", "Tybalt in 5 The duel, next", is_soon=True)
    assert users.find(PLANNED, "7") == NextUser("Ann 1", "Ann in 1, next", is_soon=True)
    for progress, mic in ((later, "8"), (ON, None), (ON, "9"), (None, "7"), (end_show(ON, 0.0), "7")):
        assert users.find(progress, mic) is None
    numbered = replace(LIVE, assignment=Assignment(LIVE.ref, mic_number="8"))
    states = {LIVE.ref: numbered}
    assert users.of_channels(ON, states) == {
        LIVE.ref: NextUser("Cy 4", "Cy in 4, 3 scenes ahead", is_soon=False)
    }


@pytest.mark.parametrize("width", [110, 140, 200])
def test_rows_say_it_where_there_is_room(width: int) -> None:
    user = NextUser("Tybalt 1.5", "", is_soon=True)
    row = context(LIVE)._replace(next_user=user)
    columns = columns_for(width, has_next_users=True)
    cells = row_cells(row, columns)
    text = "".join(cell.text for cell in cells)
    assert "Tybalt 1.5" in text
    assert "next user" in columns.head
    # The pointer's cell is before the row.
    assert cell_len(text) == columns.total - 1
    assert "next user" not in columns_for(80, has_next_users=True).head


@pytest.mark.parametrize(("width", "shown"), [(34, False), (45, True), (80, True)])
def test_a_card_says_it_at_its_foot(width: int, shown: bool) -> None:
    row = context(LIVE)._replace(next_user=NextUser("Tybalt 1.5", "", is_soon=True))
    lines = ["".join(cell.text for cell in line) for line in card(row, width)]
    assert {cell_len(line) for line in lines} == {width}
    assert ("> Tybalt 1.5" in lines[-1]) is shown
