"""Packs in chargers that another collector reads than the channel they belong to.

Each collector finds the packs of its own channels in its own chargers. ``look`` finds those of all channels
in all chargers, as one program with all devices would, and puts what no single collector can find into the
findings. Collectors read it from there and judge by it, so that such a pack is docked and not lost.

What a pack tells of itself is known only while it is received, and so it is remembered here.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, NoReturn

import anyio

from micboard_tui.contracts.live import Changes
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceState, device_title
from micboard_tui.domain.docked_pack import OCCUPIED, Dock, KnownPack, find_docks
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.live.live_site import LiveSite

LOOK_S = 1.0


class _Charger(NamedTuple):
    title: str
    bays: tuple[Bay, ...]
    """Those with a pack in them."""


class SiteDocks:
    """``publisher_of``: who reads a device; empty: it is not known, or no collector does."""

    def __init__(self, live: LiveSite, publisher_of: Callable[[DeviceId], str]) -> None:
        self._live, self._publisher_of = live, publisher_of
        self._devices: dict[DeviceId, Device] = {}
        self._packs: dict[ChannelRef, KnownPack] = {}
        self._received: dict[ChannelRef, tuple[str | None, str | None]] = {
            ref: (dock.bay.pack_serial, dock.bay.pack_name) for ref, dock in live.findings.docks.items()
        }
        """The serial number and the name of the pack that was received last, or that the hub before found."""
        self._chargers: dict[DeviceId, _Charger] = {}
        self._publishers: dict[DeviceId, str] = {}
        self._version = self._layout_version = -1

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            self.look()
            await anyio.sleep(LOOK_S)

    def look(self) -> None:
        """Look for docked packs again, if something is new on which they depend."""
        if not self._read():
            return
        docks = [
            Dock(device_id, charger.title, bay)
            for device_id, charger in self._chargers.items()
            for bay in charger.bays
        ]
        found = find_docks(self._packs.values(), docks) if docks else {}
        elsewhere = {ref: dock for ref, dock in found.items() if self._are_apart(ref, dock)}
        if elsewhere != self._live.findings.docks:
            self._live.findings = replace(self._live.findings, docks=elsewhere)

    def _are_apart(self, ref: ChannelRef, dock: Dock) -> bool:
        return self._publishers.get(ref.device_id) != self._publishers.get(dock.device_id)

    def _read(self) -> bool:
        """Whether any pack may be in another bay now."""
        changes, is_new = self._live.changed_since(self._version), False
        if changes.layout_version == 0:
            # It is not known yet which devices there are.
            return False
        if changes.layout_version != self._layout_version:
            self._forget()
            changes, is_new = self._live.changed_since(0), True
        self._version, self._layout_version = changes.version, changes.layout_version
        return self._take(changes) or is_new

    def _forget(self) -> None:
        """Devices and channels may have come, gone or moved. What packs were received is kept."""
        snapshots = self._live.snapshot()
        self._devices = {snapshot.device.id: snapshot.device for snapshot in snapshots}
        there = {channel.ref for snapshot in snapshots for channel in snapshot.channels}
        self._received = {ref: pack for ref, pack in self._received.items() if ref in there}
        self._packs.clear()
        self._chargers.clear()
        self._publishers.clear()

    def _take(self, changes: Changes) -> bool:
        """Whether something is another now; all of it is taken."""
        news = [*map(self._take_device, changes.devices), *map(self._take_channel, changes.channels)]
        return any(news)

    def _take_device(self, state: DeviceState) -> bool:
        """Whether something is another now."""
        device_id = state.device_id
        publisher = self._publisher_of(device_id)
        is_moved = self._publishers.get(device_id) != publisher
        self._publishers[device_id] = publisher
        device, before = self._devices.get(device_id), self._chargers.get(device_id)
        if device is None or not (state.bays or before):
            return is_moved
        bays = tuple(replace(bay, raw=()) for bay in state.bays if bay.state in OCCUPIED)
        charger = _Charger(device_title(device, state.own_name), bays)
        self._chargers[device_id] = charger
        return is_moved or charger != before

    def _take_channel(self, state: ChannelState) -> bool:
        """The same."""
        if (transmitter := state.facts.transmitter) is not None:
            self._received[state.ref] = transmitter.serial, transmitter.name
        serial, name = self._received.get(state.ref, (None, None))
        planned = state.assignment.planned_pack if state.assignment else None
        pack = KnownPack(state.ref, serial, planned or name or state.facts.name)
        before = self._packs.get(state.ref)
        self._packs[state.ref] = pack
        return pack != before
