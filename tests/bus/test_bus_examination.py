"""The clock of a site is compared with that of this computer by its signs of life."""

import anyio
import pytest

from micboard_tui.bus.bus_examination import NatsExamination
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB, RACK, SignOfLife, encode_sign
from micboard_tui.bus.wire.subjects import Subjects
from tests.fakes.memory_bus import MemoryBus
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

SUBJECTS = Subjects()
WALL_S = 1_764_000_000.0


def wall() -> float:
    return WALL_S + loop_time()


async def send(bus: MemoryBus, role: str, ahead_s: float) -> None:
    sign = SignOfLife(role, 1, wall() + ahead_s, 0, role=role, host=f"{role}-computer")
    await bus.connect().publish(SUBJECTS.sign_of_life(role), encode_sign(sign))


@pytest.mark.parametrize("role", [HUB, RACK])
async def test_the_clock_is_that_of_the_hub_or_of_the_only_program(role: str) -> None:
    bus = MemoryBus()
    examination = NatsExamination(None, loop_time, wall)
    found: list[tuple[str, float | None]] = []

    async def hear() -> None:
        found.append(await examination.hear_clock(bus.connect(), SUBJECTS))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        await anyio.sleep(0.5)
        await bus.connect().publish(SUBJECTS.sign_of_life(role), b"\xc1")
        await send(bus, COLLECTOR, 50.0)
        await send(bus, role, -90.0)
    ((host, ahead_s),) = found
    assert host == f"{role}-computer"
    assert ahead_s == pytest.approx(-90.0)


async def test_where_no_hub_is_heard_the_clock_is_not_known() -> None:
    began = loop_time()
    heard = await NatsExamination(None, loop_time, wall).hear_clock(MemoryBus().connect(), SUBJECTS)
    assert heard == ("", None)
    assert loop_time() - began == pytest.approx(3.0)
