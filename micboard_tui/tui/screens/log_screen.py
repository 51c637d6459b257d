"""The newest events of the log, with a filter."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input

from micboard_tui.domain.log_event import LogEvent
from micboard_tui.domain.safe_text import fold_accents, visible
from micboard_tui.tui.board_options import EventLog
from micboard_tui.tui.device_titles import name_devices
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.help_pages import LOG_HELP
from micboard_tui.tui.key_bindings import LOG_KEY_LINE, LOG_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines

REFRESH_S = 0.5
MAX_SHOWN = 300
TIME, LEVEL = 10, 9
Titles: TypeAlias = Mapping[str, str]
"""What devices are called, by their addresses."""
TONES = {"debug": "dim", "info": "text", "warning": "warning", "error": "critical", "critical": "critical"}


def filter_events(
    events: Sequence[LogEvent], query: str, titles: Titles, *, only_bad: bool
) -> list[LogEvent]:
    """Those in which every word of ``query`` stands somewhere, capitals and accents ignored.

    A device is found by its title and by its address.
    """
    parts = fold_accents(query).split()
    events = [event for event in events if event.is_bad or not only_bad]
    return [event for event in events if _has_all(event, parts, titles)] if parts else events


def _has_all(event: LogEvent, parts: Sequence[str], titles: Titles) -> bool:
    plain = _plain(event)
    text = fold_accents(f"{plain} {name_devices(plain, titles)}")
    return all(part in text for part in parts)


def lines_of(event: LogEvent, width: int, titles: Titles) -> list[list[Cell]]:
    """When, how bad, and what; what is too long goes on in the next line."""
    at = datetime.fromtimestamp(event.at).astimezone()
    parts = [event.text, *(f"{name}={value}" for name, value in event.details)]
    text = visible(name_devices("  ".join(parts), titles))
    first, *rest = textwrap.wrap(text, max(10, width - TIME - LEVEL)) or [""]
    tone = TONES.get(event.level, "text")
    head = [Cell(f" {at:%H:%M:%S} ", "dim"), Cell(f"{event.level:<{LEVEL - 1}} ", tone), Cell(first, tone)]
    return [head, *([Cell(" " * (TIME + LEVEL)), Cell(line, tone)] for line in rest)]


def _plain(event: LogEvent) -> str:
    parts = (event.text, event.level, event.source, *(f"{name}={value}" for name, value in event.details))
    return " ".join(parts)


class LogScreen(Screen[None]):
    """What is typed filters; the newest event is on top."""

    DEFAULT_CSS = """
    LogScreen { background: $background; }
    LogScreen VerticalScroll { scrollbar-size-vertical: 1; }
    LogScreen Input { height: 1; border: none; padding: 0 1; background: $surface; }
    LogScreen Input:focus { border: none; }
    """
    BINDINGS = bindings_of(LOG_SCREEN_KEYS)
    HELP_PAGE = LOG_HELP

    def __init__(self, log: EventLog, read_titles: Callable[[], Titles], style: ScreenStyle) -> None:
        """``read_titles``: what the devices are called now, by their addresses."""
        super().__init__()
        self._read_titles = read_titles
        self._key_line = style.keymap.line(LOG_KEY_LINE)
        self._log, self._palette, self._glyphs = log, style.palette, style.glyphs
        self._only_bad = False
        self._count = -1

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, "surface", id="header")
        with VerticalScroll(can_focus=False):
            yield Lines(self._palette, self._glyphs, id="events")
        yield BoundedInput(max_length=MAX_SEARCH, placeholder="filter: device, code or text")
        yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.set_interval(REFRESH_S, self.show_current)

    def on_resize(self) -> None:
        self._count = -1
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    @on(Input.Changed)
    def typed(self) -> None:
        self._count = -1
        self.show_current()

    def show_current(self) -> None:
        """Show what is new."""
        if not is_open(self):
            return
        count = self._log.count
        if count == self._count:
            return
        self._count = count
        events, titles = self._log.newest(), self._read_titles()
        found = filter_events(events, self.query_one(Input).value, titles, only_bad=self._only_bad)
        width = self.size.width - 1
        shown = [line for event in found[:MAX_SHOWN] for line in lines_of(event, width, titles)]
        if not shown:
            shown = [[Cell(" No event matches the filter." if events else " No events yet.", "dim")]]
        only = ", only warnings and errors" if self._only_bad else ""
        title = f" Log: {len(found)} of the newest {len(events)} events{only}"
        self.query_one("#header", Lines).show([[Cell(title, "accent")]])
        lines = self.query_one("#events", Lines)
        lines.styles.height = len(shown)
        lines.show(shown)

    def action_only_bad(self) -> None:
        self._only_bad = not self._only_bad
        self._count = -1
        self.show_current()

    def action_leave(self) -> None:
        """Take the filter away first; then back."""
        typed = self.query_one(Input)
        if typed.value:
            typed.clear()
        else:
            self.app.pop_screen()

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
