"""A screen or dialog that was left leaves nothing behind."""

import gc
import logging
from collections import Counter

import pytest
from textual.widget import Widget

from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.board_screen import BoardScreen
from tests.tui.flows.flow_stage import two_receivers
from tests.tui.test_app import open_app

OPENERS = (
    *("enter", "question_mark", "d", "c", "L", "S", "A", "D", "n", "N", "l", "p", "f", "V"),
    *("slash", "ctrl+p"),
)
TIMES = 4
UNHURRIED_TRIES = 300


def count_widgets() -> Counter[str]:
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, Widget))


def count_subscriptions(app: MicboardApp) -> int:
    signals = (
        app.theme_changed_signal,
        app.app_resume_signal,
        app.app_suspend_signal,
        app.screen_change_signal,
    )
    return sum(len(signal._subscriptions) for signal in signals)


async def test_screens_that_were_left_keep_no_widget_and_no_subscription(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # A record of an error that was survived would keep the screen alive that it is about.
    caplog.set_level(logging.CRITICAL + 1, logger="micboard_tui")
    async with open_app(two_receivers()) as (app, pilot):

        async def open_and_leave_all() -> None:
            for opener in OPENERS:
                await pilot.press(opener)
                await pilot.pause()
                while not isinstance(app.screen, BoardScreen) or app.screen.has_class("-finding"):
                    await pilot.press("escape")
            app.clear_notifications()
            await pilot.pause()

        await open_and_leave_all()
        widgets, subscriptions = count_widgets(), count_subscriptions(app)
        for _ in range(TIMES):
            await open_and_leave_all()
        tries = 0
        while (grown := count_widgets() - widgets) and tries < UNHURRIED_TRIES:
            tries += 1
            await pilot.pause(0.2)
        assert not grown
        assert count_subscriptions(app) <= subscriptions
