"""The line check screen: from the start to the last tick, by keys."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from micboard_tui.domain.line_check import LineCheck
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.services.line_check.line_check_service import LineCheckService
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.draw.line_check_row import check_header
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.line_check_screen import LineCheckScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import QUIET, two_receivers, vox
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_screens import open_board

pytestmark = pytest.mark.journey


@asynccontextmanager
async def open_check() -> AsyncGenerator[tuple[ScriptedRig, MicboardApp, Pilot[str], LineCheckService]]:
    """The screen, over two planned lines of five."""
    rig = two_receivers()
    async with open_board(rig, (80, 24), operator="Pia") as (app, pilot):
        services = app._background.services
        assert services is not None
        await services.assignments.assign([vox(1)], "Mercutio", actor="Pia")
        await services.assignments.assign([vox(2)], "Tybalt", actor="Pia")
        await pilot.press("i")
        await pilot.pause()
        yield rig, app, pilot, rig.built.line_check


def test_where_nothing_is_to_be_checked_nothing_is_good() -> None:
    (header,) = check_header(LineCheck(0.0, "Pia"), [], 80)
    assert (header.text.split("   ")[1], header.tone) == ("0 of 0 good", "accent")


def check_of(app: MicboardApp) -> LineCheckScreen:
    assert isinstance(app.screen, LineCheckScreen)
    app.screen.show_current()
    return app.screen


def is_checked(rig: ScriptedRig, number: int) -> bool:
    check = rig.live.findings.line_check
    return check is not None and check.line(vox(number)).is_checked


async def refuse_to_start_and_undo_the_end(rig: ScriptedRig, app: MicboardApp, pilot: Pilot[str]) -> None:
    await pilot.press("r")
    await until(lambda: isinstance(app.screen, ConfirmScreen))
    await pilot.press("n", "e")
    await until(lambda: isinstance(app.screen, ConfirmScreen) and "1 of 2 lines" in text_of(app))
    await pilot.press("y")
    await until(lambda: rig.live.findings.line_check is None)
    check_of(app)
    await pilot.pause()
    assert "r starts a line check" in text_of(app)
    await pilot.press("u")
    await until(lambda: rig.live.findings.line_check is not None)
    check_of(app)
    await pilot.pause()


async def test_lines_tick_themselves_and_by_hand(screen: SnapshotAssertion) -> None:
    async with open_check() as (rig, app, pilot, service):
        assert "r starts a line check" in text_of(app)
        assert text_of(app).splitlines()[-1].strip() == "r start   Esc back"
        await pilot.press("r")
        await until(lambda: rig.live.findings.line_check is not None)
        rig.report(2, MetersHeard(1, QUIET._replace(audio_dbfs=-20.0)), MetersHeard(2, QUIET))
        await service.look()
        for width, height in ((80, 24), (120, 40), (200, 60)):
            await pilot.resize_terminal(width, height)
            check_of(app)
            await pilot.pause()
            assert text_of(app) == screen(name=f"{width}x{height}")
        await pilot.press("f", "space")
        await until(lambda: is_checked(rig, 2))
        check_of(app)
        await pilot.pause()
        assert "Every line is good" in text_of(app)
        await pilot.press("u", "f")
        await until(lambda: not is_checked(rig, 2))
        await refuse_to_start_and_undo_the_end(rig, app, pilot)
        await pilot.press("end")
        chosen = check_of(app).chosen_channels
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, BoardScreen))
        assert [app.board_screen.board.selected] == chosen
