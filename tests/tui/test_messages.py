"""What is shown at the edge of the screen: names as they are, whatever is in them, and which key leaves."""

import functools
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast, ToastRack

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.log_event import LogEvent
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.device_titles import name_devices
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.device_form import DeviceForm
from micboard_tui.tui.screens.dialogs import FirstStartScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import FULL, QUIET
from tests.tui.scripted_rig import FACTS, METERS, OPTIONS, THEMES, ScriptedRig, device, reports, vocal
from tests.tui.test_app import open_app
from tests.tui.test_log import Memory

pytestmark = pytest.mark.journey(traced=False)

HOSTILE = "[red]x[/]"
LOCATION = Location(LocationId("hostile"), HOSTILE, position=0)


def hostile_rig(*found: FoundDevice) -> ScriptedRig:
    """Everything that can have a name has one that could be taken for markup."""
    parts = [vocal(f"{HOSTILE}{number}", 470_000 + number * 400, FULL, QUIET) for number in (1, 2, 3)]
    return ScriptedRig(
        {"127.0.0.2": reports(HOSTILE, *parts, model=HOSTILE), "192.0.2.7": reports(HOSTILE, *parts)},
        device(2, LOCATION),
        locations=(LOCATION,),
        announcing=found,
    )


def toast_texts(app: MicboardApp) -> list[str]:
    """The messages as they are drawn, in one line each."""
    rack = app.screen.get_child_by_type(ToastRack)
    return [" ".join(str(toast.render()).split()) for toast in rack.query(Toast)]


async def wait_for_message(app: MicboardApp, pilot: Pilot[str], part: str) -> None:
    """Wait until a message says this."""
    await until(lambda: any(part in text for text in toast_texts(app)))
    await pilot.pause()


async def test_a_name_that_looks_like_markup_is_shown_as_it_is_in_every_message() -> None:  # noqa: PLR0915 - a walk
    found = FoundDevice("192.0.2.7", 2202, "shure", "shure-strings", HOSTILE, HOSTILE)
    rig = hostile_rig(found)
    async with open_app(rig, (120, 40), draws_messages=True) as (app, pilot):
        await pilot.press("n", *HOSTILE, "enter")
        await wait_for_message(app, pilot, "[red]x[/] has [red]x[/]1. u undoes it.")
        await pilot.press("u")
        await wait_for_message(app, pilot, "Undone: [red]x[/]1 assigned to [red]x[/].")
        await pilot.press("ctrl+r")
        await wait_for_message(app, pilot, "Redone: [red]x[/]1 assigned to [red]x[/].")
        await pilot.press("x")
        await until(lambda: not isinstance(app.screen, BoardScreen))
        await pilot.press("y")
        await wait_for_message(app, pilot, "[red]x[/]1: expected off, no alarm.")
        await pilot.press("p", *HOSTILE, "enter")
        await wait_for_message(app, pilot, "[red]x[/]1: planned pack [red]x[/]1. u undoes it.")
        await pilot.press("l", *HOSTILE, "2", "enter")
        await wait_for_message(app, pilot, "[red]x[/]: [red]x[/]2.")
        await pilot.press("down", "s")
        await wait_for_message(app, pilot, "[red]x[/]2 has no performer.")
        await pilot.press("V", "1", *HOSTILE, "enter")
        await wait_for_message(app, pilot, "View 1: [red]x[/].")
        await pilot.press("1")
        await wait_for_message(app, pilot, "1: [red]x[/].")
        await pilot.press("d", "t")
        await wait_for_message(app, pilot, "[red]x[/] has no certificate.")
        await pilot.press("escape", "S")
        await until(lambda: "1 found" in text_of(app))
        await pilot.press("a")
        await wait_for_message(app, pilot, "Added [red]x[/]")
        await pilot.press("a")
        await wait_for_message(app, pilot, "[red]x[/] is added already.")
        await pilot.press("escape", "D", "y")
        await wait_for_message(app, pilot, "Removed [red]x[/].")


@pytest.mark.parametrize(("keys", "key"), [({}, "q"), ({"quit": "f10"}, "f10")])
async def test_the_usual_key_to_end_a_program_says_which_key_leaves(keys: dict[str, str], key: str) -> None:
    app = hostile_rig().app(replace(OPTIONS, keys=keys))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert toast_texts(app) == [f"Ctrl+C does not leave the board. {key} does."]
        assert f"Ctrl+C does not leave the board. {key} does." in text_of(app)


async def test_the_palette_shows_names_as_they_are(tmp_path: Path) -> None:
    mine = tmp_path / "[red]x[.toml"
    mine.write_bytes(THEMES[0].read_bytes())
    app = hostile_rig().app(replace(OPTIONS, theme_files=(*THEMES, mine), keys={"name": "["}))
    async with app.run_test(size=(80, 60)) as pilot:
        await pilot.press("ctrl+p", *"theme")
        await until(lambda: "Theme [red]x[" in text_of(app))
        await pilot.press(*["backspace"] * 5, *"performer")
        await until(lambda: "Key [" in text_of(app))


# Where they stand.


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_no_message_loses_its_last_word_and_a_short_one_covers_no_channel(width: int) -> None:
    async with open_app(hostile_rig(), (width, 24), draws_messages=True) as (app, pilot):
        rows = text_of(app).splitlines()[:-1]
        most = min(width, 76) - 3
        for length in (*range(most - 3, most + 4), 2 * most - 1, 2 * most):
            last = f"w{length:03}"
            start = ("a word or two " * width)[: length - len(last) - 1].rstrip()
            app.notify(f"{start.ljust(length - len(last) - 1, 'x')} {last}")
            await until(functools.partial(ends_with, app, last))
            await pilot.pause()
            shown = text_of(app).splitlines()
            assert shown[: 23 if length <= most else 21] == rows[: 23 if length <= most else 21], length


def ends_with(app: MicboardApp, word: str) -> bool:
    """Whether one of the last lines does."""
    return any(line.endswith(word) for line in text_of(app).splitlines()[-3:])


async def test_equal_messages_stand_there_once_and_are_renewed() -> None:
    rig = hostile_rig()
    async with open_app(rig, draws_messages=True) as (app, pilot):
        await rig.access.lock_show("4711", actor="Ada")
        for key in "nsxn":
            await pilot.press(key)
        await wait_for_message(app, pilot, "SHOW_LOCKED")
        await until(lambda: len(toast_texts(app)) == 1)
        app.notify("Another", severity="error")
        await wait_for_message(app, pilot, "Another")
        await pilot.press("n")
        await until(lambda: len(toast_texts(app)) == 2 and toast_texts(app)[0] == "Another")
        # The same words as a warning are not the same message.
        app.notify("Another", severity="warning")
        await until(lambda: len(toast_texts(app)) == 3)


async def test_a_renewed_message_stays_as_long_as_a_new_one() -> None:
    async with open_app(hostile_rig(), draws_messages=True) as (app, pilot):
        for timeout_s in (5.0, 60.0):
            app.notify("Again", severity="error", timeout=timeout_s)
            await wait_for_message(app, pilot, "Again")
        (shown,) = app._notifications
        assert shown.time_left > 50.0
        (toast,) = app.screen.get_child_by_type(ToastRack).query(Toast)
        assert toast._notification is shown


async def test_only_the_newest_messages_stand_on_the_screen() -> None:
    async with open_app(hostile_rig(), draws_messages=True) as (app, _):
        for number in range(8):
            app.notify(f"Fault {number}", severity="error")
        await until(lambda: toast_texts(app) == ["Fault 5", "Fault 6", "Fault 7"])
        app.notify("All done")
        await until(lambda: toast_texts(app) == ["All done"])


# What devices are called.


async def test_a_device_is_undone_and_logged_by_its_name_although_it_was_added_by_its_address() -> None:
    rig = ScriptedRig({"127.0.0.9": reports("FOH 9", (FACTS, METERS))})
    event = LogEvent(0.0, "info", "session open", "services", (("device", "127.0.0.9"),))
    app = rig.app(replace(OPTIONS, log=Memory(event)))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        await pilot.press("a", *"127.0.0.9", "enter")
        await until(lambda: any(device.title == "FOH 9" for device in rig.live.snapshot()))
        await until(lambda: isinstance(app.screen, BoardScreen))
        await pilot.press("L")
        await pilot.pause()
        assert "session open  device=FOH 9" in text_of(app)
        for typed in ("foh 9", "127.0.0.9"):
            await pilot.press(*typed)
            await pilot.pause()
            assert "1 of the newest 1" in text_of(app)
            await pilot.press("escape")
        await pilot.press("escape", "u")
        await wait_for_message(app, pilot, "Undone: Device FOH 9 added.")


def test_only_whole_addresses_without_a_port_are_replaced() -> None:
    titles = {"10.0.0.2": "FOH\\1", "rack": "Rack [A]", "fe80::1": "Six"}
    assert (
        name_devices("Device 10.0.0.2 added, rack removed.", titles)
        == "Device FOH\\1 added, Rack [A] removed."
    )
    same = "110.0.0.2 10.0.0.20 10.0.0.2:2202 10.0.0.2.example rack-2 racks fe80::12"
    assert name_devices(same, titles) == same


async def test_nothing_in_an_empty_form_looks_like_a_value() -> None:
    async with open_app(hostile_rig()) as (app, pilot):
        await pilot.press("A")
        await until(lambda: isinstance(app.screen, DeviceForm))
        await pilot.pause()
        assert [field.placeholder for field in app.screen.query(Input)] == [""] * 4
        assert "Address or host name, such as 192.168.1.20" in text_of(app)
        assert "Port, if not 2202, the default" in text_of(app)
