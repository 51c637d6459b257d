"""Which channel's pack sits in which bay of a charger. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.safe_text import fold_name

OCCUPIED = frozenset({BayState.CHARGING, BayState.READY, BayState.STORED, BayState.FAULT})


class Dock(NamedTuple):
    """A bay with a pack in it."""

    device_id: DeviceId
    charger: str
    """What the charger is called."""
    bay: Bay


class KnownPack(NamedTuple):
    """How the pack of a channel can be known again."""

    ref: ChannelRef
    serial: str | None
    name: str | None


def find_docks(carried: Iterable[KnownPack], docks: Iterable[Dock]) -> Mapping[ChannelRef, Dock]:
    """The bay in which each channel's pack sits, for those that sit in one.

    Serial numbers decide where both sides tell one. A name only counts when one channel alone has it:
    several packs called "Spare" belong to no channel.
    """
    packs = list(carried)
    by_serial = _group_by_text((pack.serial, pack) for pack in packs)
    by_name = _group_by_text((pack.name, pack) for pack in packs)
    found: dict[ChannelRef, Dock] = {}
    for dock in docks:
        if dock.bay.state in OCCUPIED:
            for owner in _owners(dock.bay, by_serial, by_name):
                found.setdefault(owner.ref, dock)
    return found


def _group_by_text(packs: Iterable[tuple[str | None, KnownPack]]) -> dict[str, list[KnownPack]]:
    groups: dict[str, list[KnownPack]] = {}
    for text, pack in packs:
        if text:
            groups.setdefault(fold_name(text), []).append(pack)
    return groups


def _owners(
    bay: Bay, by_serial: Mapping[str, Sequence[KnownPack]], by_name: Mapping[str, Sequence[KnownPack]]
) -> Sequence[KnownPack]:
    if bay.pack_serial and (owners := by_serial.get(fold_name(bay.pack_serial))):
        return owners
    for text in (bay.pack_serial, bay.pack_name):
        # A pack may be planned by the serial number that its charger reports.
        packs = by_name.get(fold_name(text), ()) if text else ()
        if len(packs) == 1:
            return [
                pack for pack in packs if text == bay.pack_serial or not (pack.serial and bay.pack_serial)
            ]
    return ()
