"""What a device sent, as it came, for the screens that show it. It is sent only where it is asked for."""

from dataclasses import dataclass
from hashlib import blake2s
from typing import NamedTuple, TypeAlias

from micboard_tui.bus.wire.compression import compress, expand
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.domain.device import DeviceSnapshot

Values: TypeAlias = tuple[tuple[str, str], ...]
_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class RawValues:
    device: Values = ()
    channels: tuple[tuple[int, Values], ...] = ()
    """By number; channels without any are left out."""
    bays: tuple[tuple[int, Values], ...] = ()


class SentValues(NamedTuple):
    payload: bytes
    digest: bytes
    """Equal for equal values."""


_codec = codec_of(RawValues)


def raw_values_of(snapshot: DeviceSnapshot) -> RawValues:
    return RawValues(
        snapshot.state.raw,
        tuple((channel.number, channel.facts.raw) for channel in snapshot.channels if channel.facts.raw),
        tuple((bay.number, bay.raw) for bay in snapshot.state.bays if bay.raw),
    )


def encode_raw_values(values: RawValues) -> SentValues:
    payload = compress(_codec.encode(values))
    return SentValues(payload, digest_raw_values(payload))


def digest_raw_values(payload: bytes) -> bytes:
    """The digest of values as they were sent."""
    return blake2s(payload, digest_size=_DIGEST_BYTES).digest()


def decode_raw_values(payload: bytes) -> RawValues:
    """Raises WireError."""
    values: RawValues = _codec.decode(expand(payload))
    return values
