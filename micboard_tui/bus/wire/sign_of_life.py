"""What each publisher sends once a second."""

from dataclasses import dataclass

from micboard_tui.bus.wire.compression import compress, expand
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.contracts.walks import RunningWalk

SIGN_INTERVAL_S = 1.0
SILENT_AFTER_S = 3.0
"""Without a sign for so long the publisher counts as lost."""
DEVICES_A_SIGN = 16
"""The health of so many devices is sent with each sign, one after the other, so that signs stay small."""

RACK, HUB, COLLECTOR = "rack", "hub", "collector"
"""A publisher has all of a site, keeps its record, or is one of those that hold devices."""

NO_HEALTH = HealthSnapshot()


@dataclass(frozen=True, slots=True)
class SignOfLife:
    publisher: str
    run: int
    """Tells this process from one with the same name that was there before."""
    now: float
    """Seconds since the epoch, by the clock that all it sends is stamped with."""
    epoch: int
    """Grows when that clock was set: it and all stamps have jumped."""
    version: str = ""
    """Of the program."""
    devices: int = 0
    channels: int = 0
    """How many it publishes."""
    health: HealthSnapshot = NO_HEALTH
    """Without devices."""
    device_health: tuple[DeviceHealth, ...] = ()
    """The next few devices."""
    walk: RunningWalk | None = None
    """The walk test that runs."""
    role: str = RACK
    """``RACK``, ``HUB`` or ``COLLECTOR``."""
    zone: str = ""
    """Of the network, whose devices a collector reaches."""
    host: str = ""
    """The name of its computer."""
    load: int = 0
    """By how many channels it is counted when devices are shared out."""


_codec = codec_of(SignOfLife)


def encode_sign(sign: SignOfLife) -> bytes:
    return compress(_codec.encode(sign))


def decode_sign(payload: bytes) -> SignOfLife:
    """Raises WireError."""
    sign: SignOfLife = _codec.decode(expand(payload))
    return sign
