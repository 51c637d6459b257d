"""Screens compared as text: a review reads the difference."""

import asyncio
import math
from collections.abc import Callable, Hashable
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import textual._callback
import textual.app
import textual.pilot
import textual.screen
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen as TextualScreen
from textual.strip import Strip

from micboard_tui.tui.screens import board_screen
from micboard_tui.tui.terminal.frame_rate import FrameRate, SlowReason
from tests.fakes.virtual_time import CountingSelector, thread_works

HERE = Path(__file__).parent
UPDATE_PERIOD_S = 1 / 250
"""So long Textual waits before it draws what has changed; outside of tests four times as long."""
SOON_S = 1 / 100
"""Longer than Textual waits before it draws what has changed, or takes the new size of a terminal."""
QUIET_S = 1 / 50
QUIET_TURNS = 2
"""Of the loop in that time, when nothing but the test goes on."""


PARSED: dict[Hashable, list[RuleSet]] = {}
"""Rules of style sheets, which are the same for each app with the same colours."""


COUNTED: dict[tuple[CodeType, bool], int] = {}
"""Parameters of functions, and of methods without the first."""


class Screen(SingleFileSnapshotExtension):
    file_extension = "txt"
    _write_mode = WriteMode.TEXT


class Picture(SingleFileSnapshotExtension):
    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Screen)


@pytest.fixture(autouse=True)
def render_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a headless app render only what a test looks at.

    Its frames go nowhere, and rendering six of them at each start is a third of what such a test costs.
    """
    render_update = Compositor.render_update

    def render_pictures_only(
        compositor: Compositor,
        full: bool = False,
        screen_stack: list[TextualScreen[Any]] | None = None,
        simplify: bool = False,
    ) -> object:
        compositor._dirty_regions.clear()
        return render_update(compositor, full, screen_stack, simplify) if full else None

    monkeypatch.setattr(Compositor, "render_update", render_pictures_only)


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Return when the app has done all it can do now, its next drawing included.

    Textual waits here until the process has used next to no processor time for 20 ms. A board never rests
    that long, so a key of a test took up to a second; whether the loop has something to do is exact.
    """
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while (passed_s := loop.time() - begin) <= max_sleep:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined] # asyncio has no public name for it
            continue
        if hears_others(loop):
            turns = CountingSelector.turns
            await asyncio.sleep(QUIET_S)
            if CountingSelector.turns - turns <= QUIET_TURNS and loop.time() - begin >= min_sleep:
                return
        elif (due_s := next_timer(loop) - loop.time()) < SOON_S:
            await asyncio.sleep(max(due_s, 0))
        elif passed_s >= min_sleep:
            return
        else:
            await asyncio.sleep(min_sleep - passed_s)


def hears_others(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether something may come from a thread or a socket; one descriptor is the loop's own."""
    return thread_works() or len(loop._selector.get_map()) > 1  # type: ignore[attr-defined] # asyncio has no public name for it


def next_timer(loop: asyncio.AbstractEventLoop) -> float:
    timers: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined] # asyncio has no public name for it
    return min((timer.when() for timer in timers if not timer.cancelled()), default=math.inf)


@pytest.fixture(autouse=True)
def exact_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual.pilot, "wait_for_idle", wait_for_idle)
    monkeypatch.setattr(textual.app, "wait_for_idle", wait_for_idle)
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", UPDATE_PERIOD_S)


@pytest.fixture(autouse=True)
def parse_styles_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each app parses all its style sheets anew, a tenth of what a short test costs."""
    parse_rules = Stylesheet._parse_rules

    def parse_new_rules(sheet: Stylesheet, *arguments: Any, **options: Any) -> list[RuleSet]:  # noqa: ANN401 - as Textual has them
        key = (arguments, tuple(options.items()), tuple(sheet._variables.items()))
        if key not in PARSED:
            PARSED[key] = parse_rules(sheet, *arguments, **options)
        return PARSED[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_new_rules)


@pytest.fixture(autouse=True)
def count_parameters_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual looks anew how many parameters each lambda and each partial method has, at each call."""
    count_parameters = textual._callback._count_parameters

    def count_new_parameters(function: Callable[..., object]) -> int:
        inner = getattr(function, "__func__", function)
        code = getattr(inner, "__code__", None)
        if code is None or hasattr(inner, "__wrapped__"):
            return count_parameters(function)
        key = (code, inner is function)
        if key not in COUNTED:
            COUNTED[key] = count_parameters(function)
        return COUNTED[key]

    monkeypatch.setattr(textual._callback, "_count_parameters", count_new_parameters)


class PatientFrameRate(FrameRate):
    """Says nothing of a busy machine: while many tests run at once each is one."""

    @property
    def slow_reason(self) -> SlowReason:
        reason = super().slow_reason
        return SlowReason.NOTHING if reason is SlowReason.MACHINE else reason


@pytest.fixture(autouse=True)
def patient_frame_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_screen, "FrameRate", PatientFrameRate)


def assert_can_be_drawn(app: App[Any]) -> None:
    """What a test leaves on the screen can be rendered, even when the test does not read it."""
    if app.is_running and app.screen._compositor.size:
        assert len(strips_of(app)) == app.size.height


def text_of(app: App[Any]) -> str:
    """What stands on the screen, without colours. The one place that reads Textual's compositor."""
    return "\n".join(strip.text.rstrip() for strip in strips_of(app)) + "\n"


def strips_of(app: App[Any]) -> list[Strip]:
    """The same with colours."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()
