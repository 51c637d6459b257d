"""A collector that has the name of another one is found while that runs; in virtual time."""

import anyio
import pytest

from micboard_tui.bus.ownership.namesake_guard import NamesakeGuard
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity, CollectorSign, write_sign
from micboard_tui.bus.ownership.send_lease import LIFETIME_S
from micboard_tui.bus.wire.subjects import Subjects
from tests.fakes.memory_bus import MemoryBus

pytestmark = pytest.mark.virtual_time

SUBJECTS = Subjects()
OURS = CollectorIdentity("rack", "a", "1.0", "5")
EARLIER, LATER = OURS._replace(run="4", zone="b"), OURS._replace(run="6", zone="b")


class Stage:
    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.connection = self.bus.connect()
        self.guard = NamesakeGuard(OURS, self.bus.connect(), SUBJECTS)

    async def sign(self, other: CollectorIdentity, number: int, *, is_leaving: bool = False) -> None:
        store = await self.connection.open_store(SUBJECTS.collector_store, lifetime_s=LIFETIME_S)
        sign = CollectorSign(other.name, other.zone, other.version, number, is_leaving=is_leaving)
        await store.put(other.token, write_sign(sign))

    async def renew(self, other: CollectorIdentity) -> None:
        number = 1000
        while True:
            await self.sign(other, number)
            await anyio.sleep(0.5)
            number += 1


async def test_a_collector_of_the_same_name_that_runs_is_found_at_once() -> None:
    stage = Stage()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.renew, LATER)
        await anyio.sleep(0.1)
        with anyio.fail_after(0.6):
            found = await stage.guard.find()
        assert found is not None
        assert (found.name, found.zone) == ("rack", "b")
        tasks.cancel_scope.cancel()


async def test_without_one_nothing_is_waited_for() -> None:
    stage = Stage()
    await stage.sign(OURS._replace(name="other"), 7)
    with anyio.fail_after(0.1):
        assert await stage.guard.find() is None


async def test_the_sign_of_a_run_that_was_killed_is_none_and_is_waited_for_until_it_ends() -> None:
    stage = Stage()
    await stage.sign(LATER, 7)
    await anyio.sleep(1.0)
    with anyio.fail_after(LIFETIME_S - 0.9):
        assert await stage.guard.find() is None
    await stage.sign(LATER, 8)
    await anyio.sleep(0.0)
    await stage.sign(LATER, 9, is_leaving=True)
    with anyio.fail_after(0.1):
        assert await stage.guard.find() is None


async def test_of_two_that_begin_at_the_same_moment_one_has_to_go() -> None:
    stage = Stage()
    assert await stage.guard.find() is None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.renew, LATER)
        with anyio.move_on_after(10.0) as waiting:
            await stage.guard.wait_for_elder()
        assert waiting.cancelled_caught
        tasks.start_soon(stage.renew, EARLIER)
        with anyio.fail_after(1.0):
            await stage.guard.wait_for_elder()
        tasks.cancel_scope.cancel()


async def test_a_bus_that_is_lost_keeps_no_collector_from_starting_and_is_watched_again() -> None:
    stage = Stage()
    await stage.sign(LATER, 1)
    connection = stage.bus.connections[-1]
    connection.cut()
    with anyio.fail_after(0.1):
        assert await stage.guard.find() is None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.renew, EARLIER)
        with anyio.move_on_after(5.0) as waiting:
            await stage.guard.wait_for_elder()
        assert waiting.cancelled_caught
        connection.restore()
        with anyio.fail_after(3.0):
            await stage.guard.wait_for_elder()
        tasks.cancel_scope.cancel()
