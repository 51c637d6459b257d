"""All programs of a site stamp what they read by the clock of its hub."""

import pytest

from micboard_tui.bus.site_clock import FAR_S, FOLLOWED_S, SiteClock
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB, RACK, SignOfLife, encode_sign
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.services.steady_clock import SteadyClock
from tests.bus.attached_site import running, settle
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

SUBJECTS = Subjects()
WALL_S = 1_764_000_000.0


def wall() -> float:
    return WALL_S + loop_time()


async def send(
    bus: MemoryBus, ahead_s: float, *, role: str = HUB, epoch: int = 0, late_s: float = 0.0, run: int = 1
) -> None:
    sign = SignOfLife(role, run, wall() + ahead_s - late_s, epoch, role=role)
    await bus.connect().publish(SUBJECTS.sign_of_life(role), encode_sign(sign))
    await settle(1.0)


async def test_the_clock_is_that_of_the_hub_by_the_sign_that_came_soonest() -> None:
    bus = MemoryBus()
    clock = SiteClock(bus.connect(), SUBJECTS, loop_time, wall)
    async with running(clock):
        await settle(0.1)
        assert (clock(), clock.offset_s) == (wall(), None)
        for role in (COLLECTOR, RACK):
            await send(bus, 50.0, role=role)
        assert clock() == wall()
        for late_s in (0.9, 0.1, 0.4, 0.2, 0.3, 0.9):
            await send(bus, 3.1, late_s=late_s)
        assert clock() == pytest.approx(wall() + 3.0)
        await settle(60.0)
        assert clock() == pytest.approx(wall() + 3.0)


async def test_a_clock_follows_it_by_more_than_clocks_differ_anyway() -> None:
    bus = MemoryBus()
    site = SiteClock(bus.connect(), SUBJECTS, loop_time, wall)
    own = SteadyClock(site, loop_time, FOLLOWED_S)
    async with running(site):
        await settle(0.1)
        for _ in range(6):
            await send(bus, 0.2)
        assert (own.correction_s(), site.correction_s(own())) == (0.0, 0.0)
        for ahead_s in (0.7, -7200.0):
            for _ in range(2):
                await send(bus, ahead_s, epoch=1 + abs(int(ahead_s)))
            assert own.correction_s() == site.correction_s(own())
            own.follow(own.correction_s())
            assert own() == pytest.approx(wall() + ahead_s)
            assert own.correction_s() == 0.0


async def test_what_is_no_sign_is_passed_over_and_a_lost_connection_waited_for() -> None:
    bus = MemoryBus()
    connection = bus.connect()
    connection.cut()
    clock = SiteClock(connection, SUBJECTS, loop_time, wall)
    async with running(clock):
        await settle(2.0)
        connection.restore()
        await settle(1.0)
        await bus.connect().publish(SUBJECTS.sign_of_life("hub"), b"\xc1")
        for _ in range(6):
            await send(bus, 5.0)
        assert clock() == pytest.approx(wall() + 5.0)


async def test_another_hub_is_followed_once_its_clock_is_known_well() -> None:
    bus = MemoryBus()
    clock = SiteClock(bus.connect(), SUBJECTS, loop_time, wall)
    async with running(clock):
        await settle(0.1)
        for _ in range(6):
            await send(bus, 3.0)
        for late_s in (1.8, 1.5, 1.9, 0.0, 0.1):
            await send(bus, 4.0, late_s=late_s, run=2)
            assert clock() == pytest.approx(wall() + 3.0)
        await send(bus, 4.0, run=2)
        assert clock() == pytest.approx(wall() + 4.0)


async def test_a_clock_that_is_far_off_is_followed_at_once_and_known_well_later() -> None:
    bus = MemoryBus()
    clock = SiteClock(bus.connect(), SUBJECTS, loop_time, wall)
    async with running(clock):
        await settle(0.1)
        await send(bus, 3600.0, late_s=0.4)
        assert clock() == pytest.approx(wall() + 3599.6)
        await send(bus, 3600.0)
        assert clock() == pytest.approx(wall() + 3600.0)
        await send(bus, -FAR_S - 1.0, run=2)
        assert clock() == pytest.approx(wall() - FAR_S - 1.0)
