"""What a receiver must know of its family to speak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from micboard_tui.protocols.shure_strings.codec import encode
from micboard_tui.protocols.shure_strings.messages import Message
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.properties import Property

Sample: TypeAlias = Callable[[Channel], list[bytes]]


@dataclass(frozen=True, slots=True)
class Family:
    """A dialect of the command strings."""

    device: Callable[[DeviceIdentity, Sequence[Channel]], list[Property[DeviceIdentity]]]
    """The device's properties in the order of GET ALL."""
    channel: Callable[[Channel], list[Property[Channel]]]
    sample: Sample
    """The values after ``SAMPLE n ALL``."""
    reports: Callable[[Channel], Sequence[Message]] | None = None
    """What is sent each period where that is no sample."""
    encode: Callable[[Message], bytes] = encode
    needs_line_ends: bool = False
    """Whether only commands with CR LF behind them are read."""
    writes_singly: bool = False
    """Whether each message leaves by itself, which a client that reads one a chunk needs."""
    lists: bool = True
    """Whether GET ALL is answered at all."""
    says_err: bool = True
    """Otherwise what is refused is not answered at all."""
    takes_index_0: bool = True
    lists_all_channels: bool = True
    """Whether ``GET 0 ALL`` is answered; where it is not, ``GET 1 ALL`` still is."""
    short_list: frozenset[str] = frozenset()
    """All that GET ALL gives of a channel without a transmitter; empty: the whole list."""
