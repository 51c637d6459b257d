"""Screens compared as text: a review reads the difference."""

import asyncio
from typing import Any

import pytest
import textual.app
import textual.pilot
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.screen import Screen as TextualScreen
from textual.strip import Strip

from tests.fakes.virtual_time import has_ready_callbacks

SCREEN_UPDATE_S = 1 / 100
"""A little longer than Textual waits before it draws what has changed."""


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
    end = loop.time() + max_sleep
    for wait_s in (0.0, max(min_sleep, SCREEN_UPDATE_S)):
        await asyncio.sleep(wait_s)
        while has_ready_callbacks(loop):
            await asyncio.sleep(0)
            if loop.time() > end:
                return


@pytest.fixture(autouse=True)
def exact_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual.pilot, "wait_for_idle", wait_for_idle)
    monkeypatch.setattr(textual.app, "wait_for_idle", wait_for_idle)


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
