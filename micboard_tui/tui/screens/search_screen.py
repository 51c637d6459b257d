"""Searches the network: rows appear as devices are heard, each with what it is and whether it lets us in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from micboard_tui.contracts.device import DeviceContract, Findings, Search
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.ports import FoundDevice, Interface
from micboard_tui.domain.device import Device
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.found_device_row import (
    Key,
    head,
    interfaces_words,
    key_of,
    row,
    state_of,
    title,
    told,
    why,
)
from micboard_tui.tui.draw.key_line import key_line, spread
from micboard_tui.tui.key_bindings import SEARCH_KEY_LINE, SEARCH_SCREEN_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import words
from micboard_tui.tui.screens.screen_style import ScreenStyle
from micboard_tui.tui.themes import Palette
from micboard_tui.tui.widgets.lines import Lines

LOOK_EVERY_S = 0.25
LISTEN_S = 20.0
"""Devices announce themselves every few seconds; some only when their turn has come."""
WHEEL = "|/-\\"


class SearchScreen(ModalScreen[None]):
    """Listens as soon as it is opened. What it asks, it asks once, and it meters nothing."""

    DEFAULT_CSS = """
    SearchScreen { background: $background; }
    SearchScreen OptionList { border: none; height: 1fr; padding: 0; background: $background; }
    SearchScreen OptionList:focus { border: none; }
    SearchScreen #why { height: 3; }
    SearchScreen Input { height: 1; border: none; padding: 0 1; background: $surface; }
    SearchScreen Input:focus { border: none; background: $primary 20%; }
    """
    BINDINGS = bindings_of(SEARCH_SCREEN_KEYS)

    @dataclass
    class Added(Message):
        """A device was added, and may want something before it lets us in."""

        device: Device

    def __init__(self, devices: DeviceContract, style: ScreenStyle) -> None:
        super().__init__()
        self._key_line = style.keymap.line(SEARCH_KEY_LINE)
        self._devices, self._palette, self._glyphs = devices, style.palette, style.glyphs
        self._interface: Interface | None = None
        self._before: Mapping[Key, FoundDevice] = {}
        self._findings = Findings()
        self._shown: list[FoundDevice] = []
        self._prompts: list[tuple[str, str, str]] = []
        self._added: set[Key] = set()
        self._adding: set[Key] = set()
        self._complaint: ErrorInfo | None = None
        self._is_looking = False
        self._turns = 0

    def compose(self) -> ComposeResult:
        yield Lines(self._palette, self._glyphs, "surface", id="header")
        yield Lines(self._palette, self._glyphs, id="heads")
        yield OptionList(markup=False)
        yield Lines(self._palette, self._glyphs, "surface", id="why")
        yield Input(placeholder="t: ask addresses or networks too, as 192.168.1.0/24", id="targets")
        yield Lines(self._palette, self._glyphs, "surface", id="keys")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.set_interval(LOOK_EVERY_S, self.look)
        self._start(())

    def on_resize(self) -> None:
        self.query_one("#keys", Lines).show([key_line(self._key_line, self.size.width)])
        self.look()

    # The search.

    def _start(self, targets: Sequence[str]) -> None:
        """Search anew; what was found before stays only when more addresses are asked."""
        self._before = {key_of(each): each for each in self._shown} if targets else {}
        self._findings, self._complaint = Findings(), None
        on = () if self._interface is None else (self._interface.address,)
        self._is_looking = True
        self._search(Search(tuple(targets), on, LISTEN_S))

    @work(exclusive=True, group="search")
    async def _search(self, search: Search) -> None:
        result = await self._devices.discover(search, self._heard)
        self._is_looking = False
        if not result.success:
            self._complaint = result.error
        elif result.warning:
            self.notify(visible(result.warning), severity="warning")
        self.look()

    def _heard(self, findings: Findings) -> None:
        """Called as things are found; the clock shows them."""
        self._findings = findings

    # What is shown.

    def look(self) -> None:
        """Show what there is by now."""
        self._turns += 1
        width = self.size.width
        chosen = None if self.chosen is None else key_of(self.chosen)
        self._shown = self._all()
        self.query_one("#header", Lines).show([self._header(width)])
        self.query_one("#heads", Lines).show([[Cell(head(width), "dim")]])
        prompts = [
            (row(each, width, self._glyphs), *state_of(each, added=key_of(each) in self._added))
            for each in self._shown
        ]
        options = self.query_one(OptionList)
        if prompts != self._prompts:
            self._prompts = prompts
            options.clear_options()
            options.add_options(Option(self._prompt(*each)) for each in prompts)
            options.highlighted = self._place_of(chosen)
        self._explain()

    def _all(self) -> list[FoundDevice]:
        """By address, as the service sorts them; those of the search before first."""
        now = {key_of(each): each for each in self._findings.devices}
        kept = [now.pop(key, each) for key, each in self._before.items()]
        return [*kept, *now.values()]

    def _header(self, width: int) -> list[Cell]:
        on = interfaces_words(self._findings.interfaces)
        everywhere = "all: " if self._interface is None and self._findings.interfaces else ""
        sign = WHEEL[self._turns % len(WHEEL)] if self._is_looking else " "
        doing = "listening" if self._is_looking else "listened"
        asked = self._findings.asked, self._findings.to_ask
        count = f"{len(self._shown)} found"
        count += "" if asked[0] == asked[1] else f", {asked[0]} of {asked[1]} asked"
        left = [Cell(" Search ", "accent"), Cell(f"{sign} {doing} on {everywhere}{visible(on)}", "dim")]
        return spread(left, [Cell(f"{count} ", "text")], width)

    def _prompt(self, before: str, state: str, tone: str) -> Text:
        return Text.assemble(before, (state, self._palette.colors[tone]), no_wrap=True)

    def apply_palette(self, palette: Palette) -> None:
        """Show the same in other colours."""
        self._palette, self._prompts = palette, []
        self.look()

    @property
    def chosen(self) -> FoundDevice | None:
        """The device that is highlighted."""
        place = self.query_one(OptionList).highlighted
        return None if place is None or place >= len(self._shown) else self._shown[place]

    def _place_of(self, key: Key | None) -> int | None:
        """Where that device is now; the first when it is gone."""
        keys = [key_of(each) for each in self._shown]
        return keys.index(key) if key in keys else 0 if keys else None

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        width, found = self.size.width, self.chosen
        if self._complaint is not None:
            lines = told(f"{self._complaint.message}.", self._complaint.hint, width)
        elif found is not None:
            lines = why(found, width, added=key_of(found) in self._added)
        elif self._is_looking:
            lines = [
                [Cell(" Nobody new was heard yet. Devices announce themselves every few seconds.", "dim")]
            ]
        else:
            nobody = "Nobody new was heard or answered."
            lines = told(
                nobody, "Is this machine in their network? t asks addresses, r listens again.", width
            )
        self.query_one("#why", Lines).show(lines)

    # Keys.

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        self.query_one(OptionList).focus()
        if targets := event.value.split():
            self._start(targets)
            self.look()

    def action_type(self) -> None:
        self.query_one(Input).focus()

    def action_again(self) -> None:
        self._start(())
        self.look()

    def action_interface(self) -> None:
        """The next of our own addresses; after the last all of them again."""
        choices: list[Interface | None] = [None, *self._devices.interfaces()]
        place = choices.index(self._interface) if self._interface in choices else 0
        self._interface = choices[(place + 1) % len(choices)]
        self.action_again()

    def action_leave(self) -> None:
        """Out of the line first; then back."""
        if isinstance(self.focused, Input):
            self.query_one(OptionList).focus()
        else:
            self.dismiss(None)

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def action_add(self) -> None:
        found = self.chosen
        if found is None or key_of(found) in self._adding:
            return
        if key_of(found) in self._added:
            self.notify(f"{title(found)} is added already.")
        elif found.can_be_added:
            self._add(found)
        else:
            cause = found.fault.message if found.fault else "No driver speaks to it"
            self.notify(visible(f"{title(found)} cannot be added: {cause}."), severity="warning")

    @work(group="add")
    async def _add(self, found: FoundDevice) -> None:
        self._adding.add(key_of(found))
        result = await self._devices.register(
            found.manufacturer, found.host, driver=found.driver, port=found.port or None
        )
        self._adding.discard(key_of(found))
        if result.success:
            self._added.add(key_of(found))
            self.notify(f"Added {title(found)}.")
            self.look()
            self.post_message(self.Added(result.data))
        else:
            self.notify(words(result.error), severity="error", timeout=10)
