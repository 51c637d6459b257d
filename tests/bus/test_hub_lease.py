"""Of several hubs one is active, whatever happens to them and to the bus; in virtual time."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.hub_lease import HubLease
from micboard_tui.bus.ownership.send_lease import HOLD_S
from micboard_tui.bus.wire.subjects import Subjects
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.virtual_time import VirtualTimeLoop, loop_time

STEP_S = 0.05
TAKEN_WITHIN_S = 5.0


class Hub:
    """One process."""

    def __init__(self, bus: MemoryBus, name: str) -> None:
        self.name, self.connection = name, bus.connect()
        self.lease = HubLease(self.connection, Subjects(), name, loop_time)
        self.task = asyncio.create_task(self.lease.run())

    async def end(self) -> None:
        """As with Ctrl+C."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.connection.close()

    async def kill(self) -> None:
        """It gives nothing back."""
        self.connection.cut()
        await self.end()


class Hubs:
    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.hubs: list[Hub] = []
        self._names = count()

    def add(self) -> Hub:
        self.hubs.append(Hub(self.bus, f"hub-{next(self._names)}"))
        return self.hubs[-1]

    @property
    def active(self) -> list[str]:
        return [hub.name for hub in self.hubs if hub.lease.is_held]

    async def run(self, seconds: float) -> None:
        """Let time go on; never are two active."""
        for _ in range(round(seconds / STEP_S)):
            await asyncio.sleep(STEP_S)
            assert len(self.active) <= 1

    async def wait_active(self) -> None:
        """Until one is; that takes no longer than it may."""
        for _ in range(round(TAKEN_WITHIN_S / STEP_S)):
            if self.active:
                return
            await self.run(STEP_S)
        raise AssertionError("no hub is active")

    async def close(self) -> None:
        for hub in self.hubs:
            await hub.end()


STEPS = st.tuples(
    st.sampled_from(["add", "end", "kill", "cut", "restore", "stall", "restart", "lose disk"]),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.3, 1.0, HOLD_S, 3.2]),
)


async def take_step(hubs: Hubs, kind: str, number: int) -> None:
    if kind == "add" and len(hubs.hubs) < 4:
        hubs.add()
    elif kind in {"restart", "lose disk"}:
        hubs.bus.stop()
        await hubs.run(0.5)
        hubs.bus.start(loses_disk=kind == "lose disk")
    elif number < len(hubs.hubs):
        await touch(hubs, kind, hubs.hubs[number])


async def touch(hubs: Hubs, kind: str, hub: Hub) -> None:
    if kind in {"end", "kill"}:
        hubs.hubs.remove(hub)
        await (hub.end() if kind == "end" else hub.kill())
    elif kind == "cut":
        hub.connection.cut()
    elif kind == "restore":
        hub.connection.restore()
    elif kind == "stall" and hub.connection.lost_since is None:
        hub.connection.is_stalled = True


@given(st.lists(STEPS, max_size=8))
def test_never_are_two_active_and_soon_one_is(steps: Sequence[tuple[str, int, float]]) -> None:
    async def play() -> None:
        hubs = Hubs()
        for _ in range(2):
            hubs.add()
        await hubs.wait_active()
        for kind, number, seconds in steps:
            await take_step(hubs, kind, number)
            await hubs.run(seconds)
        hubs.add()
        for hub in hubs.hubs:
            hub.connection.restore()
        await hubs.wait_active()
        await hubs.close()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play())


def test_the_next_one_is_active_at_once_when_the_first_ends_and_soon_when_it_dies() -> None:
    async def play() -> None:
        hubs = Hubs()
        first, second = hubs.add(), hubs.add()
        await hubs.wait_active()
        (active,) = hubs.active
        one, other = (first, second) if active == first.name else (second, first)
        hubs.hubs.remove(one)
        await one.end()
        await hubs.run(0.6)
        assert hubs.active == [other.name]

        third = hubs.add()
        await hubs.run(10.0)
        assert hubs.active == [other.name]
        hubs.hubs.remove(other)
        await other.kill()
        await hubs.run(4.0)
        assert hubs.active == [third.name]
        await hubs.close()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play())


def test_an_active_hub_stays_so_while_the_server_starts_again_and_gives_up_when_it_stays_away() -> None:
    async def play() -> None:
        hubs = Hubs()
        hub = hubs.add()
        await hub.lease.wait_held()
        hubs.bus.stop()
        await hubs.run(1.0)
        hubs.bus.start()
        await hubs.run(5.0)
        assert hub.lease.is_held
        lost = asyncio.create_task(hub.lease.wait_lost())
        hubs.bus.stop()
        await hubs.run(HOLD_S + 0.2)
        assert lost.done()
        hubs.bus.start()
        await hubs.wait_active()
        await hubs.close()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play())
