"""The hand-over note on the board: written by keys, and shown once at the next start."""

import pytest
from textual.widgets import TextArea

from micboard_tui.domain.handover import MAX_HANDOVER_TEXT, HandoverNote
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.handover_screen import HandoverScreen, NewNotesScreen
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.test_app import open_app

pytestmark = pytest.mark.journey


async def test_a_note_is_written_by_keys_and_what_was_left_is_shown_once() -> None:
    rig = two_receivers()
    await rig.handover.add(HandoverNote(rig.live.now(), "Ben", "[Pack 7] is slow\nSpare 2"))
    async with open_app(rig) as (app, pilot):
        await until(lambda: isinstance(app.screen, NewNotesScreen))
        await pilot.pause()
        assert "[Pack 7] is slow" in text_of(app)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, BoardScreen))
        await pilot.press("h")
        await until(lambda: isinstance(app.screen, HandoverScreen))
        await pilot.pause()
        await pilot.press(*"new", "enter", *"cells", "escape")
        assert isinstance(app.screen, HandoverScreen)
        assert "Spare 2" in text_of(app)
        app.screen.query_one(TextArea).insert("x" * MAX_HANDOVER_TEXT)
        await pilot.pause()
        assert len(app.screen.query_one(TextArea).text) == MAX_HANDOVER_TEXT
        await pilot.press("ctrl+s")
        await until(lambda: len(rig.handover.kept) == 2)
        assert rig.handover.kept[1].text.startswith("new\ncellsx")
        await pilot.press("h")
        await until(lambda: isinstance(app.screen, HandoverScreen))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, BoardScreen))
    assert rig.handover.kept[0].shown_at is not None
