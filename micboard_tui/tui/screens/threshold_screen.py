"""The numbers that channels are judged by, for all or for a part of them, and how many each marks now."""

from collections.abc import Sequence
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.thresholds import ThresholdTable
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_preview import count_marked
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.tui.arrange.threshold_lines import (
    ScopeChoice,
    ThresholdLine,
    arrange_thresholds,
    find_scope,
    list_scopes,
)
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.draw.threshold_row import threshold_cells, threshold_head, threshold_header
from micboard_tui.tui.help_pages import THRESHOLDS_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.screens.open_screen import is_open, is_working
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.threshold_keys import THRESHOLD_KEY_LINE, THRESHOLD_KEYS
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 1.0
READING = "thresholds"
"""The group of the worker that reads."""
PROFILES: Sequence[ShowProfile | None] = (None, *ShowProfile)
NOT_READ = " The thresholds are being read."
CANNOT_BE_READ = " The thresholds cannot be read now."


class ThresholdScreen(Screen[None]):
    DEFAULT_CSS = """
    ThresholdScreen { background: $background; }
    ThresholdScreen #numbers { height: 1fr; }
    """
    BINDINGS = bindings_of(THRESHOLD_KEYS)
    HELP_PAGE = THRESHOLDS_HELP

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        readings: ServiceReadings,
        selected: ChannelRef | None = None,
    ) -> None:
        """``selected``: a channel whose location, performer and own numbers can be chosen, too."""
        super().__init__()
        self._live, self._readings, self._selected = live, readings, selected
        self._palette, self._glyphs = style.palette, style.glyphs
        self._key_line = style.keymap.line(THRESHOLD_KEY_LINE)
        self._table: ThresholdTable | None = None
        self._has_failed = False
        """Whether it could not be read."""
        self._scopes = [ScopeChoice("all channels", ThresholdScope())]
        self._place, self._profile_place = 0, 0
        self._lines: list[ThresholdLine] = []
        self._list: RowList[ThresholdName] = RowList(
            self._palette, self._glyphs, self._show_rows, id="numbers"
        )

    def compose(self) -> ComposeResult:
        with ListArea(self._list):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield self._list
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self._follow)

    def on_resize(self) -> None:
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    # What is selected, for flows.

    chosen_channels: Sequence[ChannelRef] = ()
    chosen_devices: Sequence[DeviceId] = ()
    reason_for_no_channel = NO_CHANNEL

    @property
    def chosen_scope(self) -> ThresholdScope:
        """For whom the next number is set."""
        return self._scopes[self._place].scope._replace(profile=PROFILES[self._profile_place])

    @property
    def chosen_threshold(self) -> ThresholdLine | None:
        """The number of the selected line; None: none was read yet."""
        return next((line for line in self._lines if line.name is self._list.window.selected), None)

    @property
    def scope_title(self) -> str:
        profile = PROFILES[self._profile_place]
        title = self._scopes[self._place].title
        return title if profile is None else f"{title} in {profile.value}"

    def count_marked(self, name: ThresholdName, value: float) -> int:
        """How many channels of the scope a number would mark now."""
        return count_marked(name, value, self._scopes[self._place].states)

    def show_change(self) -> None:
        """Read the numbers again."""
        self.show_current()

    # Showing.

    def _show_header(self) -> None:
        choice, profile = self._scopes[self._place], PROFILES[self._profile_place]
        findings = self._live.findings
        header = partial(threshold_header, choice, profile, findings.profile)
        line = beside_loss(header, findings.lost, self._live.now(), self.size.width)
        self.query_one("#header", Lines).show([line])

    def _follow(self) -> None:
        if is_open(self):
            # Reading waits while the hub is not heard.
            self._show_header()
        if not is_working(self, READING):
            self.show_current()

    @work(exclusive=True, group=READING)
    async def show_current(self) -> None:
        """Show the numbers as they are now."""
        table = await self._readings.thresholds()
        if not is_open(self):
            return
        self._table = table
        self._has_failed = table is None and self._readings.are_open
        chosen = self._scopes[self._place].scope
        self._scopes = list_scopes(self._live.snapshot(), self._live.locations(), self._selected)
        self._place = find_scope(self._scopes, chosen)
        self._arrange()

    def _arrange(self) -> None:
        choice, profile, table = self._scopes[self._place], PROFILES[self._profile_place], self._table
        self._lines = [] if table is None else arrange_thresholds(table, choice, profile)
        self._list.take([line.name for line in self._lines])
        self._show_header()
        self.query_one("#heads", Lines).show([threshold_head()])
        self._show_rows()

    def _show_rows(self) -> None:
        window = self._list.window
        lines = [self._lines[index] for index in window.visible]
        shown = [
            threshold_cells(line, self._glyphs, is_selected=line.name is window.selected) for line in lines
        ]
        if not self._lines:
            shown = [[Cell(CANNOT_BE_READ if self._has_failed else NOT_READ, "dim")]]
        self._list.show_rows(shown)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self._arrange()

    # Keys.

    def action_change_scope(self, by: int) -> None:
        self._place = (self._place + by) % len(self._scopes)
        self._arrange()

    def action_change_profile(self, by: int) -> None:
        self._profile_place = (self._profile_place + by) % len(PROFILES)
        self._arrange()

    @on(RowList.Chosen)
    async def choose(self) -> None:
        await self.run_action("app.flow('edit_threshold')")
