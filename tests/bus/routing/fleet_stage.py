"""A hub with real services on a record in memory, and collectors on a bus in memory that it calls."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio

from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.routing.collectors import Collectors
from micboard_tui.bus.routing.hub_sessions import HubSessions
from micboard_tui.bus.routing.routed_devices import RoutedDevices
from micboard_tui.bus.routing.routed_recorder import RoutedRecorder
from micboard_tui.bus.routing.zone_network import ZoneNetwork
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, SignOfLife
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.ports import ManufacturerRegistry
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.assembly import build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.recorded_services import RecordedServices, greeter
from tests.fakes.services import fake_adapters, in_memory
from tests.services.memory import WatchedDevices

SUBJECTS = Subjects()
MAIN = Device(DeviceId("a"), "shure", "shure-strings", "10.0.0.1", 2202, position=1)
LAND = replace(MAIN, id=DeviceId("b"), host="10.0.0.2", position=2, zone="land")


@dataclass
class View:
    """What is heard. Implements ``FleetView``."""

    publishers: dict[DeviceId, str] = field(default_factory=dict)
    signs: list[SignOfLife] = field(default_factory=list)

    def publisher_of(self, device_id: DeviceId) -> str:
        return self.publishers.get(device_id, "")

    def heard_signs(self) -> Sequence[SignOfLife]:
        return self.signs


@dataclass
class Program:
    """A collector: what it was asked, and what it answers."""

    name: str
    fake: RecordedServices
    scope: anyio.CancelScope

    def end(self) -> None:
        self.scope.cancel()


class FleetStage:
    def __init__(self, bus: MemoryBus, group: anyio.abc.TaskGroup, plugins: ManufacturerRegistry) -> None:
        self.bus, self.view, self._group = bus, View(), group
        self.record = WatchedDevices(MAIN, LAND)
        connection, clock = bus.connect(), SteadyClock()
        self.live = LiveState(clock)
        self.reads = 0
        self.collectors = Collectors(self.view, connection, SUBJECTS, "hub")
        self.sessions = HubSessions(self.live, self.collectors, connection, SUBJECTS, self._read)
        adapters = fake_adapters(in_memory(self.record), plugins, live=self.live, clock=clock)
        self.services = build_services(adapters, self.sessions, ZoneNetwork(self.collectors))
        self.devices = RoutedDevices(self.services.devices, self.collectors)
        self.recorder = RoutedRecorder(self.services.recorder, self.collectors)

    async def add(self, name: str, zone: str, *held: Device, load: int = 0) -> Program:
        """Have a collector, which holds these devices."""
        program = Program(f"collector-{name}", RecordedServices(), anyio.CancelScope())
        server = CallServer(self.bus.connect(), SUBJECTS.at(program.name), program.fake.services, greeter())

        async def run() -> None:
            with program.scope:
                await server.run()

        self._group.start_soon(run)
        await anyio.wait_all_tasks_blocked()
        self.view.signs.append(SignOfLife(program.name, 1, 0.0, 0, role=COLLECTOR, zone=zone, load=load))
        self.view.publishers |= {device.id: program.name for device in held}
        return program

    async def _read(self) -> None:
        self.reads += 1


@asynccontextmanager
async def open_fleet(plugins: ManufacturerRegistry | None = None) -> AsyncIterator[FleetStage]:
    bus = MemoryBus()
    async with anyio.create_task_group() as group:
        yield FleetStage(bus, group, plugins or Plugins(manufacturer("shure", Rack(), None)))
        group.cancel_scope.cancel()
    for connection in list(bus.connections):
        await connection.close()
