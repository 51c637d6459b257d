"""What the board says of keys, as they are in the user's key map. Pure."""

from micboard_tui.tui.key_overrides import Keymap

KEY_WIDTH = 6
NO_CHANNEL = "No channel on the screen is selected. An arrow key selects one."
NO_RECEIVER = "No receiver is registered yet."


class BoardMessages:
    def __init__(self, keymap: Keymap, *, is_demo: bool) -> None:
        key = self._key = keymap.display_id
        self.filtered_out = f"No channel matches the filter. {key('show_all')} shows all."
        self.hidden_by_filter = f"The filter hides it. {key('show_all')} shows all."
        self.rack_order_only = f"Receivers can only be moved in rack order. {key('order')} changes the order."

        choices = [
            (key("add"), "adds a receiver by its address"),
            (key("search"), "searches the network for receivers"),
        ]
        if not is_demo:
            choices.append((key("details"), "shows a demo: simulated receivers, nothing is saved"))
        lines = [f"  {name:<{KEY_WIDTH}} {does}" for name, does in choices]
        self.no_device = "\n".join([NO_RECEIVER, "", *lines])

    def is_device(self, title: str) -> str:
        """Why a key for channels does nothing on the line of a device."""
        return f"{title} is a device: this key is for channels. {self._key('details')} shows the device."

    def no_view(self, number: int) -> str:
        return f"No view is kept on {number}. {self._key('keep_view')} keeps this one."
