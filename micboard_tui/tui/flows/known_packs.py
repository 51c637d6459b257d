"""The packs that may be planned for a channel: the one on air, and free ones in chargers. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.docked_pack import OCCUPIED
from micboard_tui.domain.identity import bay_label
from micboard_tui.domain.units import format_charge


@dataclass(frozen=True, slots=True)
class KnownPack:
    """What is kept of it as a plan."""

    model: str | None
    name: str | None
    """Its own name, or the serial number that its charger reports."""
    where: str = ""


def known_packs(state: ChannelState, devices: Iterable[DeviceSnapshot]) -> dict[str, KnownPack]:
    """By name: the one on air first, then those in chargers of its manufacturer that are free."""
    packs: dict[str, KnownPack] = {}
    if (pack := state.facts.transmitter) is not None and (name := pack.name or pack.serial or pack.model):
        packs[name] = KnownPack(pack.model, pack.name or pack.serial, f"on air now, {pack.model or 'pack'}")
    snapshots = list(devices)
    used_bays = {
        (channel.dock.device_id, channel.dock.bay.number)
        for device in snapshots
        for channel in device.channels
        if channel.dock is not None and channel.ref != state.ref
    }
    manufacturers = {device.device.id: device.device.manufacturer for device in snapshots}
    own = manufacturers.get(state.device_id)
    for device in snapshots:
        if own is not None and device.device.manufacturer != own:
            # No receiver hears the packs of another manufacturer.
            continue
        for bay in device.state.bays:
            name = bay.pack_name or bay.pack_serial
            if name and bay.state in OCCUPIED and (device.device.id, bay.number) not in used_bays:
                where = f"{bay_label(device.title, bay.number)}, {format_charge(bay.battery)}"
                packs.setdefault(name, KnownPack(bay.pack_model, name, where))
    return packs
