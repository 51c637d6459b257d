"""A terminal to judge by: pyte, told everything that the app writes."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import pyte
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size


class Seen(NamedTuple):
    """One cell as a person sees it."""

    text: str
    foreground: str
    background: str
    bold: bool
    italics: bool
    underscore: bool
    reverse: bool


class Terminal:
    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        # As Textual sets it; without it the last cell of the last line would scroll.
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> None:
        """Show it. Links are for the mouse: pyte knows none."""
        self._stream.feed(_without_links(text))

    def seen(self) -> list[list[Seen]]:
        """All cells, from top to bottom."""
        buffer = self.screen.buffer
        return [[_seen(buffer[y][x]) for x in range(self.screen.columns)] for y in range(self.screen.lines)]

    def text(self) -> list[str]:
        """The lines without colours."""
        return self.screen.display


def _seen(cell: pyte.screens.Char) -> Seen:
    # Nobody sees the colour of a letter that is not there.
    is_blank = cell.data == " " and not (cell.underscore or cell.reverse)
    foreground = "" if is_blank else cell.fg
    return Seen(
        cell.data,
        foreground,
        cell.bg,
        cell.bold and not is_blank,
        cell.italics,
        cell.underscore,
        cell.reverse,
    )


def _without_links(text: str) -> str:
    parts = text.split("\x1b]8;")
    return parts[0] + "".join(part.partition("\x1b\\")[2] for part in parts[1:])


def difference(ours: Sequence[Sequence[Seen]], theirs: Sequence[Sequence[Seen]]) -> str:
    """The first cell in which two screens differ, for a message; empty when none does."""
    for y, (left, right) in enumerate(zip(ours, theirs, strict=True)):
        for x, (one, other) in enumerate(zip(left, right, strict=True)):
            if one != other:
                return f"line {y} cell {x}: {one} instead of {other}"
    return ""


class TerminalDriver(Driver):
    """Shows everything that an app writes on a terminal of ours."""

    last: ClassVar["TerminalDriver"]

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        TerminalDriver.last = self
        self.terminal = Terminal(*(self._size or (80, 24)))
        self.frames: list[str] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.frames.append(data)
        self.terminal.write(data)

    def written(self) -> int:
        """How many bytes came since the last time."""
        frames, self.frames = self.frames, []
        return sum(len(frame.encode()) for frame in frames)

    def resize(self, width: int, height: int) -> None:
        """Another size: what was there is gone, as in the worst of terminals."""
        self.terminal = Terminal(width, height)
        self._size = width, height
        self._tell_size()

    def start_application_mode(self) -> None:
        self._tell_size()

    def disable_input(self) -> None:
        """There is none."""

    def stop_application_mode(self) -> None:
        """Nothing was changed."""

    def _tell_size(self) -> None:
        size = Size(*(self._size or (80, 24)))
        self._app.post_message(events.Resize(size, size))


def repainted(app: App[Any]) -> Terminal:
    """What a terminal shows to which Textual itself writes the whole screen."""
    width, height = app.size
    terminal = Terminal(width, height)
    # Not a full update: that would count as painted, and the app would leave it out.
    # As the app itself: what was just removed finds its app no other way.
    with app._context():
        for y, strip in enumerate(app.screen._compositor.render_strips()):
            terminal.write(f"\x1b[{y + 1};1H{strip.render(app.console)}")
    return terminal
