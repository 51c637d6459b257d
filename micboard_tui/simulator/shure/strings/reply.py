"""The frames that a message from a client causes."""

from dataclasses import dataclass, field

from micboard_tui.protocols.shure_strings.codec import encode
from micboard_tui.protocols.shure_strings.messages import Err

ERR = encode(Err())


@dataclass(slots=True)
class Reply:
    """What is sent, and to which clients."""

    to_asker: list[bytes] = field(default_factory=list)
    to_all: list[bytes] = field(default_factory=list)
    """The asker included, once."""
    reboots: bool = False
    """Whether the device starts again, which it does not answer."""
