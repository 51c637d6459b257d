"""Keys of all kinds at random gaps on every screen, and errors that nobody expected: none ends the board."""

import asyncio
import logging
from random import Random

import pytest
from textual import events

from micboard_tui.tui.key_bindings import CONFIGURABLE_KEYS
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.channel_screen import ChannelScreen
from micboard_tui.tui.screens.help_screen import HelpScreen
from micboard_tui.tui.service_readings import ServiceReadings
from tests.fakes.links import until
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.test_app import open_app, toasts

pytestmark = pytest.mark.journey(traced=False)

LEAVING = frozenset({"q", "ctrl+q"})
KEYS = sorted(
    {key for entry in CONFIGURABLE_KEYS for key in entry.keys.split(",")} - LEAVING
    | {"ctrl+p", "backspace", "delete", "y", "a", "t", "w", "r", "i", "1", "2"}
)
OFTEN = ("escape", "escape", "enter", "question_mark")
OPENERS = (
    *("enter", "question_mark", "slash", "ctrl+p"),
    *("d", "c", "L", "S", "A", "D", "n", "N", "l", "s", "p", "f", "V"),
)
GAPS_S = (0.0, 0.0, 0.0, 0.002, 0.01, 0.03)
PRESSES = 90
CLOSING = 12


@pytest.mark.parametrize("seed", range(3))
async def test_keys_at_random_gaps_end_nothing(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    random = Random(seed)
    caplog.set_level(logging.WARNING)
    async with open_app(two_receivers()) as (app, pilot):
        for number in range(PRESSES):
            key = random.choice(OPENERS) if number % 3 == 0 else random.choice((*KEYS, *OFTEN))
            app.post_message(events.Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(random.choice(GAPS_S))
        for _ in range(CLOSING):
            app.post_message(events.Key("escape", None))
            await pilot.pause()
        await until(lambda: isinstance(app.screen, BoardScreen))
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_a_screen_that_is_open_already_is_gone_back_to() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("a", "b", "t", "r")
        desk = app.screen_stack[2]
        await pilot.press("b", "t", "t", "a")
        await until(lambda: app.screen is desk)
        assert len(app.screen_stack) == 3
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, BoardScreen))


async def test_a_task_that_fails_is_told_and_logged_and_the_board_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError("unexpected")

    monkeypatch.setattr(ServiceReadings, "history", fail)
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("enter")
        await until(lambda: bool(toasts(app)))
        assert toasts(app) == ["Not done: an unexpected error (ZeroDivisionError). The log tells more."]
        await pilot.press("escape")
        assert isinstance(app.screen, BoardScreen)
    (record,) = caplog.records
    assert record.getMessage() == "A task of the board failed"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_a_closed_screen_that_is_asked_for_something_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with open_app(two_receivers()) as (app, pilot):
        await pilot.press("enter")
        screen = app.screen
        assert isinstance(screen, ChannelScreen)
        screen.call_later(screen.query_one, HelpScreen)
        app.pop_screen()
        # The screen may still be waiting for a reading; what it is asked while the app leaves is dropped.
        await until(lambda: isinstance(app.screen, BoardScreen) and bool(caplog.records))
    assert [record.getMessage() for record in caplog.records] == ["A closed screen was asked for something"]


async def test_an_error_that_ends_the_board_is_logged_and_raised(caplog: pytest.LogCaptureFixture) -> None:
    app = two_receivers().app()

    async def fail() -> None:
        async with app.run_test() as pilot:
            app.screen.call_later(lambda: 1 // 0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert isinstance(app.crash, ZeroDivisionError)
    assert "An unexpected error ends the board" in [record.getMessage() for record in caplog.records]
