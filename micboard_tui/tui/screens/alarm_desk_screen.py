"""All alarms: what is new, what was seen, and what to do, the worst first.

Theory of operation. Twice a second, and after each change, ``show_current`` arranges the alarms of that
moment (``arrange/alarm_lines.py``) and draws those that fit the window. What is marked is kept by the key of
the alarm and what is selected by that of its line, which stays where it is on the screen when others come or
go above it.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from micboard_tui.contracts.alarm_texts import AlarmText, describe_alarm
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.alarm_keys import ALARM_DESK_KEY_LINE, ALARM_DESK_KEYS, EMPTY_ALARM_DESK_KEY_LINE
from micboard_tui.tui.arrange.alarm_lines import (
    AlarmFilter,
    AlarmKind,
    AlarmLine,
    LineKey,
    arrange_alarms,
    count_alarms,
    find_line,
)
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.alarm_desk import FloodText, describe_flood, desk_header, empty_lines
from micboard_tui.tui.draw.alarm_row import AlarmRow, columns_for, explain_alarm
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.event_subjects import EventSubjects
from micboard_tui.tui.help_pages import ALARMS_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.line_chosen import LineChosen
from micboard_tui.tui.screens.alarm_dialogs import AlarmFilterDialog
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.spare_names import SpareNames
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, BoundedInput
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 0.5
PAST_REFRESH_S = 5.0
"""Past alarms are read from storage, so less often."""
READING_PAST = "past"
"""The group of the worker that reads them."""
PAST_S = 4 * 3600.0
"""So far back past alarms are listed."""
MOST_NAMED = 6
"""Of what an alarm hides."""


class AlarmDeskScreen(Screen[None]):
    DEFAULT_CSS = """
    AlarmDeskScreen { background: $background; }
    AlarmDeskScreen #alarms { height: 1fr; }
    AlarmDeskScreen #why { height: 3; }
    AlarmDeskScreen Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    AlarmDeskScreen Input:focus { border: none; }
    AlarmDeskScreen.-finding Input { display: block; }
    """
    BINDINGS = bindings_of(ALARM_DESK_KEYS)
    HELP_PAGE = ALARMS_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, readings: ServiceReadings) -> None:
        super().__init__()
        self._live, self._readings = live, readings
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(ALARM_DESK_KEY_LINE)
        self._empty_key_line = style.keymap.line(EMPTY_ALARM_DESK_KEY_LINE)
        self._spares = SpareNames(readings.list_spares, live.now)
        self._filter = AlarmFilter()
        self._lines: list[AlarmLine] = []
        self._past: Sequence[Alarm] = ()
        self._has_failed = False
        """Whether past alarms could not be read."""
        self._marked: set[AlarmKey] = set()
        self._list: RowList[LineKey] = RowList(self._palette, self._glyphs, self._show_rows, id="alarms")

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield self._list
            yield Lines(self._palette, self._glyphs, "surface", id="why")
            yield BoundedInput(max_length=MAX_SEARCH, placeholder="alarm, performer, channel, device, note")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self.show_current)
        self.set_interval(PAST_REFRESH_S, self._follow_past)

    def on_resize(self) -> None:
        self.show_current()

    # What is selected, for flows.

    @property
    def selected(self) -> AlarmLine | None:
        """The line of the selected alarm."""
        return next((line for line in self._lines if line.line_key == self._list.window.selected), None)

    @property
    def chosen_alarms(self) -> list[AlarmKey]:
        """The marked ones from top to bottom, or the selected one; in a flood all that a line stands for."""
        if self._marked:
            return [key for key in self.shown_alarms if key in self._marked]
        line = self.selected
        return [] if line is None else list(line.listed_keys)

    @property
    def shown_alarms(self) -> list[AlarmKey]:
        """All that are listed and something can be done about."""
        return [key for line in self._lines for key in line.listed_keys]

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel of the selected alarm."""
        ref = self._selected_ref
        return [ref] if isinstance(ref, ChannelRef) else []

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The device of the selected alarm."""
        key = None if self.selected is None else self.selected.alarm.key
        return [] if key is None or key.device_id is None else [key.device_id]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Take the marks away: what they were for is done."""
        self._marked.clear()
        self.show_current()

    @property
    def _selected_ref(self) -> LineRef | None:
        return None if self.selected is None else find_line(self.selected.alarm.key)

    # Showing.

    def show_current(self) -> None:
        """Show the alarms as they are now."""
        if not is_open(self):
            return
        alarms = self._live.findings.alarms
        self._lines = arrange_alarms(alarms, self._past, self._filter, self._search_text)
        self._marked.intersection_update(self.shown_alarms)
        keys = [line.line_key for line in self._lines]
        self._list.take(keys)
        width = self.size.width
        notes = [(f"{len(self._marked)} marked", "accent")] if self._marked else []
        if self._has_failed and AlarmKind.PAST in self._filter.kinds:
            notes.append(("past ones cannot be read", "warning"))
        header = partial(desk_header, alarms, self._filter, notes, flood=self._describe_flood())
        lost = self._live.findings.lost
        self.query_one("#header", Lines).show([beside_loss(header, lost, self._live.now(), width)])
        self._show_rows()

    def _show_rows(self) -> None:
        width = self.size.width
        columns, window = columns_for(width), self._list.window
        self._spares.start_turn()
        rows = [self._row(self._lines[index]) for index in window.visible]
        shown = [columns.cells(row) for row in rows]
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        if not self._lines:
            shown = empty_lines(self._live.findings, self._filter, width)
        self._list.show_rows(shown)
        line = self.selected
        why = [] if line is None else self._explain(line, width)
        self.query_one("#why", Lines).show(why)
        self.query_one(KeyBar).show_keys(self._key_line if self._lines else self._empty_key_line)

    def _describe_flood(self) -> FloodText | None:
        flood = self._live.findings.alarms.flood
        return None if flood is None else describe_flood(flood, self._text(flood.first), self._live.now())

    def _explain(self, line: AlarmLine, width: int) -> list[list[Cell]]:
        others = (*line.folded, *line.hidden)
        named = [describe_alarm(alarm.key, self._live) for alarm in others[:MOST_NAMED]]
        hidden = [f"{text.title} {text.name or text.place}" for text in named]
        if len(others) > MOST_NAMED:
            hidden.append(f"{len(others) - MOST_NAMED} more")
        return explain_alarm(self._row(line), width, hidden)

    def _row(self, line: AlarmLine) -> AlarmRow:
        alarm = line.alarm
        key, hidden_by = alarm.key, alarm.hidden_by
        ref = find_line(key)
        state = self._live.channel(ref) if isinstance(ref, ChannelRef) else None
        spare = self._spares.find(key.cause, state) if alarm.is_open else ""
        return AlarmRow(
            line,
            self._text(key),
            "" if hidden_by is None else self._text(hidden_by).place,
            spare,
            self._live.now(),
            self._glyphs,
            not self._marked.isdisjoint(line.listed_keys),
            line.line_key == self._list.window.selected,
            key in self._live.findings.alarms.chattering,
        )

    def _text(self, key: AlarmKey) -> AlarmText:
        return describe_alarm(key, self._live)

    def _search_text(self, key: AlarmKey) -> str:
        return " ".join(self._text(key))

    def _follow_past(self) -> None:
        if not is_working(self, READING_PAST):
            self._read_past()

    @work(exclusive=True, group=READING_PAST)
    async def _read_past(self) -> None:
        if AlarmKind.PAST not in self._filter.kinds:
            return
        past = await self._readings.past_alarms(self._live.now() - PAST_S)
        self._has_failed = past is None
        self._past = past or ()
        self.show_current()

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_mark(self) -> None:
        line = self.selected
        if line is not None and line.listed_keys:
            keys = set(line.listed_keys)
            self._marked = self._marked - keys if keys <= self._marked else self._marked | keys
            self._list.window.step(1)
            self.show_current()

    @on(RowList.Chosen)
    def action_go(self) -> None:
        ref = self._selected_ref
        if ref is not None:
            self.post_message(LineChosen(ref))

    def action_moment(self) -> None:
        """Look at the moment of the selected alarm; one that is about no device shows all channels."""
        line = self.selected
        if line is not None:
            key, subjects = line.alarm.key, EventSubjects(self._live)
            bay = key.part if line.alarm.is_open else 0
            self.post_message(subjects.moment_of(line.alarm.raised_at, key.device_id, key.channel, bay))

    def action_filter(self) -> None:
        def use(kinds: frozenset[AlarmKind] | None) -> None:
            if kinds is not None:
                self._filter = replace(self._filter, kinds=kinds)
                self.show_current()
                self._read_past()

        counts = count_alarms(self._live.findings.alarms)
        self.app.push_screen(AlarmFilterDialog(counts, self._filter.kinds), use)

    def action_find(self) -> None:
        self.add_class("-finding")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def find(self, event: Input.Changed) -> None:
        self._filter = replace(self._filter, text=event.value)
        self.show_current()

    @on(Input.Submitted)
    def end_finding(self) -> None:
        """The keys are for the alarms again; what was typed stays."""
        self.remove_class("-finding")
        self._list.focus()
        self.show_current()

    async def action_leave(self) -> None:
        """One step back: what was typed, then the marks, then the desk."""
        if self.has_class("-finding") or self._filter.text:
            self.query_one(Input).clear()
            self.end_finding()
        elif self._marked:
            self.show_change()
        else:
            await self.run_action("app.pop_screen")
