"""A board of a fleet in which a collector has died, another gave a device away, and the rest goes on."""

import pytest
from syrupy.assertion import SnapshotAssertion

from micboard_tui.tui.app import MicboardApp
from tests.bus.attached_site import running
from tests.bus.attached_site import settle as pass_time
from tests.bus.fleet_site import DEVICES, Fleet
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import OPTIONS, ScriptedRig, settle

pytestmark = [pytest.mark.virtual_time, pytest.mark.journey]


async def test_as_long_as_it_is_not_known_which_devices_there_are_none_is_denied() -> None:
    app = MicboardApp(Fleet().board(), ScriptedRig({}).services, OPTIONS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await pilot.pause()
        shown = text_of(app)
        assert "It is not known yet which devices there are" in shown
        assert "No device is registered" not in shown


async def test_rows_of_a_lost_collector_say_why_and_what_to_do_and_the_others_go_on(
    snapshot: SnapshotAssertion,
) -> None:
    fleet = Fleet()
    fleet.place()
    one, two, three, _ = DEVICES
    first, second = fleet.collector("land-1", one), fleet.collector("land-2", two, three)
    board = fleet.board()
    app = MicboardApp(board, ScriptedRig({}).services, OPTIONS)
    async with running(fleet.hub(), board), second.running():
        async with first.running():
            await board.wait_complete()
            await pass_time(3.0)
        await second.publisher.free(two.id)
        second.hold({three.id: 1})
        await pass_time(12.0)
        async with app.run_test(size=(80, 24)) as pilot:
            await pass_time(1.0)
            settle(app).board.action_edge(0)
            await pilot.pause()
            shown = text_of(app)
            assert "Collector land-1 not heard for" in shown
            assert shown == snapshot
            await pilot.press("d")
            await pilot.pause()
            assert "Its collector land-1 on collector-land-1.local is not heard" in text_of(app)
