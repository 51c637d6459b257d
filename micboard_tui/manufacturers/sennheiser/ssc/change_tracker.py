"""Keeps what an SSC device reports and turns every change into observations. Without IO.

Theory of operation. A session has one ``ChangeTracker``, in two phases:

1. Before the device is known. ``expect`` names the addresses that are being asked for; ``apply`` only keeps
   what comes for them, so that nothing that was not asked for takes up memory. The handshake reads
   ``values`` to find out what the device is and how many channels or bays it has.
2. After ``set_layout``. Every address now belongs to the device, to a channel's facts, or to meters;
   ``apply`` answers each datagram with what it changed: device, bays, facts, meters, in this order, and
   what the device's clock shows.
   ``all_observations`` repeats everything, for the first report and when the meters' interval changes.
   ``expire_lost_links`` is called at every tick and reports transmitters that were lost long enough ago.

Remembered between calls: the values, the ``Presence`` of each channel's transmitter (its values are
dropped with its link), and the device and bays as last reported, since only changes are reported.
``take_returned_channels`` gives the channels whose transmitter came back: the leases then ask for it anew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from micboard_tui.domain.bay import Bay
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.sennheiser.ssc import mapping
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_TIME, AddressGroup, Family, Subject
from micboard_tui.manufacturers.sennheiser.transmitter_presence import Presence, PresenceTracker
from micboard_tui.protocols.ssc.messages import Message

FIRST_ERROR = 400
"""Codes below are no errors (docs/reference/protocols/sennheiser.md 1.5)."""
_CHANNEL = re.compile(r"/rx([0-9]+)/", re.ASCII)
_PRESENCE_BY_LINK = {True: Presence.HERE, False: Presence.LOST, None: Presence.UNKNOWN}


@dataclass(frozen=True, slots=True)
class DeviceLayout:
    """What a device turned out to be."""

    family: Family
    count: int
    """Channels of a receiver, bays of a charger."""
    groups: tuple[AddressGroup, ...]

    @property
    def channels(self) -> range:
        return range(1, (0 if self.family.kind is DeviceKind.CHARGER else self.count) + 1)

    @property
    def device_addresses(self) -> tuple[str, ...]:
        return tuple(
            address
            for group in self.groups
            if not group.unit
            and group.subject is Subject.FACTS
            and group.subscribed[0].startswith("/device/")
            for address in group.addresses
            if address != DEVICE_TIME
        )


class _AddressOwner(NamedTuple):
    """What an address describes."""

    unit: int
    is_metered: bool


@dataclass(slots=True)
class _Changes:
    """What a message changed."""

    device: bool = False
    facts: set[int] = field(default_factory=set)
    meters: set[int] = field(default_factory=set)


class ChangeTracker:
    """All values of one session."""

    def __init__(self) -> None:
        self.values = AddressValues()
        self.layout: DeviceLayout | None = None
        self.meter_interval_s: float | None = None
        """How often meters are due, as reported; None: not known."""
        self._owners: dict[str, _AddressOwner] = {}
        self._presences: dict[int, PresenceTracker] = {}
        self._returned: set[int] = set()
        self._device: DeviceHeard | None = None
        self._bays: tuple[Bay, ...] = ()

    def expect(self, addresses: Iterable[str]) -> None:
        """Keep what is reported at these addresses."""
        for address in addresses:
            if address == DEVICE_TIME:
                continue
            self._owners.setdefault(address, _AddressOwner(0, is_metered=False))

    def set_layout(self, layout: DeviceLayout) -> None:
        """From now on, know what the addresses describe, and report changes."""
        self.layout = layout
        self._presences = {number: PresenceTracker() for number in layout.channels}
        for group in layout.groups:
            is_metered = group.subject is Subject.METERS
            for address in group.addresses:
                if address == DEVICE_TIME:
                    continue
                unit = _channel_in(address) if is_metered else group.unit
                self._owners[address] = _AddressOwner(unit, is_metered)

    def is_linked(self, number: int) -> bool:
        """Whether a channel has a transmitter now."""
        return self._presences[number].presence is Presence.HERE

    def is_without_link(self, number: int) -> bool:
        """Whether it is known that a channel has no transmitter now."""
        return self._presences[number].presence in {Presence.LOST, Presence.AWAY}

    def take_returned_channels(self) -> set[int]:
        """The channels whose transmitter came back since the last call."""
        returned, self._returned = self._returned, set()
        return returned

    def apply(self, message: Message, now: float) -> list[Observation]:
        """Keep what ``message`` reports; the observations that follow from it."""
        changes = _Changes()
        for address, value in message.values.items():
            owner = self._owners.get(address)
            if owner is not None:
                self._note_change(owner, changes, is_changed=self.values.set(address, value))
        for address, error in message.errors.items():
            owner = self._owners.get(address)
            if owner is not None and error.code >= FIRST_ERROR:
                self._note_change(owner, changes, is_changed=self.values.set_error(address, error.code))
        observations = self._observe(changes, now)
        if DEVICE_TIME in message.values and self.layout is not None:
            observations += mapping.clocks_of(message.values[DEVICE_TIME])
        return observations

    def all_observations(self, now: float, meter_interval_s: float | None = None) -> list[Observation]:
        """All that is known, the device first; meters are due every ``meter_interval_s`` from now on."""
        self.meter_interval_s = meter_interval_s
        if self.layout is None:
            return []
        self._device, self._bays = None, ()
        return self._observe(_Changes(device=True), now)

    def expire_lost_links(self, now: float) -> list[Observation]:
        """The facts of channels whose transmitter was lost long enough ago to count as switched off."""
        if self.layout is None:
            return []
        expired = [number for number, tracker in self._presences.items() if tracker.expire(now)]
        return [self._facts(self.layout, number) for number in expired]

    def _note_change(self, owner: _AddressOwner, changes: _Changes, *, is_changed: bool) -> None:
        if owner.is_metered:
            # A level that stays what it is has been measured all the same: it is not old.
            changes.meters.update((owner.unit,) if owner.unit else self._presences)
        elif is_changed and owner.unit:
            changes.facts.add(owner.unit)
        elif is_changed:
            changes.device = True

    def _observe(self, changes: _Changes, now: float) -> list[Observation]:
        layout = self.layout
        if layout is None or not (changes.device or changes.facts or changes.meters):
            return []
        observations: list[Observation] = []
        if changes.device:
            changes.facts.update(self._presences)
            observations += self._changed_device(layout)
            observations += self._changed_bays(layout)
        channels = changes.facts | changes.meters if changes.facts else changes.meters
        for number in channels:
            if self._update_presence(layout, number, now) or number in changes.facts:
                observations.append(self._facts(layout, number))
        for number in channels:
            meters = layout.family.meters_of(self.values, number)
            if meters is not None:
                observations.append(MetersHeard(number, meters))
        return observations

    def _update_presence(self, layout: DeviceLayout, number: int, now: float) -> bool:
        """Whether the transmitter of a channel has come or gone with the last message."""
        tracker = self._presences[number]
        before = tracker.presence
        reported = _PRESENCE_BY_LINK[layout.family.has_link(self.values, number)]
        if reported is before or not tracker.update(reported, now):
            return False
        if tracker.presence in {Presence.LOST, Presence.AWAY}:
            self._forget_transmitter(layout, number)
        elif tracker.presence is Presence.HERE and before is not Presence.UNKNOWN:
            self._returned.add(number)
        return True

    def _forget_transmitter(self, layout: DeviceLayout, number: int) -> None:
        for group in layout.groups:
            if group.unit == number and group.subject is Subject.TRANSMITTER:
                self.values.forget(group.subscribed)

    def _changed_device(self, layout: DeviceLayout) -> list[Observation]:
        count = layout.count if self._presences else layout.family.count_units(self.values)
        device = mapping.device_of(layout.family, self.values, count, layout.device_addresses)
        if device == self._device:
            return []
        self._device = device
        return [device]

    def _facts(self, layout: DeviceLayout, number: int) -> FactsHeard:
        facts = layout.family.facts_of(self.values, number, self._presences[number].presence)
        return FactsHeard(number, replace(facts, meter_interval_s=self.meter_interval_s))

    def _changed_bays(self, layout: DeviceLayout) -> list[Observation]:
        bays = layout.family.bays_of(self.values)
        changed = [bay for index, bay in enumerate(bays) if bay not in self._bays[index : index + 1]]
        self._bays = bays
        return [BayHeard(bay) for bay in changed]


def _channel_in(address: str) -> int:
    """The channel that a meter belongs to; 0 for one of all channels."""
    match = _CHANNEL.search(address)
    return int(match[1]) if match else 0
