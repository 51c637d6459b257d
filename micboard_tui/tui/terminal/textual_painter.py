"""The seam between Textual and the terminal; with ``bounded_driver`` it knows the inside of Textual.

Textual writes whole lines in which little changed, and waits when the terminal is slow. Here stands a frame
buffer between its compositor and the terminal: only cells that differ are written, and what a slow line has
no room for is not queued.

Theory of operation. Two ways lead into the frame buffer, and one out of it:

* ``display`` takes what the compositor made of refreshed widgets (``PaintedApp._display`` hands it over);
* ``paint`` takes parts of lines of one widget past the compositor, as long as nothing stands before the
  widget; ``move`` does the same with parts that change in every frame. Where on the screen that is, is
  remembered until the compositor places its layers anew;
* ``flush`` writes what differs in one piece, unless the terminal has not taken the last one. Then it tries
  again after ``RETRY_S``; what answers a key is written all the same, up to ``MOST_URGENT`` pieces ahead.

The writer thread of Textual's driver is the only one that waits for the terminal. Another one means that the
terminal was given away and came back, so that the buffer forgets what it shows; so do ``resized`` and
``redraw``. When the painter is switched off, or Textual's inside is not as expected, every method says no,
and Textual writes as it always does.
"""

import asyncio
import inspect
import logging
import select
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual._context import active_message_pump
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.filter import ANSIToTruecolor
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget
from textual.worker import WorkerFailed

from micboard_tui.tui.terminal.canvas import MovingPart, Part
from micboard_tui.tui.terminal.frame_buffer import FrameBuffer
from micboard_tui.tui.terminal.moving_cells import Window

# On Windows the terminal is left to Textual: its driver there is another one, which can keep us waiting.
HAS_OUR_DRIVER = sys.platform != "win32"
if sys.platform != "win32":
    from textual.drivers.linux_driver import LinuxDriver

    from micboard_tui.tui.terminal.bounded_driver import BoundedDriver

MOST_URGENT = 4
"""So many answers to keys may wait for a slow terminal."""
RETRY_S = 0.05
TERMINAL_CHECK_S = 1.0
"""So often an app looks whether its terminal is still there."""
OWN_SCREENS = 2
"""Textual's blank one, and the one that the app opens with."""
NOT_ASKED = Region(-1, -1, 0, 0)
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
Result = TypeVar("Result")
log = logging.getLogger(__name__)

_PARAMETERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "App._display": (App._display, ("self", "screen", "renderable")),
    "LayoutUpdate": (LayoutUpdate, ("strips", "region")),
    "ChopsUpdate": (ChopsUpdate, ("chops", "spans", "chop_ends")),
    "WriterThread.write": (WriterThread.write, ("self", "text")),
}
if sys.platform != "win32":
    _PARAMETERS |= {
        "LinuxDriver.write": (LinuxDriver.write, ("self", "data")),
        "LinuxDriver.close": (LinuxDriver.close, ("self",)),
        "LinuxDriver._sigcont_application": (LinuxDriver._sigcont_application, ("self", "_")),
        "LinuxDriver.run_input_thread": (LinuxDriver.run_input_thread, ("self",)),
    }
_CLASS_NAMES: Mapping[str, tuple[type, str]] = {
    "Compositor.layers_visible": (Compositor, "layers_visible"),
    "Compositor.visible_widgets": (Compositor, "visible_widgets"),
    "Strip._segments": (Strip, "_segments"),
    "Strip.cell_length": (Strip, "cell_length"),
}
_APP_NAMES = ("_batch_count", "_closed", "_driver", "_running", "_sync_available")


def unexpected_names(app: App[Any]) -> list[str]:
    """The names inside Textual that are not as this module expects them."""
    wrong = [
        name
        for name, (what, parameters) in _PARAMETERS.items()
        if tuple(inspect.signature(what).parameters) != parameters
    ]
    wrong += [name for name, (owner, attribute) in _CLASS_NAMES.items() if not hasattr(owner, attribute)]
    return wrong + [f"App.{name}" for name in _APP_NAMES if not hasattr(app, name)]


class Painter:
    """Writes to the terminal of ``app``. Implements ``Canvas``.

    When it is not ``wanted``, or Textual is not as expected, it leaves everything to Textual.
    """

    def __init__(self, app: App[Any], *, wanted: bool = True) -> None:
        self._app = app
        wanted = wanted and HAS_OUR_DRIVER
        self.unexpected_names = unexpected_names(app) if wanted else []
        """Why it does nothing although it was wanted."""
        self.is_on = wanted and not self.unexpected_names
        colors = app.console._color_system or ColorSystem.TRUECOLOR
        self._buffer = FrameBuffer(None if app.no_color else colors)
        self._writer: WriterThread | None = None
        self._poll: select.poll | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._shown_layers: object = None
        self._layers: object = None
        self._uncovered: dict[Widget, Region | None] = {}

    # For the app.

    def display(self, screen: Screen[Any], renderable: RenderableType | None) -> bool:
        """Show what the compositor made; False when that is Textual's own business."""
        if not self.is_on or self._app._batch_count or not self._may_write():
            return False
        if not (renderable is None or isinstance(renderable, ChopsUpdate | LayoutUpdate)):
            return False
        width, height = self._app.size
        if (self._buffer.width, self._buffer.height) != (width, height):
            self._buffer.resize(width, height)
        compositor = screen._compositor
        if compositor.layers_visible is not self._shown_layers:
            # Now and then Textual misses what a widget uncovers that has gone; the buffer finds what differs.
            self._shown_layers = compositor.layers_visible
            renderable = compositor.render_full_update()
        if isinstance(renderable, LayoutUpdate):
            for y, strips in enumerate(renderable.strips, renderable.region.y):
                self._put_line(renderable.region.x, y, strips)
        elif isinstance(renderable, ChopsUpdate):
            self._put_chops(renderable)
        self.flush()
        return True

    def resized(self, width: int, height: int) -> None:
        """Terminals move or drop what they show when their size changes, even when it changes back."""
        self._buffer.forget()
        if (self._buffer.width, self._buffer.height) == (width, height):
            self.flush()

    def redraw(self) -> None:
        """Something else wrote to the terminal: write everything anew."""
        if self.is_on:
            self._buffer.forget()
            self.flush(urgent=True)
        else:
            self._app.refresh(layout=True)

    # For widgets.

    @property
    def is_busy(self) -> bool:
        writer = self._current_writer()
        if writer is None:
            return False
        return writer._queue.qsize() > 0 or (self._poll is not None and not self._poll.poll(0))

    def paint(self, widget: Widget, parts: Iterable[Part], width: int, top: int = 0) -> bool:
        window = self._find_window(widget, width, top)
        if window is None:
            return False
        left, above, shown, put = *window, self._buffer.put
        for x, y, segments, part_width in parts:
            if y in shown:
                put(left + x, above + y, segments, part_width)
        return True

    def move(self, widget: Widget, parts: Sequence[MovingPart], width: int, top: int = 0) -> bool:
        window = self._find_window(widget, width, top)
        if window is None:
            return False
        self._buffer.move(parts, window)
        return True

    def flush(self, *, urgent: bool = False) -> None:
        if not self._buffer.has_changes or not self._may_write():
            return
        writer = self._current_writer()
        if writer is not None and self.is_busy and not (urgent and writer._queue.qsize() < MOST_URGENT):
            self._try_again()
            return
        written = self._buffer.take()
        driver = self._app._driver
        if written and driver is not None:
            cursor = self._cursor()
            marked = self._app._sync_available
            driver.write(f"{SYNC_START}{written}{cursor}{SYNC_END}" if marked else written + cursor)
            driver.flush()

    # Inside.

    def _may_write(self) -> bool:
        app = self._app
        driver = app._driver
        return (
            app._running
            and not app._closed
            and driver is not None
            and not driver.is_headless
            and not driver.is_inline
        )

    def _current_writer(self) -> WriterThread | None:
        """The thread that writes; a new one means that the terminal was given away and came back."""
        writer = getattr(self._app._driver, "_writer_thread", None)
        if writer is not self._writer:
            self._writer = writer
            self._buffer.forget()
            self._poll = None
            if writer is not None:
                self._poll = select.poll()
                self._poll.register(writer.fileno(), select.POLLOUT)
        return self._writer

    def _try_again(self) -> None:
        if self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(RETRY_S, self._retried)

    def _retried(self) -> None:
        self._retry = None
        self.flush()

    def _put_line(self, x: int, y: int, strips: Iterable[Strip | None]) -> None:
        for strip in strips:
            if strip is not None:
                self._buffer.put(x, y, strip._segments, strip.cell_length)
                x += strip.cell_length

    def _put_chops(self, update: ChopsUpdate) -> None:
        for y, start, stop in update.spans:
            for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
                # A chop that only touches what changed is whole and right; one beside it may show a widget
                # that in truth is covered.
                if strip is not None and x < stop and end > start:
                    self._buffer.put(x, y, strip._segments, strip.cell_length)

    def _cursor(self) -> str:
        """Where the terminal's hidden cursor belongs: input methods open there."""
        app = self._app
        offset = app.screen.outer_size.clamp_offset(app.cursor_position)
        return "" if offset == Offset() else f"\x1b[{offset.y + 1};{offset.x + 1}H"

    def _find_window(self, widget: Widget, width: int, top: int) -> Window | None:
        """Where the widget shows its content from line ``top`` on; None: only the compositor can show it."""
        if not self.is_on or (region := self._region(widget)) is None:
            return None
        if width != region.width or (self._buffer.width, self._buffer.height) != self._app.size:
            # Drawn for another size: what it should be is on its way.
            return None
        return Window(region.x, region.y - top, range(top, top + region.height))

    def _region(self, widget: Widget) -> Region | None:
        """Where the widget is on the screen; None when something stands before it, or it is not whole."""
        compositor = self._app.screen._compositor
        layers = compositor.layers_visible
        if layers is not self._layers:
            self._layers = layers
            self._uncovered.clear()
        region = self._uncovered.get(widget, NOT_ASKED)
        if region is NOT_ASKED:
            region = _uncovered(compositor, widget) if _is_unfiltered(widget) else None
            self._uncovered[widget] = region
        return region


def _is_unfiltered(widget: Widget) -> bool:
    # Our styles are true colours already; what other filters change, only the compositor does.
    return all(isinstance(applied, ANSIToTruecolor) for applied in widget.get_line_filters())


def _uncovered(compositor: Compositor, widget: Widget) -> Region | None:
    visible = compositor.visible_widgets.get(widget)
    if visible is None:
        return None
    region, clip = visible
    if region.intersection(clip) != region:
        return None
    for y in region.line_range:
        for other, cropped, _ in compositor.layers_visible[y]:
            if other is widget:
                break
            if cropped.overlaps(region):
                return None
    return region


class PaintedApp(App[Result]):
    """An app that writes through its ``painter``, and that an unexpected error in a worker does not end."""

    painter: Painter

    @property
    def crash(self) -> BaseException | None:
        """The error that ended the app, for its caller to write without secrets."""
        return self._exception

    def begin_with(self, theme: Theme) -> None:
        """Have these colours from the first style on, before the app runs.

        With a theme that is chosen when it runs, Textual parses all styles a second time.
        """
        self.register_theme(theme)
        self.set_reactive(App.theme, theme.name)
        shade = {"-dark-mode": theme.dark, "-light-mode": not theme.dark}
        self.update_classes({f"-theme-{theme.name}": True} | shade, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def report_survived(self, error: BaseException) -> None:
        """Tell the user of an unexpected error that the app goes on after. It is in the log already."""
        text = f"Not done: an unexpected error ({type(error).__name__}). The log tells more."
        self.notify(text, severity="error")

    async def action_pop_screen(self) -> None:
        """Leave the screen on top; the app's own stays, whatever keys still come for what stood over it."""
        if len(self.screen_stack) > OWN_SCREENS:
            await super().action_pop_screen()

    def drop_input(self) -> None:
        """A flood of input began, which is dropped."""
        self.report_dropped_input()

    def report_dropped_input(self) -> None:
        """Tell the user that not everything that was typed or pasted is taken."""
        self.notify("Too much was typed or pasted at once: not all of it was taken.", severity="warning")

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed):
            log.error("A task of the board failed", exc_info=error.error)
            self.report_survived(error.error)
        elif self._exit or self._is_closed(active_message_pump.get(None)):
            # What it wanted to show is not looked at any more. A screen that is still opening when the app
            # leaves gets no widgets from Textual.
            log.warning("A closed screen was asked for something", exc_info=error)
        else:
            log.critical("An unexpected error ends the board", exc_info=error)
            super()._handle_exception(error)

    def _is_closed(self, pump: object) -> bool:
        """Whether a widget, or the screen that it is on, was closed while it still had messages to handle."""
        if not isinstance(pump, Widget):
            return False
        widgets = [node for node in pump.ancestors_with_self if isinstance(node, Widget)]
        return widgets[-1] not in self.screen_stack or any(widget._pruning for widget in widgets)

    def _fatal_error(self) -> None:
        # Textual's own report shows the value of every variable, and one of them may be a password.
        self.bell()
        self._close_messages_no_wait()

    def leave_without_terminal(self) -> None:
        """End when the terminal has gone, or the server that showed the board in a browser."""
        driver = self._driver
        if sys.platform != "win32" and isinstance(driver, BoundedDriver):
            is_lost = driver.has_lost_terminal
        else:
            # Textual's driver for the web stops reading at the end of its input, and would go on.
            reader = getattr(driver, "_key_thread", None) if driver is not None and driver.is_web else None
            is_lost = reader is not None and not reader.is_alive()
        if is_lost:
            self.exit()

    def write_to_terminal(self, sequence: str) -> None:
        """Write what moves nothing on the screen: the bell, or a message for the desktop."""
        if not self.is_headless and self._driver is not None:
            self._driver.write(sequence)

    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        if sys.platform != "win32" and usual is LinuxDriver:
            return BoundedDriver
        return usual

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self.painter.display(screen, renderable):
            self.post_display_hook()
        else:
            super()._display(screen, renderable)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Resize):
            self.painter.resized(*event.size)
        await super().on_event(event)
