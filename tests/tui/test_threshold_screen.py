"""The screen of thresholds: numbers for all or a part, and how many channels each marks."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, Static

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdName
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.threshold_dialogs import ThresholdDialog
from micboard_tui.tui.screens.threshold_screen import ThresholdScreen
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import ScriptedRig, device, reports, vocal
from tests.tui.test_screens import open_board

pytestmark = pytest.mark.journey

RACK = device(2).id


def low_dbm(rig: ScriptedRig, number: int) -> float:
    state = rig.live.channel(ChannelRef(RACK, number))
    assert state is not None
    return state.thresholds.rf_low_dbm


@asynccontextmanager
async def open_numbers() -> AsyncGenerator[tuple[ScriptedRig, MicboardApp, Pilot[str], ThresholdScreen]]:
    """The screen over two live channels."""
    channels = [vocal("Lead", 470_400, Battery(97, 5, 480)), vocal("Nurse", 470_800, Battery(9, 1, 11))]
    rig = ScriptedRig({"127.0.0.2": reports("Rack A", *channels)}, device(2))
    async with open_board(rig, (80, 24), operator="Pia") as (app, pilot):
        await pilot.press("E")
        numbers = app.screen
        assert isinstance(numbers, ThresholdScreen)
        await until(lambda: numbers.chosen_threshold is not None)
        await pilot.pause()
        yield rig, app, pilot, numbers


def lines_of(numbers: ThresholdScreen) -> list[str]:
    return numbers.query_one("#numbers", Lines).text.split("\n")


def is_any_own(numbers: ThresholdScreen) -> bool:
    return any("*" in line for line in lines_of(numbers))


async def test_a_number_of_one_channel_is_previewed_set_reset_and_undone(screen: SnapshotAssertion) -> None:
    async with open_numbers() as (rig, app, pilot, numbers):
        assert text_of(app) == screen(name="80x24")
        # The last one is the selected channel itself.
        await pilot.press("left")
        assert numbers.chosen_scope.channel == ChannelRef(RACK, 1)
        await pilot.press(*["down"] * list(ThresholdName).index(ThresholdName.RF_LOW_DBM), "enter")
        await until(lambda: isinstance(app.screen, ThresholdDialog))
        typed, marked = app.screen.query_one(Input), app.screen.query_one("#marked", Static)
        for text, says in (("x", "Type a number"), ("20", "from -130 to 0"), ("-20", "marks 1 channel now")):
            typed.value = text
            await pilot.pause()
            assert says in str(marked.render())
            await pilot.press("enter")
        await until(lambda: is_any_own(numbers))
        assert (low_dbm(rig, 1), low_dbm(rig, 2)) == (-20.0, -85.0)
        # What is not set for a profile cannot be reset there.
        await pilot.press("p", "delete")
        assert numbers.chosen_scope.profile is ShowProfile.SOUNDCHECK
        assert not is_any_own(numbers)
        await pilot.press(*"pppp")
        assert is_any_own(numbers)
        await pilot.press("delete")
        await until(lambda: not is_any_own(numbers))
        assert low_dbm(rig, 1) == -85.0
        await pilot.press("u")
        await until(lambda: is_any_own(numbers))


async def test_a_profile_is_chosen_for_the_times_without_a_show() -> None:
    async with open_numbers() as (rig, app, pilot, numbers):
        await pilot.press("P")
        await until(lambda: isinstance(app.screen, ListDialog))
        await pilot.press("up", "enter")
        await until(lambda: rig.live.findings.profile is ShowProfile.SOUNDCHECK)
        await until(lambda: "active: soundcheck" in numbers.query_one("#header", Lines).text)
        await pilot.press("escape")
        await until(lambda: "soundcheck" in text_of(app).split("\n")[0])
