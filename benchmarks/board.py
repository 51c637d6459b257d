"""What the board costs in a real pseudo-terminal, beside the same board as Textual alone writes it.

By hand, all cases, or one of run, cells, instructions, keys, scroll, slow and many:

    uv run python benchmarks/board.py [CASE] [--channels 400] [--size 200x60] [--layout rows] [--seconds 10]

A process of its own shows channels whose meters all change ten times a second and stores nothing; this one
reads what it writes, as a terminal would. Processor time and bytes are what counts; times on the wall are
those of this machine at this moment. ``instructions`` needs valgrind.
"""

import argparse
import asyncio
import functools
import gc
import itertools
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from terminal import SYNC_END, Child, Reader
from textual.screen import Screen

from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.view import LAST, View
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.screens.board_screen import BoardScreen

WARM_UP_S = 4.0
STEP_S = 0.1
STEPS = 50
LOOK_EVERY = 5
"""Frames; twice a second, as the board does."""
CHANNELS_A_DEVICE = 4
THEME = Path(__file__).parent.parent / "themes" / "stage.toml"


Levels = dict[tuple[DeviceId, int], tuple[float, float]]
Frame = Mapping[DeviceId, Sequence[Observation]]


class Hand:
    """A clock that goes on by one step a frame, whatever the machine takes for it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def stage(channels: int, clock: Callable[[], float] | None = None) -> tuple[LiveState, Levels]:
    """A rack on which every channel has been heard once."""
    live, levels = LiveState(clock or SteadyClock()), Levels()
    devices = [
        Device(DeviceId(f"d{number}"), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
        for number in range(channels // CHANNELS_A_DEVICE)
    ]
    live.place(devices, [])
    pack = Transmitter("ULXD2", battery=Battery(78, 4, 405))
    for place, device in enumerate(devices):
        told: list[Observation] = [DeviceHeard(DeviceKind.RECEIVER, 4, "ULXD4Q", f"Rack {place}")]
        for number in range(1, CHANNELS_A_DEVICE + 1):
            khz = 470_125 + 25 * len(levels)
            facts = ChannelFacts(f"Vox {place}.{number}", khz, transmitter_present=True, transmitter=pack)
            levels[device.id, number] = -50.0, -20.0
            told += [FactsHeard(number, facts), heard(number, -50.0, -20.0)]
        live.take_observations(device.id, told)
    return live, levels


def heard(number: int, rf: float, audio: float) -> MetersHeard:
    return MetersHeard(number, Meters(rf, rf, None, audio, "A", carrier=True))


def walk(levels: Levels) -> Iterator[Frame]:
    """A walk of every level, there and back again without end. The dice, which are not ours, fall before."""
    dice = random.Random(1)
    frames: list[Frame] = []
    for _ in range(STEPS):
        told: dict[DeviceId, list[Observation]] = {}
        for (device_id, number), (rf, audio) in levels.items():
            now = (
                min(-30.0, max(-80.0, rf + dice.choice((-2.0, -1.0, 1.0, 2.0)))),
                min(0.0, max(-50.0, audio + dice.choice((-6.0, -3.0, 3.0, 6.0)))),
            )
            levels[device_id, number] = now
            told.setdefault(device_id, []).append(heard(number, *now))
        frames.append(told)
    return itertools.cycle([*frames, *frames[-2:0:-1]])


async def move(live: LiveState, frames: Iterator[Frame]) -> None:
    """Ten steps a second."""
    while True:
        step(live, frames)
        await asyncio.sleep(STEP_S)


def step(live: LiveState, frames: Iterator[Frame]) -> None:
    """One word of every device, as a segment of its own brings it."""
    for device_id, observations in next(frames).items():
        live.take_observations(device_id, observations)


@asynccontextmanager
async def none() -> AsyncGenerator[Services]:
    """Services that never come. What is loaded by now is frozen, as the container does it."""
    gc.freeze()
    await asyncio.Event().wait()
    raise AssertionError
    yield


POINTER = "\N{BRAILLE PATTERN DOTS-12345678}"
"""Drawn nowhere else, so that the answer to a key can be told from a frame."""
CASES = ("run", "cells", "instructions", "keys", "scroll", "slow", "many")


class Shelf:
    """Implements ``ViewStore``: the board opens in this layout, and nothing is kept."""

    def __init__(self, layout: str) -> None:
        self._layout = Layout(layout)

    def load(self) -> Mapping[str, Any]:
        return {LAST: View(layout=self._layout).as_json()}

    def save(self, views: Mapping[str, Any]) -> str | None:
        del views


class Played(MicboardApp):
    """The real app on a live state that is told what to show."""

    def __init__(self, live: LiveState, options: argparse.Namespace) -> None:
        glyphs, fps = ("ascii", 4) if options.low_bandwidth else ("blocks", 10)
        board_options = BoardOptions(
            (THEME,), glyphs=glyphs, fps=fps, frame_buffer=not options.plain, views=Shelf(options.layout)
        )
        super().__init__(live, none, board_options)
        if not options.low_bandwidth:
            self._style = replace(self._style, glyphs=replace(BLOCKS, pointer=POINTER))
        self.painted = asyncio.Event()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.painted.set()


async def play(options: argparse.Namespace) -> None:
    """What the measured process does."""
    hand = Hand() if options.frames else None
    live, levels = stage(options.channels, hand)
    if options.moving is not None:
        levels = dict(list(levels.items())[: options.moving])
    app = Played(live, options)
    helpers: list[asyncio.Task[None]] = []
    if hand is not None:
        moving = functools.partial(step, live, walk(levels))
        helpers.append(asyncio.create_task(closed_loop(app, hand, moving, options.frames)))
    elif not options.still:
        helpers.append(asyncio.create_task(move(live, walk(levels))))
    if options.lag:
        helpers.append(asyncio.create_task(watch_loop(Path(options.lag))))
    await app.run_async()
    for helper in helpers:
        helper.cancel()
        with suppress(asyncio.CancelledError):
            await helper


async def closed_loop(app: Played, hand: Hand, move_all: Callable[[], None], frames: int) -> None:
    """So many frames, one after the other, each painted before the next; then the end."""
    await asyncio.sleep(3.0)
    board = app.screen
    if not isinstance(board, BoardScreen):
        raise TypeError(board)
    # By its own clock the board would look more often the slower the machine is.
    for timer in list(board._timers):
        if timer._callback in {board.tick, board.judge}:
            timer.stop()
    for frame in range(frames):
        hand.now += STEP_S
        move_all()
        app.painted.clear()
        board.sample()
        if frame % LOOK_EVERY == 0:
            board.judge()
        if not app.painter.is_on:
            await app.painted.wait()
        await asyncio.sleep(0)
    os._exit(0)


async def watch_loop(file: Path) -> None:
    """How late a sleep of ten milliseconds ends, one line each."""
    with file.open("w") as out:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            out.write(f"{(time.monotonic() - before - 0.01) * 1000:.2f}\n")
            out.flush()


def words(options: argparse.Namespace, *more: str) -> tuple[str, ...]:
    return (__file__, "play", "--channels", str(options.channels), "--layout", options.layout, *more)


Case = Callable[..., str]


def both(case: Case) -> Callable[[argparse.Namespace], None]:
    """Run a case for the frame buffer and for the plain board, in turn, and print both."""

    def run(options: argparse.Namespace) -> None:
        for name, more in (("frame buffer", ()), ("plain", ("--plain",))):
            print(f"  {name:<14}{case(options, *more)}", flush=True)

    return run


def observe(child: Child, seconds: float) -> tuple[bytes, float]:
    """What a board that runs smoothly writes in this time, and the processor time that it takes."""
    child.read(WARM_UP_S)
    before = child.cpu_s()
    told = child.read(seconds)
    return told, child.cpu_s() - before


def measured(options: argparse.Namespace, *more: str) -> str:
    with Child(options.size, *words(options, *more)) as child:
        told, spent = observe(child, options.seconds)
        return (
            f"{len(told) / options.seconds / 1000:7.1f} kB/s {told.count(b'2026l') / options.seconds:5.1f}"
            f" writes a second {spent / options.seconds * 100:5.1f} % of a core {child.memory_mb():5.0f} MB"
        )


def run_case(options: argparse.Namespace) -> None:
    """Bytes, processor time and memory of the running board."""
    for name, more in (("all moving", ()), ("low bandwidth", ("--low-bandwidth",)), ("still", ("--still",))):
        print(name)
        both(lambda options, *plain, more=more: measured(options, *more, *plain))(options)


@both
def cells(options: argparse.Namespace, *more: str) -> str:
    """Bytes a changed cell, and how many times the least that is possible."""
    with Child(options.size, *words(options, *more)) as child:
        first = child.read(WARM_UP_S)
        told = child.read(3.0)
        reader = Reader(options.size)
        list(reader.frames(first + told[: told.find(b"2026l") + 5]))
        frames = list(reader.frames(told[told.find(b"2026l") + 5 :]))
        written, changed, least = (sum(each) for each in zip(*frames, strict=True))
        return f"{written / changed:6.1f} bytes a changed cell, {written / least:5.2f} times the limit"


@both
def instructions(options: argparse.Namespace, *more: str) -> str:
    """Instructions a frame, counted by valgrind."""
    counts = []
    for frames in (5, 25):
        with tempfile.NamedTemporaryFile() as log:
            counter = ("valgrind", "--tool=cachegrind", "--cache-sim=no", f"--log-file={log.name}")
            out = "--cachegrind-out-file=/dev/null"
            line = words(options, "--frames", str(frames), *more)
            with Child(options.size, *line, before=(*counter, out)) as child:
                child.wait()
            told = Path(log.name).read_text()
            counts.append(int(re.findall(r"I +refs: +([\d,]+)", told)[0].replace(",", "")))
    return f"{(counts[1] - counts[0]) / 20 / 1e6:6.1f} million instructions a frame"


def pressed(child: Child, times: int, *, rate: float | None = None) -> list[float]:
    """Milliseconds from a key to its answer, at random moments; bytes come only so fast."""
    dice, told = random.Random(2), []
    for number in range(times):
        child.read(dice.uniform(0.15, 0.35), rate=rate)
        start = time.monotonic()
        child.type(b"\x1b[B" if number % 2 == 0 else b"\x1b[A")
        child.read(10.0, until=POINTER.encode(), rate=rate)
        told.append((time.monotonic() - start) * 1000)
    return told


def spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"p50 {statistics.median(ordered):7.1f} p95 {ordered[int(len(ordered) * 0.95)]:7.1f} ms"


@both
def keys(options: argparse.Namespace, *more: str) -> str:
    """From a cursor key to its answer while everything moves, and when nothing does; and its bytes."""
    with Child(options.size, *words(options, *more)) as child:
        child.read(WARM_UP_S)
        loaded = spread(pressed(child, 40))
    with Child(options.size, *words(options, "--still", *more)) as child:
        child.read(WARM_UP_S)
        idle = spread(pressed(child, 20))
        child.read(1.0)
        child.type(b"\x1b[B")
        told = child.read(0.5)
    answer = told.find(SYNC_END) + len(SYNC_END)
    return f"loaded {loaded}, idle {idle}, answer {answer} bytes, {len(told)} with all that follows"


@both
def scroll(options: argparse.Namespace, *more: str) -> str:
    """Bytes of one page down while nothing else moves, a cell of the screen."""
    columns, lines = map(int, options.size.split("x"))
    with Child(options.size, *words(options, "--still", *more)) as child:
        child.read(WARM_UP_S)
        costs = []
        for _ in range(4):
            child.type(b"\x1b[6~")
            costs.append(len(child.read(0.4)))
        usual = statistics.median(costs)
        return f"{usual:7.0f} bytes a page, {usual / columns / lines:5.2f} a cell of the screen"


@both
def slow(options: argparse.Namespace, *more: str) -> str:
    """A terminal that takes 30 kB a second: keys, and whether the program still gets round."""
    with (
        tempfile.NamedTemporaryFile() as lag,
        Child(options.size, *words(options, "--lag", lag.name, *more)) as child,
    ):
        child.read(WARM_UP_S)
        child.read(3.0, rate=30_000)
        Path(lag.name).write_text("")
        times = pressed(child, 20, rate=30_000)
        late = [float(line) for line in Path(lag.name).read_text().replace("\0", "").split()]
        return f"key {spread(times)}, loop lag {spread(late)}"


def many(options: argparse.Namespace) -> None:
    """The same 100 moving channels among 100 and among 1000."""
    for channels in (100, 1000):
        line = (__file__, "play", "--channels", str(channels), "--layout", options.layout, "--moving", "100")
        with Child(options.size, *line) as child:
            told, spent = observe(child, options.seconds)
            print(
                f"  {channels:5} channels {len(told) / options.seconds / 1000:7.1f} kB/s"
                f" {spent / options.seconds * 100:5.1f} % of a core {child.memory_mb():5.0f} MB"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", nargs="?", choices=(*CASES, "play"), help="one case; else all")
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--size", default="200x60")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--layout", default="rows", choices=("rows", "cards", "wall"))
    for switch in ("plain", "still", "low-bandwidth"):
        parser.add_argument(f"--{switch}", action="store_true", help=argparse.SUPPRESS)
    for number in ("frames", "moving"):
        parser.add_argument(f"--{number}", type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--lag", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case == "play":
        asyncio.run(play(options))
        return
    run = {
        "run": run_case,
        "cells": cells,
        "instructions": instructions,
        "keys": keys,
        "scroll": scroll,
        "slow": slow,
        "many": many,
    }
    for case in [options.case] if options.case else CASES:
        print(f"{case}, {options.channels} channels, {options.size}", flush=True)
        run[case](options)


if __name__ == "__main__":
    main()
