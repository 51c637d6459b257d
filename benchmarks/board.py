"""What the board costs in a real pseudo-terminal: processor time and bytes, with every meter moving.

By hand:

    uv run python benchmarks/board.py [--channels 400] [--size 200x60] [--seconds 10]

A process of its own shows channels whose meters all change ten times a second and stores nothing; this
one reads what it writes, as a terminal would. Prints bytes a second and a frame, the share of a core, and
the same for a stage on which nothing moves.
"""

import argparse
import asyncio
import fcntl
import os
import pty
import random
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.services.live import LiveState
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.look import Look

WARM_UP_S = 4.0
STEP_S = 0.1
CHANNELS_A_DEVICE = 4
THEME = Path(__file__).parent.parent / "themes" / "stage.toml"


Levels = dict[tuple[DeviceId, int], tuple[float, float]]


def stage(channels: int) -> tuple[LiveState, Levels]:
    """A rack on which every channel has been heard once."""
    live, levels = LiveState(), Levels()
    devices = [
        Device(DeviceId(f"d{number}"), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
        for number in range(channels // CHANNELS_A_DEVICE)
    ]
    live.place(devices, [])
    pack = Transmitter("ULXD2", battery=Battery(78, 4, 405))
    for place, device in enumerate(devices):
        told: list[Observation] = [DeviceHeard(DeviceKind.RECEIVER, 4, "ULXD4Q", f"Rack {place}")]
        for number in range(1, CHANNELS_A_DEVICE + 1):
            facts = ChannelFacts(f"Vox {place}.{number}", 470_125, transmitter_present=True, transmitter=pack)
            levels[device.id, number] = -50.0, -20.0
            told += [FactsHeard(number, facts), heard(number, -50.0, -20.0)]
        live.heard(device.id, told)
    return live, levels


def heard(number: int, rf: float, audio: float) -> MetersHeard:
    return MetersHeard(number, Meters(rf, rf, None, audio, "A", carrier=True))


async def move(live: LiveState, levels: Levels) -> None:
    """A walk of every level, ten steps a second."""
    dice = random.Random(1)
    while True:
        for (device_id, number), (rf, audio) in levels.items():
            now = (
                min(-30.0, max(-80.0, rf + dice.choice((-2.0, -1.0, 1.0, 2.0)))),
                min(0.0, max(-50.0, audio + dice.choice((-6.0, -3.0, 3.0, 6.0)))),
            )
            levels[device_id, number] = now
            live.heard(device_id, [heard(number, *now)])
        await asyncio.sleep(STEP_S)


@asynccontextmanager
async def none() -> AsyncGenerator[Services]:
    """Services that never come: no one is asked for anything."""
    await asyncio.Event().wait()
    raise AssertionError
    yield


async def play(channels: int, *, moving: bool, low_bandwidth: bool) -> None:
    """The process that is measured: the real app on a live state that is told what to show."""
    live, levels = stage(channels)
    look = Look((THEME,), glyphs="ascii", fps=4) if low_bandwidth else Look((THEME,), glyphs="blocks")
    moves = asyncio.create_task(move(live, levels)) if moving else None
    await MicboardApp(live, none, look).run_async()
    if moves is not None:
        moves.cancel()


def cpu_s(pid: int) -> float:
    """User and system time of a process with all its threads, by the scheduler's clock."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def read(handle: int, seconds: float) -> bytes:
    told, end = bytearray(), time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([handle], [], [], left)[0]:
            told += os.read(handle, 1 << 16)
    return bytes(told)


def measure(options: argparse.Namespace, *words: str) -> tuple[int, int, float]:
    """Bytes, frames and processor time of ``seconds`` of the app."""
    ours, theirs = pty.openpty()
    columns, lines = map(int, options.size.split("x"))
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    child = subprocess.Popen(
        [sys.executable, __file__, "--play", "--channels", str(options.channels), *words],
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        # A terminal that knows synchronized output says so; then frames are marked.
        first = read(ours, 1.5)
        if b"\x1b[?2026$p" in first:
            os.write(ours, b"\x1b[?2026;2$y")
        read(ours, WARM_UP_S)
        before = cpu_s(child.pid)
        told = read(ours, options.seconds)
        return len(told), told.count(b"\x1b[?2026l"), cpu_s(child.pid) - before
    finally:
        child.kill()
        child.wait()
        os.close(ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--size", default="200x60")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--still", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--low-bandwidth", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play:
        asyncio.run(play(options.channels, moving=not options.still, low_bandwidth=options.low_bandwidth))
        return
    for name, words in (
        ("moving", ()),
        ("low bandwidth", ("--low-bandwidth",)),
        ("still", ("--still",)),
    ):
        written, frames, spent = measure(options, *words)
        print(
            f"{name:<14} {written / options.seconds / 1000:7.1f} kB/s, {frames / options.seconds:5.1f}"
            f" writes a second, {spent / options.seconds * 100:5.1f} % of a core"
        )


if __name__ == "__main__":
    main()
