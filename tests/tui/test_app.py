"""The app as its user drives it: keys in, and what is on the screen or in the database out."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.binding import Binding
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.filter import LOW_BATTERY, ChannelFilter
from micboard_tui.tui.arrange.view import Grouping, SortOrder, View
from micboard_tui.tui.board_messages import NO_CHANNEL, NO_RECEIVER
from micboard_tui.tui.board_options import START_DEMO, BoardOptions
from micboard_tui.tui.flows.flow_starter import NO_DEVICE
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.channel_screen import ChannelScreen
from micboard_tui.tui.screens.device_form import DeviceForm
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import (
    ConfirmScreen,
    FilterScreen,
    FirstStartScreen,
    KeepViewScreen,
)
from micboard_tui.tui.screens.help_screen import HelpScreen
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.widgets.channel_board import Board
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import assert_can_be_drawn, text_of
from tests.tui.flows.flow_stage import InMemoryViews
from tests.tui.scripted_rig import (
    CHAPEL,
    FACTS,
    METERS,
    OPTIONS,
    PACK,
    SILENCE,
    SILENT,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)

pytestmark = pytest.mark.journey(traced=False)

FOUND = FoundDevice("192.0.2.7", 2202, "shure", "shure-strings", "ULXD4D", "[b]FOH 7[/]")


@asynccontextmanager
async def open_app(
    rig: ScriptedRig,
    size: tuple[int, int] = (80, 24),
    *,
    draws_messages: bool = False,
    look: BoardOptions = OPTIONS,
) -> AsyncGenerator[tuple[MicboardApp, Pilot[str]]]:
    app = rig.app(look)
    async with app.run_test(size=size, notifications=draws_messages) as pilot:
        await rig.all_devices_settle()
        if not rig.records.kept:
            await until(lambda: isinstance(app.screen, FirstStartScreen))
        settle(app)
        await pilot.pause()
        yield app, pilot
        assert_can_be_drawn(app)


def big(channels: int = 40) -> ScriptedRig:
    """One receiver in each location, more channels than lines."""
    parts = [
        vocal(f"Vox {number}", 470_000 + number * 400, Battery(80, 4, 400)) for number in range(channels)
    ]
    return ScriptedRig(
        {"127.0.0.2": reports("A", *parts), "127.0.0.3": reports("B", *parts[:2])},
        device(2),
        device(3, CHAPEL),
    )


def selected(app: MicboardApp) -> tuple[str, int]:
    ref = board(app).selected
    assert ref is None or isinstance(ref, ChannelRef)
    assert ref is not None
    return ref.device_id, ref.number


def board(app: MicboardApp) -> Board:
    return next(screen for screen in app.screen_stack if isinstance(screen, BoardScreen)).query_one(Board)


def toasts(app: MicboardApp) -> list[str]:
    return [each.message for each in app._notifications]


def answer(app: MicboardApp) -> str:
    return str(app.screen.query_one("#answer", Static).content)


def grounds(strip: Strip) -> set[str]:
    """The colours behind a line."""
    return {each.style.bgcolor.name for each in strip if each.style and each.style.bgcolor}


# Moving.


async def test_keys_move_the_selection() -> None:
    places = {
        "down": ("rack-2", 2),
        "j j k": ("rack-2", 2),
        "up": ("rack-2", 1),
        "end": ("rack-3", 2),
        "end up home": ("rack-2", 1),
        "pagedown": ("rack-2", 20),
        "pagedown pageup": ("rack-2", 1),
        "pagedown pagedown pagedown": ("rack-3", 2),
        "ctrl+f ctrl+b down": ("rack-2", 2),
    }
    async with open_app(big()) as (app, pilot):
        for keys, place in places.items():
            await pilot.press("home", *keys.split())
            assert (keys, selected(app)) == (keys, place)
            assert app.screen.query_one(Board).selected in board(app).visible_lines


async def test_a_click_selects() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.click(Board, offset=(10, 4))
        assert selected(app) == ("rack-2", 4)
        await pilot.click(Board, offset=(10, 0))
        assert selected(app) == ("rack-2", 4)


async def test_the_first_heading_is_shown_again_at_the_top() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("end", "home")
        await pilot.pause()
        assert "Main Stage" in text_of(app)


async def test_a_key_for_channels_says_that_no_receiver_is_registered() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        await pilot.press("escape", "n", "s")
        await pilot.pause()
        assert NO_RECEIVER in toasts(app)
        assert NO_CHANNEL not in toasts(app)


async def test_an_empty_board_takes_every_key() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        await pilot.press("escape")
        await pilot.press("down", "end", "pageup", "o", "D", "left", "tab")
        await pilot.click(Board, offset=(3, 3))
        assert board(app).selected is None
        assert "Nothing that is shown has a problem." in toasts(app)


# Problems.


def with_problems() -> ScriptedRig:
    bad = replace(FACTS, name="Low", transmitter=replace(PACK, battery=Battery(5, 1, 9)))
    channels = [(FACTS, METERS) for _ in range(40)]
    channels[4] = (bad, METERS)
    channels[30] = (FACTS, SILENCE)
    return ScriptedRig({"127.0.0.2": reports("A", *channels)}, device(2))


async def test_tab_goes_from_problem_to_problem_and_around() -> None:
    async with open_app(with_problems()) as (app, pilot):
        places = []
        for key in ("tab", "tab", "tab", "shift+tab", "shift+tab"):
            await pilot.press(key)
            places.append(selected(app)[1])
        assert places == [5, 31, 5, 31, 5]


async def test_a_critical_off_screen_is_counted_in_the_header() -> None:
    async with open_app(with_problems()) as (app, pilot):
        assert "1 critical hidden" in text_of(app)
        await pilot.press("tab", "tab")
        settle(app)
        await pilot.pause()
        assert "RF lost" in text_of(app)
        assert "1 critical hidden" in text_of(app)
        await pilot.press("o")
        settle(app)
        await pilot.pause()
        board(app).scroll_to(y=0, animate=False)
        settle(app)
        await pilot.pause()
        assert "off screen" not in text_of(app)


async def test_problems_first_follows_what_happens_and_keeps_the_selection() -> None:
    rig = with_problems()
    async with open_app(rig) as (app, pilot):
        await pilot.press("o", "home")
        assert selected(app) == ("rack-2", 31)
        assert "Problems first." in toasts(app)
        rig.report(2, FactsHeard(8, FACTS), MetersHeard(8, SILENCE))
        settle(app)
        settle(app)
        assert [ref.number for ref in board(app).channels[:3]] == [8, 31, 5]
        assert selected(app) == ("rack-2", 31)
        # Another such order begins with its own first channel, and a third one too.
        await pilot.press("o")
        assert selected(app) == ("rack-2", 5)
        await pilot.press("o", "o", "o")
        assert [ref.number for ref in board(app).channels[:3]] == [1, 2, 3]
        assert selected(app) == ("rack-2", 1)
        assert board(app).selected in board(app).visible_lines


async def test_what_is_to_be_looked_at_stays_at_the_top_and_is_selected_when_its_order_is_chosen() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press(*["down"] * 30)
        assert selected(app) == ("rack-2", 31)
        rig.report(2, FactsHeard(8, FACTS), MetersHeard(8, SILENCE))
        settle(app)
        await pilot.press("o")
        await pilot.pause()
        assert selected(app) == ("rack-2", 8)
        assert board(app).scroll_offset.y == 0
        # The selected channel heals and another one fails: the selection goes along, the window stays.
        rig.report(2, FactsHeard(40, FACTS), MetersHeard(40, SILENCE), MetersHeard(8, METERS))
        settle(app)
        await pilot.pause()
        assert board(app).channels[0].number == 40
        assert selected(app) == ("rack-2", 8)
        assert board(app).scroll_offset.y == 0


async def test_a_larger_layout_stays_at_the_problems_when_the_selected_channel_has_moved_away() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        rig.report(2, FactsHeard(8, FACTS), MetersHeard(8, SILENCE))
        settle(app)
        await pilot.press("o")
        rig.report(2, FactsHeard(40, FACTS), MetersHeard(40, SILENCE), MetersHeard(8, METERS))
        settle(app)
        await pilot.pause()
        for _ in range(3):
            await pilot.press("v")
            settle(app)
            await pilot.pause()
            assert board(app).scroll_offset.y == 0
            assert board(app).channels[0] in board(app).visible_lines
        assert selected(app) == ("rack-2", 8)
        await pilot.press("v")
        settle(app)
        await pilot.pause()
        assert board(app).selected not in board(app).visible_lines
        await pilot.press("enter")
        await pilot.pause()
        assert NO_CHANNEL in toasts(app)
        await pilot.press("D")
        await pilot.pause()
        assert isinstance(app.screen, BoardScreen)
        assert NO_DEVICE in toasts(app)


async def test_a_larger_layout_shows_the_channel_that_was_selected() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("o", *["down"] * 12)
        chosen = selected(app)
        for _ in range(3):
            await pilot.press("v")
            settle(app)
            await pilot.pause()
            assert selected(app) == chosen
            assert board(app).selected in board(app).visible_lines


async def test_the_window_stays_where_the_user_has_scrolled_to() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("o", "end")
        await pilot.pause()
        top = board(app).scroll_offset.y
        assert top > 0
        rig.report(3, FactsHeard(2, FACTS), MetersHeard(2, SILENCE))
        settle(app)
        await pilot.pause()
        assert board(app).channels[0].device_id == "rack-3"
        assert board(app).scroll_offset.y == top


async def test_the_arrows_begin_at_the_top_when_the_selected_channel_has_left_the_screen() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        rig.report(2, MetersHeard(1, SILENCE))
        settle(app)
        await pilot.press("o")
        assert selected(app) == ("rack-2", 1)
        failing = range(10, 40)
        rig.report(2, *(MetersHeard(number, SILENCE) for number in failing), MetersHeard(1, METERS))
        settle(app)
        settle(app)
        await pilot.pause()
        assert board(app).selected not in board(app).visible_lines
        # What is done to it would not be seen.
        assert board(app).chosen_channels == []
        await pilot.press("space", "enter")
        assert not board(app).marked
        assert isinstance(app.screen, BoardScreen)
        await pilot.press("down")
        assert board(app).selected == board(app).channels[0]


async def test_the_lowest_battery_first_and_unknown_ones_last() -> None:
    channels = [
        vocal("charlie", 470125, Battery(80, 4)),
        vocal("Alpha", 470725, Battery()),
        vocal("bravo", 471325, Battery(12, 1)),
        vocal("", 471925, Battery(bars=2)),
    ]
    rig = ScriptedRig({"127.0.0.2": reports("A", *channels)}, device(2))
    async with open_app(rig) as (app, pilot):
        await pilot.press("o", "o")
        assert "Lowest battery first." in toasts(app)
        assert [ref.number for ref in board(app).channels] == [3, 4, 1, 2]
        assert selected(app) == ("rack-2", 3)
        rig.report(2, FactsHeard(1, vocal("charlie", 470125, Battery(9, 1))[0]))
        settle(app)
        assert [ref.number for ref in board(app).channels] == [1, 3, 4, 2]
        await pilot.press("o")
        assert "By name." in toasts(app)
        assert [ref.number for ref in board(app).channels] == [2, 3, 1, 4]


# Finding, filtering, grouping.


async def test_finding_jumps_while_you_type_and_enter_stays() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("slash")
        await pilot.pause()
        assert "type a few letters" in text_of(app)
        await pilot.press(*"vox37")
        await pilot.pause()
        assert selected(app) == ("rack-2", 38)
        assert "1 found" in text_of(app)
        assert board(app).selected in board(app).visible_lines
        await pilot.press("enter", "down")
        assert selected(app) == ("rack-2", 39)
        assert "found" not in text_of(app)


async def test_escape_goes_back_to_where_you_were() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("down", "down", "slash", *"vox 1")
        assert selected(app) == ("rack-2", 2)
        await pilot.press("down")
        assert selected(app) == ("rack-2", 11)
        await pilot.press("up", "up", "escape")
        assert selected(app) == ("rack-2", 3)
        await pilot.press("slash", *"zzz", "down")
        await pilot.pause()
        assert "0 found" in text_of(app)
        assert selected(app) == ("rack-2", 3)
        await pilot.press("escape", "q")


async def test_what_is_found_is_shown_also_where_the_pointer_was_there_already() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("down")
        board(app).scroll_to(y=15, animate=False)
        await pilot.pause()
        assert selected(app) == ("rack-2", 2)
        assert board(app).selected not in board(app).visible_lines
        await pilot.press("slash", *"Vox 1")
        await pilot.pause()
        assert selected(app) == ("rack-2", 2)
        assert board(app).selected in board(app).visible_lines


async def test_finding_on_an_empty_board_finds_nothing() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        await pilot.press("escape", "slash", "a", "down", "escape")
        assert board(app).selected is None


async def test_the_filter_shows_only_what_is_ticked_and_follows() -> None:
    rig = with_problems()
    async with open_app(rig) as (app, pilot):
        await pilot.press("f")
        assert isinstance(app.screen, FilterScreen)
        options = app.screen.query_one(OptionList).options
        place = [str(option.prompt).split()[2] for option in options].index("problems")
        await pilot.press(*["down"] * place, "space", "enter")
        settle(app)
        await pilot.pause()
        assert [ref.number for ref in board(app).channels] == [5, 31]
        assert "only problems" in text_of(app)
        assert "40 ch" in text_of(app)
        rig.report(2, FactsHeard(8, FACTS), MetersHeard(8, SILENCE))
        settle(app)
        assert [ref.number for ref in board(app).channels] == [5, 8, 31]
        await pilot.press("F")
        settle(app)
        await pilot.pause()
        assert len(board(app).channels) == 40
        assert "only" not in text_of(app)
        await pilot.press("F")


async def test_a_filter_that_nobody_fits_says_how_to_get_out() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("f", "escape")
        assert len(board(app).channels) == 42
        app_board = next(screen for screen in app.screen_stack if isinstance(screen, BoardScreen))
        app_board.show_view(View(channel_filter=ChannelFilter(frozenset({LOW_BATTERY}))))
        await pilot.pause()
        assert board(app).channels == []
        assert "No channel matches the filter. F shows all." in text_of(app)
        await pilot.press("f", "c")
        assert len(board(app).channels) == 42


async def test_headings_can_be_performers_makers_or_nothing() -> None:
    async with open_app(big()) as (app, pilot):
        seen, messages = [], []
        for _ in Grouping:
            await pilot.press("g")
            await pilot.pause()
            text = text_of(app)
            messages += toasts(app)
            seen.append([name for name in ("No performer", "Shure", "Main Stage") if f"{name} ─" in text])
        assert seen == [["No performer"], ["Shure"], [], [], ["Main Stage"]]
        assert "Not grouped." in messages


async def test_views_are_kept_on_number_keys_and_the_last_one_comes_back() -> None:
    store = InMemoryViews({"last": View(SortOrder.NAME).as_json(), "3": "rubbish"})
    rig = with_problems()
    app = rig.app(replace(OPTIONS, views=store))

    async with app.run_test(size=(80, 24)) as pilot:
        await rig.all_devices_settle()
        settle(app)
        await pilot.press("3")
        assert "No view is kept on 3. V keeps this one." in toasts(app)
        assert [ref.number for ref in board(app).channels[:3]] == [1, 2, 3]
        await pilot.press("o", "o", "o", "V")
        assert isinstance(app.screen, KeepViewScreen)
        await pilot.press("3", "escape", "2", *"Act 2", "enter")
        await until(lambda: "View 2: Act 2." in toasts(app))
        assert store.views["2"] == View(SortOrder.PROBLEMS, name="Act 2").as_json()
        await pilot.press("g", "V", "escape", "2")
        assert board(app).channels[0].number == 31
        assert "2: Act 2." in toasts(app)
        await pilot.press("V", "2")
        await pilot.pause()
        assert "2   Act 2" in text_of(app)
        assert "Enter keeps it on 2" in text_of(app)
        assert app.screen.query_one(Input).value == "Act 2"
        app._views.save(app.board_screen.views)

    assert store.views["last"] == store.views["2"]
    assert store.views["3"] == "rubbish"


# What changes, and what does not.


async def test_only_lines_that_look_different_are_drawn() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        text_of(app)
        drawn: list[int] = []
        board(app).refresh_line = drawn.append  # type: ignore[method-assign, assignment] # listens in
        rig.report(2, MetersHeard(3, METERS))
        settle(app)
        assert drawn == []
        rig.report(2, MetersHeard(3, METERS._replace(rf_dbm=-60.0)), MetersHeard(39, SILENCE))
        settle(app)
        # The line of the channel, and the heading that counts the lost one further down.
        assert drawn == [3, 0]
        await pilot.pause()


async def test_a_value_that_comes_while_off_screen_is_there_when_scrolled_to() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("end", "home")
        rig.report(2, FactsHeard(40, replace(FACTS, name="Changed")), MetersHeard(40, METERS))
        settle(app)
        await pilot.press("end")
        await pilot.pause()
        assert "Changed" in text_of(app)


async def test_the_selection_stays_on_its_line_when_devices_come() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("end", "up", "up", "up")
        await pilot.pause()
        line = next(n for n, text in enumerate(text_of(app).splitlines()) if text.startswith("▌"))
        before = selected(app)
        rig.records.put(replace(device(1), position=0))
        rig.scripts["127.0.0.1"] = reports("New", (FACTS, METERS), (FACTS, METERS))
        services = app._background.services
        assert services is not None
        await services.synchronization.refresh()
        await rig.all_devices_settle()
        settle(app)
        await pilot.pause()
        assert selected(app) == before
        assert text_of(app).splitlines()[line].startswith("▌")


async def test_the_selection_moves_on_when_its_device_goes() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("end")
        rig.records.take(device(3).id)
        services = app._background.services
        assert services is not None
        await services.synchronization.refresh()
        settle(app)
        await pilot.pause()
        assert selected(app) == ("rack-2", 1)


async def test_the_panel_beside_the_board_follows_the_selection() -> None:
    async with open_app(big(), (120, 40)) as (app, pilot):
        panel = app.screen.query_one("#beside", Lines)
        assert "Vox 0" in panel.text
        await pilot.press("down")
        assert "Vox 1" in panel.text


async def test_there_is_one_widget_for_all_channels() -> None:
    async with open_app(big(60)) as (app, _):
        assert len(app.screen.query("*")) < 20


# Screens.


async def test_details_go_from_channel_to_channel_and_back() -> None:
    async with open_app(big()) as (app, pilot):
        await pilot.press("enter")
        assert isinstance(app.screen, ChannelScreen)
        await pilot.pause()
        assert "Vox 0" in text_of(app)
        await pilot.press("right", "right")
        await pilot.pause()
        assert "Vox 2" in text_of(app)
        await pilot.press("left")
        await pilot.pause()
        assert text_of(app).startswith(" Vox 1")
        await pilot.press("j", "j")
        await pilot.pause()
        assert not text_of(app).startswith(" Vox 1")
        await pilot.press("k", "k", "escape")
        assert isinstance(app.screen, BoardScreen)


async def test_details_of_a_channel_that_goes_say_so() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("enter")
        for device_id in list(rig.records.kept):
            rig.records.take(device_id)
        services = app._background.services
        assert services is not None
        await services.synchronization.refresh()
        screen = app.screen
        assert isinstance(screen, ChannelScreen)
        screen.show_current()
        await pilot.press("right")
        await pilot.pause()
        assert "This channel is no longer there." in text_of(app)


async def test_help_lists_every_key_of_the_board() -> None:
    async with open_app(big(), (100, 130)) as (app, pilot):
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.pause()
        text = text_of(app)
        for owner in (Board, BoardScreen, MicboardApp):
            for binding in owner.BINDINGS:
                assert binding.description in text or not binding.show  # type: ignore[union-attr] # all ours are Bindings
        await pilot.press("j", "k", "q")
        assert isinstance(app.screen, BoardScreen)


async def test_the_palette_offers_what_the_keys_do() -> None:
    async with open_app(big()) as (app, pilot):
        commands = {each.title: each for each in app.get_system_commands(app.screen)}
        owners = (Board, BoardScreen, MicboardApp)
        bindings = [each for owner in owners for each in owner.BINDINGS if isinstance(each, Binding)]
        assert {each.description for each in bindings if each.show} <= commands.keys()
        assert {"Theme light", "Theme stage"} <= commands.keys()
        assert commands["Show only some channels"].help == "Key f"
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)


async def test_other_colours_are_worn_at_once_on_every_screen() -> None:
    rig = big()
    async with open_app(rig, (120, 40)) as (app, pilot):
        await pilot.press("enter", "T")
        await pilot.pause()
        (strip,) = app.screen.query_one("#detail", Lines).render_lines(Region(0, 0, 9, 1))
        assert grounds(strip) == {"#ffffff"}
        await pilot.press("escape")
        await pilot.pause()
        assert grounds(board(app).render_line(2)) <= {"#ffffff", "#eeece8"}
        assert "Theme light." in toasts(app)
        await pilot.press("T")
        assert app.theme == "micboard-stage"


# Dialogs.


async def test_a_receiver_is_added_from_the_keyboard() -> None:
    rig = ScriptedRig({"192.0.2.9": reports("New one", vocal("Ada", 482125, Battery(80, 4, 300)))})
    async with open_app(rig) as (app, pilot):
        await pilot.press("a")
        assert isinstance(app.screen, DeviceForm)
        await pilot.press(*"192.0.2.9", "down", *"22x02", "down", *"FOH", "tab", *"Main", "enter")
        await until(lambda: isinstance(app.screen, BoardScreen))
        (added,) = rig.records.kept.values()
        assert (added.host, added.port, added.name) == ("192.0.2.9", 2202, "FOH")
        assert [each.name for each in rig.locations.kept.values()] == ["Main Stage", "Chapel", "Main"]
        await rig.all_devices_settle()
        settle(app)
        await pilot.pause()
        assert "Ada" in text_of(app)
        assert "Added FOH." in toasts(app)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.2", "registered already"),
        ("nowhere.local", "No address is known for nowhere.local. Check the spelling"),
        ("[red]a b", "[red]a b"),
        ("", ""),
    ],
)
async def test_a_no_keeps_the_form_open_with_its_reason(host: str, reason: str) -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("A")
        app.screen.query_one("#host", Input).value = host
        await pilot.press("enter")
        await until(lambda: answer(app) not in {"", "Adding…"})
        assert reason in answer(app)
        assert isinstance(app.screen, DeviceForm)
        assert len(rig.records.kept) == 2
        await pilot.press("up", "escape")
        assert isinstance(app.screen, BoardScreen)
        assert toasts(app) == []


async def test_the_search_is_one_key_away_and_there_is_only_one() -> None:
    async with open_app(ScriptedRig()) as (app, pilot):
        await pilot.press("s")
        assert isinstance(app.screen, SearchScreen)
        await pilot.press("S")
        assert sum(isinstance(screen, SearchScreen) for screen in app.screen_stack) == 1
        app.action_theme("light")
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)


async def test_removing_asks_first_and_can_be_undone() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("D")
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("n")
        assert len(rig.records.kept) == 2
        await pilot.press("D", "y")
        await until(lambda: len(rig.records.kept) == 1)
        settle(app)
        assert {ref.device_id for ref in board(app).channels} == {"rack-3"}
        await until(lambda: any("u undoes it" in each for each in toasts(app)))
        await pilot.press("u")
        await until(lambda: len(rig.records.kept) == 2)
        assert rig.records.kept[device(2).id] == device(2)
        await pilot.press("ctrl+r")
        await until(lambda: len(rig.records.kept) == 1)


async def test_a_device_whose_address_was_taken_does_not_come_back() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("D", "y")
        await until(lambda: len(rig.records.kept) == 1)
        rig.records.kept[device(9).id] = replace(device(9), host="127.0.0.2")
        await pilot.press("u")
        await until(lambda: any("registered already" in each for each in toasts(app)))
        assert device(2).id not in rig.records.kept


# All devices.


async def test_all_devices_with_cause_and_cure() -> None:
    rig = big()
    rig.scripts["127.0.0.3"] = SILENT
    async with open_app(rig) as (app, pilot):
        await pilot.press("d", "j")
        await pilot.pause()
        text = text_of(app)
        assert "online for 0s" in text
        assert "offline for 0s" in text
        assert "DEVICE_UNREACHABLE  No answer from 127.0.0.3:2202" in text
        assert "Check its power and its cable" in text
        rig.manual_clock.now += 60
        screen = app.screen
        assert isinstance(screen, DevicesScreen)
        screen.show_current()
        await pilot.press("k")
        await pilot.pause()
        assert "offline for 1m" in text_of(app)
        assert "A: heard 1m ago, firmware 2.7.6.0" in text_of(app)
        await pilot.press("T")
        await pilot.resize_terminal(140, 30)
        await pilot.pause()
        assert "offline for 1m" in text_of(app)
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)


async def test_a_device_is_changed_from_the_list() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("d", "enter")
        assert isinstance(app.screen, DeviceForm)
        assert app.screen.query_one("#host", Input).value == "127.0.0.2"
        app.screen.query_one("#host", Input).value = "127.0.0.3"
        await pilot.press("enter")
        await until(lambda: "registered already" in answer(app))
        app.screen.query_one("#host", Input).value = "127.0.0.2"
        app.screen.query_one("#name", Input).value = "FOH"
        app.screen.query_one("#location", Input).value = "Chapel"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, DevicesScreen))
        changed = rig.records.kept[device(2).id]
        assert (changed.name, changed.location_id, changed.port) == ("FOH", "chapel", 2202)
        assert "Saved FOH." in toasts(app)


async def test_a_device_is_removed_from_the_list() -> None:
    rig = big()
    async with open_app(rig) as (app, pilot):
        await pilot.press("d", "down", "D", "y")
        await until(lambda: list(rig.records.kept) == [device(2).id])
        screen = app.screen
        assert isinstance(screen, DevicesScreen)
        await until(lambda: len(rig.live.snapshot()) == 1)
        screen.show_current()
        await pilot.press("D", "n", "D", "y")
        await until(lambda: not rig.live.snapshot())
        screen.show_current()
        await pilot.press("D", "enter")
        await pilot.pause()
        assert "No device is registered yet. Add one, or search the network." in text_of(app)
        assert text_of(app).splitlines()[-1].rstrip() == " A add   S search   Esc back   u undo"


# Starting and leaving.


async def test_the_board_stands_before_the_database_is_open() -> None:
    rig = big()
    rig.may_open = asyncio.Event()  # type: ignore[assignment] # both have set and wait
    async with rig.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app.screen, BoardScreen)
        await pilot.press("A", "S", "D")
        assert isinstance(app.screen, BoardScreen)
        assert "Still starting. Try again in a moment." in toasts(app)  # type: ignore[arg-type] # it is ours
        rig.may_open.set()
        await rig.all_devices_settle()


@pytest.mark.parametrize(("key", "result"), [("d", START_DEMO), ("q", None)])
async def test_the_first_start_offers_the_demo(key: str, result: str | None) -> None:
    rig = ScriptedRig()
    app = rig.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        await pilot.press(key)
    assert app.return_value == result


@pytest.mark.parametrize(("key", "screen"), [("a", DeviceForm), ("s", SearchScreen)])
async def test_the_first_start_opens_what_was_chosen(
    key: str, screen: type[DeviceForm | SearchScreen]
) -> None:
    app = ScriptedRig().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, screen))


async def test_services_that_cannot_be_opened_end_the_app_with_the_reason() -> None:
    rig = big()
    rig.failure = StorageError(ErrorCode.DATABASE_DAMAGED, "It is damaged", hint="Restore the backup")
    app = rig.app()
    async with app.run_test(size=(80, 24)):
        await until(lambda: app.failure is not None)
    assert app.failure is rig.failure


async def test_sessions_that_cannot_start_are_a_complaint_on_the_screen() -> None:
    rig = big()
    broken = StorageError(ErrorCode.DATABASE_ERROR, "The disk is gone", hint="Look for it")

    async def all_of_them() -> None:
        raise broken

    rig.records.all = all_of_them  # type: ignore[method-assign, assignment] # a disk that is gone
    app = rig.app()
    async with app.run_test(size=(80, 24)):
        await until(lambda: "The disk is gone. Look for it" in toasts(app))


async def test_leaving_says_goodbye_to_everybody() -> None:
    rig = big()
    app = rig.app(OPTIONS)

    async def leave() -> None:
        await until(lambda: rig.opened == 1)
        app.exit()

    leaving = asyncio.create_task(leave())
    await app.run_to_end(headless=True)
    await leaving
    assert rig.opened == 0


async def test_leaving_before_the_board_has_its_widgets_is_no_crash() -> None:
    class LeavingViews(InMemoryViews):
        """Read for the theme, and once more just before the board opens."""

        app: MicboardApp | None = None

        def load(self) -> Mapping[str, Any]:
            if self.app is not None:
                self.app.exit()
            return super().load()

    views = LeavingViews({})
    app = views.app = big().app(replace(OPTIONS, views=views))
    await app.run_to_end(headless=True)
    assert (app.crash, app.failure) == (None, None)


async def test_services_that_open_while_the_app_leaves_are_no_failure() -> None:
    class SlowRig(ScriptedRig):
        @asynccontextmanager
        async def services(self) -> AsyncGenerator[Services]:
            app.exit()
            await until(lambda: not app.screen_stack)
            async with super().services() as services:
                yield services

    app = SlowRig().app()
    await app.run_to_end(headless=True)
    assert app.failure is None


async def test_a_crash_is_told_to_whoever_runs_the_app_and_never_with_its_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def crash() -> None:
        password = "hunter2"  # noqa: S105, F841 - a planted one
        raise ZeroDivisionError("no words for this")

    app = big().app()
    running = asyncio.create_task(app.run_to_end(headless=True))
    await until(lambda: app.is_running and len(app.screen_stack) > 1)
    app.call_later(crash)
    with pytest.raises(ZeroDivisionError):
        await running
    printed = capsys.readouterr()
    assert "hunter2" not in printed.out + printed.err
