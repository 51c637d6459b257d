"""Which lines the board has: headings, channels and devices, in rack order or by some rank. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location, order_locations
from micboard_tui.domain.mic_number import MicNumberKey
from micboard_tui.domain.out_of_service import find_closed_locations, find_out_of_service
from micboard_tui.domain.safe_text import fold_accents

NO_LOCATION = "No location"
OUT_OF_SERVICE = "out of service"
"""Stands behind the title of a group of which nothing is an alarm."""
NO_PERFORMER = "No performer"
LineRef: TypeAlias = ChannelRef | DeviceId
"""What a line that can be selected is about: a channel, or a device itself."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Stands above the lines of one group."""

    title: str
    channels: tuple[ChannelRef, ...] = ()
    """Those below it."""


Line: TypeAlias = Heading | LineRef
Rank: TypeAlias = tuple[tuple[float, float, float], str, MicNumberKey]
RankOfChannel: TypeAlias = Callable[[ChannelState], Rank]
RankOfDevice: TypeAlias = Callable[[DeviceSnapshot], Rank]
KeepChannel: TypeAlias = Callable[[ChannelState, DeviceSnapshot], bool]
DeviceLines: TypeAlias = Collection[DeviceId]
"""The devices that have a line of their own, below those of their channels."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The lines of the board from top to bottom, and whose channels they are."""

    lines: tuple[Line, ...] = ()
    devices: Mapping[ChannelRef, DeviceSnapshot] = field(default_factory=dict)
    order: str = ""
    """What its order is called; empty before anything was arranged."""
    is_from_top: bool = False
    """Whether what is to be looked at stands in its first lines."""

    @property
    def channels(self) -> list[ChannelRef]:
        return [line for line in self.lines if isinstance(line, ChannelRef)]

    @property
    def refs(self) -> list[LineRef]:
        """All lines that can be selected."""
        return [line for line in self.lines if not isinstance(line, Heading)]


def group_by_location(
    snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines, locations: Iterable[Location]
) -> Arrangement:
    """Locations in their order, devices in rack order within; those without a location come last."""
    lines: list[Line] = []
    known = list(locations)
    closed = find_closed_locations(known)
    here: dict[str | None, list[DeviceSnapshot]] = {}
    for snapshot in snapshots:
        here.setdefault(snapshot.device.location_id, []).append(snapshot)
    for _, location in order_locations(known):
        title = f"{location.name}, {OUT_OF_SERVICE}" if location.id in closed else location.name
        lines += _under(title, here.pop(location.id, []), device_lines)
    for rest in here.values():
        lines += _under(NO_LOCATION, rest, device_lines)
    return Arrangement(tuple(lines), _owners(snapshots))


def sort_by_rank(
    snapshots: Sequence[DeviceSnapshot],
    device_lines: DeviceLines,
    rank: RankOfChannel,
    rank_device: RankOfDevice,
) -> Arrangement:
    """All lines without headings, the lowest rank first; of equals channels in rack order, then devices."""
    ranked: list[tuple[Rank, LineRef]] = [
        (rank(state), state.ref) for snapshot in snapshots for state in snapshot.channels
    ]
    ranked += [
        (rank_device(snapshot), snapshot.device.id)
        for snapshot in snapshots
        if snapshot.device.id in device_lines
    ]
    ranked.sort(key=lambda line: line[0])
    return Arrangement(tuple(ref for _, ref in ranked), _owners(snapshots))


def group_by_manufacturer(snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines) -> Arrangement:
    """Manufacturers by name, devices in rack order within."""
    lines: list[Line] = []
    for manufacturer in sorted({snapshot.device.manufacturer for snapshot in snapshots}):
        here = [snapshot for snapshot in snapshots if snapshot.device.manufacturer == manufacturer]
        lines += _under(manufacturer.title(), here, device_lines)
    return Arrangement(tuple(lines), _owners(snapshots))


def group_by_receiver(
    snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines, locations: Iterable[Location]
) -> Arrangement:
    """Devices in rack order, each with its address; those without a channel are a line of their own."""
    out_of_service = find_out_of_service((snapshot.device for snapshot in snapshots), locations)
    lines: list[Line] = []
    for snapshot in snapshots:
        if snapshot.channels:
            device, title = snapshot.device, snapshot.title
            heading = device.address if title == device.host else f"{title}, {device.address}"
            if device.id in out_of_service:
                heading = f"{heading}, {OUT_OF_SERVICE}"
            lines += _under(heading, [snapshot], device_lines)
        else:
            lines += _lines(snapshot, device_lines)
    return Arrangement(tuple(lines), _owners(snapshots))


def group_by_performer(
    snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines, states: Mapping[ChannelRef, ChannelState]
) -> Arrangement:
    """Performers by name, what each wears first before the rest; then what has no performer, and devices."""
    by_name: dict[tuple[bool, str], list[ChannelState]] = {}
    for snapshot in snapshots:
        for old in snapshot.channels:
            performer = states[old.ref].performer
            by_name.setdefault((performer is None, performer.name if performer else NO_PERFORMER), []).append(
                states[old.ref]
            )
    lines: list[Line] = []
    for (_, name), channels in sorted(
        by_name.items(), key=lambda group: (group[0][0], fold_accents(group[0][1]))
    ):
        refs = tuple(state.ref for state in sorted(channels, key=_role_rank))
        lines += [Heading(name, refs), *refs]
    lines += [snapshot.device.id for snapshot in snapshots if snapshot.device.id in device_lines]
    return Arrangement(tuple(lines), _owners(snapshots))


def keep_rack_order(snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines) -> Arrangement:
    """All lines without headings."""
    lines = [line for snapshot in snapshots for line in _lines(snapshot, device_lines)]
    return Arrangement(tuple(lines), _owners(snapshots))


def narrow_to(
    snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines, keep: KeepChannel
) -> list[DeviceSnapshot]:
    """The devices with only those channels that ``keep`` wants; those that then have no line are left out."""
    narrowed = [
        replace(snapshot, channels=tuple(state for state in snapshot.channels if keep(state, snapshot)))
        for snapshot in snapshots
    ]
    return [snapshot for snapshot in narrowed if snapshot.channels or snapshot.device.id in device_lines]


def _role_rank(state: ChannelState) -> int:
    return list(Role).index(state.assignment.role) if state.assignment else 0


def _under(title: str, snapshots: Sequence[DeviceSnapshot], device_lines: DeviceLines) -> list[Line]:
    channels = tuple(state.ref for snapshot in snapshots for state in snapshot.channels)
    lines = [line for snapshot in snapshots for line in _lines(snapshot, device_lines)]
    return [Heading(title, channels), *lines] if lines else []


def _lines(snapshot: DeviceSnapshot, device_lines: DeviceLines) -> list[LineRef]:
    lines: list[LineRef] = [state.ref for state in snapshot.channels]
    if snapshot.device.id in device_lines:
        lines.append(snapshot.device.id)
    return lines


def _owners(snapshots: Sequence[DeviceSnapshot]) -> dict[ChannelRef, DeviceSnapshot]:
    return {state.ref: snapshot for snapshot in snapshots for state in snapshot.channels}
