"""Searching the network: rows as they come, why one lets nobody in, and adding with one key."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.device import Device, DeviceFault, DeviceKind
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.draw.found_device_row import format_interfaces, state_of, title
from micboard_tui.tui.found_device_adder import Addition
from micboard_tui.tui.screens.add_results import UNREAD_S, AddResults
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import assert_can_be_drawn, text_of
from tests.tui.scripted_rig import ScriptedRig, device, settle
from tests.tui.test_screens import at_all_sizes, calm

pytestmark = pytest.mark.journey

READY = FoundDevice(
    "192.0.2.7",
    2202,
    "shure",
    "shure-strings",
    "ULXD4D",
    "[b]FOH 7[/]",
    DeviceKind.RECEIVER,
    "slp",
    answered=True,
    rf_band="G51",
)
CLOSED = replace(
    READY,
    host="192.0.2.8",
    model="SLXD4D",
    own_name="Sax\x1b[31m",
    answered=False,
    rf_band=None,
    fault=DeviceFault(
        ErrorCode.DEVICE_REFUSED,
        "It announces itself but refuses controllers on TCP 2202",
        "On its front panel set Advanced Settings > Controller Access > Allow",
    ),
)
LONE = replace(
    READY,
    host="192.0.2.9",
    port=0,
    driver=None,
    model="AXT400",
    own_name=None,
    answered=False,
    rf_band=None,
    fault=DeviceFault(
        ErrorCode.DRIVER_NOT_SUPPORTED, "No protocol is known by which this AXT400 can be read", "Leave it"
    ),
)
FAR = replace(READY, host="169.254.216.224", own_name="Far away", answered=False)
ALL = (READY, CLOSED, LONE, FAR)


@asynccontextmanager
async def searching(
    rig: ScriptedRig, size: tuple[int, int] = (80, 24)
) -> AsyncGenerator[tuple[MicboardApp, SearchScreen, Pilot[str]]]:
    app = rig.app()
    async with app.run_test(size=size) as pilot:
        await until(lambda: rig.opened == 1 and app._background.services is not None)
        await pilot.pause()
        while not isinstance(app.screen, BoardScreen):
            await pilot.press("escape")
        settle(app)
        app.clear_notifications()
        await pilot.press("S")
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        for field in screen.query(Input):
            field.cursor_blink = False
        yield app, screen, pilot
        assert_can_be_drawn(app)


async def over(screen: SearchScreen, pilot: Pilot[str]) -> None:
    """The search has ended and everything is drawn."""
    await until(lambda: not screen._is_looking)
    screen.show_current()
    await pilot.pause()


def why_of(screen: SearchScreen) -> str:
    return screen.query_one("#why", Lines).text


def toasts(app: MicboardApp) -> list[str]:
    return [each.message for each in app._notifications]


@at_all_sizes
async def test_what_was_found(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = calm()
    rig.announcements.found = [*ALL, replace(READY, host=device(2).host)]
    async with searching(rig, size) as (app, search, pilot):
        await over(search, pilot)
        await pilot.press("down", "down")
        search.show_current()
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_nobody_was_found(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with searching(calm(), size) as (app, search, pilot):
        await over(search, pilot)
        assert text_of(app) == screen


async def test_rows_come_as_devices_are_heard_and_the_choice_stays() -> None:
    rig = ScriptedRig(announcing=[CLOSED], stays=True)
    async with searching(rig) as (app, screen, pilot):
        await until(lambda: bool(screen._findings.devices))
        screen.show_current()
        header = screen.query_one("#header", Lines)
        assert "listening on all: eth0 192.0.2.1, lo 127.0.0.1" in header.text
        assert "1 found" in header.text
        turned = header.text
        screen.show_current()
        assert header.text != turned
        assert "Controller Access > Allow" in why_of(screen)
        assert rig.announcements.tell is not None
        rig.announcements.tell(READY)
        screen.show_current()
        assert screen.chosen == CLOSED
        assert screen.query_one(OptionList).highlighted == 1
        assert "\x1b" not in text_of(app)
        await pilot.press("k")
        assert screen.chosen == READY
        await pilot.press("j", "q")
        assert isinstance(app.screen, BoardScreen)


@pytest.mark.parametrize("key", ["a", "enter"])
async def test_one_key_adds_and_says_so(key: str) -> None:
    rig = ScriptedRig(announcing=ALL)
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        await pilot.press("down", key)
        await until(lambda: bool(rig.records.kept))
        await until(lambda: toasts(app) == ["Added [b]FOH 7[/]."])
        assert not any(message.markup for message in app._notifications)
        (kept,) = rig.records.kept.values()
        assert (kept.host, kept.port, kept.driver) == ("192.0.2.7", 2202, "shure-strings")
        assert "is added and on the board" in why_of(screen)
        await pilot.press(key)
        assert toasts(app) == ["[b]FOH 7[/] is added already."]
        assert len(rig.records.kept) == 1


@pytest.mark.no_cover
async def test_an_added_device_leaves_the_board_when_that_is_undone_and_comes_back() -> None:
    rig = ScriptedRig(announcing=[READY])
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        await pilot.press("a")
        await until(lambda: len(rig.live.snapshot()) == 1)
        added = rig.live.snapshot()[0].device
        await pilot.press("escape", "escape", "u")
        await until(lambda: rig.live.snapshot() == ())
        await until(lambda: any(toast.startswith("Undone: Device ") for toast in toasts(app)))
        assert rig.records.kept == {}
        await pilot.press("ctrl+r")
        await until(lambda: [each.device for each in rig.live.snapshot()] == [added])


async def test_what_no_driver_speaks_to_is_not_added() -> None:
    rig = ScriptedRig(announcing=[LONE])
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        await pilot.press("a")
        (message,) = toasts(app)
        assert message.startswith("AXT400 cannot be added: No protocol")
        assert rig.records.kept == {}


async def test_what_was_found_may_be_taken_in_the_meantime() -> None:
    rig = ScriptedRig(announcing=[READY])
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        rig.records.kept[device(2).id] = replace(device(2), host=READY.host)
        await pilot.press("a")
        await until(lambda: any("registered already" in each for each in toasts(app)))


async def test_without_any_row_there_is_nothing_to_add() -> None:
    async with searching(ScriptedRig()) as (app, screen, pilot):
        await over(screen, pilot)
        assert "No new device was found" in why_of(screen)
        await pilot.press("a", "j", "k")
        assert toasts(app) == []


async def test_addresses_can_be_typed_and_what_was_heard_stays() -> None:
    other = replace(READY, host="192.0.2.20", own_name=None, model=None)
    rig = ScriptedRig(announcing=[CLOSED], answering=[other])
    async with searching(rig) as (_, screen, pilot):
        await over(screen, pilot)
        rig.announcements.found = []
        await pilot.press("t", *"192.0.2.20", "space", *"192.0.2.21", "enter")
        await over(screen, pilot)
        assert [each.host for each in screen._shown] == ["192.0.2.8", "192.0.2.20"]
        assert sorted(rig.answering_devices.probed) == ["192.0.2.20", "192.0.2.21"]
        await pilot.press("down")
        assert "192.0.2.20 answers. Enter adds it with the driver shure-strings." in why_of(screen)
        await pilot.press("r")
        await over(screen, pilot)
        assert screen._shown == []


async def test_it_is_said_when_no_new_device_answers_at_the_typed_addresses() -> None:
    other = replace(READY, host="192.0.2.20")
    rig = ScriptedRig(None, device(5), announcing=[CLOSED], answering=[other])
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        assert toasts(app) == []
        for targets, answer in (
            ("10.9.9.0/29", "No new device answered at 10.9.9.0/29."),
            ("10.9.9.1 10.9.9.2", "No new device answered at 10.9.9.1 and 1 more."),
            ("192.0.2.20", "Probed 192.0.2.20: 1 new device found."),
            # It stands there already.
            ("192.0.2.20", "No new device answered at 192.0.2.20."),
        ):
            await pilot.press("t")
            screen.query_one(Input).value = targets
            await pilot.press("enter")
            await over(screen, pilot)
            assert toasts(app) == [answer]
            assert app.screen is screen
            app.clear_notifications()
        await pilot.press("r")
        await over(screen, pilot)
        assert toasts(app) == []


@pytest.mark.parametrize("targets", ["300.1.1.1/99", "10.0.0.0/8"])
async def test_targets_that_cannot_be_say_why(targets: str) -> None:
    async with searching(ScriptedRig()) as (app, screen, pilot):
        await over(screen, pilot)
        await pilot.press("t", "enter")
        assert screen.query_one(OptionList).has_focus
        screen.query_one(Input).value = targets
        await pilot.press("t", "enter")
        await until(lambda: screen._error is not None)
        screen.show_current()
        assert targets in why_of(screen)
        assert toasts(app) == []
        await pilot.press("t", "escape")
        assert isinstance(app.screen, SearchScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)


async def test_the_interface_can_be_chosen() -> None:
    rig = ScriptedRig()
    async with searching(rig) as (_, screen, pilot):
        for on, address in (("eth0 192.0.2.1", "192.0.2.1"), ("lo 127.0.0.1", "127.0.0.1")):
            await over(screen, pilot)
            await pilot.press("i")
            await over(screen, pilot)
            assert f"listened on {on}" in screen.query_one("#header", Lines).text
            assert rig.announcements.listened[-1] == address
        await pilot.press("i")
        await over(screen, pilot)
        assert rig.announcements.listened[-1] is None


async def test_where_there_are_several_zones_one_is_searched_and_what_is_found_is_added_to_it() -> None:
    rig = ScriptedRig(None, device(1), replace(device(2), zone="land"), announcing=[READY])
    async with searching(rig) as (_, screen, pilot):
        await over(screen, pilot)
        assert "Search zone main" in screen.query_one("#header", Lines).text
        await pilot.press("z")
        await over(screen, pilot)
        assert "Search zone land" in screen.query_one("#header", Lines).text
        await pilot.press("enter")
        await until(lambda: screen._adder.added != {})
        (added,) = screen._adder.added.values()
        assert added.zone == "land"


async def test_leaving_ends_the_search() -> None:
    rig = ScriptedRig(stays=True)
    async with searching(rig) as (app, screen, pilot):
        await until(lambda: rig.announcements.tell is not None)
        await pilot.press("escape")
        await until(lambda: not screen.workers or all(not each.is_running for each in app.workers))


@pytest.mark.parametrize(
    ("found", "added", "state"),
    [
        (READY, True, ("added", "dim")),
        (FAR, False, ("heard", "text")),
        (READY, False, ("ready", "live")),
        (CLOSED, False, ("refuses access", "warning")),
        (LONE, False, ("no driver", "dim")),
        (
            replace(READY, fault=DeviceFault(ErrorCode.API_ERROR, "Odd", "")),
            False,
            ("not usable", "warning"),
        ),
    ],
)
def test_the_state_of_a_row(found: FoundDevice, added: bool, state: tuple[str, str]) -> None:
    assert state_of(found, added=added) == state


def test_words_of_what_says_little() -> None:
    assert title(LONE) == "AXT400"
    assert title(replace(LONE, model=None)) == "192.0.2.9"
    assert format_interfaces([]) == "no interface"
    assert format_interfaces([Interface("10.0.0.1", 8, "en0")]) == "en0 10.0.0.1"


# Several at once.

MANY = [replace(READY, host=f"192.0.2.{number}", own_name=f"FOH {number}") for number in range(10, 15)]


async def test_all_that_can_be_added_are_marked_and_added_with_one_listing() -> None:
    rig = ScriptedRig(announcing=[*MANY, LONE])
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        rig.records.kept[device(2).id] = replace(device(2), host=MANY[1].host)
        await pilot.press("asterisk")
        assert ", 5 marked" in screen.query_one("#header", Lines).text
        await pilot.press("asterisk", "asterisk", "enter")
        await until(lambda: isinstance(app.screen, AddResults))
        await pilot.pause()
        shown = text_of(app)
        assert "4 of 5 devices were added." in shown
        assert "FOH 11 was not added: " in shown
        assert "FOH 14 is added." in shown
        assert len(rig.records.kept) == 5
        await asyncio.sleep(UNREAD_S)
        await pilot.press("j", "k", "escape")
        await until(lambda: app.screen is screen)
        assert [cell.text for row in screen._rows for cell in row if "added" in cell.text] == [
            *("added", "not added", "added", "added", "added")
        ]
        await pilot.press("home", "down", "down")
        await pilot.pause()
        assert "FOH 11 was not added" in why_of(screen)


async def test_a_key_that_was_for_the_search_does_not_close_the_listing_which_opens_by_itself() -> None:
    async with searching(ScriptedRig(announcing=[READY])) as (app, _, pilot):
        results = [Addition(READY, error=None)]
        await app.push_screen(AddResults(results, unread_s=60.0))
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, AddResults)
        app.pop_screen()
        await app.push_screen(AddResults(results, unread_s=0.0))
        await pilot.press("enter")
        assert not isinstance(app.screen, AddResults)


async def test_marked_devices_are_shown_and_only_they_are_added() -> None:
    rig = ScriptedRig(announcing=MANY)
    async with searching(rig) as (_, screen, pilot):
        await over(screen, pilot)
        await pilot.press("space", "down", "space", "up")
        assert [row[0].text for row in screen._rows] == ["●", " ", "●", " ", " "]
        await pilot.press("a")
        await until(lambda: len(rig.records.kept) == 2)
        assert {kept.host for kept in rig.records.kept.values()} == {MANY[0].host, MANY[2].host}


@pytest.mark.no_cover
async def test_the_key_for_all_takes_the_marks_away_again() -> None:
    async with searching(ScriptedRig(announcing=MANY)) as (_, screen, pilot):
        await over(screen, pilot)
        await pilot.press("asterisk", "asterisk")
        assert "marked" not in screen.query_one("#header", Lines).text


async def test_what_cannot_be_added_is_not_marked() -> None:
    async with searching(ScriptedRig(announcing=[LONE])) as (app, screen, pilot):
        await over(screen, pilot)
        await pilot.press("space", "asterisk")
        assert "marked" not in screen.query_one("#header", Lines).text
        assert toasts(app)[0].startswith("AXT400 cannot be added: No protocol")


async def test_progress_is_told_and_leaving_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = ScriptedRig(announcing=MANY)
    async with searching(rig) as (app, screen, pilot):
        await over(screen, pilot)
        held = asyncio.Event()
        register = screen._devices.register

        async def register_slowly(*names: str, **more: Any) -> ServiceResult[Device]:  # noqa: ANN401 - passed on
            if rig.records.kept:
                await held.wait()
            return await register(*names, **more)

        monkeypatch.setattr(screen._devices, "register", register_slowly)
        await pilot.press("asterisk", "enter")
        await until(lambda: len(rig.records.kept) == 1)
        await until(lambda: "adding 2 of 5" in screen.query_one("#header", Lines).text)
        await pilot.press("escape")
        assert toasts(app) == ["Stopped: 1 of 5 were done."]
        assert isinstance(app.screen, BoardScreen)
        held.set()
        await pilot.pause()
        assert len(rig.records.kept) == 1
