"""How control of devices and the lock of the show look, as text, at the sizes that must work."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from micboard_tui.contracts.control import PlanPurpose
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.command import SetFrequency, SetGain, SetMute
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.flows import flow_starter
from micboard_tui.tui.flows.control_plan import TITLES
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.control_dialogs import CommandPlanDialog, CommandPreviewDialog
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.pin_dialog import PinDialog
from micboard_tui.tui.screens.progress_dialog import ProgressDialog
from micboard_tui.tui.screens.text_dialog import TextDialog
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import (
    CHAPEL,
    FACTS,
    METERS,
    OPTIONS,
    SILENT,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)
from tests.tui.test_app import toasts
from tests.tui.test_screens import at_all_sizes, open_board

LONG = "Wilhelmine Rosenberg-Hohenstein"
REFUSED = DeviceError(ErrorCode.DEVICE_REFUSED, "The device answers ERR", hint="Look at its front panel")

STOPPED = (
    "Stopped at Rack A/2: The device answers ERR. Look at its front panel. 1 of 3 confirmed, 1 not sent."
)


def rack() -> ScriptedRig:
    """A channel of which nothing is known, and a receiver with a long name that is not reached."""
    known = [vocal(f"Vox {number}", 470_000 + number * 400, Battery(80, 4, 400)) for number in range(1, 4)]
    unknown = replace(FACTS, name=None, gain_db=None, frequency_khz=None, group_channel=None), METERS
    return ScriptedRig(
        {"127.0.0.2": reports("Rack A", *known, unknown), "127.0.0.3": SILENT},
        device(2),
        device(3, CHAPEL, "Monitor world, stage left"),
    )


class Walk:
    """Presses keys in an app until something is there, and compares what is on the screen."""

    def __init__(self, app: MicboardApp, pilot: Pilot[str], screen: SnapshotAssertion) -> None:
        self.app, self.pilot, self._screen = app, pilot, screen

    async def press(self, *keys: str, opens: type[Screen[Any]]) -> None:
        await self.press_until(lambda: isinstance(self.app.screen, opens), *keys)

    async def press_until(self, is_there: Callable[[], bool], *keys: str) -> None:
        await self.pilot.press(*keys)
        await until(is_there)

    async def see(self, name: str) -> None:
        settle(self.app)
        await self.pilot.pause()
        assert text_of(self.app) == self._screen(name=name)

    async def show(self, dialog: ModalScreen[Any], name: str) -> None:
        """Compare a dialog that is opened as its flow opens it."""
        await self.app.push_screen(dialog)
        await self.see(name)
        await self.app.pop_screen()

    def type(self, text: str) -> None:
        """At once: each key takes a tenth of a second."""
        self.app.screen.query_one(Input).value = text


def services_of(app: MicboardApp) -> Services:
    services = app._background.services
    assert services is not None
    return services


def has_seen_arming(app: MicboardApp) -> bool:
    """Whether the board has looked since it was armed, and so says when that ends."""
    flows = app._flows._flows
    return flows is not None and flows.arm_control._until is not None


async def see_one_setting(walk: Walk) -> None:
    await walk.press("C", opens=ListDialog)
    await walk.see("arming")
    await walk.press("enter", opens=BoardScreen)
    await walk.see("armed")
    await walk.press("e", opens=ListDialog)
    await walk.see("settings")
    await walk.press("down", "enter", opens=TextDialog)
    await walk.see("value")
    walk.type("30")
    await walk.press("enter", opens=CommandPreviewDialog)
    await walk.see("large-step")
    await walk.press("y", opens=ConfirmScreen)
    await walk.see("sure")
    await walk.press("n", opens=BoardScreen)


async def see_previews(walk: Walk) -> None:
    control, rack_a = services_of(walk.app).control, device(2).id
    for name, command in (("link", SetFrequency(1, 500_125)), ("unknown", SetGain(4, 6))):
        answer = await control.preview(rack_a, command)
        assert answer.success
        await walk.show(CommandPreviewDialog(answer.data), name)
    plan = await control.preview_plan(PlanPurpose.NAMES)
    assert plan.success
    await walk.show(CommandPlanDialog(TITLES[PlanPurpose.NAMES], plan.data), "plan")


async def see_lock(walk: Walk) -> None:
    app = walk.app
    await walk.press("ctrl+k", opens=PinDialog)
    await walk.see("locking")
    await walk.press("escape", opens=BoardScreen)
    await until(lambda: has_seen_arming(app))
    assert (await services_of(app).access.lock_show("4711", actor="Pia")).success
    await until(lambda: "The show was locked: control is disarmed." in toasts(app))
    app.clear_notifications()
    await walk.see("locked")
    for key in ("C", "e", "W", "n"):
        app.clear_notifications()
        await walk.press_until(lambda: bool(toasts(app)), key)
        assert toasts(app)[0].endswith("Unlock it with Ctrl+K, or `micboard-tui unlock`"), key
    await walk.press("ctrl+k", opens=PinDialog)
    walk.type("0000")
    await walk.press_until(lambda: "not right" in text_of(app), "enter")
    await walk.see("wrong-pin")


async def cast(rig: ScriptedRig, app: MicboardApp, pilot: Pilot[str]) -> None:
    """Name the performers of three channels."""
    for number, name in ((1, LONG), (2, "Zoë"), (4, "Bo")):
        channel = ChannelRef(device(2).id, number)
        await services_of(app).assignments.assign([channel], name, actor="Pia")
    await until(lambda: (state := rig.live.channel(channel)) is not None and state.assignment is not None)
    # The side panel remembers for a while which spare it found for the selected channel.
    for by in (1, -1):
        settle(app).board.action_step(by)
        await pilot.pause()


@at_all_sizes
async def test_how_control_looks(
    screen: SnapshotAssertion, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_starter, "LOOK_S", 0.02)
    rig = rack()
    async with open_board(rig, size) as (app, pilot):
        await cast(rig, app, pilot)
        walk = Walk(app, pilot, screen)
        await see_one_setting(walk)
        await see_previews(walk)
        await see_lock(walk)


async def test_what_a_receiver_that_is_not_online_has_is_not_known(screen: SnapshotAssertion) -> None:
    async with open_board(rack(), (80, 24)) as (app, pilot):
        await services_of(app).users.arm_control(10, actor=OPTIONS.operator)
        walk = Walk(app, pilot, screen)
        await walk.press("end", "e", opens=ListDialog)
        await walk.see("settings")


async def test_a_plan_stops_at_the_first_command_that_fails(screen: SnapshotAssertion) -> None:
    rig = rack()
    async with open_board(rig, (80, 24)) as (app, pilot):
        await services_of(app).users.arm_control(10, actor=OPTIONS.operator)
        walk = Walk(app, pilot, screen)
        await pilot.press("space", "space", "space")
        await walk.press("W", opens=ListDialog)
        await walk.see("what-for")
        await walk.press("down", "down", "enter", opens=CommandPlanDialog)
        driver = rig.drivers["127.0.0.2"]
        driver.refusals[SetMute(2, muted=True)] = REFUSED
        driver.may_confirm = anyio.Event()
        await walk.press("y", opens=ProgressDialog)
        await walk.see("progress")
        app.clear_notifications()
        driver.may_confirm.set()
        await until(lambda: len(toasts(app)) > 1)
        assert toasts(app) == [STOPPED, "1 change cannot be undone"]
        assert driver.commands == [SetMute(1, muted=True), SetMute(2, muted=True)]


async def test_a_board_that_only_reads_names_no_key_that_is_refused() -> None:
    async with open_board(rack(), (80, 24), is_read_only=True) as (app, pilot):
        settle(app)
        await pilot.pause()
        lines = text_of(app).splitlines()
        assert " R/O " in lines[0]
        assert lines[-1] == " ↑↓ move   Enter details   a alarms   ? help   q quit   / find   f filter"
