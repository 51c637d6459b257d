"""Which channel of the board is selected, and which ones are marked. Pure."""

from dataclasses import dataclass

from micboard_tui.domain.identity import ChannelRef


@dataclass(slots=True)
class ChannelSelection:
    selected: ChannelRef | None = None
    """The channel at which the pointer stands."""
    marked: frozenset[ChannelRef] = frozenset()
    """The channels that the next action is for."""
    lit: ChannelRef | None = None
    """The channel on the ground of the selected one. The pointer is ahead of it by up to a frame: a few
    bytes answer a key at once, also on a slow line, and the ground follows."""
