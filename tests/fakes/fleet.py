"""Collectors that share devices over a bus in memory, each like a process: it can be killed and frozen.

Time is virtual. At every moment it is checked that no two collectors may send to the same device, and that
the tokens of a device only grow: where their clocks were set, only beyond those that a collector knows of.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import combinations, count
from typing import Any, ClassVar, TypeVar

from micboard_tui.bus.ownership.device_ownership import DeviceOwnership
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.identity import DeviceId
from tests.fakes.freezing_loop import PROCESS, FreezingLoop
from tests.fakes.memory_bus import MemoryBus

STEP_S = 0.05
EPOCH_S = 1_700_000_000
QUIET_S = 5.0
CLOSED_WITHIN_S = 0.5
"""Sessions of a collector that lost its lease."""
T = TypeVar("T")


class Collector:
    """One process: what it owns, and the sessions that it keeps by that."""

    def __init__(self, fleet: "Fleet", name: str, zone: str, run: int) -> None:
        self.name, self.zone, self.process = name, zone, f"{name}-{run}"
        self._fleet = fleet
        self.connection = fleet.bus.connect()
        self.is_frozen = self.is_dead = self.is_leaving = self.never_closes = False
        self.thawed_at = fleet.loop.time()
        self.ahead_s = 0.0
        """By so much the clock of its computer was set."""
        self.sessions: set[DeviceId] = set()
        self.goodbyes: list[DeviceId] = []
        self.tokens: set[tuple[DeviceId, int]] = set()
        """All that it had."""
        self.late_from: dict[DeviceId, float] = {}
        """Since when a session is open that may not be."""
        self._releasing: set[DeviceId] = set()
        self.ownership = DeviceOwnership(
            CollectorIdentity(name, zone, "1.0", str(run)),
            self.connection,
            Subjects(),
            self._release,
            steady=fleet.loop.time,
            wall=self.wall,
        )
        self.ownership.on_change(self._adjust)
        self.tasks: list[asyncio.Task[None]] = []
        self.task = self.start(self.ownership.run())

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        context = contextvars.copy_context()
        context.run(PROCESS.set, self.process)
        self.tasks.append(task := self._fleet.loop.create_task(work, context=context))
        return task

    def knows(self, device_id: DeviceId, token: int) -> bool:
        """Whether it has seen a token of the device that is as great."""
        return self.ownership._records._view._greatest.get(device_id, 0) >= token

    def wall(self) -> float:
        return EPOCH_S + self._fleet.loop.time() + self.ahead_s

    @property
    def token(self) -> str:
        return f"{self.name}.{self.process.removeprefix(self.name + '-')}"

    @property
    def is_connected(self) -> bool:
        return self.connection.lost_since is None and not self.connection.is_stalled

    @property
    def is_well(self) -> bool:
        """Whether it is to have devices."""
        return self.is_connected and not (self.is_frozen or self.is_dead or self.is_leaving)

    @property
    def is_alone(self) -> bool:
        """Whether it goes on only because it knows of no other."""
        lease = self.ownership._keeper.lease
        return lease.is_valid and not lease.is_renewed

    @property
    def load(self) -> int:
        return sum(max(1, self._fleet.devices[found][1]) for found in self.ownership.owned)

    def __str__(self) -> str:
        return (
            f"{self.process} {self.zone} frozen={self.is_frozen} lost={self.connection.lost_since}"
            f" stalled={self.connection.is_stalled} leaving={self.is_leaving} alone={self.is_alone}"
            f" owned={dict(self.ownership.owned)}"
        )

    def _adjust(self) -> None:
        owned = self.ownership.owned
        self.sessions = {found for found in self.sessions if found in owned or found in self._releasing}
        self.sessions |= owned.keys() - self._releasing
        self._fleet.note_tokens(self)
        self._fleet.check()

    async def _release(self, device_id: DeviceId) -> None:
        self._releasing.add(device_id)
        try:
            if self.ownership.may_send(device_id):
                self.goodbyes.append(device_id)
            await asyncio.sleep(1000 if self.never_closes else 0.2)
            self.sessions.discard(device_id)
        finally:
            self._releasing.discard(device_id)


class Fleet:
    make_collector: ClassVar[Callable[..., Collector]] = Collector

    def __init__(self) -> None:
        self.loop = FreezingLoop()
        self._runs = count(1)
        self.bus = MemoryBus()
        self.collectors: list[Collector] = []
        """Those that ended are no longer among them."""
        self.devices: dict[DeviceId, tuple[str, int]] = {}
        """The zone and the channels of each."""
        self._tokens: dict[DeviceId, int] = {}
        self._all: list[Collector] = []
        self._is_watched = True

    # What happens.

    def join(self, name: str, zone: str = "main") -> Collector:
        collector = self._call(lambda: self.make_collector(self, name, zone, next(self._runs)))
        if not self.bus.is_running:
            self._call(collector.connection.cut)
        self.collectors.append(collector)
        self._all.append(collector)
        self._tell_devices()
        return collector

    def leave(self, collector: Collector) -> None:
        collector.is_leaving = True
        collector.start(collector.ownership.leave())

    def kill(self, collector: Collector) -> None:
        self.loop.freeze(collector.process)
        collector.is_dead = True
        self._call(collector.connection.cut)
        self.bus.connections.remove(collector.connection)
        self.collectors.remove(collector)

    def freeze(self, collector: Collector) -> None:
        collector.is_frozen = True
        self.loop.freeze(collector.process)

    def thaw(self, collector: Collector) -> None:
        collector.is_frozen = False
        collector.thawed_at = self.loop.time()
        # What it would send before any of its tasks ran.
        self.check()
        self.loop.thaw(collector.process)

    def cut(self, collector: Collector) -> None:
        self._call(collector.connection.cut)

    def stall(self, collector: Collector, on_its_way: int = 0) -> None:
        """As ``cut``, but it is not noticed yet, and so many changes arrive nevertheless."""
        if collector.connection.lost_since is None:
            collector.connection.is_stalled = True
            collector.connection.on_its_way = on_its_way

    def restore(self, collector: Collector) -> None:
        if self.bus.is_running:
            self._call(collector.connection.restore)

    def stop_server(self) -> None:
        self._call(self.bus.stop)

    def start_server(self, *, loses_disk: bool = False, without: Collector | None = None) -> None:
        """All connections come back, but one."""

        def start() -> None:
            self.bus.start(loses_disk=loses_disk)
            if without is not None:
                without.connection.cut()

        self._call(start)

    def set_device(self, name: str, zone: str = "main", channels: int = 4) -> DeviceId:
        self.devices[device_id := DeviceId(name)] = zone, channels
        self._tell_devices()
        return device_id

    def remove_device(self, device_id: DeviceId) -> None:
        del self.devices[device_id]
        self._tell_devices()

    def run(self, seconds: float) -> None:
        self.loop.run_until_complete(self._watch(self.loop.time() + seconds))
        self.collectors = [found for found in self.collectors if not found.task.done()]

    def run_until(self, condition: Callable[[], bool], limit_s: float) -> float:
        """How long it took. Fails when it takes longer."""
        start = self.loop.time()
        while not condition():
            assert self.loop.time() < start + limit_s, self.describe()
            self.run(STEP_S)
        return self.loop.time() - start

    def close(self) -> None:
        """What was killed goes on here, unwatched, to be ended in order."""
        self._is_watched = False
        for collector in self._all:
            self.loop.thaw(collector.process)
        self.loop.run_until_complete(asyncio.sleep(STEP_S))
        if tasks := [task for collector in self._all for task in collector.tasks if not task.done()]:
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    async def _watch(self, end: float) -> None:
        while self.loop.time() < end:
            await asyncio.sleep(STEP_S)
            self.check()

    # What is to hold.

    def check(self) -> None:
        """No two may send to the same device, and none has a session long after it may not."""
        running = [found for found in self.collectors if not found.is_frozen and self._is_watched]
        sending = [
            {device_id for device_id in self.devices if found.ownership.may_send(device_id)}
            for found in running
            if not found.is_alone
        ]
        for first, second in combinations(sending, 2):
            assert not first & second, f"{first & second} twice\n{self.describe()}"
        for collector in running:
            if self.loop.time() > collector.thawed_at + CLOSED_WITHIN_S:
                self._check_sessions(collector)

    def note_tokens(self, collector: Collector) -> None:
        for device_id, token in collector.ownership.owned.items() if self._is_watched else ():
            if (device_id, token) not in collector.tokens:
                before = self._tokens.get(device_id, 0)
                is_by_clock = self._clocks_differ and not collector.knows(device_id, before)
                assert token > before or is_by_clock, f"token of {device_id} went back\n{self.describe()}"
                collector.tokens.add((device_id, token))
                self._tokens[device_id] = token

    @property
    def _clocks_differ(self) -> bool:
        return any(found.ahead_s for found in self._all)

    @property
    def is_served(self) -> bool:
        """Whether each device, of a zone with a collector that is well, has exactly one owner."""
        zones = {collector.zone for collector in self.collectors if collector.is_well}
        return all(
            len(self.owners(device_id)) == 1
            for device_id, (zone, _) in self.devices.items()
            if zone in zones and self.bus.is_running
        )

    def owners(self, device_id: DeviceId) -> list[Collector]:
        """The running ones with a session that is to be."""
        return [
            collector
            for collector in self.collectors
            if not collector.is_frozen and device_id in collector.ownership.owned and not collector.is_alone
        ]

    def describe(self) -> str:
        lines = [f"at {self.loop.time():.2f}, server {self.bus.is_running}", *map(str, self.collectors)]
        entries = self.bus.entries.get(Subjects().owner_store, {})
        return "\n".join([*lines, *map(str, entries.values())])

    def _check_sessions(self, collector: Collector) -> None:
        may_not = {found for found in collector.sessions if not collector.ownership.may_send(found)}
        late_from, now = collector.late_from, self.loop.time()
        collector.late_from = {found: late_from.get(found, now) for found in may_not}
        for device_id, since in collector.late_from.items():
            assert now < since + CLOSED_WITHIN_S, f"{device_id} open\n{self.describe()}"

    def _tell_devices(self) -> None:
        for collector in self.collectors:
            zone = collector.zone
            devices = {found: channels for found, (at, channels) in self.devices.items() if at == zone}
            self._call(partial(collector.ownership.set_devices, devices))

    def _call(self, call: Callable[[], T]) -> T:
        async def run() -> T:
            return call()

        return self.loop.run_until_complete(run())


def running_fleet() -> Iterator[Fleet]:
    fleet = Fleet()
    try:
        yield fleet
    finally:
        fleet.close()
