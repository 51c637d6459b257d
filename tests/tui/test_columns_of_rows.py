"""Rows that stand in two columns, where one does not hold them all."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import METERS, STAGE, ScriptedRig, device, reports, settle, vocal

SIZE = (200, 24)
"""Twenty lines of rows, beside the side panel."""
COLUMN = 82
"""Cells from one column to the next."""
FULL = Battery(80, 4, 400)


def rig() -> ScriptedRig:
    scripts = {
        f"127.0.0.{rack}": reports(
            f"Rack {rack}",
            *(vocal(f"Vox {rack}.{n}", 470_000 + 9_000 * rack + 375 * n, FULL) for n in range(1, 9)),
        )
        for rack in range(2, 9)
    }
    return ScriptedRig(scripts, *(device(rack, STAGE) for rack in range(2, 9)))


@asynccontextmanager
async def open_board(
    rig: ScriptedRig, size: tuple[int, int] = SIZE
) -> AsyncGenerator[tuple[MicboardApp, Pilot[str]]]:
    app = rig.app()
    async with app.run_test(size=size) as pilot:
        await rig.all_devices_settle()
        settle(app).board.action_edge(0)
        await pilot.pause()
        settle(app)
        await pilot.pause()
        yield app, pilot


def ref(rack: int, number: int) -> ChannelRef:
    return ChannelRef(DeviceId(f"rack-{rack}"), number)


async def test_all_channels_that_two_columns_hold_are_on_the_screen() -> None:
    async with open_board(rig()) as (app, _):
        board, lines = app.board_screen.board, text_of(app).splitlines()
        assert board.visible_lines == set(board.channels[:38])
        head = lines[2]
        assert head[:COLUMN].rstrip() == head[COLUMN : 2 * COLUMN].rstrip()
        assert lines[3].count("Main Stage") == 2
        assert "Vox 2.1" in lines[4][:COLUMN]
        assert "Vox 4.4" in lines[4][COLUMN:]


async def test_the_arrows_go_down_through_both_columns_and_across() -> None:
    async with open_board(rig()) as (app, pilot):
        board = app.board_screen.board
        await pilot.press("down", "right")
        assert board.selected == ref(4, 5)
        await pilot.press("right")
        assert board.selected == ref(4, 5)
        await pilot.press("left", "up", "up")
        assert board.selected == ref(2, 1)
        await pilot.press("right", "up")
        assert board.selected == ref(4, 3)
        await pilot.press("end")
        await pilot.pause()
        assert board.selected == ref(8, 8)
        # The second page begins at the top.
        assert board.scroll_offset.y == board.size.height
        assert ref(8, 8) in board.visible_lines
        await pilot.press("home")
        await pilot.pause()
        assert board.scroll_offset.y == 0


async def test_what_changes_is_drawn_and_marked_and_clicked_in_its_own_column() -> None:
    changing = rig()
    async with open_board(changing) as (app, pilot):
        board = app.board_screen.board
        changing.report(4, MetersHeard(4, METERS._replace(rf_dbm=-33.0)))
        settle(app)
        await pilot.pause()
        line = text_of(app).splitlines()[4]
        assert "-33" in line[COLUMN:]
        assert "-33" not in line[:COLUMN]
        await pilot.click(board, offset=(COLUMN + 10, 1))
        assert board.selected == ref(4, 4)
        await pilot.press("space", "space")
        assert board.marked == {ref(4, 4), ref(4, 5)}


@pytest.mark.no_cover
async def test_one_column_is_enough_for_few_and_cards_for_those_that_fit() -> None:
    few = ScriptedRig({"127.0.0.2": reports("Rack 2", vocal("Vox", 470_000, FULL))}, device(2, STAGE))
    async with open_board(few) as (app, _):
        assert text_of(app).splitlines()[2].count("battery") == 1
    async with open_board(rig(), (200, 60)) as (app, _):
        assert app.board_screen._presenter.contents.layout is Layout.ROWS


async def test_the_wheel_turns_whole_pages() -> None:
    async with open_board(rig()) as (app, pilot):
        board = app.board_screen.board
        for event, page in (
            (MouseScrollDown, 1),
            (MouseScrollDown, 1),
            (MouseScrollUp, 0),
            (MouseScrollUp, 0),
        ):
            board.post_message(
                event(board, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False, screen_x=5, screen_y=8)
            )
            await pilot.pause()
            assert board.scroll_offset.y == page * board.size.height
