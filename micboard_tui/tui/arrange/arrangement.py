"""Which lines the board has: headings and channels, in rack order or by some rank. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import UNREADABLE, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location, order_locations
from micboard_tui.domain.mic_number import MicNumberKey

NO_LOCATION = "No location"
NO_PERFORMER = "No performer"
"""Devices of which nothing can be read now."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Stands above the channels of one group, or for a device that has none."""

    title: str
    channels: tuple[ChannelRef, ...] = ()
    """Those below it."""
    device: DeviceId | None = None
    """The device that the line is about: a charger, or one that was never heard."""


Line: TypeAlias = Heading | ChannelRef
Rank: TypeAlias = tuple[tuple[float, float, float], str, MicNumberKey]
RankOf: TypeAlias = Callable[[ChannelState], Rank]
Keep: TypeAlias = Callable[[ChannelState, DeviceSnapshot], bool]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The lines of the board from top to bottom, and whose channels they are."""

    lines: tuple[Line, ...] = ()
    devices: Mapping[ChannelRef, DeviceSnapshot] = field(default_factory=dict)
    order: str = ""
    """The order whose first lines are what is to be looked at; empty where no line is more than others."""

    @property
    def channels(self) -> list[ChannelRef]:
        return [line for line in self.lines if isinstance(line, ChannelRef)]


def group_by_location(snapshots: Sequence[DeviceSnapshot], locations: Iterable[Location]) -> Arrangement:
    """Locations in their order, devices in rack order within; those without a location come last."""
    lines: list[Line] = []
    here: dict[str | None, list[DeviceSnapshot]] = {}
    for snapshot in snapshots:
        here.setdefault(snapshot.device.location_id, []).append(snapshot)
    for _, location in order_locations(locations):
        lines += _under(location.name, here.pop(location.id, []))
    for rest in here.values():
        lines += _under(NO_LOCATION, rest)
    return Arrangement(tuple(lines), _owners(snapshots))


def sort_by_rank(
    snapshots: Sequence[DeviceSnapshot], rank: RankOf, *, order: str = "", are_devices_first: bool = False
) -> Arrangement:
    """All channels without headings, the lowest rank first; equals stay in rack order.

    Devices without a channel stand below them; with ``are_devices_first`` those that cannot be read above:
    they are problems, and a charger is none. ``order`` is what the arrangement is told by.
    """
    states = [state for snapshot in snapshots for state in snapshot.channels]
    above = UNREADABLE if are_devices_first else frozenset()
    out = [snapshot for snapshot in snapshots if snapshot.state.status in above]
    others = [snapshot for snapshot in snapshots if snapshot.state.status not in above]
    channels = (state.ref for state in sorted(states, key=rank))
    lines = [*_without_channels(out), *channels, *_without_channels(others)]
    return Arrangement(tuple(lines), _owners(snapshots), order)


def group_by_manufacturer(snapshots: Sequence[DeviceSnapshot]) -> Arrangement:
    """Manufacturers by name, devices in rack order within."""
    lines: list[Line] = []
    for manufacturer in sorted({snapshot.device.manufacturer for snapshot in snapshots}):
        here = [snapshot for snapshot in snapshots if snapshot.device.manufacturer == manufacturer]
        lines += _under(manufacturer.title(), here)
    return Arrangement(tuple(lines), _owners(snapshots))


def group_by_receiver(snapshots: Sequence[DeviceSnapshot]) -> Arrangement:
    """Devices in rack order, each with its address; those without a channel are a line of their own."""
    lines: list[Line] = []
    for snapshot in snapshots:
        if snapshot.channels:
            device, title = snapshot.device, snapshot.title
            heading = device.address if title == device.host else f"{title}, {device.address}"
            lines += _under(heading, [snapshot])
        else:
            lines += _lines(snapshot)
    return Arrangement(tuple(lines), _owners(snapshots))


def group_by_performer(
    snapshots: Sequence[DeviceSnapshot], states: Mapping[ChannelRef, ChannelState]
) -> Arrangement:
    """Performers by name, what each wears first before the rest; channels without a performer come last."""
    by_name: dict[tuple[bool, str], list[ChannelState]] = {}
    for snapshot in snapshots:
        for old in snapshot.channels:
            performer = states[old.ref].performer
            by_name.setdefault((performer is None, performer.name if performer else NO_PERFORMER), []).append(
                states[old.ref]
            )
    lines: list[Line] = []
    for (_, name), channels in sorted(
        by_name.items(), key=lambda group: (group[0][0], group[0][1].casefold())
    ):
        refs = tuple(state.ref for state in sorted(channels, key=_role_rank))
        lines += [Heading(name, refs), *refs]
    lines += _without_channels(snapshots)
    return Arrangement(tuple(lines), _owners(snapshots))


def _role_rank(state: ChannelState) -> int:
    return list(Role).index(state.assignment.role) if state.assignment else 0


def keep_rack_order(snapshots: Sequence[DeviceSnapshot]) -> Arrangement:
    """All channels without headings."""
    lines = [line for snapshot in snapshots for line in _lines(snapshot)]
    return Arrangement(tuple(lines), _owners(snapshots))


def narrow_to(snapshots: Sequence[DeviceSnapshot], keep: Keep) -> list[DeviceSnapshot]:
    """The devices that have such channels, with only those that ``keep`` wants."""
    narrowed = [
        replace(snapshot, channels=tuple(state for state in snapshot.channels if keep(state, snapshot)))
        for snapshot in snapshots
    ]
    return [snapshot for snapshot in narrowed if snapshot.channels]


def _under(title: str, snapshots: Sequence[DeviceSnapshot]) -> list[Line]:
    channels = tuple(state.ref for snapshot in snapshots for state in snapshot.channels)
    lines = [line for snapshot in snapshots for line in _lines(snapshot)]
    return [Heading(title, channels), *lines] if lines else []


def _lines(snapshot: DeviceSnapshot) -> Sequence[Line]:
    channels = tuple(state.ref for state in snapshot.channels)
    return channels or (Heading(snapshot.title, device=snapshot.device.id),)


def _without_channels(snapshots: Sequence[DeviceSnapshot]) -> list[Line]:
    return [line for snapshot in snapshots if not snapshot.channels for line in _lines(snapshot)]


def _owners(snapshots: Sequence[DeviceSnapshot]) -> dict[ChannelRef, DeviceSnapshot]:
    return {state.ref: snapshot for snapshot in snapshots for state in snapshot.channels}
