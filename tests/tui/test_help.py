"""Help lists the keys of the screen it is opened on, and j and k move wherever nothing is typed."""

from functools import partial
from itertools import pairwise

import pytest
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from micboard_tui.tui import help_pages, key_bindings
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.help_pages import BOARD_HELP, DEVICES_HELP, HasHelp, HelpPage
from micboard_tui.tui.key_bindings import APP_KEYS, CONFIGURABLE_KEYS, Key
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.help_screen import help_lines
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app

pytestmark = pytest.mark.journey(traced=False)

PAGES = {name: page for name, page in vars(help_pages).items() if isinstance(page, HelpPage)}
TABLES = {
    name: table
    for name, table in vars(key_bindings).items()
    if isinstance(table, tuple) and table and all(isinstance(entry, Key) for entry in table)
}


def texts(page: HelpPage, width: int) -> list[str]:
    lines = help_lines(page, build_keymap({}), width)
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def has_board(app: MicboardApp, *, shown: bool = True) -> bool:
    return isinstance(app.screen, BoardScreen) is shown


async def test_help_is_about_the_screen_it_is_opened_on() -> None:
    titles = {
        "": "the board",
        "enter": "the details of a channel",
        "d": "all devices",
        "c": "chargers",
        "L": "the log",
        "S": "the search",
        "f": "the filter",
        "V": "keeping a view",
        "V 1": "keeping a view",
        "n": "choosing a name",
        "A": "the form of a device",
        "D": "a question",
    }
    async with open_app(two_receivers()) as (app, pilot):
        for opener, title in titles.items():
            await pilot.press(*opener.split())
            await until(partial(has_board, app, shown=not opener))
            before = app.screen
            assert isinstance(before, HasHelp)
            await pilot.press("f1")
            await pilot.pause()
            assert app.screen is not before
            assert f" Help: {title}\n" in text_of(app)
            await pilot.press("f1")
            assert app.screen is before
            # A search that is running ends first.
            while not has_board(app):
                await pilot.press("escape")
                await pilot.pause()


async def test_the_first_start_has_help_and_leads_to_a_board_that_says_what_to_do() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert " Help: the first start\n" in text_of(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        shown = text_of(app)
        for line in (
            " No receiver is registered yet.",
            "   A      adds a receiver by its address",
            "   S      searches the network for receivers",
            "   Enter  shows a demo: simulated receivers, nothing is saved",
            " Enter demo   A add   S search   ? help   q quit",
        ):
            assert line in shown
        await pilot.press("enter")
        assert app.return_value == "demo"


def test_every_page_lists_each_key_once() -> None:
    for name, page in PAGES.items():
        shown = [
            (entry.keys if isinstance(entry, Key) else entry[0])
            for section in page.sections
            if section.title != "While you find"
            for entry in section.entries
            if not isinstance(entry, Key) or entry.is_listed
        ]
        assert len(shown) == len(set(shown)), name


def test_letters_and_flags_come_first_and_no_key_of_the_board_is_missing() -> None:
    lines = texts(BOARD_HELP, 77)
    titles = [line for line in lines if line.startswith(" ") and not line.startswith("  ")]
    flags = [" Problems, as flags", " Other flags"]
    assert titles[:5] == [" Letters before the name", *flags, " Alarms, behind the number", " Colours"]
    board = [key for key in CONFIGURABLE_KEYS if key.id not in {"trust", "secret"}]
    listed = {entry for section in BOARD_HELP.sections for entry in section.entries}
    assert {key for key in board if key.is_listed} <= listed
    assert not any(line.startswith(" Letters") for line in texts(DEVICES_HELP, 77))


def test_nothing_of_a_page_is_cut_in_any_width() -> None:
    for name, page in PAGES.items():
        words = {
            word
            for section in page.sections
            for entry in section.entries
            if not isinstance(entry, Key) or entry.is_listed
            for word in (entry.description if isinstance(entry, Key) else entry[1]).split()
        }
        for width in (40, 77, 117, 129):
            shown = texts(page, width)
            assert all(len(line) <= width for line in shown), (name, width)
            assert words <= set(" ".join(shown).split()), (name, width)


def test_two_columns_halve_the_height() -> None:
    assert len(texts(BOARD_HELP, 117)) < 0.7 * len(texts(BOARD_HELP, 77))


async def test_a_long_page_scrolls_to_its_end() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Letters before the name" in text_of(app)
        assert "All commands" not in text_of(app)
        await pilot.press("end")
        await pilot.pause()
        assert "Back to the channel before" in text_of(app)
        assert " Esc back   ↑↓ scroll   PgUp PgDn page" in text_of(app)


# Letters that move.


HAND_OVER = next(key for key in APP_KEYS if key.id == "handover")


def test_h_and_l_move_nothing_and_j_and_k_move_together() -> None:
    for name, table in TABLES.items():
        keys = {part: key for key in table for part in key.keys.split(",")}
        assert keys.get("h") in {None, HAND_OVER}, name
        assert keys.get("l") in {None, key_bindings.LOCATION_KEYS[0]}, name
        assert ("j" in keys) == ("k" in keys), name
        for one, other in pairwise(("down", "j")):
            if one in keys and other in keys:
                assert keys[one] is keys[other], name


@pytest.mark.parametrize("opener", ["d", "f", "S"])
async def test_j_and_k_move_in_every_list(opener: str) -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press(opener)
        await until(lambda: not isinstance(app.screen, BoardScreen))
        options = app.screen.query_one(OptionList)
        if opener == "S":
            options.add_options(["one", "two"])
            options.highlighted = 0
        await pilot.press("j")
        assert options.highlighted == 1
        await pilot.press("k")
        assert options.highlighted == 0


@pytest.mark.parametrize("opener", ["enter", "question_mark"])
async def test_j_and_k_scroll_every_page(opener: str) -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press(opener)
        await pilot.pause()
        page = app.screen.query(VerticalScroll).first()
        await pilot.press("j", "j", "k")
        await pilot.pause()
        assert page.scroll_offset.y == min(1, page.max_scroll_y)
