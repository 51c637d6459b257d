"""One of a few, in one line of a form: the arrows to the side turn to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.text import Text
from textual.events import Key
from textual.message import Message
from textual.widget import Widget

from micboard_tui.domain.safe_text import fold_accents, visible
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.key_bindings import CHOOSER_KEYS, bindings_of


class Option(NamedTuple):
    """What can be chosen."""

    value: str
    label: str


class Chooser(Widget, can_focus=True):
    """Posts ``Changed`` and ``Submitted``."""

    DEFAULT_CSS = """
    Chooser { height: 1; background: $background; }
    Chooser:focus { background: $primary 20%; }
    Chooser:disabled { background: $surface; }
    """
    BINDINGS = bindings_of(CHOOSER_KEYS)

    @dataclass
    class Changed(Message):
        """Another one is chosen."""

        chooser: "Chooser"
        value: str

    class Submitted(Message):
        """Enter was pressed."""

    def __init__(
        self,
        options: Sequence[Option],
        value: str = "",
        *,
        disabled: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's word
    ) -> None:
        super().__init__(id=id, disabled=disabled)
        self.options: Sequence[Option] = ()
        """What there is to choose from."""
        self._index = 0
        self.offer(options, value)

    @property
    def value(self) -> str:
        """What is chosen; empty where there is nothing to choose."""
        return self.options[self._index].value if self.options else ""

    def offer(self, options: Sequence[Option], value: str = "") -> None:
        """Offer others; the first is chosen where ``value`` is none of them."""
        self.options = options
        values = [option.value for option in options]
        self._index = values.index(value) if value in values else 0
        self.refresh()

    def render(self) -> Text:
        width = self.size.width
        if not self.options:
            return Text("-"[:width])
        label = visible(self.options[self._index].label)
        if self.disabled or len(self.options) == 1:
            return Text(fit(label, width), no_wrap=True)
        count = f"{self._index + 1}/{len(self.options)}"
        room = max(1, width - len(count) - 5)
        return Text(f"< {fit(label, room)} {count} >"[:width], no_wrap=True)

    def action_turn(self, by: int) -> None:
        if self.options:
            self._choose((self._index + by) % len(self.options))

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def on_key(self, event: Key) -> None:
        """A letter goes to the next one that begins with it."""
        typed = event.character
        if typed is None or not typed.isalnum():
            return
        count = len(self.options)
        ahead = [(self._index + step) % count for step in range(1, count + 1)]
        for index in ahead:
            if fold_accents(self.options[index].label).startswith(fold_accents(typed)):
                self._choose(index)
                break
        event.stop()

    def _choose(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self.refresh()
            self.post_message(self.Changed(self, self.value))
