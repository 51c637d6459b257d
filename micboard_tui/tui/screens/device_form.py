"""The form for a device: a new one, or one that is registered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.contracts.ports import Manufacturer
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.device import Device
from micboard_tui.tui.key_bindings import FORM_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal, words
from micboard_tui.tui.widgets.chooser import Chooser, Option

USUAL = "shure"
ASKED = Option("", "found out by asking it")


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What the form asks for."""

    manufacturer: str
    host: str
    port: str
    name: str
    location: str
    driver: str = ""
    """Empty: the device is asked."""


Register = Callable[[NewDevice], Awaitable[ServiceResult[Device]]]


class DeviceScreen(ModalScreen[Device | None]):
    """A form for a new device, or for one that is registered. Stays open with the reason for a no."""

    DEFAULT_CSS = CSS.format(name="DeviceScreen")
    BINDINGS = bindings_of(FORM_KEYS)
    FIELDS = (
        ("host", "Address or host name", "192.168.1.20"),
        ("port", "Port, when it is not the usual one", ""),
        ("name", "Your name for it, when its own will not do", ""),
        ("location", "Where it stands", "Main Stage"),
    )

    def __init__(
        self, register: Register, makers: Sequence[Manufacturer], before: NewDevice | None = None
    ) -> None:
        """``makers``: what is installed, to choose from."""
        super().__init__()
        self._register, self._before = register, before
        self._makers = {each.code: each for each in makers}

    def compose(self) -> ComposeResult:
        before = self._before or NewDevice(USUAL, "", "", "", "")
        is_known = self._before is not None
        with Vertical():
            yield literal("Change a receiver" if is_known else "Add a receiver", "title")
            yield literal("Manufacturer", "label")
            makers = [Option(each.code, each.title) for each in self._makers.values()]
            if is_known and before.manufacturer not in self._makers:
                makers = [Option(before.manufacturer, before.manufacturer)]
            yield Chooser(makers, before.manufacturer, disabled=is_known, id="manufacturer")
            yield literal("How it is spoken to", "label")
            yield Chooser(
                self._drivers(before.manufacturer, before.driver),
                before.driver,
                disabled=is_known,
                id="driver",
            )
            for name, label, example in self.FIELDS:
                yield literal(label, "label")
                yield Input(
                    getattr(before, name),
                    placeholder=example,
                    restrict=r"[0-9]*" if name == "port" else None,
                    id=name,
                )
            yield literal("", "error", "answer")
            does = "saves" if is_known else "adds"
            yield literal(f"Enter {does} it   Tab next field   < > choose   Esc back", "label", "keys")

    def on_mount(self) -> None:
        # What is disabled asks for no attention, and the address is the first that is not known.
        chooser = self.query_one("#manufacturer", Chooser)
        self._offer_drivers(chooser.value, self._before.driver if self._before else "")
        self.query_one("#host", Input).focus()

    @on(Chooser.Changed)
    def changed(self, event: Chooser.Changed) -> None:
        if event.chooser.id == "manufacturer":
            self._offer_drivers(event.value)
        self._show_port()

    def _offer_drivers(self, maker: str, chosen: str = "") -> None:
        self.query_one("#driver", Chooser).offer(self._drivers(maker, chosen), chosen)
        self._show_port()

    def _drivers(self, maker: str, chosen: str) -> list[Option]:
        """Those of a maker; where there are several the device may be asked."""
        known = self._makers[maker].drivers.values() if maker in self._makers else ()
        drivers = [Option(each.name, each.title) for each in known]
        if chosen and all(each.value != chosen for each in drivers):
            return [Option(chosen, chosen)]
        return drivers if len(drivers) == 1 else [ASKED, *drivers]

    def _show_port(self) -> None:
        """Say which port is the usual one."""
        maker = self._makers.get(self.query_one("#manufacturer", Chooser).value)
        spec = maker.drivers.get(self.query_one("#driver", Chooser).value) if maker else None
        self.query_one("#port", Input).placeholder = str(spec.default_port) if spec else "of the driver"

    @on(Input.Submitted)
    @on(Chooser.Submitted)
    def submit(self) -> None:
        self.query_one("#answer", Static).update("Saving…" if self._before else "Adding…")
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name, *_ in self.FIELDS}
        chosen = {name: self.query_one(f"#{name}", Chooser).value for name in ("manufacturer", "driver")}
        self._add(NewDevice(**typed, **chosen))

    @work(exclusive=True, group="add")
    async def _add(self, wanted: NewDevice) -> None:
        result = await self._register(wanted)
        if result.success:
            self.dismiss(result.data)
        else:
            self.query_one("#answer", Static).update(words(result.error))
