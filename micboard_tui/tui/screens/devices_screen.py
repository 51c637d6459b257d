"""All devices: whether each can be talked to, and if not why and what to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.ports import DriverSpec
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.access_keys import ACCESS_KEYS, RACK_KEYS, UNDO_KEYS
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.device_row import AccessKeys, head, refused_words, row, words
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines, key_line

LOOK_EVERY_S = 0.5
DEVICE_KEYS = (
    ("trust", "trust"),
    ("secret", "password"),
    ("add", "add"),
    ("Enter", "change"),
    ("D", "remove"),
    ("location", "location"),
    ("Esc", "back"),
    ("K J", "move"),
    ("undo", "undo"),
)
"""The first two only where they help."""


class DevicesScreen(Screen[None]):
    DEFAULT_CSS = """
    DevicesScreen { background: $background; }
    DevicesScreen OptionList { border: none; height: 1fr; padding: 0; background: $background; }
    DevicesScreen OptionList:focus { border: none; }
    DevicesScreen #why { height: 5; }
    """
    BINDINGS = [
        Binding("escape,q", "app.pop_screen", "Back", key_display="Esc"),
        Binding("D", "remove", "Remove the device"),
        *ACCESS_KEYS,
        Binding("l", "app.locate", "Location: where it stands"),
        *RACK_KEYS,
        *UNDO_KEYS,
        Binding("j", "step(1)", "Down", show=False),
        Binding("k", "step(-1)", "Up", show=False),
    ]

    @dataclass
    class Change(Message):
        """The user wants to change how the device is registered."""

        device: DeviceSnapshot

    @dataclass
    class Remove(Message):
        """The user wants to forget the device."""

        device: DeviceSnapshot

    @dataclass
    class Trust(Message):
        """The user wants to see its certificate."""

        device: DeviceSnapshot

    @dataclass
    class GiveSecret(Message):
        """The user wants to give its password or key."""

        device: DeviceSnapshot

    def __init__(
        self,
        live: LiveContract,
        palette: Palette,
        glyphs: Glyphs,
        health: Callable[[], Mapping[DeviceId, DeviceHealth]],
        spec_of: Callable[[Device], DriverSpec | None],
        first: DeviceId | None = None,
    ) -> None:
        """``first``: the device to begin with."""
        super().__init__()
        self._health, self._spec_of, self._first = health, spec_of, first
        self.keys: Sequence[tuple[str, str]] = DEVICE_KEYS
        """Keys and what they do, in the order of ``DEVICE_KEYS``."""
        self._live, self._palette, self._glyphs = live, palette, glyphs
        self._devices: Sequence[DeviceSnapshot] = ()
        self._rows: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, id="heads")
        yield OptionList(markup=False)
        yield Lines(self._palette, self._glyphs, "surface", id="why")
        yield Lines(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.look()
        ids = [each.device.id for each in self._devices]
        if self._first in ids:
            self.query_one(OptionList).highlighted = ids.index(self._first)
        self.set_interval(LOOK_EVERY_S, self.look)

    def on_resize(self) -> None:
        self.look()

    def look(self) -> None:
        """Show the devices as they are now; lines that look the same are left alone."""
        self._devices = self._live.snapshot()
        width = self.size.width
        health, now = self._health(), self._live.now()
        rows = [row(each, health.get(each.device.id), width, now, self._glyphs) for each in self._devices]
        self.query_one("#heads", Lines).show([[Cell(head(width), "dim")]])
        options = self.query_one(OptionList)
        if len(rows) != len(self._rows):
            place = options.highlighted or 0
            options.clear_options()
            options.add_options(Option(self._prompt(number, each)) for number, each in enumerate(rows))
            options.highlighted = min(place, len(rows) - 1) if rows else None
        else:
            for number, (new, old) in enumerate(zip(rows, self._rows, strict=True)):
                if new != old:
                    options.replace_option_prompt_at_index(number, self._prompt(number, new))
        self._rows = rows
        self._explain()

    def _prompt(self, number: int, told: tuple[str, str]) -> Text:
        tone = formats.status_tone(self._devices[number].state.status)
        return Text.assemble(told[0], (told[1], self._palette.colors[tone]), no_wrap=True)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette, self._rows = palette, []
        self.look()

    @property
    def chosen(self) -> DeviceSnapshot | None:
        """The device that is highlighted."""
        place = self.query_one(OptionList).highlighted
        return None if place is None or place >= len(self._devices) else self._devices[place]

    @property
    def chosen_channels(self) -> list[ChannelRef]:
        """None: keys here are for devices."""
        return []

    @property
    def chosen_devices(self) -> list[DeviceId]:
        """The highlighted one."""
        return [] if self.chosen is None else [self.chosen.device.id]

    def done(self) -> None:
        """Show what came of it."""
        self.look()

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        device, width = self.chosen, self.size.width
        self._show_keys(device)
        if device is None:
            lines = [[Cell(" No device is registered yet. Add one, or search the network.", "dim")]]
        elif (fault := device.state.fault) is not None and not device.state.is_online:
            lines = refused_words(device, fault, self._spec_of(device.device), self._access_keys, width)
        else:
            lines = words(device, self._health().get(device.device.id), self._live.now())
            spec = self._spec_of(device.device)
            if spec is not None and spec.untold:
                lines.append([Cell(f" It never tells {visible(spec.untold)}.", "dim")])
        self.query_one("#why", Lines).show(lines)

    @property
    def _access_keys(self) -> AccessKeys:
        return AccessKeys(self.keys[0][0], self.keys[1][0])

    def _show_keys(self, device: DeviceSnapshot | None) -> None:
        """The keys, without those that do nothing for the device."""
        spec = None if device is None else self._spec_of(device.device)
        (trust, _), (secret, _), *rest = self.keys
        shown = list(rest)
        if spec is not None and spec.secret is not None:
            shown.insert(0, (secret, visible(spec.secret)))
        if spec is not None and spec.certificate is not None:
            shown.insert(0, (trust, "trust"))
        self.query_one("#keys", Lines).show([key_line(shown, self.size.width)])

    @on(OptionList.OptionSelected)
    def change(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Change(device))

    def action_remove(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Remove(device))

    def action_trust(self) -> None:
        if (device := self.chosen) is None:
            return
        spec = self._spec_of(device.device)
        if spec is not None and spec.certificate is not None:
            self.post_message(self.Trust(device))
        else:
            self._nothing_to_give(device, spec, "has no certificate")

    def action_give_secret(self) -> None:
        if (device := self.chosen) is None:
            return
        spec = self._spec_of(device.device)
        if spec is not None and spec.secret is not None:
            self.post_message(self.GiveSecret(device))
        else:
            self._nothing_to_give(device, spec, "asks for no password and no key")

    def _nothing_to_give(self, device: DeviceSnapshot, spec: DriverSpec | None, why: str) -> None:
        if spec is None:
            why = f"cannot be asked: its driver {device.device.driver} is not there"
        self.notify(visible(f"{device.title} {why}."))

    async def action_rack(self, by: int) -> None:
        await self.run_action(f"app.move({by})")

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
