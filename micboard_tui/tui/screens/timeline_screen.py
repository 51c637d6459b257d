"""What happened, the newest first; Enter shows the moment.

Theory of operation. When the screen opens it reads the newest events, and then once a second those that were
stored since. ``show_current`` chooses among what is known, and draws the rows that fit the window. The
selected event is kept by its number, and stays on its line of the screen when newer ones come above it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from micboard_tui.contracts.events import MAX_EVENTS, EventQuery
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.event_list import EventChoice, choose_events, describe_count, merge_events
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.event_row import event_cells
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.help_pages import TIMELINE_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.moment_request import MomentRequested
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.timeline_keys import TIMELINE_KEY_LINE, TIMELINE_KEYS
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 1.0
READING = "events"
"""The group of the worker that reads."""


class TimelineScreen(Screen[None]):
    DEFAULT_CSS = """
    TimelineScreen { background: $background; }
    TimelineScreen #events { height: 1fr; }
    TimelineScreen Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    TimelineScreen Input:focus { border: none; }
    TimelineScreen.-finding Input { display: block; }
    """
    BINDINGS = bindings_of(TIMELINE_KEYS)
    HELP_PAGE = TIMELINE_HELP

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        readings: ServiceReadings,
        channels: Sequence[ChannelRef] = (),
    ) -> None:
        """``channels``: whose curves are shown of a moment that is about no channel; none: of all."""
        super().__init__()
        self._live, self._readings, self._channels = live, readings, channels
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(TIMELINE_KEY_LINE)
        self._subjects = EventSubjects(live)
        self._choice = EventChoice.ALL
        self._events: list[Event] = []
        self._shown: list[Event] = []
        self._is_read = False
        self._list: RowList[int] = RowList(self._palette, self._glyphs, self._show_rows, id="events")

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield self._list
            yield BoundedInput(max_length=MAX_SEARCH, placeholder="channel, performer, what happened, who")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self._follow)
        self._read()

    def on_resize(self) -> None:
        self.show_current()

    # What is selected, for flows.

    @property
    def selected(self) -> Event | None:
        """The selected event."""
        return next((event for event in self._shown if event.id == self._list.window.selected), None)

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel of the selected event."""
        ref = None if self.selected is None else self.selected.ref
        return [] if ref is None else [ref]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The device of the selected event."""
        event = self.selected
        return [] if event is None or event.device_id is None else [event.device_id]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show what a flow changed; it is an event, too."""
        self._read()

    def forget_event(self, number: int) -> None:
        """It is not stored any more."""
        self._events = [event for event in self._events if event.id != number]
        self.show_current()

    # Showing.

    def _follow(self) -> None:
        if is_open(self):
            # Reading waits while the hub is not heard.
            self._show_header()
        if not is_working(self, READING):
            self._read()

    @work(exclusive=True, group=READING)
    async def _read(self) -> None:
        newest = max((event.id or 0 for event in self._events), default=0)
        events = await self._readings.events(EventQuery(after=newest))
        if events is None or not is_open(self):
            return
        if events or not self._is_read:
            self._is_read = True
            self._events = merge_events(self._events, events, MAX_EVENTS)
            self.show_current()

    def show_current(self) -> None:
        """Show the events that are known."""
        if not is_open(self):
            return
        typed = self.query_one(Input).value
        self._shown = choose_events(self._events, self._choice, typed, self._subjects.subject)
        self._list.take([event.id or 0 for event in self._shown])
        self._show_rows()

    def _show_rows(self) -> None:
        width, today = self.size.width, datetime.now().astimezone().date()
        rows = [
            event_cells(
                event,
                self._subjects.subject(event),
                width,
                today,
                self._glyphs,
                is_selected=event.id == self._list.window.selected,
            )
            for event in (self._shown[index] for index in self._list.window.visible)
        ]
        if not rows:
            rows = [[Cell(self._empty_text, "dim")]]
        self._list.show_rows(rows)
        self._show_header()
        self.query_one(KeyBar).show_keys(self._key_line)

    def _show_header(self) -> None:
        only = "" if self._choice is EventChoice.ALL else f", only {self._choice.title}"
        if typed := visible(self.query_one(Input).value.strip()):
            only += f", only /{typed}"
        count = describe_count(len(self._shown), len(self._events), MAX_EVENTS)
        title = f" Timeline: {count}{only}" if self._is_read else f" Timeline{only}"
        line = partial(fit_line, [Cell(title, "accent")])
        lost = self._live.findings.lost
        self.query_one("#header", Lines).show([beside_loss(line, lost, self._live.now(), self.size.width)])

    @property
    def _empty_text(self) -> str:
        if not self._is_read:
            return " The events are being read."
        return " No event matches." if self._events else " Nothing happened yet."

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    @on(RowList.Chosen)
    def action_open(self) -> None:
        if (event := self.selected) is not None:
            request = self._subjects.moment_of(event.at, event.device_id, event.channel)
            if event.device_id is None and self._channels:
                request = MomentRequested(event.at, self._channels)
            self.post_message(request)

    def action_next_kinds(self) -> None:
        self._choice = self._choice.following
        self.show_current()

    def action_find(self) -> None:
        self.add_class("-finding")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def find(self) -> None:
        self.show_current()

    @on(Input.Submitted)
    def end_finding(self) -> None:
        """The keys are for the events again; what was typed stays."""
        self.remove_class("-finding")
        self._list.focus()
        self.show_current()

    async def action_leave(self) -> None:
        """One step back: what was typed, then the timeline."""
        if self.has_class("-finding") or self.query_one(Input).value:
            self.query_one(Input).clear()
            self.end_finding()
        else:
            await self.run_action("app.pop_screen")
