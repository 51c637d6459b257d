"""The battery plan: which packs last for the show, which are to be changed, until when, and against what.

Theory of operation. Every two seconds the plan of that moment is made and drawn (``domain/battery_plan.py``);
the selected pack stays selected, on its line of the screen, when others come or go above it.
"""

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.battery_plan import BatteryPlan, make_plan
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.loss_sign import beside_loss, dim_live
from micboard_tui.tui.draw.plan_row import HEADLINE_LINES, PlanLine, columns_for, plan_header
from micboard_tui.tui.help_pages import BATTERY_PLAN_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.line_chosen import LineChosen
from micboard_tui.tui.plan_keys import BATTERY_PLAN_KEY_LINE, BATTERY_PLAN_KEYS
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea
from micboard_tui.tui.widgets.row_list import RowList

REFRESH_S = 2.0


class BatteryPlanScreen(Screen[None]):
    DEFAULT_CSS = f"""
    BatteryPlanScreen {{ background: $background; }}
    BatteryPlanScreen #plan {{ height: 1fr; }}
    BatteryPlanScreen #header {{ height: {1 + HEADLINE_LINES}; }}
    """
    BINDINGS = bindings_of(BATTERY_PLAN_KEYS)
    HELP_PAGE = BATTERY_PLAN_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, first: ChannelRef | None = None) -> None:
        """``first``: the channel to begin with."""
        super().__init__()
        self._live, self._palette, self._glyphs = live, style.palette, style.glyphs
        self._key_line = style.keymap.line(BATTERY_PLAN_KEY_LINE)
        self._plan = BatteryPlan()
        self._list: RowList[ChannelRef] = RowList(
            self._palette, self._glyphs, self._show_rows, id="plan", first=first
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
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    # What is selected, for flows.

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """The channel of the selected pack."""
        return [] if self._list.window.selected is None else [self._list.window.selected]

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """Its receiver."""
        return [ref.device_id for ref in self.chosen_channels]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show the plan as it is after the change."""
        self.show_current()

    # Showing.

    def show_current(self) -> None:
        """Show the plan as it is now."""
        if not is_open(self):
            return
        findings, now = self._live.findings, self._live.now()
        self._plan = make_plan(self._live.snapshot(), findings.forecasts, findings.show, now)
        refs = [row.state.ref for row in self._plan.rows]
        self._list.take(refs)
        width = self.size.width
        first, *others = plan_header(self._plan, now, width)
        if findings.lost is not None:
            others = [dim_live(line) for line in others]
        header = beside_loss(partial(fit_line, first), findings.lost, now, width)
        self.query_one("#header", Lines).show([header, *others])
        self._show_rows()

    def _show_rows(self) -> None:
        columns, window, now = columns_for(self.size.width), self._list.window, self._live.now()
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        shown: list[Sequence[Cell]] = []
        for index in window.visible:
            row = self._plan.rows[index]
            is_selected = row.state.ref == window.selected
            shown.append(columns.cells(PlanLine(row, now, self._glyphs, is_selected)))
        if not self._plan.rows:
            shown = [[Cell(" No pack is on the air that says anything of its battery.", "dim")]]
        self._list.show_rows(shown)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette = palette
        self.show_current()

    # Keys.

    @on(RowList.Chosen)
    def action_go(self) -> None:
        if self._list.window.selected is not None:
            self.post_message(LineChosen(self._list.window.selected))
