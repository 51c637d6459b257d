"""Searches the network: a row for each device that is found, with what it is and whether it can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from micboard_tui.contracts.device import DeviceContract, Findings, Search
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.device import DEFAULT_ZONE, Device
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import PlacedColumns
from micboard_tui.tui.draw.found_device_row import (
    FoundDeviceRow,
    Key,
    cause_and_cure,
    columns_for,
    describe_probes,
    explain_found_device,
    format_interfaces,
    key_of,
    title,
)
from micboard_tui.tui.draw.key_line import spread
from micboard_tui.tui.found_device_adder import FoundDeviceAdder
from micboard_tui.tui.help_pages import SEARCH_HELP
from micboard_tui.tui.screens.add_results import AddResults
from micboard_tui.tui.screens.dialogs import error_text
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.screens.screen_style import ScreenStyle, option_text
from micboard_tui.tui.search_keys import SEARCH_KEY_LINE, SEARCH_SCREEN_KEYS
from micboard_tui.tui.service_readings import ServiceReadings
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.bounded_input import MAX_TARGETS, BoundedInput
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_bar import KeyBar
from micboard_tui.tui.widgets.lines import Lines
from micboard_tui.tui.widgets.list_area import ListArea

REFRESH_S = 0.25
LISTEN_S = 20.0
"""Devices announce themselves every few seconds, some of them less often."""
SPINNER = "|/-\\"
INTERFACES = "interfaces"
"""A group of workers."""


class SearchScreen(ModalScreen[None]):
    """Listens as soon as it is opened. Each address is asked once, and nothing is metered."""

    DEFAULT_CSS = """
    SearchScreen { background: $background; }
    SearchScreen OptionList { border: none; height: 1fr; padding: 0; background: $background; }
    SearchScreen OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    SearchScreen OptionList:focus { border: none; }
    SearchScreen #why { height: 3; }
    SearchScreen Input { height: 1; border: none; padding: 0 1; background: $surface; }
    SearchScreen Input:focus { border: none; background: $primary 20%; }
    """
    BINDINGS = dialog_bindings_of(SEARCH_SCREEN_KEYS)
    HELP_PAGE = SEARCH_HELP

    @dataclass
    class LetIn(Message):
        """The user wants to be asked for what an added device needs: its certificate, a password."""

        device: Device

    def __init__(
        self, devices: DeviceContract, readings: ServiceReadings, style: ScreenStyle, operator: str
    ) -> None:
        """``operator``: who adds devices."""
        super().__init__()
        self._key_line = style.keymap.line(SEARCH_KEY_LINE)
        self._devices, self._palette, self._glyphs = devices, style.palette, style.glyphs
        self._interface: Interface | None = None
        self._before: Mapping[Key, FoundDevice] = {}
        self._probing: Sequence[str] = ()
        """The addresses that were typed, until a message reports their answers."""
        self._findings = Findings()
        self._shown: list[FoundDevice] = []
        self._rows: list[list[Cell]] = []
        self._readings = readings
        self._marked: set[Key] = set()
        self._adder = FoundDeviceAdder(devices, readings, operator)
        self._error: ErrorInfo | None = None
        self._is_looking = False
        self._turns = 0

    def compose(self) -> ComposeResult:
        options = ClickList(markup=False)
        with ListArea(options):
            yield Lines(self._palette, self._glyphs, "surface", id="header")
            yield Lines(self._palette, self._glyphs, id="heads")
            yield options
            yield Lines(self._palette, self._glyphs, "surface", id="why")
            yield BoundedInput(
                max_length=MAX_TARGETS,
                placeholder="t: probe addresses or networks too, for example 192.168.1.0/24",
                id="targets",
            )
            yield KeyBar(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.set_interval(REFRESH_S, self.show_current)
        zones = self._readings.zones()
        if len(zones) > 1:
            self._adder.zone = DEFAULT_ZONE if DEFAULT_ZONE in zones else zones[0]
        self._start(())

    def on_resize(self) -> None:
        self.query_one(KeyBar).show_keys(self._key_line)
        self.show_current()

    # The search.

    def _start(self, targets: Sequence[str]) -> None:
        """Search anew; what was found before stays only when more addresses are asked."""
        self._before = {key_of(device): device for device in self._shown} if targets else {}
        self._findings, self._error, self._probing = Findings(), None, targets
        on = () if self._interface is None else (self._interface.address,)
        self._is_looking = True
        self._search(Search(tuple(targets), on, LISTEN_S, self._adder.zone))

    @work(exclusive=True, group="search")
    async def _search(self, search: Search) -> None:
        result = await self._devices.discover(search, self._take_findings)
        self._is_looking = False
        if not result.success:
            self._error, self._probing = result.error, ()
        elif result.warning:
            self.notify(visible(result.warning), severity="warning")
        self.show_current()

    def _take_findings(self, findings: Findings) -> None:
        """Called as devices are found; ``show_current`` shows them."""
        self._findings = findings

    # What is shown.

    def show_current(self) -> None:
        """Show what was found until now."""
        if not is_open(self):
            return
        self._turns += 1
        width = self.size.width
        chosen = None if self.chosen is None else key_of(self.chosen)
        self._shown = self._all()
        self.query_one("#header", Lines).show([self._header(width)])
        columns = columns_for(width)
        self.query_one("#heads", Lines).show([[Cell(columns.head, "dim")]])
        rows = [self._row(device, columns) for device in self._shown]
        options = self.query_one(OptionList)
        if rows != self._rows:
            self._rows = rows
            options.clear_options()
            options.add_options(Option(option_text(row, self._palette, self._glyphs)) for row in rows)
            options.highlighted = self._index_of(chosen)
        self._explain()
        self._report_probes()

    def _report_probes(self) -> None:
        """Say once what came of the addresses that were typed: there may be no row for it."""
        found = self._findings
        are_probed = found.asked == found.to_ask > 0 or not self._is_looking
        if self._probing and are_probed:
            new = sum(1 for device in found.devices if key_of(device) not in self._before)
            self.notify(describe_probes(self._probing, new))
            self._probing = ()

    def _row(self, found: FoundDevice, columns: PlacedColumns[FoundDeviceRow]) -> list[Cell]:
        """Its first cell says whether it is marked."""
        key, adder = key_of(found), self._adder
        first, *others = columns.cells(FoundDeviceRow(found, key in adder.added, key in adder.failed))
        sign = Cell(self._glyphs.mark if key in self._marked else " ", "accent")
        return [sign, first._replace(text=first.text[1:]), *others]

    def _all(self) -> list[FoundDevice]:
        """By address, as the service sorts them; those of the search before first."""
        now = {key_of(device): device for device in self._findings.devices}
        kept = [now.pop(key, device) for key, device in self._before.items()]
        return [*kept, *now.values()]

    def _header(self, width: int) -> list[Cell]:
        on = format_interfaces(self._findings.interfaces)
        everywhere = "all: " if self._interface is None and self._findings.interfaces else ""
        sign = SPINNER[self._turns % len(SPINNER)] if self._is_looking else " "
        doing = "listening" if self._is_looking else "listened"
        asked = self._findings.asked, self._findings.to_ask
        count = f"{len(self._shown)} found"
        count += "" if asked[0] == asked[1] else f", {asked[0]} of {asked[1]} probed"
        parts = (count, self._adder.progress, f"{len(self._marked)} marked" if self._marked else "")
        count = ", ".join(filter(None, parts))
        zone = [Cell(f"zone {self._adder.zone} ", "text")] if self._adder.zone else []
        left = [
            Cell(" Search ", "accent"),
            *zone,
            Cell(f"{sign} {doing} on {everywhere}{visible(on)}", "dim"),
        ]
        return spread(left, [Cell(f"{count} ", "text")], width)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette, self._rows = palette, []
        self.show_current()

    @property
    def chosen(self) -> FoundDevice | None:
        """The device that is highlighted."""
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._shown) else self._shown[index]

    def _index_of(self, key: Key | None) -> int | None:
        """Where that device is now; the first when it is gone."""
        keys = [key_of(device) for device in self._shown]
        return keys.index(key) if key in keys else 0 if keys else None

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        if not is_open(self):
            return
        width, found = self.size.width, self.chosen
        if self._error is not None:
            lines = cause_and_cure(f"{self._error.message}.", self._error.hint, width)
        elif found is not None:
            lines = self._explain_device(found, width)
        elif self._is_looking:
            text = "No new device was found yet. Devices announce themselves every few seconds."
            lines = [[Cell(f" {line}", "dim")] for line in wrap(text, max(10, width - 2))]
        else:
            cure = "Is this computer in their network? t probes addresses, r searches again."
            lines = cause_and_cure("No new device was found.", cure, width)
        self.query_one("#why", Lines).show(lines)

    def _explain_device(self, found: FoundDevice, width: int) -> list[list[Cell]]:
        key, adder = key_of(found), self._adder
        if (error := adder.failed.get(key)) is not None:
            return cause_and_cure(f"{title(found)} was not added: {error.message}.", error.hint, width)
        device = adder.added.get(key)
        need = "" if device is None else adder.need(device)
        return explain_found_device(found, width, added=device is not None, need=need)

    # Keys.

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        self.query_one(OptionList).focus()
        if targets := event.value.split():
            self._start(targets)
            self.show_current()

    def action_type(self) -> None:
        self.query_one(Input).focus()

    def action_again(self) -> None:
        self._start(())
        self.show_current()

    @work(exclusive=True, group=INTERFACES)
    async def action_interface(self) -> None:
        """The next of our own addresses; after the last all of them again."""
        listed = await self._devices.list_interfaces(self._adder.zone)
        if not is_open(self):
            return
        choices: list[Interface | None] = [None, *(listed.data or ())]
        index = choices.index(self._interface) if self._interface in choices else 0
        self._interface = choices[(index + 1) % len(choices)]
        self.action_again()

    def action_zone(self) -> None:
        """The next zone, with all interfaces there."""
        zones = self._readings.zones()
        if len(zones) <= 1:
            self.notify("There is one zone only.")
            return
        index = zones.index(self._adder.zone) if self._adder.zone in zones else -1
        self._adder.zone, self._interface = zones[(index + 1) % len(zones)], None
        self._shown, self._marked = [], set()
        self.action_again()

    def action_leave(self) -> None:
        """Leave the line of addresses first; then go back."""
        if isinstance(self.focused, Input):
            self.query_one(OptionList).focus()
        else:
            if self._adder.progress:
                self.notify(f"Stopped: {self._adder.done} of {self._adder.total} were done.")
            self.dismiss(None)

    def action_mark(self) -> None:
        if (found := self.chosen) is None:
            return
        if self._is_addable(found):
            self._marked ^= {key_of(found)}
            self.query_one(ClickList).step(1)
            self.show_current()
        else:
            self._explain_refusal(found)

    def action_mark_all(self) -> None:
        """All that can be added, or none when they are marked already."""
        addable = {key_of(found) for found in self._shown if self._is_addable(found)}
        self._marked = set() if addable <= self._marked else addable
        self.show_current()

    @on(OptionList.OptionSelected)
    def action_add(self) -> None:
        """Add what is marked, or else the highlighted one; ask for what that one needs when it is added."""
        marked = [found for found in self._shown if key_of(found) in self._marked]
        if marked:
            self._add(marked)
        elif (found := self.chosen) is not None:
            device = self._adder.added.get(key_of(found))
            if device is not None and self._adder.need(device):
                now = self._readings.find_device(device.id)
                self.post_message(self.LetIn(device if now is None else now.device))
            elif self._is_addable(found):
                self._add([found])
            else:
                self._explain_refusal(found)

    def _is_addable(self, found: FoundDevice) -> bool:
        return found.can_be_added and key_of(found) not in self._adder.added

    def _explain_refusal(self, found: FoundDevice) -> None:
        if key_of(found) in self._adder.added:
            self.notify(f"{title(found)} is added already.")
            return
        cause = found.fault.message if found.fault else "No driver supports it"
        self.notify(visible(f"{title(found)} cannot be added: {cause}."), severity="warning")

    @work(group="add")
    async def _add(self, wanted: Sequence[FoundDevice]) -> None:
        self._marked.clear()
        additions = await self._adder.add(wanted, self.show_current)
        self.show_current()
        if len(additions) > 1:
            self.app.push_screen(AddResults(additions))
        for found, error, need in additions if len(additions) == 1 else ():
            if error is not None:
                self.notify(error_text(error), severity="error", timeout=10)
            else:
                needs = f" It needs {need}: Enter asks for it." if need else ""
                self.notify(f"Added {title(found)}.{needs}")
