"""The mouse works wherever it points: keys, heads, rows, lists and the line of the worst problem."""

from dataclasses import replace
from functools import partial

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import OptionList

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.filter import LOW_BATTERY, ChannelFilter
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.channel_screen import ChannelScreen
from micboard_tui.tui.screens.chargers_screen import ChargersScreen
from micboard_tui.tui.screens.device_form import DeviceForm
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import FilterScreen, FirstStartScreen
from micboard_tui.tui.screens.help_screen import HelpScreen
from micboard_tui.tui.screens.name_picker import NamePicker
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers, vox
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import big, board, open_app, selected, toasts, with_problems

pytestmark = pytest.mark.journey(traced=False)

FOUND = FoundDevice("192.0.2.7", 2202, "shure", "shure-strings", "ULXD4D", "FOH 7")


def place_of(app: MicboardApp, text: str) -> tuple[int, int]:
    """Where on the screen this stands first."""
    for y, line in enumerate(text_of(app).splitlines()):
        if text in line:
            return line.index(text), y
    raise AssertionError(f"{text!r} is not in\n{text_of(app)}")


async def click(app: MicboardApp, pilot: Pilot[str], text: str, times: int = 1) -> None:
    await pilot.pause()
    await pilot.click(offset=place_of(app, text), times=times)
    await pilot.pause()


def shows(app: MicboardApp, screen: type) -> bool:
    return isinstance(app.screen, screen)


async def test_a_key_in_the_line_of_keys_can_be_clicked() -> None:
    screens = {
        "Enter details": ChannelScreen,
        "details": ChannelScreen,
        "? help": HelpScreen,
        "filter": FilterScreen,
        "n name": NamePicker,
        "devices": DevicesScreen,
        "chargers": ChargersScreen,
    }
    async with open_app(two_receivers(), (200, 24)) as (app, pilot):
        for text, screen in screens.items():
            await click(app, pilot, text)
            await until(partial(shows, app, screen))
            await click(app, pilot, "Esc back")
            await until(partial(shows, app, BoardScreen))
            await pilot.pause()


async def test_arrows_in_the_line_of_keys_move() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await click(app, pilot, "↓ move")
        assert selected(app)[1] == 2
        await click(app, pilot, "↑↓ move")
        assert selected(app)[1] == 1


async def test_keys_of_dialogs_can_be_clicked() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        assert isinstance(app.screen, FirstStartScreen)
        await click(app, pilot, "Add a receiver by")
        await until(lambda: isinstance(app.screen, DeviceForm))
        await click(app, pilot, "Esc back")
        await until(lambda: isinstance(app.screen, BoardScreen))
        await click(app, pilot, "S search")
        await until(lambda: isinstance(app.screen, SearchScreen))


@pytest.mark.parametrize("layout", list(Layout))
async def test_two_clicks_on_a_channel_show_its_details(layout: Layout) -> None:
    async with open_app(big(), (120, 40)) as (app, pilot):
        view = app.board_screen._switcher.current
        app.board_screen.show_view(replace(view, layout=layout))
        await pilot.pause()
        area = board(app)._lines.plan.areas[vox(4)]
        offset = (area.x + 2, area.y)
        await pilot.click(board(app), offset=offset)
        assert selected(app) == ("rack-2", 4)
        assert isinstance(app.screen, BoardScreen)
        await pilot.click(board(app), offset=offset, times=2)
        await until(lambda: isinstance(app.screen, ChannelScreen))


async def test_a_click_on_a_row_moves_no_row() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        before = board(app).scroll_offset
        for y in (0, 3, board(app).size.height - 1):
            await pilot.click(board(app), offset=(5, y))
            assert board(app).scroll_offset == before


@pytest.mark.parametrize(
    ("head", "order"),
    [("name", "By name."), ("battery", "Lowest battery first."), ("flg", "Problems first.")],
)
async def test_the_head_of_a_column_sorts_by_it_and_the_next_click_does_not(head: str, order: str) -> None:
    async with open_app(with_problems()) as (app, pilot):
        await click(app, pilot, head)
        assert toasts(app) == [order]
        await click(app, pilot, head)
        assert toasts(app) == ["Rack order."]
        await click(app, pilot, "MHz")
        assert toasts(app) == ["Rack order."]


async def test_a_click_on_the_line_of_the_worst_problem_goes_there() -> None:
    async with open_app(with_problems()) as (app, pilot):
        assert selected(app)[1] == 1
        await pilot.click("#worst", offset=(5, 0))
        assert selected(app) == ("rack-2", 31)
        assert vox(31) in board(app).visible_lines


async def test_a_problem_that_the_filter_hides_says_so_when_it_is_clicked() -> None:
    async with open_app(with_problems()) as (app, pilot):
        app.board_screen.show_view(View(channel_filter=ChannelFilter(frozenset({LOW_BATTERY}))))
        await pilot.click("#worst", offset=(5, 0))
        assert toasts(app) == ["The filter hides it. F shows all."]


@pytest.mark.parametrize("place", ["Board", "#worst", "#heads", "#keys"])
async def test_the_wheel_scrolls_the_board_wherever_it_is_turned(place: str) -> None:
    async with open_app(big()) as (app, pilot):
        wanted = selected(app)
        await pilot._post_mouse_events([MouseScrollDown], place, offset=(5, 0), button=0)
        await pilot.pause()
        assert board(app).scroll_offset.y > 0
        await pilot._post_mouse_events([MouseScrollUp], place, offset=(5, 0), button=0)
        await pilot.pause()
        assert board(app).scroll_offset.y == 0
        assert selected(app) == wanted


# Lists.


async def test_one_click_goes_to_a_device_and_two_open_its_form() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("d")
        await click(app, pilot, "127.0.0.3")
        assert isinstance(app.screen, DevicesScreen)
        assert app.screen.query_one(OptionList).highlighted == 1
        await click(app, pilot, "127.0.0.3", times=2)
        await until(lambda: isinstance(app.screen, DeviceForm))


async def test_one_click_goes_to_a_found_device_and_two_add_it() -> None:
    rig = ScriptedRig(announcing=(FOUND,))
    async with open_app(rig) as (app, pilot):
        await pilot.press("s")
        await until(lambda: "FOH 7" in text_of(app))
        await click(app, pilot, "FOH 7")
        assert not rig.records.kept
        await click(app, pilot, "FOH 7", times=2)
        await until(lambda: len(rig.records.kept) == 1)


async def test_one_click_takes_no_spare_and_two_do() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("n", *"Ada", "enter")
        await until(lambda: any("Ada has" in text for text in toasts(app)))
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await click(app, pilot, "Gtr 2")
        assert isinstance(app.screen, SwapScreen)
        await click(app, pilot, "Gtr 2", times=2)
        await until(lambda: any("Ada is now on Gtr 2" in text for text in toasts(app)))


async def test_a_click_ticks_a_line_of_the_filter() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("f")
        await click(app, pilot, "[ ] live")
        assert "[x] live" in text_of(app)
