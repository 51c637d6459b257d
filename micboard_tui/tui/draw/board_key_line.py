"""The line of keys at the bottom of the board: the usual ones, or those of what is being done. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from micboard_tui.tui.control_keys import (
    ARMED_DEVICE_KEY_LINE,
    ARMED_KEY_LINE,
    ARMED_MARKED_KEY_LINE,
    LOCKED_KEY_LINE,
    WATCHING_KEY_LINE,
)
from micboard_tui.tui.draw.header_line import FREE, AccessState
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
    armed: KeyLabels = ()
    """Stand there while control is armed and nothing is marked ..."""
    armed_marked: KeyLabels = ()
    armed_device: KeyLabels = ()
    """... and these before the keys for marked channels, and for a device."""
    locked: KeyLabels = ()
    """Stand there while the show is locked."""
    watching: KeyLabels = ()
    """Stand there where this program only reads."""
    find_key: str = "/"
    """Begins a search."""
    name_key: str = "n"
    """Gives channels to a performer; on the line of a device it takes performers off those that it lacks."""

    def for_channel(self, access: AccessState = FREE, *, has_marks: bool = False) -> KeyLabels:
        """The keys for the selected channel, or for those that are marked."""
        if (refusing := self._refusing(access)) is not None:
            return refusing
        if has_marks:
            return (*(self.armed_marked if access.is_armed else ()), *self.marked)
        return self.armed if access.is_armed else self.usual

    def for_device(self, access: AccessState = FREE, *, lacks_channels: bool) -> KeyLabels:
        """The keys for a device; ``lacks_channels``: performers are planned on channels it does not have."""
        if (refusing := self._refusing(access)) is not None:
            return refusing
        keys = (*(self.armed_device if access.is_armed else ()), *self.device)
        return ((self.name_key, "take performers off"), *keys) if lacks_channels else keys

    def _refusing(self, access: AccessState) -> KeyLabels | None:
        """Those that are left where nothing can be changed; None: something can."""
        if access.is_read_only:
            return self.watching
        return self.locked if access.is_locked else None

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
        keymap.line(ARMED_KEY_LINE),
        keymap.line(ARMED_MARKED_KEY_LINE),
        keymap.line(ARMED_DEVICE_KEY_LINE),
        keymap.line(LOCKED_KEY_LINE),
        keymap.line(WATCHING_KEY_LINE),
        keymap.display_id("find"),
        keymap.display_id("name"),
    )
