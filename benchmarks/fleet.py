"""A festival on one bus: what 4,000 channels behind four collectors and 50 boards take.

By hand:

    uv run python benchmarks/fleet.py [--devices 1000] [--collectors 4] [--boards 50] [--seconds 20]

No receiver is simulated, since the machine would be busy with it: each collector publishes made-up devices
of four channels whose levels all change ten times a second. Two boards read as the app does, without drawing,
and print what they take; the others only receive what such a board would, so that the server sends as much.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence

import anyio
from bus import CHANNELS, SETTLE_S, URL, describe, made_up, send_meters, server, show
from processes import cpu_s, interrupt, memory_mb, quiet_logs

from micboard_tui.bus.connection import Message
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.interest import FULL_RATE_HZ, INTEREST_INTERVAL_S, Interest, choose_tier
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, HUB
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s

WARM_UP_S = 20.0
REAL_BOARDS = 2
_interest_codec = codec_of(Interest)


async def publish(live: LiveState, role: str, name: str) -> None:
    connection = await connect(BusAddress(URL), name, steady_s)
    options = PublisherOptions(name, os.getpid(), "", HealthSnapshot, lambda: None, role=role)
    await Publisher(connection, Subjects(), live, options, steady_s).run()


async def collect(index: int, collectors: int, count: int, *, publishes: bool) -> None:
    """Every so many-th device."""
    live, devices = LiveState(SteadyClock()), made_up(count)[index::collectors]
    describe(live, devices)
    async with anyio.create_task_group() as tasks:
        if publishes:
            tasks.start_soon(publish, live, COLLECTOR, f"collector-{index}")
        else:
            tasks.start_soon(_judge, live)
        await send_meters(live, devices, random.Random(index))


async def _judge(live: LiveState) -> None:
    """As services do without boards."""
    while True:
        live.judge(0.4)
        await anyio.sleep(0.5)


async def lead(count: int) -> None:
    live = LiveState(SteadyClock())
    live.place(made_up(count), [])
    await publish(live, HUB, "hub")


async def listen(boards: int, first: int, count: int, shown: int) -> None:
    """Boards that receive and do nothing else."""
    async with anyio.create_task_group() as tasks:
        for number in range(boards):
            start = (first + number) * shown // CHANNELS % count
            devices = [device.id for device in (made_up(count) * 2)[start : start + shown // CHANNELS]]
            tasks.start_soon(_receive, f"board{first + number}", devices, count * CHANNELS)


async def _receive(name: str, devices: Sequence[DeviceId], channels: int) -> None:
    async def take(_: Message) -> None:
        pass

    connection, subjects = await connect(BusAddress(URL), name, steady_s), Subjects()
    tier_s = choose_tier(channels)
    for subject in (subjects.sweep(tier_s), subjects.signs_of_life, *map(subjects.meters, devices)):
        await connection.subscribe(subject, take)
    interest = _interest_codec.encode(Interest(tuple(devices), FULL_RATE_HZ, tier_s))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch, name, subjects)
        while True:
            await connection.publish(subjects.interest(name), interest)
            await anyio.sleep(INTEREST_INTERVAL_S)


async def _watch(name: str, subjects: Subjects) -> None:
    connection = await connect(BusAddress(URL), f"{name} entries", steady_s)
    async for _ in connection.find_store(subjects.state_store).watch():
        pass


def start(*role: object) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, *map(str, role)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def measure(options: argparse.Namespace) -> None:
    count, boards = options.devices, options.boards
    alone = start("collect", 0, options.collectors, count)
    time.sleep(SETTLE_S)
    before, began = cpu_s(alone.pid), time.monotonic()
    time.sleep(options.seconds / 2)
    alone_ms = (cpu_s(alone.pid) - before) / (time.monotonic() - began) * 1000
    interrupt(alone)
    print(f"a collector of {count * CHANNELS // options.collectors} channels, no bus: {alone_ms:.0f} ms/s")
    with server() as server_pid:
        collectors = [
            start("collect", index, options.collectors, count, "publish")
            for index in range(options.collectors)
        ]
        time.sleep(WARM_UP_S / 2)
        hub = start("lead", count)
        time.sleep(WARM_UP_S / 2)
        others = [start("listen", max(0, boards - REAL_BOARDS), REAL_BOARDS, count, options.shown)]
        time.sleep(SETTLE_S)
        real = [start("show", options.shown, options.seconds) for _ in range(min(REAL_BOARDS, boards))]
        time.sleep(2 * SETTLE_S)
        measured = {
            **{f"collector {index + 1}": each.pid for index, each in enumerate(collectors)},
            "hub": hub.pid,
            "server": server_pid,
            "other boards together": others[0].pid,
        }
        cpu_before, began = {name: cpu_s(pid) for name, pid in measured.items()}, time.monotonic()
        time.sleep(options.seconds)
        passed_s = time.monotonic() - began
        for name, pid in measured.items():
            cpu_ms = (cpu_s(pid) - cpu_before[name]) / passed_s * 1000
            print(f"{name}: {cpu_ms:.0f} ms/s, {memory_mb(pid):.0f} MB")
        for board in real:
            print(f"board: {json.loads(board.communicate(timeout=120)[0])}")
        for each in (*others, hub, *collectors):
            interrupt(each)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--collectors", type=int, default=4)
    parser.add_argument("--boards", type=int, default=50)
    parser.add_argument("--shown", type=int, default=40, help="channels")
    parser.add_argument("--seconds", type=float, default=20.0)
    quiet_logs()
    roles: dict[str, Callable[..., Coroutine[object, object, None]]] = {
        "collect": lambda index, collectors, count, *publishes: collect(
            int(index), int(collectors), int(count), publishes=bool(publishes)
        ),
        "lead": lambda count: lead(int(count)),
        "listen": lambda boards, first, count, shown: listen(int(boards), int(first), int(count), int(shown)),
        "show": lambda shown, seconds: show(int(shown), float(seconds)),
    }
    if len(sys.argv) > 1 and sys.argv[1] in roles:
        try:
            asyncio.run(roles[sys.argv[1]](*sys.argv[2:]))
        except KeyboardInterrupt:
            return
        return
    measure(parser.parse_args())


if __name__ == "__main__":
    main()
