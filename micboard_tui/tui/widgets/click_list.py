"""A list in which a click goes to an option, and a double click chooses it, as Enter does."""

from textual.events import Click
from textual.message import Message
from textual.widgets import OptionList


class ClickList(OptionList):
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
