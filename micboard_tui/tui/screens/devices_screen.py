"""All devices: whether each can be read, and if not why and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.manufacturers import DriverInfo
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.board_messages import NO_CHANNEL
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.device_row import (
    AccessKeys,
    DeviceRow,
    columns_for,
    describe_device,
    explain_fault,
)
from micboard_tui.tui.flows.device_request import DeviceRequest
from micboard_tui.tui.help_pages import DEVICES_HELP
from micboard_tui.tui.key_bindings import (
    DEVICES_KEY_LINE,
    DEVICES_SCREEN_KEYS,
    EMPTY_DEVICES_KEY_LINE,
    bindings_of,
)
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle, option_text
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea

REFRESH_S = 0.5
NO_DEVICE = " No device is registered yet. Add one, or search the network."
NOT_KNOWN = " It is not known yet which devices there are."


class DevicesScreen(Screen[None]):
    DEFAULT_CSS = """
    DevicesScreen { background: $background; }
    DevicesScreen OptionList { border: none; height: 1fr; padding: 0; background: $background; }
    DevicesScreen OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    DevicesScreen OptionList:focus { border: none; }
    DevicesScreen #why { height: 5; }
    """
    BINDINGS = bindings_of(DEVICES_SCREEN_KEYS)
    HELP_PAGE = DEVICES_HELP

    @dataclass
    class Requested(Message):
        """The user wants to do something with the device."""

        request: DeviceRequest
        device: DeviceSnapshot

    def __init__(
        self,
        live: LiveContract,
        style: ScreenStyle,
        readings: ServiceReadings,
        first: DeviceId | None = None,
    ) -> None:
        """``first``: the device to begin with."""
        super().__init__()
        self._readings, self._first = readings, first
        self._keymap, self._key_line = style.keymap, style.keymap.line(DEVICES_KEY_LINE)
        self._empty_key_line = style.keymap.line(EMPTY_DEVICES_KEY_LINE)
        self._live, self._palette, self._glyphs = live, style.palette, style.glyphs
        self._devices: Sequence[DeviceSnapshot] = ()
        self._rows: list[list[Cell]] = []

    def compose(self) -> ComposeResult:
        options = ClickList(markup=False)
        with ListArea(options):
            yield Lines(self._palette, self._glyphs, id="heads")
            yield options
            yield Lines(self._palette, self._glyphs, "surface", id="why")
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.show_current()
        ids = [device.device.id for device in self._devices]
        if self._first in ids:
            self.query_one(OptionList).highlighted = ids.index(self._first)
        self.set_interval(REFRESH_S, self.show_current)

    def on_resize(self) -> None:
        self.show_current()

    def show_current(self) -> None:
        """Show the devices as they are now; lines that look the same are left alone."""
        if not is_open(self):
            return
        self._devices = self._live.snapshot()
        width = self.size.width
        health, now = self._readings.health(), self._live.now()
        columns = columns_for(width, with_collector=any(each.collector for each in health.values()))
        rows = [
            columns.cells(DeviceRow(device, health.get(device.device.id), now)) for device in self._devices
        ]
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        options = self.query_one(OptionList)
        if len(rows) != len(self._rows):
            index = options.highlighted or 0
            options.clear_options()
            options.add_options(Option(self._prompt(row)) for row in rows)
            options.highlighted = min(index, len(rows) - 1) if rows else None
        else:
            for number, (new, old) in enumerate(zip(rows, self._rows, strict=True)):
                if new != old:
                    options.replace_option_prompt_at_index(number, self._prompt(new))
        self._rows = rows
        self._explain()

    def _prompt(self, row: Sequence[Cell]) -> Text:
        return option_text(row, self._palette, self._glyphs)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette, self._rows = palette, []
        self.show_current()

    @property
    def chosen(self) -> DeviceSnapshot | None:
        """The device that is highlighted."""
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._devices) else self._devices[index]

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """None: keys here are for devices."""
        return []

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The highlighted one."""
        return [] if self.chosen is None else [self.chosen.device.id]

    @property
    def reason_for_no_channel(self) -> str:
        return NO_CHANNEL

    def show_change(self) -> None:
        """Show the device as it is after the change."""
        self.show_current()

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        if not is_open(self):
            return
        device, width = self.chosen, self.size.width
        self._show_keys(device)
        if device is None:
            lines = [[Cell(NO_DEVICE if self._is_known else NOT_KNOWN, "dim")]]
        elif (fault := device.state.fault) is not None and not device.state.is_online:
            lines = explain_fault(
                device, fault, self._readings.find_spec(device.device), self._access_keys, width
            )
        else:
            health = self._readings.health().get(device.device.id)
            lines = describe_device(device, health, self._live.now(), width)
            spec = self._readings.find_spec(device.device)
            if spec is not None and spec.never_reports:
                lines.append([Cell(f" This device never reports {visible(spec.never_reports)}.", "dim")])
        self.query_one("#why", Lines).show(lines)

    @property
    def _is_known(self) -> bool:
        return self._live.changed_since(self._live.version).layout_version > 0

    @property
    def _access_keys(self) -> AccessKeys:
        return AccessKeys(self._keymap.display_id("trust"), self._keymap.display_id("secret"))

    def _show_keys(self, device: DeviceSnapshot | None) -> None:
        """The keys, without those that do nothing for the device."""
        if device is None:
            self.query_one(KeyBar).show_keys(self._empty_key_line)
            return
        spec = self._readings.find_spec(device.device)
        keys, shown = self._access_keys, list(self._key_line)
        if spec is not None and spec.secret is not None:
            shown.insert(0, (keys.secret, visible(spec.secret)))
        if spec is not None and spec.shows_certificate:
            shown.insert(0, (keys.trust, "trust"))
        self.query_one(KeyBar).show_keys(shown)

    @on(OptionList.OptionSelected)
    def change(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Requested(DeviceRequest.CHANGE, device))

    def action_remove(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Requested(DeviceRequest.REMOVE, device))

    def action_trust(self) -> None:
        if (device := self.chosen) is None:
            return
        spec = self._readings.find_spec(device.device)
        if spec is not None and spec.shows_certificate:
            self.post_message(self.Requested(DeviceRequest.TRUST, device))
        else:
            self._explain_refusal(device, spec, "has no certificate")

    def action_give_secret(self) -> None:
        if (device := self.chosen) is None:
            return
        spec = self._readings.find_spec(device.device)
        if spec is not None and spec.secret is not None:
            self.post_message(self.Requested(DeviceRequest.GIVE_SECRET, device))
        else:
            self._explain_refusal(device, spec, "needs no password or key")

    def _explain_refusal(self, device: DeviceSnapshot, spec: DriverInfo | None, why: str) -> None:
        if spec is None:
            why = f"cannot be reached: its driver {device.device.driver} is not installed"
        self.notify(visible(f"{device.title} {why}."))

    async def action_rack(self, flow: str) -> None:
        await self.run_action(f"app.flow('{flow}')")
