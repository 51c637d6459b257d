"""The battery plan screen: what it lists at three sizes, and what its keys do."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.battery_plan_screen import BatteryPlanScreen
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers, vox
from tests.tui.scripted_rig import ScriptedRig, device
from tests.tui.test_screens import open_board

pytestmark = pytest.mark.journey


def lasts(minutes: float, source: ForecastSource = ForecastSource.MINUTES) -> BatteryForecast:
    return BatteryForecast(minutes, minutes + 15, minutes + 40, source, Confidence.GOOD)


def show_findings(rig: ScriptedRig, *, has_show: bool) -> None:
    now = rig.live.now()
    show = Show("Romeo", breaks=(ShowBreak(75, 20),), end_min=170)
    running = ShowProgress(show, ShowState.RUNNING, started_at=now, position_at=now)
    forecasts = {
        vox(1): lasts(55),
        vox(2): lasts(140, ForecastSource.BARS),
        ChannelRef(device(3).id, 1): lasts(400, ForecastSource.PERCENT),
    }
    rig.live.findings = replace(rig.live.findings, forecasts=forecasts, show=running if has_show else None)


def plan_of(app: MicboardApp) -> BatteryPlanScreen:
    assert isinstance(app.screen, BatteryPlanScreen)
    app.screen.show_current()
    return app.screen


async def test_the_plan_lists_what_is_urgent_first_and_its_keys_work(screen: SnapshotAssertion) -> None:
    rig = two_receivers()
    async with open_board(rig, (80, 24)) as (app, pilot):
        assignments = app._background.services.assignments  # type: ignore[union-attr]
        await assignments.assign([vox(1)], "Mercutio", actor="Pia")
        show_findings(rig, has_show=True)
        await pilot.press("b")
        for width, height in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            plan_of(app)
            await pilot.pause()
            assert text_of(app) == screen(name=f"{width}x{height}")
        assert plan_of(app).chosen_channels == [vox(1)]
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SwapScreen))
        await pilot.press("escape")
        await pilot.press("end", "up", "down", "home", "pagedown")
        assert plan_of(app).chosen_channels != [vox(1)]
        show_findings(rig, has_show=False)
        plan_of(app)
        await pilot.pause()
        assert "Plan a show:" in text_of(app)
        chosen = plan_of(app).chosen_channels[0]
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, BoardScreen))
        assert app.board_screen.board.selected == chosen
