"""The lock of the show on the board: by keys, in the header, and before anything is typed."""

from dataclasses import replace
from functools import partial

import pytest
from textual.pilot import Pilot

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.leave_dialog import LeaveDialog
from micboard_tui.tui.screens.pin_dialog import PinDialog
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import OPTIONS, settle
from tests.tui.test_app import open_app

pytestmark = pytest.mark.journey


def _has_left(app: MicboardApp) -> bool:
    return not app.is_running


async def type_pin(pilot: Pilot[str], pin: str) -> None:
    await pilot.press(*pin, "enter")


async def test_the_show_is_locked_with_a_pin_that_is_typed_twice_and_unlocked_with_it() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await pilot.press("ctrl+k")
        await until(lambda: isinstance(app.screen, PinDialog))
        for typed, answer in (
            ("12", "4 to 12 digits"),
            ("34", "The same PIN again"),
            ("4712", "The two differ"),
        ):
            await type_pin(pilot, typed)
            assert answer in text_of(app)
        for _ in range(2):
            await type_pin(pilot, "4711")
        await until(lambda: isinstance(app.screen, BoardScreen))
        settle(app)
        await pilot.pause()
        assert " LOCK  " in text_of(app).splitlines()[0]
        await pilot.press("ctrl+k")
        await until(lambda: isinstance(app.screen, PinDialog))
        await type_pin(pilot, "0000")
        await until(lambda: "The PIN is not right" in text_of(app))
        rig.manual_clock.now += 1.0
        await type_pin(pilot, "4711")
        await until(lambda: isinstance(app.screen, BoardScreen))
        assert rig.live.findings.show_lock is None


async def test_while_the_show_is_locked_keys_say_so_before_anything_is_typed() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        await rig.access.lock_show("4711", actor="Ada")
        for key in ("n", "l", "s", "x", "A", "greater_than_sign"):
            app.clear_notifications()
            await pilot.press(key)
            assert isinstance(app.screen, BoardScreen), key
            assert [each.title for each in app._notifications] == [ErrorCode.SHOW_LOCKED.value], key
        assert rig.assignments.steps == []


async def test_a_board_that_only_reads_says_so_and_changes_nothing() -> None:
    rig = two_receivers()
    rig.is_read_only = True
    async with open_app(rig, look=replace(OPTIONS, is_read_only=True)) as (app, pilot):
        settle(app)
        await pilot.pause()
        assert " R/O  " in text_of(app).splitlines()[0]
        for key in ("n", "m", "u", "ctrl+k"):
            app.clear_notifications()
            await pilot.press(key)
            assert isinstance(app.screen, BoardScreen), key
            assert [each.title for each in app._notifications] == [ErrorCode.READ_ONLY.value], key


async def test_q_asks_while_anything_is_live_and_a_second_one_leaves() -> None:
    rig = two_receivers()
    async with open_app(rig, look=replace(OPTIONS, holds_sessions=True)) as (app, pilot):
        await rig.all_devices_settle()
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, LeaveDialog))
        assert "live" in text_of(app)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, BoardScreen))
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, LeaveDialog))
        await pilot.press("q")
        await until(lambda: not app.is_running)


async def test_ctrl_q_leaves_at_once_and_so_does_q_on_a_board_without_sessions() -> None:
    for key, holds_sessions in (("ctrl+q", True), ("q", False)):
        rig = two_receivers()
        async with open_app(rig, look=replace(OPTIONS, holds_sessions=holds_sessions)) as (app, pilot):
            await rig.all_devices_settle()
            await pilot.press(key)
            await until(partial(_has_left, app))
