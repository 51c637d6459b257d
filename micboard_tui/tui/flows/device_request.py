"""What the user wants to do with a device: asked for by screens, done by flows."""

from enum import Enum, auto


class DeviceRequest(Enum):
    CHANGE = auto()
    """How it is registered."""
    REMOVE = auto()
    TRUST = auto()
    """See its certificate."""
    GIVE_SECRET = auto()
    """Enter its password or key."""
