"""What comes late to a screen that was left, from a timer, a worker or a flow, finds nothing to do."""

from typing import Any

import anyio
import pytest
from textual.command import CommandPalette

from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.tui.screens.alarm_desk_screen import AlarmDeskScreen
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.channel_screen import ChannelScreen
from micboard_tui.tui.screens.chargers_screen import ChargersScreen
from micboard_tui.tui.screens.device_form import DeviceForm, DeviceFormValues
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import FirstStartScreen
from micboard_tui.tui.screens.log_screen import LogScreen
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.search_screen import SearchScreen
from tests.fakes.links import until
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_screens import calm, open_board

SCREENS = {
    "enter": ChannelScreen,
    "a": AlarmDeskScreen,
    "d": DevicesScreen,
    "c": ChargersScreen,
    "L": LogScreen,
    "S": SearchScreen,
}


@pytest.mark.journey
async def test_a_screen_that_was_left_is_not_shown_again() -> None:
    async with open_board(calm(), (80, 24)) as (app, pilot):
        for key, kind in SCREENS.items():
            await pilot.press(key)
            screen: Any = app.screen
            assert isinstance(screen, kind)
            assert is_open(screen)

            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(app.screen, BoardScreen)
            assert not is_open(screen)

            screen.show_current()
            if isinstance(screen, ChannelScreen | DevicesScreen | AlarmDeskScreen):
                # A flow that was started on it has ended.
                screen.show_change()


async def test_a_form_that_was_left_takes_no_answer() -> None:
    can_answer = anyio.Event()

    async def save(values: DeviceFormValues) -> ServiceResult[Device]:
        await can_answer.wait()
        return Success(Device(DeviceId("1"), "shure", "shure-strings", values.host, 2202))

    answers: list[object] = []
    async with open_board(calm(), (80, 24)) as (app, pilot):
        form = DeviceForm(save, ())
        app.push_screen(form, answers.append)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.press("escape")
        can_answer.set()
        await pilot.pause()

        assert isinstance(app.screen, BoardScreen)
        assert answers == [None]


async def test_a_form_closes_with_its_answer_also_below_another_screen() -> None:
    can_answer = anyio.Event()
    added = Success(Device(DeviceId("1"), "shure", "shure-strings", "127.0.0.9", 2202))

    async def save(_: DeviceFormValues) -> ServiceResult[Device]:
        await can_answer.wait()
        return added

    answers: list[object] = []
    async with open_board(calm(), (80, 24)) as (app, pilot):
        app.push_screen(DeviceForm(save, ()), answers.append)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        can_answer.set()
        await until(lambda: isinstance(app.screen, BoardScreen) and bool(answers))
        assert answers == [added]


async def test_without_a_receiver_there_is_none_to_remove() -> None:
    async with open_board(ScriptedRig(), (80, 24)) as (app, pilot):
        await until(lambda: isinstance(app.screen, FirstStartScreen))
        await pilot.press("escape", "D")
        (notice,) = app._notifications
        assert notice.message == "No receiver is selected."
