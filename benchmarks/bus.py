"""The cost of the present on the bus: to who publishes it, to a board that shows a part of it, to the server.

By hand:

    uv run python benchmarks/bus.py publish [--receivers 25] [--shown 40] [--seconds 20]
    uv run python benchmarks/bus.py board [--devices 1000] [--shown 40] [--seconds 20]
    uv run python benchmarks/bus.py boards [--boards 10] [--receivers 25] [--size 120x40] [--seconds 20]

``publish`` starts ``simulate`` with receivers of four channels and keeps sessions with them as ``poll`` does,
first alone, then publishing to a board that shows some of the channels, and prints what each takes a second.
``board`` publishes made-up devices of four channels that all send ten times a second, and prints what a board
takes that shows some of them. ``boards`` starts ``serve`` beside ``simulate`` and attaches boards to it, each
in a pseudo-terminal of its own as SSH gives it, whose output is read and thrown away; it prints what part of
the machine boards and server take. All are processes of their own, with a nats-server between them.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import anyio
from poll import register
from processes import RUN, cpu_s, interrupt, memory_mb, quiet_logs, simulate
from terminal import Child

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, NatsConnection, connect
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s

WARM_UP_S = 8.0
SETTLE_S = 6.0
PORT = 42_281
URL = f"nats://127.0.0.1:{PORT}"
ADDRESS = "127.0.9.2"
CHANNELS = 4
START_S = 60.0
FIRST_VALUE = "\N{QUADRANT LOWER LEFT}".encode()
"""Half a cell of a bar: drawn as soon as a level is known."""
HEAD_BYTES = 33
"""Of a message from the server: the word MSG, the subject, two numbers, two ends of lines."""


# What each process does.


async def keep(home: str, *, publishes: bool) -> None:
    """Keep sessions with all registered devices, as ``poll`` does."""
    from micboard_tui.config.paths import paths_under
    from micboard_tui.container import Options, open_container

    async with open_container(Options(), paths_under(Path(home))) as container:
        await container.synchronization.start(None)
        if publishes:
            await publish(container.live)
        await anyio.sleep_forever()


async def publish(live: LiveContract) -> None:
    connection = await connect(BusAddress(URL), "publisher", steady_s)
    options = PublisherOptions("rack", os.getpid(), "", HealthSnapshot, lambda: None)
    await Publisher(connection, Subjects(), live, options, steady_s).run()


async def feed(count: int) -> None:
    """Devices whose levels change ten times a second."""
    live, devices = LiveState(SteadyClock()), made_up(count)
    describe(live, devices)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(publish, live)
        await send_meters(live, devices, random.Random(1))


def made_up(count: int) -> list[Device]:
    """So many devices that nobody has."""
    return [
        Device(
            DeviceId(f"{number:032x}"), "shure", "shure-strings", f"10.0.{number}.1", 2202, position=number
        )
        for number in range(count)
    ]


def describe(live: LiveState, devices: Sequence[Device]) -> None:
    """Show them with their channels."""
    live.place(devices, [])
    for device in devices:
        heard = [FactsHeard(number, _facts(device.position, number)) for number in range(1, CHANNELS + 1)]
        live.take_observations(device.id, [DeviceHeard(DeviceKind.RECEIVER, CHANNELS, "ULXD4Q"), *heard])


async def send_meters(live: LiveState, devices: Sequence[Device], dice: random.Random) -> NoReturn:
    """Have all send ten times a second, a tenth of them every 10 ms."""
    slot, due_at = 0, steady_s()
    while True:
        for device in devices[slot::10]:
            live.take_observations(device.id, [_sample(number, dice) for number in range(1, CHANNELS + 1)])
        slot, due_at = (slot + 1) % 10, max(due_at + 0.01, steady_s() - 0.1)
        await anyio.sleep(max(0.0, due_at - steady_s()))


def _facts(device: int, number: int) -> ChannelFacts:
    """No two carriers are near each other."""
    khz = 470_000 + 1000 * (device * CHANNELS + number)
    transmitter = Transmitter("ULXD2", battery=Battery(percent=80, minutes=300))
    return ChannelFacts(f"Voice {number}", khz, transmitter_present=True, transmitter=transmitter)


def _sample(number: int, dice: random.Random) -> MetersHeard:
    level = dice.randrange(-80, -40)
    other = float(level - dice.randrange(10))
    return MetersHeard(
        number, Meters(float(level), float(level), other, dice.randrange(-50, -10) + 0.0, "A", True)
    )


async def show(count: int, seconds: float) -> None:
    """A board that asks as the app does, and prints what it took."""
    connection = await connect(BusAddress(URL), "board", steady_s)
    mirror = Mirror(connection, Subjects(), "board", steady_s, time.time)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mirror.run)
        began = steady_s()
        await mirror.wait_complete()
        complete_s = steady_s() - began
        states = mirror.judge().states
        shown = frozenset(list(states)[:count])
        await _look(mirror, shown, SETTLE_S)
        before = _figures(connection)
        updates = await _look(mirror, shown, seconds)
        after = _figures(connection)
        bytes_s, messages_s, cpu_ms = ((new - old) / seconds for old, new in zip(before, after, strict=True))
        figures = {
            "channels": len(states),
            "shown": len(shown),
            "complete_ms": round(complete_s * 1000),
            "bytes_s": round(bytes_s),
            "messages_s": round(messages_s),
            "with_heads_bytes_s": round(bytes_s + messages_s * HEAD_BYTES),
            "cpu_ms_s": round(cpu_ms * 1000, 1),
            "updates_s": round(updates / seconds),
            "oldest_s": round(
                max(state.age_s(mirror.now()) or 0.0 for state in mirror.judge().states.values()), 1
            ),
            "rss_mb": round(memory_mb(os.getpid())),
        }
        sys.stdout.write(json.dumps(figures) + "\n")
        tasks.cancel_scope.cancel()


async def _look(mirror: Mirror, shown: frozenset, seconds: float) -> int:  # type: ignore[type-arg] # of refs
    """Ten times a second what is shown, twice a second everything."""
    version = of_all = updates = 0
    for turn in range(int(seconds * 10)):
        changes = mirror.changed_since(version, shown)
        version, updates = changes.version, updates + len(changes.channels)
        if turn % 5 == 0:
            of_all = mirror.changed_since(of_all).version
            mirror.judge()
        await anyio.sleep(0.1)
    return updates


def _figures(connection: NatsConnection) -> tuple[float, float, float]:
    stats = connection._client.stats
    return stats["in_bytes"], stats["in_msgs"], time.process_time()


# What is measured.


@contextmanager
def server() -> Iterator[int]:
    """A nats-server; its process number."""
    with tempfile.TemporaryDirectory() as store:
        program = Path(sys.executable).parent / "nats-server"
        command = [
            str(program),
            "--addr",
            "127.0.0.1",
            "--port",
            str(PORT),
            "--jetstream",
            "--store_dir",
            store,
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(1.0)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(10)


def start(*role: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, __file__, *role], stdout=subprocess.PIPE, text=True)


def measure_publishing(options: argparse.Namespace) -> None:
    simulator, devices = simulate(
        *("--receivers", str(options.receivers), "--model", "ULXD4Q"),
        *("--scenario", "calm", "--address", ADDRESS),
    )
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(register(devices, home))
        for publishes in (False, True, False, True):
            with server() as server_pid:
                keeper = start("keep", home, *(["publish"] if publishes else []))
                time.sleep(WARM_UP_S)
                board = start("show", str(options.shown), str(options.seconds)) if publishes else None
                time.sleep(SETTLE_S)
                before, server_before, began = cpu_s(keeper.pid), cpu_s(server_pid), time.monotonic()
                time.sleep(options.seconds)
                passed_s = time.monotonic() - began
                keeper_ms = (cpu_s(keeper.pid) - before) / passed_s * 1000
                server_ms = (cpu_s(server_pid) - server_before) / passed_s * 1000
                print(
                    f"{'publishing' if publishes else 'alone'}: {keeper_ms:.1f} ms/s, server {server_ms:.1f}"
                )
                if board is not None:
                    print(f"  board: {board.communicate(timeout=60)[0].strip()}")
                interrupt(keeper)
    interrupt(simulator)


def measure_board(options: argparse.Namespace) -> None:
    with server() as server_pid:
        feeder = start("feed", str(options.devices))
        time.sleep(WARM_UP_S)
        board = start("show", str(options.shown), str(options.seconds))
        time.sleep(SETTLE_S)
        before, server_before, began = cpu_s(feeder.pid), cpu_s(server_pid), time.monotonic()
        time.sleep(options.seconds)
        passed_s = time.monotonic() - began
        print(f"board: {board.communicate(timeout=60)[0].strip()}")
        print(f"feeding and publishing: {(cpu_s(feeder.pid) - before) / passed_s * 1000:.1f} ms/s")
        print(f"server: {(cpu_s(server_pid) - server_before) / passed_s * 1000:.1f} ms/s")
        interrupt(feeder)


def measure_boards(options: argparse.Namespace) -> None:
    simulator, devices = simulate(
        *("--receivers", str(options.receivers), "--model", "ULXD4Q"),
        *("--scenario", "calm", "--address", ADDRESS),
    )
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(register(devices, home))
        os.environ["MICBOARD_HOME"] = home
        quiet = subprocess.DEVNULL
        serve = subprocess.Popen([*RUN, "serve"], stdout=quiet, stderr=quiet, text=True)
        time.sleep(WARM_UP_S)
        with ExitStack() as stack, ThreadPoolExecutor(options.boards) as readers:
            began = time.monotonic()
            boards = [
                stack.enter_context(Child(options.size, "-m", "micboard_tui", "run"))
                for _ in range(options.boards)
            ]
            starts = list(readers.map(lambda board: board.read(START_S, until=FIRST_VALUE), boards))
            if all(FIRST_VALUE in start for start in starts):
                print(f"all boards show values {time.monotonic() - began:.2f} s after their start")
                list(readers.map(lambda board: board.read(SETTLE_S), boards))
                _measure_machine(serve.pid, boards, readers, options.seconds)
            else:
                print(f"no values within {START_S:.0f} s: {starts[0][-2000:]!r}")
        interrupt(serve)
    interrupt(simulator)


def _measure_machine(serve: int, boards: list[Child], readers: ThreadPoolExecutor, seconds: float) -> None:
    bus = _children(serve)
    parts: dict[str, Callable[[], float]] = {
        "boards": lambda: sum(board.cpu_s() for board in boards),
        "serve": lambda: cpu_s(serve),
        "nats-server": lambda: sum(map(cpu_s, bus)),
    }
    before, began = {name: part() for name, part in parts.items()}, time.monotonic()
    written = sum(map(len, readers.map(lambda board: board.read(seconds), boards)))
    passed_s, cores = time.monotonic() - began, os.cpu_count() or 1
    for name, part in parts.items():
        print(f"{name}: {(part() - before[name]) / passed_s / cores * 100:.1f} % of {cores} cores")
    print(f"a board: {written / passed_s / len(boards) / 1000:.1f} kB/s, {memory_mb(boards[0].pid):.0f} MB")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", choices=("publish", "board", "boards"))
    parser.add_argument("--receivers", type=int, default=25)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--shown", type=int, default=40, help="channels")
    parser.add_argument("--boards", type=int, default=10)
    parser.add_argument("--size", default="120x40", help="of each terminal")
    parser.add_argument("--seconds", type=float, default=20.0)
    quiet_logs()
    roles: dict[str, Callable[..., Coroutine[object, object, None]]] = {
        "keep": lambda home, *publishes: keep(home, publishes=bool(publishes)),
        "feed": lambda count: feed(int(count)),
        "show": lambda count, seconds: show(int(count), float(seconds)),
    }
    if len(sys.argv) > 1 and sys.argv[1] in roles:
        try:
            asyncio.run(roles[sys.argv[1]](*sys.argv[2:]))
        except KeyboardInterrupt:
            return
        return
    options = parser.parse_args()
    cases = {"publish": measure_publishing, "board": measure_board, "boards": measure_boards}
    cases[options.case](options)


if __name__ == "__main__":
    main()
