"""All bays of all chargers: which pack is in each, how full it is, and which channel uses it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.docked_pack import OCCUPIED
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_charge, format_hours_minutes
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_card import fitted
from micboard_tui.tui.draw.device_row import was_heard
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.key_line import key_line
from micboard_tui.tui.draw.summary import device_cells, is_out_of_reach
from micboard_tui.tui.key_bindings import CHARGERS_KEY_LINE, CHARGERS_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.widgets.lines import Lines

REFRESH_S = 0.5
MODEL, STATE, BAR, CHARGE, TO_FULL = 9, 9, 6, 6, 6
WEAR = 20
"""Health, cycles and temperature."""
WEAR_FROM_WIDTH = 100
LEAST_NAME = 12
ChannelsByBay = Mapping[tuple[DeviceId, int], ChannelState]


@dataclass(frozen=True, slots=True)
class BayTable:
    """How to draw bays in ``width`` cells."""

    glyphs: Glyphs
    width: int

    @property
    def wear(self) -> int:
        """Cells for health, cycles and temperature; 0 where there is no room for them."""
        return WEAR if self.width >= WEAR_FROM_WIDTH else 0

    @property
    def name_width(self) -> int:
        """Cells for the name of the pack, and as many for the channel that uses it."""
        taken = 4 + MODEL + STATE + BAR + CHARGE + TO_FULL + self.wear + 8
        return max(LEAST_NAME, (self.width - taken) // 2)

    def head(self) -> str:
        """The names of the columns."""
        wear = " health cycles temp" if self.wear else ""
        return (
            f" bay {'pack':<{MODEL}} {'name':<{self.name_width}} {'state':<{STATE}}"
            f" {'charge':<{BAR + CHARGE}} {'to full':>{TO_FULL + 1}} {wear:<{self.wear}} used by"
        )

    def row(self, bay: Bay, owner: ChannelState | None) -> list[Cell]:
        """One bay."""
        tone = formats.BAY_TONES[bay.state]
        head = [Cell(f" {bay.number:>2}  ")]
        if bay.state is BayState.EMPTY or not (bay.state in OCCUPIED or _has_pack_facts(bay)):
            text = "empty" if bay.state is BayState.EMPTY else "not known"
            return fitted([*head, Cell(text, tone)], self.width)
        pack = formats.fit(bay.pack_model or DASH, MODEL)
        name = formats.fit(bay.pack_name or bay.pack_serial or DASH, self.name_width)
        line = [
            *head,
            Cell(f"{pack} {name} "),
            Cell(f"{bay.state.value:<{STATE}} ", tone),
        ]
        if bay.error:
            return fitted([*line, Cell(visible(bay.error), "critical")], self.width)
        user = owner.display_name if owner else None
        line += [
            *self._charge(bay.battery),
            Cell(f" {_to_full(bay):>{TO_FULL + 1}} "),
            Cell(_wear(bay.battery) if self.wear else "", "dim"),
            Cell(f" {formats.fit(user or DASH, self.name_width)}", "accent" if user else "dim"),
        ]
        return fitted(line, self.width)

    def _charge(self, battery: Battery) -> Iterator[Cell]:
        share = battery.share
        bar = " " * BAR if share is None else self.glyphs.bar(share, BAR)
        yield Cell(bar, formats.battery_tone(battery), is_bar=share is not None)
        charge = battery.percent
        text = f"{charge} %" if charge is not None else format_charge(battery)
        yield Cell(f"{text:>{CHARGE}}")


def _has_pack_facts(bay: Bay) -> bool:
    """Whether something of a pack is known, though it may not be in the bay: servers report packs too."""
    return any((bay.pack_model, bay.pack_name, bay.pack_serial)) or bay.battery.is_known


def _to_full(bay: Bay) -> str:
    if bay.state is BayState.READY:
        return "full"
    return DASH if bay.minutes_to_full is None else format_hours_minutes(bay.minutes_to_full)


def _wear(battery: Battery) -> str:
    columns = ((battery.health_percent, " %", 6), (battery.cycles, "", 7), (battery.temperature_c, "°C", 7))
    return "".join(
        (DASH if value is None else f"{value}{unit}").rjust(width) for value, unit, width in columns
    )


def _reason_for_none(devices: Sequence[DeviceSnapshot]) -> str:
    """Why no bay can be shown: a device of unknown kind may be a charger."""
    if any(device.state.kind is DeviceKind.CHARGER or not was_heard(device) for device in devices):
        return "No charger has reported its bays yet. The devices screen says why."
    return "No charger is registered yet. Add one, or search the network."


def channels_by_bay(devices: Sequence[DeviceSnapshot]) -> ChannelsByBay:
    """The channel whose pack is in each bay."""
    return {
        (state.dock.device_id, state.dock.bay.number): state
        for device in devices
        for state in device.channels
        if state.dock is not None
    }


class ChargersScreen(Screen[None]):
    DEFAULT_CSS = """
    ChargersScreen { background: $background; }
    ChargersScreen VerticalScroll { scrollbar-size-vertical: 1; height: 1fr; }
    """
    BINDINGS = bindings_of(CHARGERS_SCREEN_KEYS)

    def __init__(self, live: LiveContract, style: ScreenStyle) -> None:
        super().__init__()
        self._key_line = style.keymap.line(CHARGERS_KEY_LINE)
        self._live, self._palette, self._glyphs = live, style.palette, style.glyphs

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, id="heads")
        with VerticalScroll():
            yield Lines(self._palette, self._glyphs, id="bays")
        yield Lines(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.set_interval(REFRESH_S, self.show_current)

    def on_resize(self) -> None:
        self.query_one("#keys", Lines).show([key_line(self._key_line, self.size.width)])
        self.show_current()

    def show_current(self) -> None:
        """Show the bays as they are now."""
        if not is_open(self):
            return
        table = BayTable(self._glyphs, self.size.width - 1)
        devices = self._live.snapshot()
        shown = list(self._lines(devices, table))
        if not shown:
            shown = [[Cell(f" {_reason_for_none(devices)}", "dim")]]
        self.query_one("#heads", Lines).show([[Cell(table.head(), "dim")]])
        lines = self.query_one("#bays", Lines)
        if lines.styles.height is None or lines.styles.height.value != len(shown):
            lines.styles.height = len(shown)
        lines.show(shown)

    def _lines(self, devices: Sequence[DeviceSnapshot], table: BayTable) -> Iterator[list[Cell]]:
        users, now = channels_by_bay(devices), self._live.now()
        for device in devices:
            if not device.state.bays:
                continue
            if is_out_of_reach(device):
                yield fitted(device_cells(device, now), table.width)
            else:
                where = f", {visible(device.location)}" if device.location else ""
                title = formats.fit(f" {visible(device.title)}{where}", table.width)
                yield [Cell(title, "accent")]
            for bay in device.state.bays:
                yield table.row(bay, users.get((device.device.id, bay.number)))

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
