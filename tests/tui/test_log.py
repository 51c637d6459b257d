"""The log on the screen."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from micboard_tui.domain.log_event import LogEvent
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.board_options import NO_LOG, EventLog
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.log_screen import LogScreen, filter_events, lines_of
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import OPTIONS, ScriptedRig, settle
from tests.tui.test_app import big

pytestmark = pytest.mark.journey

ENDED = LogEvent(
    0.0, "warning", "session ended", "services", (("device", "192.0.2.7"), ("code", "DEVICE_SILENT"))
)
MADE = LogEvent(60.0, "info", "step made", "services", (("step", "[red]Ada\x1b gets Vox 1"),))


class Memory:
    """Implements ``EventLog``."""

    def __init__(self, *events: LogEvent) -> None:
        self.events = list(events)

    @property
    def count(self) -> int:
        return len(self.events)

    def newest(self) -> list[LogEvent]:
        return self.events[::-1]


def app_with(rig: ScriptedRig, log: EventLog) -> MicboardApp:
    return rig.app(replace(OPTIONS, log=log))


def test_every_word_of_the_filter_must_fit() -> None:
    assert filter_events([MADE, ENDED], "SESSION 192.0.2.7", {}, only_bad=False) == [ENDED]
    assert filter_events([MADE, ENDED], "session ada", {}, only_bad=False) == []
    assert (
        filter_events([MADE, ENDED], "séssion", {}, only_bad=False)
        == filter_events([MADE, ENDED], "session", {}, only_bad=False)
        != []
    )
    assert filter_events([MADE, ENDED], "", {}, only_bad=True) == [ENDED]


def test_a_long_event_goes_on_in_the_next_line_and_is_harmless() -> None:
    lines = lines_of(replace(MADE, details=(("reason", "\x1b word" * 20),)), 60, {})
    assert len(lines) > 1
    assert all(sum(len(cell.text) for cell in line) <= 60 for line in lines)
    assert "\x1b" not in "".join(cell.text for line in lines for cell in line)


async def test_the_header_counts_what_nobody_has_looked_at() -> None:
    log = Memory(MADE)
    app = app_with(big(), log)
    async with app.run_test(size=(100, 24)) as pilot:
        settle(app)
        assert "in log" not in text_of(app)
        log.events += [ENDED, ENDED]
        settle(app)
        await pilot.pause()
        assert "2 in log L" in text_of(app)
        await pilot.press("L")
        await pilot.pause()
        text = text_of(app)
        assert text.index("session ended") < text.index("step made")
        assert "[red]Ada" in text
        await pilot.press("L", "escape", "escape")
        assert isinstance(app.screen, BoardScreen)
        settle(app)
        await pilot.pause()
        assert "in log" not in text_of(app)


async def test_what_is_typed_filters_and_new_events_come_on_top() -> None:
    log = Memory(*[replace(MADE, text=f"step {number}") for number in range(40)], ENDED)
    app = app_with(big(), log)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        await pilot.press(*"step 7")
        await pilot.pause()
        assert "4 of the newest 41" in text_of(app)
        await pilot.press("escape", "tab")
        await pilot.pause()
        assert "only warnings" in text_of(app)
        assert "step" not in text_of(app)
        await pilot.press("tab")
        log.events.append(replace(MADE, text="the newest"))
        assert isinstance(app.screen, LogScreen)
        app.screen.show_current()
        await pilot.press("pagedown", "down", "up", "pageup")
        await pilot.pause()
        assert "the newest" in text_of(app)
        assert app.screen.query_one(Input).has_focus
        await pilot.press(*"nothing like it")
        await pilot.pause()
        assert "No event matches the filter." in text_of(app)


async def test_without_a_log_the_screen_says_that_nothing_happened() -> None:
    app = app_with(big(), NO_LOG)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("L")
        assert isinstance(app.screen, LogScreen)
        await pilot.pause()
        assert "No events yet." in text_of(app)
