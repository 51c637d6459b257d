"""Whoever takes a device from whom, and whatever is lost meanwhile: a board shows what its owner knows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from tests.bus.attached_site import comparable_device, running, settle
from tests.bus.fleet_site import DEVICES, Collector, Fleet
from tests.fakes.memory_bus import MemoryConnection
from tests.fakes.virtual_time import VirtualTimeLoop

NAMES = ("a", "b", "c")
BACK_S = 2.0
"""So long after everything is back, all is right."""


@dataclass
class World:
    fleet: Fleet
    collectors: dict[str, Collector]
    board: Mirror
    connections: dict[str, MemoryConnection]
    owners: dict[DeviceId, str] = field(default_factory=dict)
    token: int = 10

    def take(self, device: Device, name: str, *, is_told: bool) -> None:
        """``is_told``: whether the former owner knows it before it is back."""
        self.token += 1
        self.owners[device.id] = name
        if is_told:
            self.tell()
        taker = self.collectors[name]
        taker.hold({**taker.tokens, device.id: self.token})

    def tell(self) -> None:
        """All collectors know what is theirs."""
        for name, collector in self.collectors.items():
            kept = {found: held for found, held in collector.tokens.items() if self.owners.get(found) == name}
            if kept != collector.tokens:
                collector.hold(kept)


Step: TypeAlias = Callable[[World], None]
DEVICE, NAME = st.sampled_from(DEVICES), st.sampled_from(NAMES)


def take(device: Device, name: str, *, is_told: bool) -> Step:
    return lambda world: world.take(device, name, is_told=is_told)


def speak(device: Device, rf_dbm: float) -> Step:
    """All who think that it is theirs hear it."""

    def step(world: World) -> None:
        for collector in world.collectors.values():
            if device.id in collector.tokens:
                collector.speak(device.id, Meters(rf_dbm=rf_dbm, audio_dbfs=-20.0, carrier=True))

    return step


def rename(device: Device, name: str) -> Step:
    """In the record; a collector reads it before the hub, or after it."""

    def step(world: World) -> None:
        world.fleet.rename(device, name)
        for collector in world.collectors.values():
            collector.hold(dict(collector.tokens))

    return step


def cut(name: str) -> Step:
    return lambda world: world.connections[name].cut()


def restore(name: str) -> Step:
    return lambda world: world.connections[name].restore()


def restart(*, loses_disk: bool) -> Step:
    def step(world: World) -> None:
        world.fleet.site.bus.stop()
        world.fleet.site.bus.start(loses_disk=loses_disk)

    return step


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(take, DEVICE, NAME, is_told=st.booleans()),
    st.builds(speak, DEVICE, st.sampled_from([-50.0, -60.5, -97.0])),
    st.builds(rename, DEVICE, st.sampled_from(["Foyer", "Pit"])),
    st.builds(cut, st.sampled_from([*NAMES, "hub", "board"])),
    st.builds(restore, NAME),
    st.builds(restart, loses_disk=st.booleans()),
)


@settings(max_examples=20)
@given(st.lists(st.tuples(STEPS, st.sampled_from([0.0, 0.05, 0.6, 7.0])), max_size=10))
def test_a_board_shows_what_the_owner_of_each_device_knows(steps: Sequence[tuple[Step, float]]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play(steps))


async def play(steps: Sequence[tuple[Step, float]]) -> None:
    fleet = Fleet()
    fleet.place()
    collectors = {name: fleet.collector(name) for name in NAMES}
    connections = {name: collector.connection for name, collector in collectors.items()}
    connections |= {name: fleet.site.bus.connect() for name in ("hub", "board")}
    board, hub = fleet.site.mirror(connection=connections["board"]), fleet.hub(connection=connections["hub"])
    world = World(fleet, collectors, board, connections)
    async with running(board, hub, *(collector.publisher for collector in collectors.values())):
        for number, device in enumerate(DEVICES):
            world.take(device, NAMES[number % 2], is_told=True)
        await settle(3.0)
        look(world, board)
        for step, pause_s in steps:
            step(world)
            await settle(pause_s)
            assert [snapshot.device.id for snapshot in board.snapshot()] == [device.id for device in DEVICES]
        await look_when_back(world)


async def look_when_back(world: World) -> None:
    for connection in world.connections.values():
        connection.restore()
    # A former owner is back, and does not know yet that it is none.
    await settle(0.3)
    world.tell()
    await settle(BACK_S)
    look(world, world.board)
    # What is in the store is right, too: for a board that comes now.
    late = world.fleet.site.mirror("late")
    async with running(late):
        await late.wait_complete()
        await settle(1.2)
        look(world, late)


def look(world: World, board: Mirror) -> None:
    assert board.findings.lost is None
    for device in DEVICES:
        owner = world.collectors[world.owners[device.id]]
        ours, shown = owner.live.device(device.id), board.device(device.id)
        stored = world.fleet.entry(device)
        assert ours is not None
        assert shown is not None
        assert stored is not None
        assert comparable_device(shown) == comparable_device(ours)
        assert stored.publisher == owner.name != FREE_PUBLISHER
        assert stored.frame.token == owner.tokens[device.id]
