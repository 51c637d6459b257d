"""A fleet in memory: a hub with the record, and collectors that hold some of its devices, in virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import NoReturn

import anyio

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.wire.device_entry import ReadEntry, decode_entry
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB
from micboard_tui.bus.wire.subjects import collector_publisher, device_key
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.services.live.state import LiveState
from tests.bus.attached_site import Site, running
from tests.fakes.memory_bus import MemoryConnection

STORE = "mb1_rack_state"
DEVICES = tuple(
    Device(
        DeviceId(f"device {number}"),
        "shure",
        "shure-strings",
        f"10.0.0.{number}",
        2202,
        position=number,
        zone="land",
    )
    for number in range(4)
)
REFS = tuple(ChannelRef(device.id, 1) for device in DEVICES)
WORN = {
    device.id: ChannelFacts(
        name=f"Voice {device.position}",
        frequency_khz=500_000 + 2_000 * device.position,
        transmitter_present=True,
        transmitter=Transmitter("ULXD2", battery=Battery(percent=80, minutes=300)),
    )
    for device in DEVICES
}
HEARD = Meters(rf_dbm=-50.0, audio_dbfs=-20.0, carrier=True)


@dataclass
class Collector:
    """One that holds the devices that have a token here."""

    name: str
    site: Site
    process: int = 1
    tokens: dict[DeviceId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.live = LiveState(self.site.clock)
        self.connection = self.site.bus.connect()
        self.publisher = self.site.publisher(
            self.name,
            self.process,
            live=self.live,
            token_of=self.tokens.get,
            connection=self.connection,
            role=COLLECTOR,
            zone="land",
        )
        self.hold({})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Also while it hears its devices."""
        async with running(self.publisher, self):
            yield

    async def run(self) -> NoReturn:
        """Have all devices send ten times a second."""
        while True:
            for device_id in tuple(self.tokens):
                self.speak(device_id)
            await anyio.sleep(0.1)

    def hold(self, tokens: dict[DeviceId, int]) -> None:
        """Hold these devices from now on; what was held before and is among them goes on."""
        self.tokens.clear()
        self.tokens.update(tokens)
        self.live.place([named(self.site, device) for device in DEVICES if device.id in tokens], [])
        for device_id in tokens:
            self.speak(device_id)

    def speak(self, device_id: DeviceId, meters: Meters = HEARD) -> None:
        described = DeviceHeard(DeviceKind.RECEIVER, 1, "ULXD4")
        self.live.take_observations(
            device_id, [described, FactsHeard(1, WORN[device_id]), MetersHeard(1, meters)]
        )


@dataclass
class Fleet:
    """``place`` is what the record has."""

    site: Site = field(default_factory=Site)

    def __post_init__(self) -> None:
        self.record = self.site.live

    def place(self, devices: tuple[Device, ...] = DEVICES, locations: tuple[Location, ...] = ()) -> None:
        self.record.place(devices, locations)

    def hub(self, run: int = 1, connection: MemoryConnection | None = None) -> Publisher:
        return self.site.publisher("hub", run, role=HUB, connection=connection)

    def rename(self, device: Device, name: str) -> None:
        """In the record, and for collectors when they hold devices the next time."""
        self.site.names[device.id] = name
        self.place(tuple(named(self.site, each) for each in DEVICES))

    def collector(self, name: str, *devices: Device, run: int = 1, token: int = 1) -> Collector:
        collector = Collector(collector_publisher(name), self.site, run)
        collector.hold({device.id: token for device in devices})
        return collector

    def board(self) -> Mirror:
        return self.site.mirror()

    def entry(self, device: Device) -> ReadEntry | None:
        """What the store holds of a device."""
        found = self.site.bus.entries[STORE].get(device_key(device.id))
        return None if found is None or found.value is None else decode_entry(found.value)


def rename(device: Device, name: str) -> Device:
    return replace(device, name=name)


def named(site: Site, device: Device) -> Device:
    """As the record calls it now."""
    return rename(device, site.names[device.id]) if device.id in site.names else device
