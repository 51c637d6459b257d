"""The packs that may be meant when somebody says which one belongs to a channel. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.docked_pack import OCCUPIED
from micboard_tui.domain.units import format_charge


@dataclass(frozen=True, slots=True)
class KnownPack:
    """What is kept of it as a plan."""

    model: str | None
    name: str | None
    """Its own name, or the serial number that its charger tells."""
    where: str = ""


def known_packs(state: ChannelState, devices: Iterable[DeviceSnapshot]) -> dict[str, KnownPack]:
    """By what they are called: the one on air first, then those that sit in a charger and are nobody's."""
    packs: dict[str, KnownPack] = {}
    if (pack := state.facts.transmitter) is not None and (called := pack.name or pack.serial or pack.model):
        packs[called] = KnownPack(pack.model, pack.name or pack.serial, f"on air now, {pack.model or 'pack'}")
    listed = list(devices)
    taken = {
        (each.dock.device_id, each.dock.bay.number)
        for device in listed
        for each in device.channels
        if each.dock is not None and each.ref != state.ref
    }
    for device in listed:
        for bay in device.state.bays:
            called = bay.pack_name or bay.pack_serial
            if called and bay.state in OCCUPIED and (device.device.id, bay.number) not in taken:
                where = f"{device.title} bay {bay.number}, {format_charge(bay.battery)}"
                packs.setdefault(called, KnownPack(bay.pack_model, called, where))
    return packs
