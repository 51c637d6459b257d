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
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.text import visible
from micboard_tui.tui import present
from micboard_tui.tui.glyph import Glyphs
from micboard_tui.tui.keys import RACK_KEYS, UNDO_KEYS
from micboard_tui.tui.row import Cell
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines, key_line

LOOK_EVERY_S = 0.5
MODEL, ADDRESS, CHANNELS, STATUS = 9, 21, 3, 17
FIGURES = 22
FIGURES_FROM_WIDTH = 118
LEAST_NAME = 12
FAST_S = 0.001
_FIGURE_HEADS = "    trip  msg/s  errs "
KEYS = (
    ("A", "add"),
    ("Enter", "change"),
    ("D", "remove"),
    ("l", "location"),
    ("K J", "move"),
    ("u", "undo"),
    ("Esc", "back"),
)


def names_width(width: int) -> int:
    """How wide the names of devices and locations may each be; they share what the rest leaves."""
    figures = FIGURES if width >= FIGURES_FROM_WIDTH else 0
    return max(LEAST_NAME, (width - MODEL - ADDRESS - CHANNELS - STATUS - figures - 6) // 2)


def figures(health: DeviceHealth | None, width: int) -> str:
    """Round trip, messages a second, and errors, where there is room."""
    if width < FIGURES_FROM_WIDTH:
        return ""
    trip, rate, errors = _figures(health)
    return f" {trip:>8}{rate:>7}{errors:>6}"


def _figures(health: DeviceHealth | None) -> tuple[str, str, str]:
    if health is None:
        return present.DASH, present.DASH, present.DASH
    trip = health.round_trip_s
    return (
        present.DASH if trip is None else f"{trip * 1000:.0f} ms" if trip >= FAST_S else "<1 ms",
        f"{health.messages_per_s:.0f}",
        str(health.failures),
    )


def head(width: int) -> str:
    """The names of the columns."""
    name = names_width(width)
    return (
        f" {'device':<{name}} {'model':<{MODEL}} {'address':<{ADDRESS}} {'ch':>{CHANNELS}} "
        f"{'location':<{name}} {_FIGURE_HEADS if width >= FIGURES_FROM_WIDTH else ''}status"
    )


def row(
    device: DeviceSnapshot, health: DeviceHealth | None, width: int, now: float, glyphs: Glyphs
) -> tuple[str, str]:
    """One device: what stands before its status, and the status."""
    name = names_width(width)
    where = device.device
    address = f"{where.host}:{where.port}"
    told = (
        present.fit(device.title, name, glyphs.ellipsis),
        present.fit(device.state.model or present.DASH, MODEL, glyphs.ellipsis),
        present.fit(address, ADDRESS, glyphs.ellipsis),
        f"{len(device.channels) or present.DASH:>{CHANNELS}}",
        present.fit(device.location or present.DASH, name, glyphs.ellipsis),
    )
    status = f" {present.status_words(device, now)}"
    return glyphs.text(f" {' '.join(told)}{figures(health, width)}"), glyphs.text(status)


class DevicesScreen(Screen[None]):
    DEFAULT_CSS = """
    DevicesScreen { background: $background; }
    DevicesScreen OptionList { border: none; height: 1fr; padding: 0; background: $background; }
    DevicesScreen OptionList:focus { border: none; }
    DevicesScreen #why { height: 3; }
    """
    BINDINGS = [
        Binding("escape,q", "app.pop_screen", "Back", key_display="Esc"),
        Binding("D", "remove", "Remove the device"),
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

    def __init__(
        self,
        live: LiveContract,
        palette: Palette,
        glyphs: Glyphs,
        health: Callable[[], Mapping[DeviceId, DeviceHealth]],
    ) -> None:
        super().__init__()
        self._health = health
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
        self.set_interval(LOOK_EVERY_S, self.look)

    def on_resize(self) -> None:
        self.query_one("#keys", Lines).show([key_line(KEYS, self.size.width)])
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
        tone = present.status_tone(self._devices[number].state.status)
        return Text.assemble(told[0], (told[1], self._palette.colors[tone]), no_wrap=True)

    def wear(self, palette: Palette) -> None:
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
        device = self.chosen
        lines: list[list[Cell]] = []
        if device is None:
            lines = [[Cell(" No device is registered. A adds one.", "dim")]]
        elif (fault := device.state.fault) is not None and not device.state.is_online:
            lines = [
                [Cell(f" {fault.code}", "critical"), Cell(f"  {visible(fault.message)}")],
                [Cell(f" {visible(fault.hint)}")],
            ]
        else:
            seen = device.state.last_seen_at
            age = None if seen is None else present.duration(self._live.now() - seen)
            heard = "never heard" if age is None else f"heard {age} ago"
            firmware = visible(device.state.firmware or present.DASH)
            trip, rate, errors = _figures(self._health().get(device.device.id))
            lines = [
                [Cell(f" {visible(device.title)}: {heard}, firmware {firmware}", "dim")],
                [Cell(f" round trip {trip}, {rate} messages a second, {errors} errors", "dim")],
            ]
        self.query_one("#why", Lines).show(lines)

    @on(OptionList.OptionSelected)
    def change(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Change(device))

    def action_remove(self) -> None:
        if (device := self.chosen) is not None:
            self.post_message(self.Remove(device))

    async def action_rack(self, by: int) -> None:
        await self.run_action(f"app.move({by})")

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
