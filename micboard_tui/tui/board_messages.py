"""What the board says of keys, as they are in the user's key map. Pure."""

from micboard_tui.tui.key_overrides import Keymap


class BoardMessages:
    def __init__(self, keymap: Keymap) -> None:
        key = self._key = keymap.display_id
        self.filtered_out = f"No channel matches the filter. {key('show_all')} shows all."
        self.rack_order_only = f"Receivers can only be moved in rack order. {key('order')} changes the order."

    def no_view(self, number: int) -> str:
        return f"No view is kept on {number}. {self._key('keep_view')} keeps this one."
