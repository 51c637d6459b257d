"""A long run under random faults: 100 channels of all makers, and whether anything grows.

By hand:

    uv run python benchmarks/soak.py [--minutes 30] [--receivers 38] [--seed 7]

Starts ``simulate`` as a process of its own and the program with all its services in this one. Every few
seconds a fault of a device begins or ends; after each minute all end, and it is waited until every device is
well. Then memory, tasks, sockets and file handles are counted and printed. Ends with 1 when the last third of
these counts is above the first third by more than what is given below, or when something did not heal.
Needs UDP port 53212, to which MCP devices send.
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mixed import register
from processes import interrupt, memory_mb, quiet_logs, simulate

from micboard_tui.config.paths import paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import LinkState

ADDRESS = "127.0.13.2"
FAULTS = {
    "shure-strings": (
        *("flood", "freeze", "garbage", "half_open", "late", "reboot", "refuse", "err_storm"),
        *("interrupts_lists", "change_meter_rate"),
    ),
    "shure-uhfr": ("drops", "flood", "forget", "garbage", "reboot", "silent"),
    "shure-system-api": ("cut_websockets", "failing", "flood", "garbage", "late"),
    "sennheiser-ssc": ("drops", "flood", "forget", "reboot", "silent", "split"),
    "sennheiser-sscv2": ("cut", "flood", "freeze", "reboot", "refuse", "silent"),
    "sennheiser-mcp": ("drops", "flood", "forget", "garbage", "reboot", "silent"),
}
"""Those that pass without a person, by driver."""
ROUND_S = 45.0
FAULT_EVERY_S = 1.5
HEALED_S = 90.0
"""After the longest wait before a connection is tried again."""
WARM_UP_ROUNDS = 2
"""In which memories fill, as that of the last minutes of every channel."""
MOST_MB, MOST_TASKS, MOST_HANDLES = 25.0, 8, 12
"""What may be more in the end than at first."""
UNWELL = frozenset({LinkState.OFFLINE, LinkState.REFUSED, LinkState.UNKNOWN})


@dataclass(frozen=True)
class Sample:
    """What the program holds, while every device is well."""

    minute: float
    memory_mb: float
    tasks: int
    sockets: int
    handles: int
    healed_s: float


class Simulator:
    """The process with the devices, which takes faults as lines."""

    def __init__(self, process: "subprocess.Popen[str]", drivers: Sequence[str], seed: int) -> None:
        """``drivers``: by which each device is spoken to."""
        self._process, self._drivers, self._random = process, drivers, random.Random(seed)
        self.faults = 0

    def change(self) -> None:
        """Begin a random fault of a random device, or end those of one."""
        place = self._random.randrange(len(self._drivers))
        if self._random.random() < 1 / 3:
            self._write(f"{place + 1} clear")
        else:
            self._write(f"{place + 1} {self._random.choice(FAULTS[self._drivers[place]])} on")
            self.faults += 1

    def clear(self) -> None:
        self._write("all clear")

    def _write(self, line: str) -> None:
        if (faults := self._process.stdin) is not None:
            faults.write(f"{line}\n")
            faults.flush()


def is_well(device: DeviceSnapshot) -> bool:
    if device.state.status is not DeviceStatus.ONLINE:
        return False
    return device.device.driver == "shure-system-api" or not UNWELL & {
        channel.link_state for channel in device.channels
    }


def unwell(container: Container) -> list[str]:
    return [
        f"{device.title} ({device.device.driver}): {device.state.fault or device.state.status}"
        for device in container.live.snapshot()
        if not is_well(device)
    ]


async def heal(container: Container) -> float:
    """Wait until every device is well; how long that took. Raises SystemExit."""
    began = time.monotonic()
    while ill := unwell(container):
        if time.monotonic() - began > HEALED_S:
            print("NOT HEALED:", *ill, sep="\n  ")
            raise SystemExit(1)
        await asyncio.sleep(0.2)
    return time.monotonic() - began


def count(began: float, healed_s: float) -> Sample:
    gc.collect()
    handles = list(Path("/proc/self/fd").iterdir())
    links = [str(handle.readlink()) for handle in handles if handle.is_symlink()]
    return Sample(
        (time.monotonic() - began) / 60,
        memory_mb(os.getpid()),
        len(asyncio.all_tasks()),
        sum(link.startswith("socket:") for link in links),
        len(links),
        healed_s,
    )


@asynccontextmanager
async def opened(home: Path, receivers: int, seed: int) -> AsyncGenerator[tuple[Container, Simulator]]:
    process, devices = simulate(
        *("--receivers", str(receivers), "--scenario", "show", "--address", ADDRESS, "--seed", str(seed)),
        # It answers every line.
        stderr=subprocess.DEVNULL,
    )
    try:
        await register(devices, str(home))
        async with open_container(Options(), paths_under(home)) as container:
            await container.synchronization.start()
            yield container, Simulator(process, [device["driver"] for device in devices], seed)
    finally:
        interrupt(process)


async def run(home: Path, options: argparse.Namespace) -> list[Sample]:
    samples: list[Sample] = []
    async with opened(home, options.receivers, options.seed) as (container, simulator):
        await heal(container)
        channels = sum(len(device.channels) for device in container.live.snapshot())
        print(f"{channels} channels of {len(container.live.snapshot())} devices, all well")
        print("minute  memory MB  tasks  sockets  handles  healed after s  faults so far")
        began = time.monotonic()
        while time.monotonic() - began < options.minutes * 60:
            round_end = time.monotonic() + ROUND_S
            while time.monotonic() < round_end:
                simulator.change()
                await asyncio.sleep(FAULT_EVERY_S)
            simulator.clear()
            samples.append(sample := count(began, await heal(container)))
            print(
                f"{sample.minute:6.1f}  {sample.memory_mb:9.1f}  {sample.tasks:5}  {sample.sockets:7}"
                f"  {sample.handles:7}  {sample.healed_s:14.1f}  {simulator.faults:13}",
                flush=True,
            )
    return samples


def find_leaks(samples: list[Sample]) -> list[str]:
    """What the last third holds more of than the first third."""
    settled = samples[WARM_UP_ROUNDS:]
    third = len(settled) // 3
    if not third:
        return ["too few rounds to judge: run it for longer"]
    limits = {
        "memory_mb": MOST_MB,
        "tasks": MOST_TASKS,
        "sockets": MOST_HANDLES,
        "handles": MOST_HANDLES,
    }
    leaks = []
    for name, limit in limits.items():
        first, last = (
            statistics.median(getattr(sample, name) for sample in part)
            for part in (settled[:third], settled[-third:])
        )
        print(f"{name}: {first:.1f} at first, {last:.1f} in the end")
        if last - first > limit:
            leaks.append(f"{name} grew by {last - first:.1f}")
    return leaks


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--receivers", type=int, default=38)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    quiet_logs()
    with tempfile.TemporaryDirectory() as home:
        leaks = find_leaks(asyncio.run(run(Path(home), options)))
    print("\n".join(leaks) or "no leak")
    sys.exit(1 if leaks else 0)


if __name__ == "__main__":
    main()
