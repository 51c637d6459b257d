"""The entry of a device on the bus: all that is known of it, with what was found wrong with it.

Meters are written beside the rest as they were at that moment: they change all the time, and an entry is
written when anything else has changed. What the device sent, as it came (``raw``), is left out: it is large,
and asked for where it is shown (``raw_values``). Thresholds are written once for all that are judged by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec

from micboard_tui.bus.wire.compression import compress, expand
from micboard_tui.bus.wire.meter_frame import FrameParts, MeterFrame
from micboard_tui.bus.wire.value_codec import WireError, codec_of
from micboard_tui.contracts.live import LinkChange
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import LastBattery
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import NO_FACTS, ChannelFacts, ChannelState
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import Thresholds

COMPRESSED_FROM = 256
"""Bytes; every board gets every entry, and two thirds of one are names of fields."""
FREE_PUBLISHER = ""
"""In the place of a publisher: no collector holds the device."""
SENT_LINK_CHANGES = 10
"""Of a channel, the newest."""


class ChannelProblem(NamedTuple):
    code: ProblemCode
    since: float
    """Seconds since the epoch."""


class LastingDeviceProblem(NamedTuple):
    problem: DeviceProblem
    since: float


class JudgedChannel(NamedTuple):
    """What the publisher judged of a channel, and remembers of it."""

    problems: tuple[ChannelProblem, ...] = ()
    """Worst first."""
    conflicts: tuple[ProblemCode, ...] = ()
    history: tuple[LinkChange, ...] = ()
    """Newest first."""


NOT_JUDGED = JudgedChannel()


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """A channel without its meters; the names are those of ``ChannelState``."""

    number: int
    link_state: LinkState = LinkState.UNKNOWN
    link_since: float | None = None
    facts: ChannelFacts = NO_FACTS
    last_battery: LastBattery | None = None
    expected_period_s: float | None = None
    assignment: Assignment | None = None
    rf_zone: LocationId | None = None
    dock: Dock | None = None
    fault_code: str | None = None
    thresholds: int = 0
    """Which of those of the entry it is judged by."""
    judged: JudgedChannel = NOT_JUDGED


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A device with its channels; its state has no version and was not yet seen."""

    device: Device
    state: DeviceState
    channels: tuple[ChannelEntry, ...] = ()
    thresholds: tuple[Thresholds, ...] = ()
    location: str | None = None
    assignments_without_channel: tuple[Assignment, ...] = ()
    is_out_of_service: bool = False
    problems: tuple[LastingDeviceProblem, ...] = ()
    """Of the device itself, worst first."""


class _Written(msgspec.Struct, array_like=True, frozen=True):
    publisher: str
    frame: MeterFrame
    device: bytes
    """Compressed where that is worth it."""


class ReadEntry(NamedTuple):
    """An entry as it was read."""

    publisher: str
    """The name of the process that keeps the session with the device, or ``FREE_PUBLISHER``."""
    frame: MeterFrame
    """All channels; its moment is when the device was last seen."""
    entry: DeviceEntry


_codec = codec_of(DeviceEntry)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Written)


def make_entry(
    snapshot: DeviceSnapshot,
    judged: Mapping[int, JudgedChannel],
    problems: Sequence[LastingDeviceProblem],
) -> DeviceEntry:
    """The entry of a device; ``judged`` by the numbers of its channels."""
    thresholds: dict[Thresholds, int] = {}
    channels = tuple(
        _make_channel(
            state,
            thresholds.setdefault(state.thresholds, len(thresholds)),
            judged.get(state.number, NOT_JUDGED),
        )
        for state in snapshot.channels
    )
    state = snapshot.state
    return DeviceEntry(
        snapshot.device,
        replace(state, version=0, last_seen_at=None, raw=(), bays=tuple(map(_strip_bay, state.bays)) or ()),
        channels,
        tuple(thresholds),
        snapshot.location,
        snapshot.assignments_without_channel,
        snapshot.is_out_of_service,
        tuple(
            lasting._replace(problem=lasting.problem._replace(bay=_strip_bay(lasting.problem.bay)))
            if lasting.problem.bay is not None
            else lasting
            for lasting in problems
        ),
    )


def _make_channel(state: ChannelState, thresholds: int, judged: JudgedChannel) -> ChannelEntry:
    facts, dock = state.facts, state.dock
    return ChannelEntry(
        state.number,
        state.link_state,
        state.link_since,
        replace(facts, raw=()) if facts.raw else facts,
        state.last_battery,
        state.expected_period_s,
        state.assignment,
        state.rf_zone,
        None if dock is None else dock._replace(bay=_strip_bay(dock.bay)),
        state.fault_code,
        thresholds,
        judged,
    )


def _strip_bay(bay: Bay) -> Bay:
    return replace(bay, raw=()) if bay.raw else bay


def encode_device(entry: DeviceEntry) -> bytes:
    """The entry without publisher and meters: equal bytes, equal entries."""
    return compress(_codec.encode(entry), COMPRESSED_FROM)


def encode_entry(publisher: str, frame: FrameParts | MeterFrame, device: bytes) -> bytes:
    """All of it, with what ``encode_device`` gave."""
    return _encoder.encode((publisher, frame, device))


def decode_entry(value: bytes) -> ReadEntry:
    """Raises WireError."""
    written = _read(value)
    entry: Any = _codec.decode(expand(written.device))
    return ReadEntry(written.publisher, written.frame, entry)


def token_of_entry(value: bytes) -> int:
    """That of the owner who wrote it; -1: it is no entry of a device, and anyone may write over it."""
    try:
        return _read(value).frame.token
    except WireError:
        return -1


def free_entry(value: bytes) -> bytes:
    """The same entry, but that no collector holds the device. Raises WireError."""
    written = _read(value)
    return encode_entry(FREE_PUBLISHER, written.frame, written.device)


def place_free_entry(value: bytes, snapshot: DeviceSnapshot) -> bytes | None:
    """The entry of a device that no collector holds with what people say of it now; None: it has that.

    Raises WireError.
    """
    written = _read(value)
    entry: DeviceEntry = _codec.decode(expand(written.device))
    placed = replace(
        entry,
        device=snapshot.device,
        location=snapshot.location,
        assignments_without_channel=snapshot.assignments_without_channel,
        is_out_of_service=snapshot.is_out_of_service,
    )
    if written.publisher != FREE_PUBLISHER or placed == entry:
        return None
    return encode_entry(FREE_PUBLISHER, written.frame, encode_device(placed))


def _read(value: bytes) -> _Written:
    try:
        return _decoder.decode(value)
    except msgspec.MsgspecError as error:
        raise WireError(str(error)) from error
