"""A list in which a click goes to an option, and a double click chooses it, as Enter does."""

from collections.abc import Callable

from textual.events import Click
from textual.message import Message
from textual.widgets import OptionList

from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.list_keys import STEP_KEYS


class ClickList(OptionList):
    BINDINGS = bindings_of(STEP_KEYS)

    class Clicked(Message):
        """The option that is highlighted now was clicked once."""

    async def on_click(self, event: Click) -> None:
        # Textual chooses at the first click, which for a swap or a device is too soon.
        event.prevent_default()
        index = event.style.meta.get("option")
        if index is None or self.get_option_at_index(index).disabled:
            return
        if event.chain > 1 and index == self.highlighted:
            self.action_select()
        else:
            self.highlighted = index
            self.post_message(self.Clicked())

    def step(self, by: int) -> None:
        """To the next option that can be chosen, or the one before when ``by`` is negative."""
        if by > 0:
            self.action_cursor_down()
        else:
            self.action_cursor_up()

    def page(self, direction: int) -> None:
        """A page down, or up with -1."""
        go_on: Callable[[], None] = self.action_page_down if direction > 0 else self.action_page_up
        go_on()

    def go_to(self, index: int) -> None:
        """To the first option, or with -1 to the last."""
        if index:
            self.action_last()
        else:
            self.action_first()

    def turn_wheel(self, lines: int) -> None:
        """Show what is so many lines further down; nothing else is highlighted."""
        self.scroll_relative(y=lines, animate=False)
