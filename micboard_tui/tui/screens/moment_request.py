"""The message with which any screen opens a moment of the timeline. Imports nothing heavy."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from micboard_tui.domain.identity import ChannelRef, DeviceId


@dataclass
class MomentRequested(Message):
    """The user wants to see a moment with the curves of channels around it."""

    at: float
    """Seconds since the epoch."""
    channels: Sequence[ChannelRef]
    charger: DeviceId | None = None
    """Whose events are shown beside; a charger has no curves itself."""
