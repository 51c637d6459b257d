"""A moment of the timeline: the curves of one or of several channels around it, and a cursor with values.

Theory of operation. Each key changes the window of time (``arrange/time_window.py``) and draws at once what
was read last, at its place in the new window; a worker then reads what the window shows and draws it anew. A
newer key ends a worker that still reads. While the window reaches up to now, it is read again once a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.events import MAX_EVENTS, EventQuery
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS, RecordedSpan
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.domain.units import format_duration
from micboard_tui.tui.arrange.time_window import TimeWindow, window_around
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.bands import LABEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.event_row import event_cells
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.timeline_charts import (
    ChannelTrack,
    Ground,
    cause_line,
    channel_lines,
    count_shown,
    events_line,
    fit_span,
    several_lines,
    values_line,
)
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.help_pages import MOMENT_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.moment_request import MomentRequested
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.timeline_keys import MOMENT_KEY_LINE, MOMENT_KEYS
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines

REFRESH_S = 1.0
READING = "moment"
"""The group of the worker that reads."""
NOW_S = 2.0
"""A window that ends so little before now still grows."""
NO_NUMBER = 0
"""Of no channel: only what is about a device as a whole is about it."""
NO_CURVES = "A charger receives no carrier, so there are no curves. What happened to it:"
MIN_NAME = 12
"""Cells of the channel in the header, however much else stands there."""


class MomentScreen(Screen[None]):
    DEFAULT_CSS = """
    MomentScreen { background: $background; }
    MomentScreen #charts { height: 1fr; }
    MomentScreen #values { height: 3; }
    """
    BINDINGS = bindings_of(MOMENT_KEYS)
    HELP_PAGE = MOMENT_HELP

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        readings: ServiceReadings,
        request: MomentRequested,
    ) -> None:
        super().__init__()
        self._live, self._readings = live, readings
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(MOMENT_KEY_LINE)
        self._subjects = EventSubjects(live)
        self._at, self._window = request.at, window_around(request.at)
        self._channels, self._charger = tuple(request.channels), request.charger
        self._index, self._is_several = 0, len(request.channels) > 1
        self._spans: Mapping[ChannelRef, RecordedSpan] = {}
        self._events: Sequence[Event] = ()
        self._has_failed = False
        """Whether the events could not be read."""

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, "surface", id="header")
        yield Lines(self._palette, self._glyphs, id="charts")
        yield Lines(self._palette, self._glyphs, "surface", id="values")
        yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self._follow)

    def on_resize(self) -> None:
        self._show(self._window)

    # For flows.

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel that the values are of."""
        return list(self._channels[self._index : self._index + 1])

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Its receiver, or the charger."""
        if not self._channels and self._charger is not None:
            return [self._charger]
        return [ref.device_id for ref in self.chosen_channels]

    @property
    def chosen_moment(self) -> float:
        """Where the cursor stands."""
        return self._window.cursor_at

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show what a flow changed."""
        self._show(self._window)

    # Showing.

    def _follow(self) -> None:
        now, window = self._live.now(), self._window
        if window.start <= now < window.end + NOW_S and not is_working(self, READING):
            self._read()

    def _show(self, window: TimeWindow) -> None:
        """Show this time: what is known of it at once, and the rest when it was read."""
        self._window = window
        self.show_current()
        self._read()

    @work(exclusive=True, group=READING)
    async def _read(self) -> None:
        if not is_open(self) or not (self._channels or self._charger):
            return
        window, ground = self._window, self._ground
        columns = min(MAX_COLUMNS, ground.dots)
        shown = self._shown_channels
        if shown:
            self._spans = await self._readings.spans(shown, window.start, window.end, columns)
        subjects = self._with_charger(shown)
        query = EventQuery(window.start, window.end, channels=subjects, has_general=True)
        events = await self._readings.events(query)
        self._events, self._has_failed = events or (), events is None
        self.show_current()

    def _with_charger(self, channels: Sequence[ChannelRef]) -> Sequence[ChannelRef]:
        """What events are about: these channels, and the charger itself."""
        return channels if self._charger is None else [*channels, ChannelRef(self._charger, NO_NUMBER)]

    @property
    def _ground(self) -> Ground:
        return Ground(self._window, self.size.width, self._glyphs)

    @property
    def _shown_channels(self) -> Sequence[ChannelRef]:
        if not self._is_several:
            return self._channels[self._index : self._index + 1]
        height = self.query_one("#charts").size.height
        count = count_shown(len(self._channels), height)
        first = min(self._index, len(self._channels) - count)
        return self._channels[first : first + count]

    def show_current(self) -> None:
        """Show what was read last."""
        if not is_open(self) or self.size.width <= LABEL:
            return
        height, ground = self.query_one("#charts").size.height, self._ground
        tracks = [self._track(ref) for ref in self._shown_channels]
        if not tracks:
            lines = self._without_curves(height)
        elif self._is_several:
            lines = several_lines(tracks, ground, height, next(iter(self.chosen_channels), None))
        else:
            lines = channel_lines(tracks[0], ground, height)
        self.query_one("#charts", Lines).show(lines)
        self.query_one("#header", Lines).show([self._header()])
        current = next((track for track in tracks if [track.ref] == self.chosen_channels), None)
        self.query_one("#values", Lines).show([] if current is None else self._values(current, ground))
        self.query_one(KeyBar).show_keys(self._key_line)

    def _without_curves(self, height: int) -> list[list[Cell]]:
        """Of a charger the events, the newest first."""
        if self._charger is None:
            return [[Cell(" There is no channel to show.", "dim")]]
        width, today = self.size.width, datetime.now().astimezone().date()
        newest = sorted(self._events, key=lambda event: event.at, reverse=True)[: max(0, height - 2)]
        rows = [
            event_cells(event, self._subjects.subject(event), width, today, self._glyphs, is_selected=False)
            for event in newest
        ]
        return [[Cell(f" {NO_CURVES}", "dim")], [], *rows]

    def _values(self, track: ChannelTrack, ground: Ground) -> list[list[Cell]]:
        subjects = ["" if event.ref == track.ref else self._subjects.subject(event) for event in track.events]
        return [values_line(track, ground), events_line(track, ground, subjects), cause_line(track, ground)]

    def _header(self) -> list[Cell]:
        window = self._window
        start, end = (datetime.fromtimestamp(at).astimezone() for at in (window.start, window.end))
        day = "" if start.date() == datetime.now().astimezone().date() else f"{start:%Y-%m-%d} "
        names = [self._subjects.channel(ref) for ref in self.chosen_channels]
        if not names and self._charger is not None:
            names = [self._subjects.device(self._charger)]
        count = len(self._channels)
        of_all = f" ({self._index + 1} of {count})" if count > 1 else ""
        time = f"{day}{start:%H:%M:%S} to {end:%H:%M:%S}, {format_duration(window.span_s)}"
        if self._has_failed:
            time += ", events not read"
        elif len(self._events) == MAX_EVENTS:
            time += f", only the newest {MAX_EVENTS} events"
        name = f" {visible(''.join(names))}"
        room = max(MIN_NAME, self.size.width - len(of_all) - len(time) - 2)
        if cell_len(name) > room:
            name = fit(name, room, self._glyphs.ellipsis)
        return [Cell(f"{name}{of_all}  ", "accent"), Cell(time, "dim")]

    def _track(self, ref: ChannelRef) -> ChannelTrack:
        span = self._spans.get(ref)
        if span is not None:
            span = fit_span(span, self._ground)
        state = self._live.channel(ref)
        return ChannelTrack(
            ref,
            self._subjects.channel(ref),
            span,
            [event for event in self._events if event.is_about(ref) or event.device_id == self._charger],
            DEFAULT_THRESHOLDS if state is None else state.thresholds,
        )

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_move(self, cells: int) -> None:
        window = self._window.move(cells, self._ground.cells)
        if (window.start, window.span_s) == (self._window.start, self._window.span_s):
            # The curves are the same.
            self._window = window
            self.show_current()
        else:
            self._show(window)

    def action_turn(self, pages: int) -> None:
        self._show(self._window.turn(pages))

    def action_zoom(self, by: int) -> None:
        self._show(self._window.zoom(by))

    def action_home(self) -> None:
        self._show(self._window.with_cursor(self._at))

    def action_now(self) -> None:
        now = self._live.now()
        window = self._window
        self._show(
            replace(window, start=now - window.span_s, cursor_at=now - window.span_s / self.size.width)
        )

    def action_channel(self, by: int) -> None:
        if self._channels:
            self._index = (self._index + by) % len(self._channels)
            self._show(self._window)

    def action_several(self) -> None:
        if len(self._channels) > 1:
            self._is_several = not self._is_several
        elif self._channels:
            # All of its receiver.
            device = self._live.device(self._channels[0].device_id)
            refs = () if device is None else tuple(channel.ref for channel in device.channels)
            if len(refs) > 1 and self._channels[0] in refs:
                self._index, self._channels, self._is_several = refs.index(self._channels[0]), refs, True
        self._show(self._window)

    @work(exclusive=True, group="step to event")
    async def action_event(self, direction: int) -> None:
        at, channels = self._window.cursor_at, tuple(self._with_charger(self.chosen_channels))
        # Those in the cell of the cursor count as reached.
        margin = self._window.span_s / self._ground.cells
        if direction < 0:
            query = EventQuery(0.0, at - margin, channels=channels, limit=1, has_general=True)
        else:
            query = EventQuery(at + margin, channels=channels, limit=1, is_from_start=True, has_general=True)
        events = await self._readings.events(query) or ()
        if events and is_open(self):
            self._show(self._window.with_cursor(events[0].at))

    @on(Lines.Clicked, "#charts")
    def click(self, event: Lines.Clicked) -> None:
        """The cursor goes to the click."""
        cell = event.x - LABEL
        current = self._ground.cursor
        if 0 <= cell < self._ground.cells and current is not None:
            self.action_move(cell - current)
