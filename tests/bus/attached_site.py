"""A site in memory: a live state that is published, and boards that mirror it, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass, field, replace
from typing import NoReturn, Protocol

import anyio

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.mirror.asked_devices import USUAL_METERS, MeterPlan
from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.device_entry import SENT_LINK_CHANGES
from micboard_tui.bus.wire.meter_row import SOUND_STEPS_A_SECOND
from micboard_tui.bus.wire.sign_of_life import RACK
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.live.state import LiveState
from tests.fakes.memory_bus import MemoryBus, MemoryConnection
from tests.fakes.virtual_time import loop_time

EPOCH_S = 1_764_000_000.0
SETTLED_S = 1.2
"""After so long a board shows what there is; sweeps of a small site included."""


class PublishedClock:
    """Seconds since the epoch that go with virtual time, and can be set."""

    def __init__(self) -> None:
        self.ahead_s = EPOCH_S

    def __call__(self) -> float:
        return self.ahead_s + loop_time()


@dataclass
class Site:
    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: PublishedClock = field(default_factory=PublishedClock)
    walk: RunningWalk | None = None
    health: HealthSnapshot = field(default_factory=HealthSnapshot)
    names: dict[DeviceId, str] = field(default_factory=dict)
    """What devices are called in the record of a fleet."""

    def __post_init__(self) -> None:
        self.live = LiveState(self.clock)

    def publisher(
        self,
        name: str = "rack",
        run: int = 1,
        *,
        live: LiveContract | None = None,
        token_of: Callable[[DeviceId], int | None] = lambda _: 1,
        connection: Connection | None = None,
        role: str = RACK,
        zone: str = "",
    ) -> Publisher:
        options = PublisherOptions(
            name,
            run,
            "2026.11",
            lambda: self.health,
            lambda: self.walk,
            token_of,
            role,
            zone,
            f"{name}.local",
        )
        return Publisher(connection or self.bus.connect(), Subjects(), live or self.live, options, loop_time)

    def mirror(
        self, name: str = "board", *, meters: MeterPlan = USUAL_METERS, connection: Connection | None = None
    ) -> Mirror:
        return Mirror(connection or self.bus.connect(), Subjects(), name, loop_time, lambda: 5.0, meters)


class Program(Protocol):
    async def run(self) -> NoReturn: ...


@asynccontextmanager
async def running(*programs: Program) -> AsyncIterator[None]:
    """Run these programs."""
    async with anyio.create_task_group() as tasks:
        for program in programs:
            tasks.start_soon(program.run)
        yield
        tasks.cancel_scope.cancel()


@dataclass
class Attached:
    """A site with one board."""

    site: Site
    mirror: Mirror
    board: MemoryConnection
    rack: MemoryConnection


@asynccontextmanager
async def attached() -> AsyncIterator[Attached]:
    site = Site()
    rack, board = site.bus.connect(), site.bus.connect()
    mirror = site.mirror(connection=board)
    async with running(site.publisher(connection=rack), mirror):
        yield Attached(site, mirror, board, rack)


async def settle(seconds: float = SETTLED_S) -> None:
    await asyncio.sleep(seconds)


def comparable(state: ChannelState) -> object:
    """A channel as a board has to show it: without versions and raw values, thresholds by value.

    When there was sound last comes to a sixteenth of a second (``assert_sounds``).
    """
    dock = state.dock and state.dock._replace(bay=replace(state.dock.bay, raw=()))
    plain = replace(state, version=0, facts=replace(state.facts, raw=()), dock=dock, expected_period_s=None)
    return replace(plain, sound_at=None), astuple(state.thresholds)


def comparable_device(snapshot: DeviceSnapshot) -> object:
    bays = tuple(replace(bay, raw=()) for bay in snapshot.state.bays)
    state = replace(snapshot.state, version=0, raw=(), bays=bays)
    channels = [comparable(channel) for channel in snapshot.channels]
    return replace(snapshot, state=state, channels=()), channels, astuple(snapshot.state.thresholds)


def assert_sounds(ours: DeviceSnapshot, theirs: DeviceSnapshot) -> None:
    for here, there in zip(ours.channels, theirs.channels, strict=True):
        assert (there.sound_at is None) is (here.sound_at is None)
        assert abs((there.sound_at or 0.0) - (here.sound_at or 0.0)) <= 1 / SOUND_STEPS_A_SECOND


def assert_shows(mirror: Mirror, live: LiveState) -> None:
    """The board shows all that there is."""
    ours, theirs = live.snapshot(), mirror.snapshot()
    assert list(map(comparable_device, theirs)) == list(map(comparable_device, ours))
    for here, there in zip(ours, theirs, strict=True):
        assert_sounds(here, there)
    assert set(mirror.locations()) == set(live.locations())
    assert set(mirror.performers()) == set(live.performers())
    for snapshot in ours:
        for channel in snapshot.channels:
            history = live.history(channel.ref)[:SENT_LINK_CHANGES]
            assert tuple(mirror.history(channel.ref)) == tuple(history)
    judged, mirrored = live.judge(), mirror.judge()
    assert list(mirrored.states) == list(judged.states)
    assert list(mirrored.problems.items()) == list(judged.problems.items())
    assert mirrored.device_problems == judged.device_problems
    assert mirrored.conflicts == judged.conflicts
    assert mirrored.starts.open == judged.starts.open
    assert list(mirrored.devices) == list(judged.devices)
    assert abs(mirror.now() - live.now()) < 0.01
