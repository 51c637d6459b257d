"""Groups of checks run side by side, in a fixed order, and what is late or crashes is not called well."""

from collections.abc import Awaitable, Callable, Sequence

import anyio
import pytest

from micboard_tui.contracts.doctor import CheckResult, CheckStatus, DoctorProgress, ok
from micboard_tui.services.doctor.check_groups import CheckGroup, run_groups

pytestmark = pytest.mark.virtual_time


def taking(title: str, seconds: float) -> CheckGroup:
    async def run() -> Sequence[CheckResult]:
        await anyio.sleep(seconds)
        return [ok(title, "Well")]

    return CheckGroup(title, run, limit_s=5)


def crashing() -> Callable[[], Awaitable[Sequence[CheckResult]]]:
    async def run() -> Sequence[CheckResult]:
        raise RuntimeError("a secret")

    return run


async def test_results_come_in_the_order_of_the_groups_and_not_of_their_ends() -> None:
    progress: list[DoctorProgress] = []
    results = await run_groups([taking("slow", 3), taking("fast", 1)], progress.append)
    assert [result.title for result in results] == ["slow", "fast"]
    assert [(each.done, each.running) for each in progress] == [
        (0, ("slow", "fast")),
        (1, ("slow",)),
        (2, ()),
    ]


async def test_they_run_side_by_side() -> None:
    began = anyio.current_time()
    await run_groups([taking(str(number), 4) for number in range(10)], lambda _: None)
    assert anyio.current_time() - began == pytest.approx(4)


async def test_what_is_late_or_crashes_is_not_checked() -> None:
    groups = [taking("late", 60), CheckGroup("crashing", crashing()), taking("well", 1)]
    late, crashed, well = await run_groups(groups, lambda _: None)
    assert late.status is crashed.status is CheckStatus.NOT_CHECKED
    assert "5 s" in late.message
    assert "RuntimeError" in crashed.message
    assert "secret" not in crashed.message
    assert well.status is CheckStatus.OK
