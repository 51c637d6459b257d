"""All bays of all chargers: which pack is in each, how full it is, and which channel uses it."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw import status_lines
from micboard_tui.tui.draw.bay_row import BayRow, channels_by_bay, columns_for, row_cells
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.columns import PlacedColumns
from micboard_tui.tui.draw.device_row import was_heard
from micboard_tui.tui.draw.summary import is_out_of_reach, out_of_reach_cells
from micboard_tui.tui.help_pages import CHARGERS_HELP
from micboard_tui.tui.key_bindings import CHARGERS_KEY_LINE, CHARGERS_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines

REFRESH_S = 0.5


def _reason_for_none(devices: Sequence[DeviceSnapshot]) -> str:
    """Why no bay can be shown: a device of unknown kind may be a charger."""
    if any(device.state.kind is DeviceKind.CHARGER or not was_heard(device) for device in devices):
        return "No charger has reported its bays yet. See the devices screen."
    return "No charger is registered yet. Add one, or search the network."


class ChargersScreen(Screen[None]):
    DEFAULT_CSS = """
    ChargersScreen { background: $background; }
    ChargersScreen VerticalScroll { scrollbar-size-vertical: 1; height: 1fr; }
    """
    BINDINGS = bindings_of(CHARGERS_SCREEN_KEYS)
    HELP_PAGE = CHARGERS_HELP

    def __init__(self, live: LiveContract, style: ScreenStyle, first: DeviceId | None = None) -> None:
        """``first``: the charger to begin with."""
        super().__init__()
        self._first = first
        self._key_line = style.keymap.line(CHARGERS_KEY_LINE)
        self._live, self._palette, self._glyphs = live, style.palette, style.glyphs

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, id="heads")
        with VerticalScroll():
            yield Lines(self._palette, self._glyphs, id="bays")
        yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self.show_current)
        self.call_after_refresh(self._show_first)

    def _show_first(self) -> None:
        """Scroll to the charger to begin with."""
        y = 0
        for device in self._live.snapshot():
            if device.device.id == self._first:
                self.query_one(VerticalScroll).scroll_to(y=y, animate=False)
            y += len(device.state.bays) + bool(device.state.bays)

    def on_resize(self) -> None:
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    def show_current(self) -> None:
        """Show the bays as they are now."""
        if not is_open(self):
            return
        width = self.size.width - 1
        columns, devices = columns_for(width), self._live.snapshot()
        shown = list(self._lines(devices, columns, width))
        if not shown:
            shown = [[Cell(f" {_reason_for_none(devices)}", "dim")]]
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        lines = self.query_one("#bays", Lines)
        if lines.styles.height is None or lines.styles.height.value != len(shown):
            lines.styles.height = len(shown)
        lines.show(shown)

    def _lines(
        self, devices: Sequence[DeviceSnapshot], columns: PlacedColumns[BayRow], width: int
    ) -> Iterator[list[Cell]]:
        users, now = channels_by_bay(devices), self._live.now()
        for device in devices:
            if not device.state.bays:
                continue
            if is_out_of_reach(device):
                yield fit_line([Cell(" "), *out_of_reach_cells(device, now, width - 1)], width)
            else:
                where = f", {visible(device.location)}" if device.location else ""
                mode = ", storage mode: packs are not filled" if device.state.storage_mode else ""
                title = f" {visible(device.title)}{where}{mode}"
                warnings = status_lines.device_warnings(device.state)
                warned = [Cell(f", {warnings}", "warning")] if warnings else []
                yield fit_line([Cell(title, "accent"), *warned], width)
            for bay in device.state.bays:
                user = users.get((device.device.id, bay.number))
                row = BayRow(bay, user, self._glyphs, device.state.thresholds)
                yield fit_line(row_cells(row, columns), width)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
