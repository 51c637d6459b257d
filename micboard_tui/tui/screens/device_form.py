"""The form for a device: a new one, or one that is registered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.contracts.manufacturers import ManufacturerInfo
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.device import DEFAULT_ZONE, Device
from micboard_tui.domain.value_ranges import MAX_HOST, MAX_NAME, MAX_PORT
from micboard_tui.domain.zone import MAX_ZONE
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import FORM_HELP
from micboard_tui.tui.key_bindings import FORM_KEYS
from micboard_tui.tui.screens.dialogs import CSS, error_text, literal
from micboard_tui.tui.screens.open_screen import close_with, is_open
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.chooser import Chooser, Option
from micboard_tui.tui.widgets.key_hints import KeyHints

DEFAULT_MANUFACTURER = "shure"
DETECTED = Option("", "detected automatically")

MAX_LENGTHS = {
    "host": MAX_HOST,
    "port": len(str(MAX_PORT)),
    "name": MAX_NAME,
    "location": MAX_NAME,
    "zone": MAX_ZONE,
}
"""Characters of each field."""


@dataclass(frozen=True, slots=True)
class DeviceFormValues:
    """What the form asks for."""

    manufacturer: str
    host: str
    port: str
    name: str
    location: str
    driver: str = ""
    """Empty: the device is asked which one it needs."""
    zone: str | None = None
    """None: it is not asked for."""


Save = Callable[[DeviceFormValues], Awaitable[ServiceResult[Device]]]


class DeviceForm(ModalScreen[Success[Device] | None]):
    """A form for a new device, or for one that is registered. Stays open with the reason for a no."""

    DEFAULT_CSS = CSS.format(name="DeviceForm")
    BINDINGS = dialog_bindings_of(FORM_KEYS)
    HELP_PAGE = FORM_HELP
    FIELDS = (
        ("host", "Address or host name, such as 192.168.1.20"),
        ("port", "Port, if not the default"),
        ("name", "Name, if not the device's own"),
        ("location", "Location, if it has one"),
    )
    ZONE_FIELD = ("zone", f"Zone, if not {DEFAULT_ZONE}")
    # What stands in an empty field could be taken for what is in it.

    def __init__(
        self,
        save: Save,
        manufacturers: Sequence[ManufacturerInfo],
        before: DeviceFormValues | None = None,
        *,
        asks_zone: bool = False,
    ) -> None:
        """``manufacturers``: those that are installed; ``before``: a device that is registered."""
        super().__init__()
        self._fields = (*self.FIELDS, self.ZONE_FIELD) if asks_zone else self.FIELDS
        self._save_values, self._before = save, before
        self._manufacturers = {manufacturer.code: manufacturer for manufacturer in manufacturers}

    def compose(self) -> ComposeResult:
        before = self._before or DeviceFormValues(DEFAULT_MANUFACTURER, "", "", "", "")
        is_known = self._before is not None
        with Vertical():
            yield literal("Change a receiver" if is_known else "Add a receiver", "title")
            yield literal("Manufacturer", "label")
            manufacturers = [Option(code, known.title) for code, known in self._manufacturers.items()]
            if is_known and before.manufacturer not in self._manufacturers:
                manufacturers = [Option(before.manufacturer, before.manufacturer)]
            yield Chooser(manufacturers, before.manufacturer, disabled=is_known, id="manufacturer")
            yield literal("Protocol", "label")
            yield Chooser(
                self._drivers(before.manufacturer, before.driver),
                before.driver,
                disabled=is_known,
                id="driver",
            )
            for name, label in self._fields:
                yield literal(label, "label", f"{name}-label")
                yield BoundedInput(
                    getattr(before, name) or "",
                    max_length=MAX_LENGTHS[name],
                    restrict=r"[0-9]*" if name == "port" else None,
                    id=name,
                )
            yield literal("", "error", "answer")
            does = "saves" if is_known else "adds"
            yield KeyHints(f"Enter {does} it   Tab next   Space chooses   Esc back", id="keys")

    def on_mount(self) -> None:
        # What is disabled asks for no attention, and the address is the first that is not known.
        chooser = self.query_one("#manufacturer", Chooser)
        self._offer_drivers(chooser.value, self._before.driver if self._before else "")
        self.query_one("#host", Input).focus()

    @on(Chooser.Changed)
    def show_drivers(self, event: Chooser.Changed) -> None:
        if event.chooser.id == "manufacturer":
            self._offer_drivers(event.value)
        self._show_port()

    def _offer_drivers(self, manufacturer: str, selected: str = "") -> None:
        self.query_one("#driver", Chooser).offer(self._drivers(manufacturer, selected), selected)
        self._show_port()

    def _drivers(self, manufacturer: str, selected: str) -> list[Option]:
        """Those of a manufacturer; where there are several the device may be asked."""
        known = self._manufacturers.get(manufacturer)
        drivers = [Option(spec.name, spec.title) for spec in known.drivers.values()] if known else []
        if selected and all(driver.value != selected for driver in drivers):
            return [Option(selected, selected)]
        return drivers if len(drivers) == 1 else [DETECTED, *drivers]

    def _show_port(self) -> None:
        """Say which port is the default."""
        manufacturer = self._manufacturers.get(self.query_one("#manufacturer", Chooser).value)
        driver = self.query_one("#driver", Chooser).value
        spec = manufacturer.drivers.get(driver) if manufacturer else None
        default = f"{spec.default_port}, the default" if spec else "the default of the protocol"
        self.query_one("#port-label", Static).update(f"Port, if not {default}")

    @on(Input.Submitted)
    @on(Chooser.Submitted)
    def submit(self) -> None:
        self.query_one("#answer", Static).update("Saving…" if self._before else "Adding…")
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name, _ in self._fields}
        selected = {name: self.query_one(f"#{name}", Chooser).value for name in ("manufacturer", "driver")}
        self._save(DeviceFormValues(**typed, **selected))

    @work(exclusive=True, group="save")
    async def _save(self, values: DeviceFormValues) -> None:
        result = await self._save_values(values)
        if not is_open(self):
            return
        if result.success:
            await close_with(self, result)
        else:
            self.query_one("#answer", Static).update(error_text(result.error))
            # On a low screen the form is longer than it.
            self.call_after_refresh(self.query_one("#keys", Static).scroll_visible, animate=False)
