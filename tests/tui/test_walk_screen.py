"""A walk test by keys, from the board to the table of the worst places."""

from collections.abc import Sequence

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_test import Walk
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.text_dialog import TextDialog
from micboard_tui.tui.screens.walk_screen import NO_EARLIER, NOT_READ, WalkScreen
from tests.fakes.links import until
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app, toasts
from tests.tui.test_screens import SIZES
from tests.tui.test_timeline import at_all_sizes, shown

pytestmark = pytest.mark.journey

ONE, TWO = ChannelRef(DeviceId("rack-2"), 1), ChannelRef(DeviceId("rack-2"), 2)
NEAR = Meters(-50.0, -50.0, -60.0, -20.0, "A", carrier=True)
FAR = Meters(-82.0, -82.0, -90.0, -20.0, "A", carrier=True)
LOST = Meters(-104.0, -104.0, -107.0, None, None, carrier=False)


async def be_at(app: MicboardApp, pilot: Pilot[str], place: int) -> None:
    await pilot.press(str(place))
    await until(lambda: f"at place {place}" in shown(app, "header"))


async def type_text(app: MicboardApp, pilot: Pilot[str], key: str, text: str) -> None:
    """Answer the dialog of a key."""
    await pilot.press(key)
    await until(lambda: isinstance(app.screen, TextDialog))
    await pilot.press(*text, "enter")
    await until(lambda: isinstance(app.screen, WalkScreen))


async def count_channels_in_narrow_window(app: MicboardApp, pilot: Pilot[str]) -> None:
    """Where the names have no room it says how many there are."""
    await pilot.resize_terminal(60, 24)
    await until(lambda: "at that place with 2 channels." in shown(app, "places"))
    await pilot.resize_terminal(*SIZES[1])


async def turn_to_oldest(app: MicboardApp, pilot: Pilot[str]) -> None:
    """It has none before it to be compared with."""
    await pilot.press("left", "down", "up")
    assert "Walk 1," in shown(app, "header")
    await pilot.press("c")
    assert toasts(app)[-1] == NO_EARLIER


async def ask_for_name_and_go_on(app: MicboardApp, pilot: Pilot[str], place: int) -> None:
    """Nothing counts while the name of the walk is asked for; Esc goes on at the place."""
    services = app._background.services
    assert services is not None
    await pilot.press("f")
    await until(lambda: isinstance(app.screen, TextDialog))
    assert services.walks.running is not None
    assert services.walks.running.place is None
    await pilot.press("escape")
    await until(lambda: isinstance(app.screen, WalkScreen) and f"at place {place}" in shown(app, "header"))


async def open_after_failure(rig: ScriptedRig, app: MicboardApp, pilot: Pilot[str]) -> None:
    """Walks that cannot be read are not called none, and are read as soon as they can be."""
    list_walks = rig.walks.list

    async def fail() -> Sequence[Walk]:
        raise StorageError(ErrorCode.DATABASE_LOCKED, "The database is locked")

    rig.walks.list = fail  # type: ignore[method-assign] # another process writes
    await pilot.press("w")
    await until(lambda: isinstance(app.screen, WalkScreen) and NOT_READ in shown(app, "results"))
    rig.walks.list = list_walks  # type: ignore[method-assign]


async def test_a_walk_by_keys(screen: SnapshotAssertion) -> None:
    rig = two_receivers()
    async with open_app(rig, SIZES[1]) as (app, pilot):
        rig.recorder.meters = {ONE: NEAR, TWO: NEAR}
        await pilot.press("space", "space", "w")
        await until(lambda: isinstance(app.screen, WalkScreen) and "A/2 Vox 2" in shown(app, "places"))
        await count_channels_in_narrow_window(app, pilot)
        await pilot.press("f", "n", "space", "x")
        assert "No walk is running" in toasts(app)[-1]
        await be_at(app, pilot, 1)
        await type_text(app, pilot, "n", "Pit")
        await until(lambda: "[1 Pit" in shown(app, "places"))
        rig.manual_clock.now += 20
        await be_at(app, pilot, 2)
        rig.recorder.meters = {ONE: FAR, TWO: LOST}
        rig.manual_clock.now += 30
        await be_at(app, pilot, 3)
        rig.manual_clock.now += 4
        await pilot.press("space")
        await until(lambda: "on the way" in shown(app, "header"))
        assert "Place 3 was too short to judge: stay 10 s." in toasts(app)
        assert await at_all_sizes(app, pilot) == screen(name="running")
        await type_text(app, pilot, "f", "Tour")
        await until(lambda: "Walk 1 Tour" in shown(app, "header"))
        assert rig.walks.kept[0].places[1] == "Pit"


async def test_walks_are_compared_and_one_can_be_discarded(screen: SnapshotAssertion) -> None:
    rig = two_receivers()
    async with open_app(rig, SIZES[1]) as (app, pilot):
        for meters in (NEAR, FAR):
            rig.recorder.meters = {ONE: meters}
            await pilot.press("w")
            await until(lambda: isinstance(app.screen, WalkScreen))
            await be_at(app, pilot, 4)
            rig.manual_clock.now += 15
            await type_text(app, pilot, "f", "")
            await pilot.press("escape")
        await open_after_failure(rig, app, pilot)
        await until(lambda: "Walk 2" in shown(app, "header"))
        await pilot.press("c")
        assert "compared with walk 1" in shown(app, "header")
        assert "-32 dB" in shown(app, "results")
        assert await at_all_sizes(app, pilot) == screen
        await turn_to_oldest(app, pilot)
        await pilot.press("right")
        await be_at(app, pilot, 5)
        await ask_for_name_and_go_on(app, pilot, 5)
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(lambda: isinstance(app.screen, WalkScreen) and "Walk 2" in shown(app, "header"))
        assert len(rig.walks.kept) == 2
