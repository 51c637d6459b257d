"""Collectors in processes of their own, over a real nats-server: one is killed, or frozen."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from micboard_tui.services.steady_clock import steady_s
from tests.fakes.forks import ForkedProcess, running_module
from tests.fakes.links import until
from tests.fakes.nats_server import NatsServer, running_server

pytestmark = pytest.mark.integration

DEVICES = 366
ALL = (1 << DEVICES) - 1


class CollectorProcess:
    """What it wrote: at which moment it might send to which devices."""

    def __init__(self, process: ForkedProcess, output: Path) -> None:
        self._process, self._output = process, output

    def signal(self, number: signal.Signals) -> float:
        """When it was sent."""
        self._process.send_signal(number)
        return steady_s()

    def samples(self) -> list[tuple[float, int]]:
        lines = self._output.read_text().splitlines(keepends=True)
        pairs = [line.split() for line in lines if line.endswith("\n")]
        return [(float(at), int(bits, 16)) for at, bits in pairs]

    @property
    def held(self) -> int:
        samples = self.samples()
        return samples[-1][1] if samples else 0


@contextmanager
def running(url: str, name: str, directory: Path) -> Iterator[CollectorProcess]:
    output = directory / f"{name}.txt"
    with running_module("tests.fakes.collector_process", url, name, str(DEVICES), output=output) as process:
        yield CollectorProcess(process, output)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    async with running_server(tmp_path / "nats") as server:
        yield server


def assert_never_both(first: CollectorProcess, second: CollectorProcess) -> None:
    """No device is sent to by one between two moments at which the other sent to it, too."""
    others = iter(pairwise(second.samples()))
    before, after = next(others)
    for at, bits in first.samples():
        while after[0] < at and (following := next(others, None)) is not None:
            before, after = following
        if before[0] < at < after[0]:
            assert not bits & before[1] & after[1], f"both at {at}"


@pytest.mark.no_cover
async def test_what_a_killed_process_held_is_taken_over_by_the_other(
    server: NatsServer, tmp_path: Path
) -> None:
    with running(server.url, "a", tmp_path) as first, running(server.url, "b", tmp_path) as second:
        await until(lambda: first.held | second.held == ALL)
        await until(lambda: first.held != 0 and second.held != 0)
        first.signal(signal.SIGKILL)
        # Three seconds later, on a machine that has nothing else to do.
        await until(lambda: second.held == ALL)
        assert_never_both(first, second)


@pytest.mark.no_cover
async def test_a_frozen_process_sends_nothing_when_it_wakes(server: NatsServer, tmp_path: Path) -> None:
    with running(server.url, "a", tmp_path) as first, running(server.url, "b", tmp_path) as second:
        await until(lambda: first.held != 0 and second.held != 0)
        first.signal(signal.SIGSTOP)
        await until(lambda: second.held == ALL)
        woken_at = first.signal(signal.SIGCONT)
        await until(lambda: first.samples()[-1][0] > woken_at + 1)
        assert {bits for at, bits in first.samples() if woken_at < at < woken_at + 1} == {0}
        assert second.held == ALL
        assert_never_both(first, second)
