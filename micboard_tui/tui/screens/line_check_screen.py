"""The line check: a list that ticks itself when link, right pack and sound of a channel were seen.

Theory of operation. Twice a second the check of that moment is read from the live findings and drawn. Lines
stand in the order of their mic numbers, then as in the rack, so that none jumps when it is ticked.
"""

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.line_check import LineCheck, lines_to_check
from micboard_tui.domain.mic_number import mic_number_key
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.line_check_row import CheckRow, check_header, columns_for
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.help_pages import LINE_CHECK_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.line_chosen import LineChosen
from micboard_tui.tui.plan_keys import LINE_CHECK_KEY_LINE, LINE_CHECK_KEYS, NOT_STARTED_KEY_LINE
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 0.5
NOT_STARTED = (
    " r starts a line check: each line ticks itself when its link, its pack and its",
    " sound were seen since then. Have every person speak or sing once.",
)
ALL_GOOD = " Every line is good."
NO_LINES = " No receiver has a channel to check; what is expected to be off is left out."


class LineCheckScreen(Screen[None]):
    DEFAULT_CSS = """
    LineCheckScreen { background: $background; }
    LineCheckScreen #lines { height: 1fr; }
    """
    BINDINGS = bindings_of(LINE_CHECK_KEYS)
    HELP_PAGE = LINE_CHECK_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, first: ChannelRef | None = None) -> None:
        """``first``: the channel to begin with."""
        super().__init__()
        self._live, self._palette, self._glyphs = live, style.palette, style.glyphs
        self._key_line = style.keymap.line(LINE_CHECK_KEY_LINE)
        self._not_started_key_line = style.keymap.line(NOT_STARTED_KEY_LINE)
        self._rows: list[CheckRow] = []
        self._only_missing = self._has_lines = False
        self._list: RowList[ChannelRef] = RowList(
            self._palette, self._glyphs, self._show_rows, id="lines", first=first
        )

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield self._list
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self.show_current)

    def on_resize(self) -> None:
        self.show_current()

    # What is selected, for flows.

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel of the selected line."""
        selected = self._list.window.selected
        return [row.state.ref for row in self._rows if row.state.ref == selected]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Its receiver."""
        return [ref.device_id for ref in self.chosen_channels]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show the check as it is after the change."""
        self.show_current()

    # Showing.

    def show_current(self) -> None:
        """Show the check as it is now."""
        if not is_open(self):
            return
        check = self._live.findings.line_check
        rows = self._read_rows(check)
        header = partial(check_header, check, rows)
        lost, now = self._live.findings.lost, self._live.now()
        self.query_one("#header", Lines).show([beside_loss(header, lost, now, self.size.width)])
        self._rows, self._has_lines = [] if check is None else rows, bool(rows)
        if self._only_missing:
            self._rows = [row for row in self._rows if not row.line.is_checked]
        refs = [row.state.ref for row in self._rows]
        self._list.take(refs)
        self.query_one(KeyBar).show_keys(self._not_started_key_line if check is None else self._key_line)
        self._show_rows()

    def _read_rows(self, check: LineCheck | None) -> list[CheckRow]:
        devices = self._live.snapshot()
        titles = {device.device.id: device.title for device in devices}
        states = lines_to_check(devices)
        # An order of equals stays, which is that of the rack.
        states.sort(key=lambda state: (state.mic_number is None, mic_number_key(state.mic_number or "")))
        line_check = check or LineCheck(0.0, "")
        return [
            CheckRow(state, titles[state.device_id], line_check.line(state.ref), self._glyphs)
            for state in states
        ]

    def _show_rows(self) -> None:
        columns, window = columns_for(self.size.width), self._list.window
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        shown: list[Sequence[Cell]] = []
        for index in window.visible:
            row = self._rows[index]
            shown.append(columns.cells(row._replace(is_selected=row.state.ref == window.selected)))
        if self._live.findings.line_check is None:
            shown = [[Cell(text, "dim")] for text in NOT_STARTED]
        elif not self._rows:
            shown = [[Cell(ALL_GOOD, "live") if self._has_lines else Cell(NO_LINES, "dim")]]
        self._list.show_rows(shown)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    def action_only_missing(self) -> None:
        self._only_missing = not self._only_missing
        self.show_current()

    @on(RowList.Chosen)
    def action_go(self) -> None:
        for ref in self.chosen_channels:
            self.post_message(LineChosen(ref))
