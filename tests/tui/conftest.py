"""Screens compared as text: a review reads the difference."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.app import App
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


def text_of(app: App[Any]) -> str:
    """What stands on the screen, without colours. The one place that reads Textual's compositor."""
    return "\n".join(strip.text.rstrip() for strip in strips_of(app)) + "\n"


def strips_of(app: App[Any]) -> list[Strip]:
    """The same with colours."""
    return app.screen._compositor.render_strips()
