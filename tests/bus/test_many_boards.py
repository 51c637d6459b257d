"""Fifty boards on a real server, and one more in a process of its own that is frozen and killed."""

import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from tests.bus.board_process import LOOK_S, UNKNOWN_S, look
from tests.fakes.forks import ForkedProcess, running_module
from tests.fakes.links import until
from tests.fakes.nats_server import NatsServer, running_server

pytestmark = [pytest.mark.integration, pytest.mark.long, pytest.mark.no_cover]

BOARDS = 50
DEVICES = tuple(
    Device(DeviceId(f"d{number}"), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
    for number in range(10)
)
FRESH_S = 1.0
PAST_S = 6.0
"""So old nothing is shown as live; five seconds, and a moment to look."""
FROZEN_S = 8.0
UNDISTURBED_S = 3.0
"""So old meters may become on the others, on a busy machine; a tenth of a second on one that is not."""


class Site:
    """A publisher whose devices send ten times a second, and boards of which each shows one device."""

    def __init__(self, live: LiveState, boards: Sequence[Mirror]) -> None:
        self._live, self._boards = live, boards
        self.late_s = 0.0
        """By how much this process was late at most: so much older is all that it shows."""

    async def speak(self) -> None:
        while True:
            for device in DEVICES:
                self._live.take_observations(device.id, [MetersHeard(1, Meters(rf_dbm=-50.0, carrier=True))])
            due_at = steady_s() + 0.1
            await anyio.sleep(0.1)
            self.late_s = max(self.late_s, steady_s() - due_at)

    def look(self) -> list[tuple[float, str]]:
        """How each board shows its channel."""
        refs = [ChannelRef(DEVICES[number % len(DEVICES)].id, 1) for number in range(len(self._boards))]
        return [look(board, ref) for board, ref in zip(self._boards, refs, strict=True)]

    @property
    def is_right(self) -> bool:
        """Whether all boards show all that there is."""
        is_complete = all(len(board.snapshot()) == len(DEVICES) for board in self._boards)
        return is_complete and all(is_fresh(*shown) for shown in self.look())

    @property
    def is_past(self) -> bool:
        """Whether no board shows anything as live."""
        return all(link == LinkState.UNKNOWN.value for _, link in self.look())

    async def find_oldest(self, seconds: float) -> float:
        """The greatest age on any board within a time."""
        oldest_s, end = 0.0, steady_s() + seconds
        while steady_s() < end:
            ages_s = [age_s if age_s != UNKNOWN_S else PAST_S for age_s, _ in self.look()]
            oldest_s = max(oldest_s, *ages_s)
            await anyio.sleep(LOOK_S)
        return oldest_s


def is_fresh(age_s: float, link: str) -> bool:
    return 0 <= age_s < FRESH_S and link == LinkState.LIVE.value


class FrozenBoard:
    """What a board in a process of its own shows."""

    def __init__(self, process: ForkedProcess, output: Path) -> None:
        self._process, self._output = process, output

    def signal(self, number: signal.Signals) -> float:
        self._process.send_signal(number)
        return steady_s()

    def shown(self, since: float = 0.0) -> list[tuple[float, float, str]]:
        """Moment, age and link state, since a moment."""
        lines = self._output.read_text().splitlines(keepends=True)
        fields = [line.split() for line in lines if line.endswith("\n")]
        shown = [(float(at), float(age_s), link) for at, age_s, link in fields]
        return [each for each in shown if each[0] > since]

    async def until_right(self, since: float) -> float:
        """How long after a moment it showed all as it is."""
        await until(lambda: any(is_fresh(age_s, link) for _, age_s, link in self.shown(since)))
        return next(at for at, age_s, link in self.shown(since) if is_fresh(age_s, link)) - since


@contextmanager
def board_process(server: NatsServer, directory: Path) -> Iterator[FrozenBoard]:
    output = directory / "board.txt"
    words = (server.url, DEVICES[0].id)
    with running_module("tests.bus.board_process", *words, output=output) as process:
        yield FrozenBoard(process, output)


@asynccontextmanager
async def open_site(server: NatsServer) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        connections = []
        for name in ("publisher", *(f"board{number}" for number in range(BOARDS))):
            connections.append(await connect(BusAddress(server.url), name, steady_s))
            stack.push_async_callback(connections[-1].close)
        live = LiveState(SteadyClock())
        live.place(DEVICES, [])
        facts = ChannelFacts(
            name="Lead", transmitter_present=True, transmitter=Transmitter(), meter_interval_s=0.1
        )
        for device in DEVICES:
            live.take_observations(device.id, [DeviceHeard(DeviceKind.RECEIVER, 1), FactsHeard(1, facts)])
        options = PublisherOptions("rack", 1, "test", HealthSnapshot, lambda: None)
        publisher = Publisher(connections[0], Subjects(), live, options, steady_s)
        boards = [
            Mirror(connection, Subjects(), f"board{number}", steady_s, time.time)
            for number, connection in enumerate(connections[1:])
        ]
        site = Site(live, boards)
        tasks = await stack.enter_async_context(anyio.create_task_group())
        stack.callback(tasks.cancel_scope.cancel)
        for run in (publisher.run, site.speak, *(board.run for board in boards)):
            tasks.start_soon(run)
        yield site


async def test_fifty_boards_are_right_whatever_another_one_and_the_server_do(tmp_path: Path) -> None:
    async with running_server(tmp_path / "nats") as server, open_site(server) as site:
        await until(lambda: site.is_right)
        with board_process(server, tmp_path) as frozen:
            await frozen.until_right(0.0)
            site.late_s, frozen_at = 0.0, frozen.signal(signal.SIGSTOP)
            oldest_s = await site.find_oldest(FROZEN_S)
            assert oldest_s < UNDISTURBED_S + site.late_s
            woken_at = frozen.signal(signal.SIGCONT)
            note("right again after it woke", await frozen.until_right(woken_at))
            # What it shows before that is not taken for current.
            old = [link for at, age_s, link in frozen.shown(frozen_at) if age_s > PAST_S]
            assert LinkState.LIVE.value not in old
            frozen.signal(signal.SIGKILL)
            assert await site.find_oldest(1.0) < UNDISTURBED_S + site.late_s
        note("the oldest on the others", oldest_s)
        await server.kill()
        await until(lambda: site.is_past)
        await server.start()
        back_at = steady_s()
        await until(lambda: site.is_right)
        note("all right again after the server was away", steady_s() - back_at)


def note(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.1f} s")  # noqa: T201 - measured
