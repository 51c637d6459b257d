"""Screens compared as text: a review reads the difference."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.screen import Screen as TextualScreen
from textual.strip import Strip


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
