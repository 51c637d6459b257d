"""A screen or dialog that was left leaves nothing behind."""

import gc
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from tests.fakes.links import until
from tests.tui.flows.flow_stage import two_receivers, vox
from tests.tui.test_access import VAULT, open_devices_screen, rig_with_vault
from tests.tui.test_app import open_app

# Other tests run the same code, and traced it takes three times as long.
pytestmark = [pytest.mark.integration, pytest.mark.no_cover]

OPENERS = (
    *("enter", "question_mark", "d", "c", "L", "S", "A", "D", "n", "N", "l", "p", "f", "V"),
    *("s", "slash"),
)
"""Not Textual's own palette: left while it looks for commands, it now and then stays until the app ends."""
SLOW_OPENERS = frozenset({"s", "t", "w"})
"""Their dialogs open when something was looked up."""
TIMES = 2
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


async def leave_nothing_behind(
    app: MicboardApp, pilot: Pilot[str], openers: Sequence[str], home: type[Screen[Any]]
) -> None:
    """Open what each key opens from ``home`` and leave it again, until whatever grows has grown."""

    def is_home() -> bool:
        return isinstance(app.screen, home) and not app.screen.has_class("-finding")

    async def open_and_leave_all() -> None:
        for opener in openers:
            await pilot.press(opener)
            await pilot.pause()
            if opener in SLOW_OPENERS:
                await until(lambda: not is_home())
            while not is_home():
                await pilot.press("escape")
                await pilot.pause()
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


@pytest.fixture(autouse=True)
def no_records(caplog: pytest.LogCaptureFixture) -> None:
    """A record of an error that was survived would keep the screen alive that it is about."""
    caplog.set_level(logging.CRITICAL + 1, logger="micboard_tui")


@pytest.mark.long
async def test_screens_that_were_left_keep_no_widget_and_no_subscription() -> None:
    async with open_app(two_receivers()) as (app, pilot):
        services = app._background.services
        assert services is not None
        # Only from a channel with a performer somebody can be moved.
        await services.assignments.assign([vox(1)], "Ada", actor="Pia")
        await leave_nothing_behind(app, pilot, OPENERS, BoardScreen)


async def test_dialogs_about_access_that_were_left_keep_nothing() -> None:
    async with open_devices_screen(rig_with_vault(replace(VAULT, fingerprint=None))) as (app, pilot):
        await leave_nothing_behind(app, pilot, ("t", "w", "a", "e"), DevicesScreen)
