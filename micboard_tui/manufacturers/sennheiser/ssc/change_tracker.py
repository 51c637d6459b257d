"""Keeps what the device says and turns every change into observations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from micboard_tui.domain.bay import Bay
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.sennheiser.ssc import mapping
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.family import Family, Group, Presence, Subject
from micboard_tui.protocols.ssc.messages import Message

_CHANNEL = re.compile(r"/rx([0-9]+)/", re.ASCII)
LOST_S = 15.0
"""A transmitter whose link breaks off does not say whether it was switched off.

For so long it counts as lost, and then as off (docs/reference/protocols/sennheiser.md 2.5, 7).
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a device turned out to be."""

    family: Family
    count: int
    """Channels of a receiver, bays of a charger."""
    groups: tuple[Group, ...]

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
            for address in (*group.subscribed, *group.asked)
        )


class _Owner(NamedTuple):
    """What an address speaks of."""

    unit: int
    is_metered: bool


@dataclass(slots=True)
class _Channel:
    link: bool | None = None
    lost_at: float | None = None
    presence: Presence = Presence.UNKNOWN


@dataclass(slots=True)
class _Changes:
    """What a message changed."""

    device: bool = False
    facts: set[int] = field(default_factory=set)
    meters: set[int] = field(default_factory=set)


class Ledger:
    """All words of one session. Knows of its device when it was laid out; until then it only collects."""

    def __init__(self) -> None:
        self.words = Words()
        self.layout: Layout | None = None
        self.meter_interval_s: float | None = None
        """What is promised; None: nothing is."""
        self.relinked: set[int] = set()
        """Channels whose transmitter came back: what it says has to be asked for anew."""
        self._owners: dict[str, _Owner] = {}
        self._channels: dict[int, _Channel] = {}
        self._heard: DeviceHeard | None = None
        self._bays: tuple[Bay, ...] = ()

    def expect(self, addresses: Iterable[str]) -> None:
        """Keep what is said at these addresses."""
        for address in addresses:
            self._owners.setdefault(address, _Owner(0, is_metered=False))

    def lay_out(self, layout: Layout) -> None:
        """From now on, know what the addresses speak of."""
        self.layout = layout
        self._channels = {number: _Channel() for number in layout.channels}
        for group in layout.groups:
            metered = group.subject is Subject.METERS
            for address in (*group.subscribed, *group.asked):
                unit = _channel_in(address) if metered else group.unit
                self._owners[address] = _Owner(unit, is_metered=metered)

    def is_linked(self, number: int) -> bool:
        """Whether a channel has a transmitter now."""
        return self._channels[number].link is True

    def take(self, message: Message, now: float) -> list[Observation]:
        """Keep what ``message`` says; what follows from it."""
        changes = _Changes()
        for address, value in message.values.items():
            owner = self._owners.get(address)
            if owner is not None:
                self._note(owner, changes, changed=self.words.put(address, value))
        for address, fault in message.errors.items():
            owner = self._owners.get(address)
            if owner is not None and fault.code >= 400:  # noqa: PLR2004 - below are no refusals (docs/reference/protocols/sennheiser.md 1.5)
                self._note(owner, changes, changed=self.words.refuse(address, fault.code))
        return self._told(changes, now)

    def _note(self, owner: _Owner, changes: _Changes, *, changed: bool) -> None:
        if owner.is_metered:
            # A level that stays what it is, is news all the same: it is not old.
            changes.meters.update(self._channels if not owner.unit else (owner.unit,))
        elif changed and owner.unit:
            changes.facts.add(owner.unit)
        elif changed:
            changes.device = True

    def _told(self, changes: _Changes, now: float) -> list[Observation]:
        layout = self.layout
        if layout is None or not (changes.device or changes.facts or changes.meters):
            return []
        observations: list[Observation] = []
        if changes.device:
            changes.facts.update(self._channels)
            observations += self._device(layout)
            observations += self._changed_bays(layout)
        touched = changes.facts | changes.meters if changes.facts else changes.meters
        for number in touched:
            if self._judge(layout, number, now) or number in changes.facts:
                observations.append(self._facts(layout, number))
        for number in touched:
            meters = layout.family.meters(self.words, number)
            if meters is not None:
                observations.append(MetersHeard(number, meters))
        return observations

    def everything(self, now: float) -> list[Observation]:
        """All that is known, the device first."""
        if self.layout is None:
            return []
        self._heard, self._bays = None, ()
        return self._told(_Changes(device=True), now)

    def pass_time(self, now: float) -> list[Observation]:
        """What has become of transmitters whose link broke off."""
        if self.layout is None:
            return []
        ended = [
            number
            for number, channel in self._channels.items()
            if channel.lost_at is not None and now - channel.lost_at >= LOST_S
        ]
        for number in ended:
            self._channels[number].lost_at = None
            self._channels[number].presence = Presence.AWAY
        return [self._facts(self.layout, number) for number in ended]

    def _judge(self, layout: Layout, number: int, now: float) -> bool:
        """Whether the transmitter of a channel has come or gone with what was said last."""
        channel = self._channels[number]
        link = layout.family.link(self.words, number)
        if link is channel.link:
            return False
        was, channel.link = channel.link, link
        channel.lost_at = None
        if link:
            channel.presence = Presence.HERE
            if was is False:
                self.relinked.add(number)
        elif link is False:
            self._forget_transmitter(layout, number)
            channel.lost_at = now if was else None
            channel.presence = Presence.LOST if was else Presence.AWAY
        else:
            channel.presence = Presence.UNKNOWN
        return True

    def _forget_transmitter(self, layout: Layout, number: int) -> None:
        for group in layout.groups:
            if group.unit == number and group.subject is Subject.TRANSMITTER:
                self.words.forget(group.subscribed)

    def _device(self, layout: Layout) -> list[Observation]:
        count = layout.count if self._channels else layout.family.count(self.words)
        heard = mapping.device(layout.family, self.words, count, layout.device_addresses)
        if heard == self._heard:
            return []
        self._heard = heard
        return [heard]

    def _facts(self, layout: Layout, number: int) -> FactsHeard:
        facts = layout.family.facts(self.words, number, self._channels[number].presence)
        return FactsHeard(number, replace(facts, meter_interval_s=self.meter_interval_s))

    def _changed_bays(self, layout: Layout) -> list[Observation]:
        bays = layout.family.bays(self.words)
        changed = [bay for place, bay in enumerate(bays) if bay not in self._bays[place : place + 1]]
        self._bays = bays
        return [BayHeard(bay) for bay in changed]


def _channel_in(address: str) -> int:
    """The channel that a meter belongs to; 0 for one of all channels."""
    match = _CHANNEL.search(address)
    return int(match[1]) if match else 0
