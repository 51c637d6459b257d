"""Parts of a process run side by side, and end in order."""

from collections.abc import Callable

import anyio
import pytest

from micboard_tui.cli.fleet_parts import Part, run_parts

pytestmark = pytest.mark.virtual_time


class Parts:
    """Parts that note when they begin and end."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.is_ready = False

    def part(self, name: str, *, goodbye_s: float = 0.0, fails_after_s: float | None = None) -> Part:
        async def run(ready: Callable[[], None]) -> None:
            try:
                await anyio.sleep(1.0)
                self.log.append(f"{name} is ready")
                ready()
                ready()
                await anyio.sleep(1e6 if fails_after_s is None else fails_after_s)
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(goodbye_s)
                self.log.append(f"{name} has ended")
            raise OSError(f"{name} failed")

        return Part(name, run, 4.0)

    def take_ready(self) -> None:
        self.is_ready = True


async def _run_for(parts: Parts, seconds: float, *chosen: Part) -> float:
    """How long they took to end."""
    with anyio.move_on_after(seconds):
        await run_parts(chosen, parts.take_ready)
    return anyio.current_time()


async def test_they_are_ready_together_and_end_one_after_the_other() -> None:
    parts = Parts()
    began = anyio.current_time()
    ended = await _run_for(
        parts, 10.0, parts.part("collector", goodbye_s=2.0), parts.part("api"), parts.part("hub")
    )
    assert parts.is_ready
    assert parts.log[3:] == ["collector has ended", "api has ended", "hub has ended"]
    assert ended - began == pytest.approx(12.0, abs=0.1)


async def test_ready_waits_for_the_last() -> None:
    parts = Parts()
    await _run_for(parts, 0.5, parts.part("hub"))
    assert not parts.is_ready


async def test_the_failure_of_one_ends_all_and_is_the_one_that_is_told() -> None:
    parts = Parts()
    with pytest.raises(OSError, match="hub failed"):
        await run_parts(
            [parts.part("collector", goodbye_s=1.0), parts.part("hub", fails_after_s=3.0)], parts.take_ready
        )
    assert parts.log[-2:] == ["hub has ended", "collector has ended"]


async def test_a_failure_in_a_task_group_is_told_as_what_it_is() -> None:
    async def fail() -> None:
        raise OSError("no room")

    async def run(_: Callable[[], None]) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(fail)

    with pytest.raises(OSError, match="no room"):
        await run_parts([Part("hub", run, 1.0)], lambda: None)


async def test_one_that_does_not_end_in_time_is_left_behind() -> None:
    parts = Parts()
    began = anyio.current_time()
    ended = await _run_for(parts, 10.0, parts.part("collector", goodbye_s=60.0), parts.part("hub"))
    assert ended - began == pytest.approx(14.0, abs=0.1)
    assert "hub has ended" in parts.log
    await anyio.sleep(60.0)
