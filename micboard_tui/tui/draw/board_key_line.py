"""The line of keys at the bottom of the board: the usual ones, or those of what is being done. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from micboard_tui.tui.key_bindings import BOARD_KEY_LINE, DEVICE_KEY_LINE, EMPTY_KEY_LINE, MARKED_KEY_LINE
from micboard_tui.tui.key_overrides import Keymap

KeyLabels: TypeAlias = tuple[tuple[str, str], ...]
"""Keys and what they do."""


@dataclass(frozen=True, slots=True)
class BoardKeyLine:
    """Where the line is short the last keys are left out."""

    usual: KeyLabels = ()
    marked: KeyLabels = ()
    """Stand there while channels are marked."""
    device: KeyLabels = ()
    """Stand there while the line of a device is selected; see ``for_device``."""
    empty: KeyLabels = ()
    """Stand there while no device is registered."""
    find_key: str = "/"
    """Begins a search."""
    name_key: str = "n"
    """Gives channels to a performer; on the line of a device it takes performers off those that it lacks."""

    def for_device(self, *, lacks_channels: bool) -> KeyLabels:
        """The keys for a device; ``lacks_channels``: performers are planned on channels it does not have."""
        return ((self.name_key, "take performers off"), *self.device) if lacks_channels else self.device

    def while_finding(self, query: str, count: int) -> KeyLabels:
        """How many channels fit what was typed, and the keys of the search."""
        found = f"{count} found" if query.strip() else "type a few letters"
        return (self.find_key, found), ("Enter", "stay here"), ("Esc", "back"), ("↑↓", "other matches")


def board_key_line(keymap: Keymap, *, is_demo: bool) -> BoardKeyLine:
    """The line with the keys of the user."""
    empty = keymap.line(EMPTY_KEY_LINE)
    return BoardKeyLine(
        keymap.line(BOARD_KEY_LINE),
        keymap.line(MARKED_KEY_LINE),
        keymap.line(DEVICE_KEY_LINE),
        empty if is_demo else ((keymap.display_id("details"), "demo"), *empty),
        keymap.display_id("find"),
        keymap.display_id("name"),
    )
