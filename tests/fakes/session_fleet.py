"""Collectors that share devices over a bus in memory, with real sessions: devices see who is connected.

As in ``fleet``, in virtual time: each collector is like a process. Its ``SynchronizationService`` opens and
closes sessions, whose driver speaks with receivers that count connections.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import combinations
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import Driver, DriverSpec, Manufacturer, Report, SessionOptions
from micboard_tui.contracts.wire import Link, Listener
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Alive
from micboard_tui.services.assembly import build_synchronization
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.fleet import CLOSED_WITHIN_S, Collector, Fleet
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import fake_adapters, in_memory
from tests.services.stage import HEARD

ASKS_EVERY_S = 0.5
CONNECTS_IN_S = 0.02
GOODBYE_S = 0.05


class SessionCollector(Collector):
    def __init__(self, fleet: "SessionFleet", name: str, zone: str, run: int) -> None:
        super().__init__(fleet, name, zone, run)
        self._session_fleet = fleet
        clock = SteadyClock(self.wall, fleet.loop.time)
        adapters = fake_adapters(
            in_memory(fleet.records), CountedReceivers(self, fleet), live=LiveState(clock), clock=clock
        )
        self.service = build_synchronization(replace(adapters, holding=self.ownership.holdings)).service
        self.start(self._open())

    async def _open(self) -> None:
        await self.service.start()

    def _adjust(self) -> None:
        self._fleet.note_tokens(self)
        self._fleet.check()

    async def _release(self, device_id: DeviceId) -> None:
        if self.never_closes:
            await anyio.sleep(1000)
        await self.service.close_session(device_id)


class SessionFleet(Fleet):
    make_collector = SessionCollector

    def __init__(self) -> None:
        super().__init__()
        self.records = InMemoryDevices()
        self._heard_two: list[str] = []
        """What is found out in a session is told outside: sessions survive all errors."""

    def set_device(self, name: str, zone: str = "main", channels: int = 4) -> DeviceId:
        device_id = super().set_device(name, zone, channels)
        self.records.put(Device(device_id, "shure", "counted", name, 1, zone=zone))
        return device_id

    def remove_device(self, device_id: DeviceId) -> None:
        super().remove_device(device_id)
        self.records.take(device_id)

    def close(self) -> None:
        self._is_watched = False
        for collector in self._all:
            self.loop.thaw(collector.process)
            if isinstance(collector, SessionCollector):
                self.loop.run_until_complete(collector.service.stop())
        super().close()

    def check(self) -> None:
        super().check()
        assert not self._heard_two, self._heard_two[0]
        running = [each for each in self.collectors if not each.is_frozen and self._is_watched]
        # What was frozen finds out in its first moment; it sends nothing before.
        awake = [each for each in running if self.loop.time() > each.thawed_at + CLOSED_WITHIN_S]
        for first, second in combinations(awake, 2):
            if not (first.is_alone or second.is_alone):
                both = first.sessions & second.sessions
                assert not both, f"{both} connected twice\n{self.describe()}"

    def hear(self, collector: Collector, device_id: DeviceId) -> None:
        """Something came from a collector."""
        others = [
            each
            for each in self.collectors
            if each is not collector and device_id in each.sessions and not (each.is_frozen or each.is_alone)
        ]
        if self._is_watched and not collector.is_alone and collector in self.collectors:
            self._heard_two += [f"{device_id} hears two\n{self.describe()}" for _ in others]

    @property
    def is_connected(self) -> bool:
        """Whether each device is connected by its owner, where it is to have one."""
        zones = {collector.zone for collector in self.collectors if collector.is_well}
        return all(
            [owner.name for owner in self.owners(found) if found in owner.sessions] != []
            for found, (zone, _) in self.devices.items()
            if zone in zones and self.bus.is_running
        )


class CountedReceivers:
    """The plugin of one collector."""

    def __init__(self, collector: Collector, fleet: SessionFleet) -> None:
        self._collector, self._fleet = collector, fleet

    def codes(self) -> Sequence[str]:
        return ["shure"]

    def get(self, code: str) -> Manufacturer:
        return Manufacturer(code, "Shure", {"counted": DriverSpec("counted", "", 1, self._open)})

    def _open(self, host: str, port: int, options: SessionOptions) -> Driver:
        return _CountedDriver(self._collector, self._fleet, DeviceId(host), options)


class _CountedDriver:
    def __init__(
        self, collector: Collector, fleet: SessionFleet, device_id: DeviceId, options: SessionOptions
    ) -> None:
        self._collector, self._fleet, self._device_id = collector, fleet, device_id
        self._dial = options.wire.dial(device_id, 1, self._connect)

    async def run(self, report: Report) -> NoReturn:
        ear = _Ear()
        async with self._dial(ear) as link:
            report([HEARD])
            try:
                while ear.error is None:
                    link.send(b"ask")
                    await anyio.sleep(ASKS_EVERY_S)
                    report([Alive()])
            finally:
                with anyio.CancelScope(shield=True):
                    link.send(b"bye")
                    await anyio.sleep(GOODBYE_S)
            raise ear.error

    async def execute(self, command: Command) -> Confirmation:
        raise AssertionError

    async def execute_once(self, command: Command) -> Confirmation:
        raise AssertionError

    async def read_once(self, report: Report) -> None:
        raise AssertionError

    @asynccontextmanager
    async def _connect(self, listener: Listener) -> AsyncGenerator[Link]:
        del listener
        await anyio.sleep(CONNECTS_IN_S)
        self._collector.sessions.add(self._device_id)
        try:
            yield self
        finally:
            self.cut()

    def send(self, data: bytes) -> None:
        del data
        self._fleet.hear(self._collector, self._device_id)

    def cut(self) -> None:
        self._collector.sessions.discard(self._device_id)


class _Ear:
    error: DeviceError | None = None

    def data_received(self, data: bytes) -> None:
        raise AssertionError

    def link_lost(self, error: DeviceError) -> None:
        self.error = error
