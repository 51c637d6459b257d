"""The audit on the screen: found as it is typed, and all of an entry with Enter."""

import pytest
from syrupy.assertion import SnapshotAssertion

from micboard_tui.contracts.audit import AuditEntry
from micboard_tui.contracts.origin import FrontEnd, Origin
from micboard_tui.tui.screens.audit_screen import AuditEntryScreen, AuditScreen
from micboard_tui.tui.screens.board_screen import BoardScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app

pytestmark = pytest.mark.journey

FOH = Origin(FrontEnd.BOARD, "foh", "pts/3", address="10.0.0.7")
SCRIPT = Origin(FrontEnd.API, token="Companion", address="10.0.0.9")  # noqa: S106 - a label


async def make_rig() -> ScriptedRig:
    rig = two_receivers()
    entries = [
        AuditEntry(
            1_000_000.0 + number,
            "Pia" if number % 3 else "[b]Eve[/]",
            FOH if number % 2 else SCRIPT,
            "AssignmentContract.assign",
            f"Vox {number} assigned to Ada",
            f"Rack A/{number}",
            "performer Bo",
            "performer Ada, role backup",
            "done" if number % 4 else "SHOW_LOCKED",
        )
        for number in range(1, 41)
    ]
    await rig.audited.append(entries)
    return rig


async def test_entries_are_found_as_one_types_and_read_whole(snapshot: SnapshotAssertion) -> None:
    rig = await make_rig()
    async with open_app(rig) as (app, pilot):
        await pilot.press("Y")
        await until(lambda: isinstance(app.screen, AuditScreen) and "Vox 40" in text_of(app))
        assert text_of(app) == snapshot
        await pilot.press("down", "down", "down", "enter")
        await until(lambda: isinstance(app.screen, AuditEntryScreen))
        await pilot.pause()
        shown = text_of(app)
        for part in ("performer Bo", "role backup", "board foh pts/3 from 10.0.0.7", "assigned to Ada"):
            assert part in shown
        await pilot.press("escape", *"eve locked")
        await until(lambda: "Vox 36" in text_of(app) and "Vox 40" not in text_of(app))
        await pilot.press(*" nothing")
        await until(lambda: "No entry has these words" in text_of(app))
        await pilot.press("escape")
        await until(lambda: "Vox 40" in text_of(app))
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_wider_screens_say_about_what_and_from_where(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    rig = await make_rig()
    async with open_app(rig, size) as (app, pilot):
        await pilot.press("Y")
        await until(lambda: isinstance(app.screen, AuditScreen) and "Vox 40" in text_of(app))
        assert text_of(app) == snapshot
