"""The switchboard of one simulated device: what networks, firmware and other people do to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from micboard_tui.simulator.rack.fault_switches import DOWN_S, Switches

_RUBBISH = bytes(each for each in range(256) if each not in b"<>{}")
_MAX_RUBBISH = 12


class Writes(Enum):
    """How what is said is cut into segments."""

    WHOLE = auto()
    BYTES = auto()
    """One byte at a time."""
    CHUNKS = auto()
    """Pieces of any size, frames cut anywhere."""
    BURSTS = auto()
    """Held back and sent together, some kilobytes at a time."""


class Access(Enum):
    """Whether an SLX-D lets third parties in (docs/reference/protocols/shure.md 6.1)."""

    ALLOWED = auto()
    SILENT = auto()
    """Accepts the connection and ignores what it hears."""
    REFUSED = auto()


@dataclass(slots=True)
class Faults(Switches):
    """Switches to be set while the device runs; they work from its next tenth of a second on."""

    writes: Writes = Writes.WHOLE
    refuse: bool = False
    """New connections are refused, those that stand stay."""
    freeze: bool = False
    """The lock-up of a QLX-D: sockets stay, nothing is read or said.

    Source: docs/reference/protocols/shure.md 15.1.
    """
    garbage: bool = False
    """Rubbish between the frames."""
    line_ends: bool = False
    """CR LF behind every frame."""
    err_storm: bool = False
    """Nothing but REP ERR, asked or not."""
    flood: bool = False
    """Says everything it knows, over and over."""
    late_s: float = 0.0
    """Says everything so much later."""
    access: Access = Access.ALLOWED
    _reboot_s: float | None = None
    _meter_rate_ms: int | None = None
    _half_open: bool = False

    def reboot(self, down_s: float = DOWN_S) -> None:
        """Drop everybody, be away for ``down_s``, and come back without meter rates."""
        self._reboot_s = down_s

    def change_meter_rate(self, rate_ms: int) -> None:
        """Another controller sets the rate of all channels."""
        self._meter_rate_ms = rate_ms

    def half_open(self) -> None:
        """Those who are connected hear nothing any more, not even a goodbye; others can connect."""
        self._half_open = True

    def take_reboot(self) -> float | None:
        """How long to be away, once."""
        down_s, self._reboot_s = self._reboot_s, None
        return down_s

    def take_meter_rate(self) -> int | None:
        """What the other controller wants, once."""
        rate_ms, self._meter_rate_ms = self._meter_rate_ms, None
        return rate_ms

    def take_half_open(self) -> bool:
        """Whether the peers are to be forgotten, once."""
        half_open, self._half_open = self._half_open, False
        return half_open

    @property
    def refuses(self) -> bool:
        return self.refuse or self.access is Access.REFUSED

    def joined(self, frames: Sequence[bytes], rng: Random) -> bytes:
        """The bytes that carry ``frames`` over this device's network."""
        end = b"\r\n" if self.line_ends else b""
        if not self.garbage:
            return b"".join(frames) if not end else b"".join(frame + end for frame in frames)
        return b"".join(
            bytes(rng.choices(_RUBBISH, k=rng.randrange(_MAX_RUBBISH))) + frame + end for frame in frames
        )
