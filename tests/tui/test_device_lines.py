"""Devices themselves as lines of the board: selected, found, reached as problems, and opened."""

from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import NO_WARNINGS, DeviceWarning
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.observation import BayHeard, DeviceHeard, MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.view import SortOrder, View
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.chargers_screen import ChargersScreen
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import InMemoryViews
from tests.tui.scripted_rig import (
    CHAPEL,
    METERS,
    OPTIONS,
    REFUSED,
    SILENCE,
    Script,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)
from tests.tui.test_app import board, open_app, toasts

pytestmark = pytest.mark.journey(traced=False)

CHARGER, GONE = DeviceId("rack-5"), DeviceId("rack-4")
FULL = Battery(80, 4, 400)


def rig(*bays: Bay, channels: int = 4, warnings: frozenset[DeviceWarning] = NO_WARNINGS) -> ScriptedRig:
    """A receiver, a charger, and a receiver that has refused us from the first."""
    shown = bays or (Bay(1, BayState.READY, pack_name="HH 1"), Bay(2, BayState.EMPTY))
    heard = DeviceHeard(
        DeviceKind.CHARGER, 0, "SBC840", "Charger", bay_count=len(shown), device_warnings=warnings
    )
    parts = [vocal(f"Vox {number}", 470_000 + number * 400, FULL) for number in range(1, channels + 1)]
    scripts: dict[str, Script] = {
        "127.0.0.2": reports("Rack A", *parts),
        "127.0.0.4": REFUSED,
        "127.0.0.5": [heard, *map(BayHeard, shown)],
    }
    return ScriptedRig(
        scripts, device(2), device(5, name="Charger"), device(4, CHAPEL, "Choir receiver in the far wing")
    )


def line_with(app: MicboardApp, text: str) -> str:
    return next(line for line in text_of(app).splitlines() if text in line)


async def test_arrows_go_over_the_lines_of_devices_and_the_cure_is_not_cut() -> None:
    async with open_app(rig()) as (app, pilot):
        assert board(app).selected == ChannelRef(DeviceId("rack-2"), 1)
        await pilot.press("end")
        assert board(app).selected == GONE
        settle(app)
        line = line_with(app, "R Refused")
        assert line.startswith("▌   R Refused 0s: Choir receiver in the far wing")
        assert line.endswith("allow access")
        await pilot.press("k")
        assert board(app).selected == CHARGER
        await pilot.press("j", "home", *["j"] * 4)
        assert board(app).selected == CHARGER


async def test_the_worst_is_a_device_and_tab_reaches_it() -> None:
    async with open_app(rig()) as (app, pilot):
        assert text_of(app).splitlines()[1].strip().startswith("Refused 0s: Choir receiver")
        await pilot.press("tab")
        assert board(app).selected == GONE
        assert app.board_screen.selected is None
        assert app.board_screen.selected_device is not None


@pytest.mark.parametrize("typed", ["choir", "127.0.0.4", "far wing"])
async def test_a_device_is_found(typed: str) -> None:
    async with open_app(rig()) as (app, pilot):
        await pilot.press("slash", *("space" if sign == " " else sign for sign in typed), "enter")
        assert board(app).selected == GONE


async def test_enter_shows_a_device_among_all_and_the_bays_of_a_charger() -> None:
    async with open_app(rig()) as (app, pilot):
        await pilot.press("end", "enter")
        await until(lambda: isinstance(app.screen, DevicesScreen))
        assert isinstance(app.screen, DevicesScreen)
        await pilot.pause()
        assert app.screen.chosen is not None
        assert app.screen.chosen.device.id == GONE
        await pilot.press("escape", "k", "enter")
        await until(lambda: isinstance(app.screen, ChargersScreen))
        await pilot.pause()
        assert "HH 1" in text_of(app)


async def test_what_a_charger_warns_of_stands_in_its_line_and_on_the_chargers_screen() -> None:
    async with open_app(rig(warnings=frozenset({DeviceWarning.FAN}))) as (app, pilot):
        assert "Fan fails" in line_with(app, "1 ready")
        await pilot.press("end", "k", "enter")
        await until(lambda: isinstance(app.screen, ChargersScreen))
        await pilot.pause()
        assert line_with(app, "Fan fails").strip().startswith("Charger")


@pytest.mark.parametrize("key", ["n", "s", "p", "x", "N"])
async def test_a_key_for_channels_says_so_on_a_device(key: str) -> None:
    async with open_app(rig()) as (app, pilot):
        await pilot.press("end", key)
        await until(lambda: bool(toasts(app)))
        assert toasts(app) == [
            "Choir receiver in the far wing is a device: this key is for channels. Enter shows the device."
        ]
        assert isinstance(app.screen, BoardScreen)


async def test_a_device_cannot_be_marked_and_marks_pass_over_it() -> None:
    async with open_app(rig()) as (app, pilot):
        await pilot.press("end", "up", "space")
        assert toasts(app) == ["Only channels can be marked, this line is a device."]
        assert board(app).selected == GONE
        assert not board(app).marked
        await pilot.press("home", "end", "up", "up", "shift+down", "shift+down")
        assert board(app).marked == {ChannelRef(DeviceId("rack-2"), 4)}
        await pilot.press("asterisk")
        assert len(board(app).marked) == 4


async def test_location_and_removal_are_for_the_device_whose_line_is_selected() -> None:
    async with open_app(rig()) as (app, pilot):
        await pilot.press("end")
        assert app.board_screen.chosen_devices == [GONE]
        assert app.board_screen.chosen_channels == []
        await pilot.press("D")
        await pilot.pause()
        assert "Remove Choir receiver in the far wing" in text_of(app)


async def test_packs_in_use_and_charger_faults_are_problems_in_their_order() -> None:
    bays = (
        Bay(1, BayState.FAULT, error="Too warm"),
        Bay(2, BayState.IN_USE, pack_name="HH 2", battery=Battery(minutes=9)),
    )
    opened = rig(*bays)
    opened.scripts["127.0.0.4"] = reports("Rack B", vocal("Vox 9", 490_000, FULL))
    async with open_app(opened, (120, 40)) as (app, pilot):
        first = text_of(app).splitlines()[1]
        assert first == " Battery nearly empty 0s: HH 2, Charger bay 2 – change it now"
        await pilot.press("tab")
        assert board(app).selected == CHARGER
        settle(app)
        await pilot.pause()
        shown = text_of(app)
        assert "2 open" in shown
        assert "Charger fault: Too warm" in shown
        assert "bay 2      critical 0:09 HH 2" in shown
        opened.report(2, MetersHeard(1, SILENCE))
        settle(app)
        assert text_of(app).splitlines()[1].startswith(" RF lost")


async def test_problems_first_puts_devices_among_channels_and_starts_with_the_worst() -> None:
    opened = rig(channels=30)
    async with open_app(opened) as (app, pilot):
        await pilot.press("end")
        opened.report(2, MetersHeard(20, SILENCE))
        settle(app)
        await pilot.press("o")
        settle(app)
        await pilot.pause()
        assert board(app).refs[:2] == [ChannelRef(DeviceId("rack-2"), 20), GONE]
        assert board(app).refs[-1] == CHARGER
        assert board(app).selected == ChannelRef(DeviceId("rack-2"), 20)
        lines = text_of(app).splitlines()
        assert "RF lost" in lines[3]
        assert "Refused" in lines[4]
        opened.report(2, MetersHeard(20, METERS))
        settle(app)
        await pilot.pause()
        assert board(app).refs[0] == GONE
        assert "Refused" in text_of(app).splitlines()[3]


async def test_a_missing_channel_is_a_line_of_its_device() -> None:
    opened = rig()
    zoe = Performer(PerformerId("zoe"), "Zoe")
    fifth = Assignment(ChannelRef(DeviceId("rack-2"), 5), zoe)
    async with open_app(opened) as (app, pilot):
        opened.live.cast([zoe], [fifth])
        settle(app)
        await pilot.pause()
        line = line_with(app, "Zoe")
        assert line == "    ! Rack A: Zoe is planned on channel 5, there are 4 – n takes them off"
        assert "take performers off" not in text_of(app)
        await pilot.press("tab")
        assert board(app).selected == DeviceId("rack-2")
        await pilot.pause()
        assert text_of(app).splitlines()[-1].startswith(" n take performers off   ↑↓ move")
        opened.live.cast([], [])
        settle(app)
        assert "Zoe" not in text_of(app)


@pytest.mark.parametrize(
    ("numbers", "question", "message"),
    [
        (
            (5,),
            "Rack A: Zoe is planned on channel 5, there are 4. Take Zoe off?",
            "Rack A/5: no performer. u undoes it.",
        ),
        (
            (5, 6, 7, 8),
            (
                "Rack A: Zoe is planned on channel 5, there are 4; Zoe is planned on channel 6, there are 4; "
                "Zoe is planned on channel 7, there are 4; 1 more. Take all of them off?"
            ),
            "4 channels: no performer. u undoes it.",
        ),
    ],
)
async def test_performers_are_taken_off_channels_that_are_missing_in_one_step(
    numbers: tuple[int, ...], question: str, message: str
) -> None:
    opened = rig()
    zoe, device_id = Performer(PerformerId("zoe"), "Zoe"), DeviceId("rack-2")
    refs = [ChannelRef(device_id, number) for number in numbers]
    opened.assignments.people[zoe.id] = zoe
    opened.assignments.assigned.update((ref, Assignment(ref, zoe)) for ref in refs)

    def count_missing() -> int:
        snapshot = opened.live.device(device_id)
        return 0 if snapshot is None else len(snapshot.assignments_without_channel)

    async with open_app(opened) as (app, pilot):
        await until(lambda: count_missing() == len(refs))
        settle(app)
        await pilot.press("tab")
        assert board(app).selected == device_id
        for key, count in (("n", len(refs)), ("y", 0)):
            assert "n take performers off" in text_of(app)
            await pilot.press("n")
            await until(lambda: isinstance(app.screen, ConfirmScreen))
            dialog = app.screen
            assert isinstance(dialog, ConfirmScreen)
            assert dialog._question == question
            await pilot.press(key)
            await until(lambda: isinstance(app.screen, BoardScreen))
            await pilot.pause()
            assert count_missing() == count
        assert message in toasts(app)
        await pilot.press("u")
        await until(lambda: count_missing() == len(refs))


@pytest.mark.parametrize("layout", [Layout.CARDS, Layout.WALL])
async def test_devices_can_be_selected_among_cards(layout: Layout) -> None:
    async with open_app(rig(), (120, 40)) as (app, pilot):
        app.board_screen.show_view(View(layout=layout))
        await pilot.press("end")
        assert board(app).selected == GONE
        await pilot.press("left")
        assert board(app).selected == CHARGER
        settle(app)
        await pilot.pause()
        assert line_with(app, "1 ready").startswith("▌")


async def test_the_pointer_stands_on_the_first_line_until_a_key_is_pressed() -> None:
    opened = rig(channels=2)
    late = replace(device(9), position=-1)
    async with open_app(opened) as (app, pilot):
        assert board(app).selected == ChannelRef(DeviceId("rack-2"), 1)
        opened.live.place([late, *(await opened.records.all())], [])
        settle(app)
        assert board(app).selected == late.id
        await pilot.press("v", "v", "v")
        opened.live.place(await opened.records.all(), [])
        settle(app)
        assert board(app).selected == ChannelRef(DeviceId("rack-2"), 1)
        opened.live.place([late, *(await opened.records.all())], [])
        settle(app)
        assert board(app).selected == ChannelRef(DeviceId("rack-2"), 1)


async def test_another_order_begins_on_its_first_line_unless_a_channel_was_chosen() -> None:
    async with open_app(rig()) as (app, pilot):
        app.board_screen.show_view(View(SortOrder.NAME))
        assert board(app).selected == board(app).refs[0]
        await pilot.press("down", "down")
        chosen = board(app).selected
        app.board_screen.show_view(View())
        assert board(app).selected == chosen


async def test_marked_channels_are_kept_as_a_view_in_their_order() -> None:
    opened = ScriptedRig(
        {
            "127.0.0.2": reports(
                "Rack A", *(vocal(f"Vox {each}", 470_000 + each * 400, FULL) for each in (1, 2))
            ),
            "127.0.0.3": reports(
                "Rack B", *(vocal(f"Vox {each}", 480_000 + each * 400, FULL) for each in (1, 2))
            ),
        },
        device(2),
        device(3, CHAPEL),
    )
    store = InMemoryViews({})
    app = opened.app(replace(OPTIONS, views=store))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened.all_devices_settle()
        settle(app)
        # By name both first channels come before both second ones.
        app.board_screen.show_view(View(SortOrder.NAME))
        await pilot.press("home", "space", "space", "space", "V", "3", *"Choir", "enter")
        await until(lambda: "3" in store.views)
        wanted = [("rack-2", 1), ("rack-3", 1), ("rack-2", 2)]
        assert board(app).refs == wanted
        settle(app)
        await pilot.pause()
        assert "view Choir" in text_of(app).splitlines()[0]
        await pilot.press("F")
        assert len(board(app).refs) == 4
        await pilot.press("3")
        assert board(app).refs == wanted
        assert store.views["3"]["channels"] == [list(ref) for ref in wanted]
