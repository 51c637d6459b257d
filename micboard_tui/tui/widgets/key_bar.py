"""The line of keys at the bottom of a screen: a click on a key presses it."""

from collections.abc import Iterable

from textual.events import Click, Key

from micboard_tui.tui.draw.key_line import key_at, key_line
from micboard_tui.tui.widgets.lines import Lines


class KeyBar(Lines):
    _keys: tuple[tuple[str, str], ...] = ()

    def show_keys(self, keys: Iterable[tuple[str, str]]) -> None:
        """Show these keys, each with what it does; where there is no room the last are left out."""
        self._keys = tuple(keys)
        self._show_line()

    def on_resize(self) -> None:
        self._show_line()

    def on_click(self, event: Click) -> None:
        press = key_at(self._keys, self.size.width, event.x)
        if press is not None:
            event.stop()
            self.app.post_message(Key(press.name, press.character))

    def _show_line(self) -> None:
        self.show([key_line(self._keys, self.size.width or self.screen.size.width)])
