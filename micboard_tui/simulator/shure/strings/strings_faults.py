"""The switchboard of a simulated device that speaks command strings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

from micboard_tui.protocols.shure_strings.messages import Get, Set
from micboard_tui.simulator.device.fault_switchboard import (
    LATE_S,
    FaultSwitchboard,
    OneShot,
    Switch,
    one_shot,
    reboot_switch,
)

ANOTHER_RATE_MS = 5000
"""The meter rate that another controller wants."""
REFUSAL_BEGINS_S = 1.0
_RUBBISH = bytes(byte for byte in range(256) if byte not in b"<>{}")
_MAX_RUBBISH = 12


class Writes(Enum):
    """How the bytes are cut into segments."""

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
    """Accepts the connection and ignores all commands."""
    REFUSED = auto()


@dataclass(slots=True)
class StringsFaults(FaultSwitchboard):
    """Switches to be set while the device runs; they work from its next tenth of a second on."""

    writes: Writes = Writes.WHOLE
    refuse: bool = False
    """No client can connect; its switch ends the connections that are open, too."""
    freeze: bool = False
    """The lock-up of a QLX-D: sockets stay, nothing is read or sent.

    Source: docs/reference/protocols/shure.md 15.1.
    """
    garbage: bool = False
    """Rubbish between the frames."""
    line_ends: bool = False
    """CR LF behind every frame."""
    err_storm: bool = False
    """Nothing but REP ERR, asked or not."""
    flood: bool = False
    """Sends everything it knows, over and over."""
    refused: frozenset[str] = frozenset()
    """Properties that are answered by REP ERR: ``MODEL``, or with an index ``0 METER_RATE``, ``1 ALL``."""
    unanswered: frozenset[str] = frozenset()
    """The same for properties that are not answered at all."""
    interrupts_lists: bool = False
    """Reports a change of each channel, unasked, a moment before it lists all it knows."""
    late_s: float = 0.0
    """Sends everything so much later."""
    access: Access = Access.ALLOWED
    reboot: OneShot[float] = field(default_factory=reboot_switch)
    """The meter rates are lost too."""
    change_meter_rate: OneShot[int] = field(default_factory=lambda: OneShot(ANOTHER_RATE_MS))
    """Another controller sets the rate of all channels."""
    half_open: OneShot[bool] = field(default_factory=one_shot)
    """Clients that are connected receive nothing any more, not even the end; others can connect."""

    warns: bool = False
    """Its self-test has failed: a ``*`` stands behind the firmware. Clients are disconnected."""

    def temporary_faults(self) -> Mapping[str, Switch]:
        return {
            "reboot": self.reboot.switch,
            "refuse": self._refuse,
            "freeze": self.toggle("freeze"),
            "garbage": self._garble,
            "late": self._delay,
            "change_meter_rate": self.change_meter_rate.switch,
            "half_open": self.half_open.switch,
            "err_storm": self.toggle("err_storm"),
        }

    def lock(self) -> None:
        self.access = Access.SILENT

    @property
    def refuses(self) -> bool:
        return self.refuse or self.access is Access.REFUSED

    def is_refused(self, message: Get | Set) -> bool:
        return not self.refused.isdisjoint(_names_of(message))

    def is_unanswered(self, message: Get | Set) -> bool:
        return not self.unanswered.isdisjoint(_names_of(message))

    def join_frames(self, frames: Sequence[bytes], dice: Random) -> bytes:
        """The bytes that carry ``frames`` over this device's network."""
        end = b"\r\n" if self.line_ends else b""
        if not self.garbage:
            return b"".join(frames) if not end else b"".join(frame + end for frame in frames)
        return b"".join(
            bytes(dice.choices(_RUBBISH, k=dice.randrange(_MAX_RUBBISH))) + frame + end for frame in frames
        )

    def _refuse(self, *, on: bool) -> None:
        # Clients that are connected stay connected, so let them go first.
        self.refuse = on
        if on:
            self.reboot(REFUSAL_BEGINS_S)

    def _garble(self, *, on: bool) -> None:
        self.garbage = on
        self.writes = Writes.CHUNKS if on else Writes.WHOLE

    def _delay(self, *, on: bool) -> None:
        self.late_s = LATE_S if on else 0.0


@dataclass(slots=True)
class SlxdFaults(StringsFaults):
    """Of what speaks otherwise than its document has it."""

    as_documented: bool = False
    """Speaks as its document has it: an RSSI for each antenna, and on SLX-D+ properties of links in place of
    those of transmitters. Clients are disconnected.
    """


@dataclass(slots=True)
class ChargerFaults(StringsFaults):
    """Of what has bays."""

    storage_mode: bool = False
    """Storage mode, switched at its panel: packs are brought to 40 percent."""
    ready_to_store: OneShot[bool] = field(default_factory=one_shot)
    """Storage mode, and all packs have got there: READY_TO_STORE."""


def _names_of(message: Get | Set) -> tuple[str, str]:
    return message.property, f"{message.channel} {message.property}"
