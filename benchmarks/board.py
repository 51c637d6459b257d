"""The cost of the board in a real pseudo-terminal, beside the same board as Textual alone writes it.

By hand, all cases, or one of run, cells, instructions, keys, scroll, slow and many:

    uv run python benchmarks/board.py [CASE] [--channels 400] [--size 200x60] [--layout rows] [--seconds 10]

A child process shows channels whose meters all change ten times a second and stores nothing; this one reads
what it writes, as a terminal does. Compare processor time and bytes; wall times depend on this machine at
this moment. ``instructions`` needs valgrind.
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
from typing import Any, cast

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
FIRST_FRAMES, LATER_FRAMES = (5, 25), (110, 210)
"""From which frame to which instructions are counted."""
LOOK_EVERY = 5
"""Frames between two judgements: twice a second, as the board does."""
CHANNELS_A_DEVICE = 4
THEME = Path(__file__).parent.parent / "themes" / "stage.toml"


Levels = dict[tuple[DeviceId, int], tuple[float, float]]
Frame = Mapping[DeviceId, Sequence[Observation]]


class FrameClock:
    """A clock that advances by one step a frame, however long the machine needs for it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def make_live_state(channels: int, clock: Callable[[], float] | None = None) -> tuple[LiveState, Levels]:
    """A rack whose channels were all read once, and their levels."""
    live, levels = LiveState(clock or SteadyClock()), Levels()
    devices = [
        Device(DeviceId(f"d{number}"), "shure", "shure-strings", f"10.0.0.{number}", 2202, position=number)
        for number in range(channels // CHANNELS_A_DEVICE)
    ]
    live.place(devices, [])
    pack = Transmitter("ULXD2", battery=Battery(78, 4, 405))
    for index, device in enumerate(devices):
        observations: list[Observation] = [DeviceHeard(DeviceKind.RECEIVER, 4, "ULXD4Q", f"Rack {index}")]
        for number in range(1, CHANNELS_A_DEVICE + 1):
            khz = 470_125 + 350 * len(levels)
            facts = ChannelFacts(f"Vox {index}.{number}", khz, transmitter_present=True, transmitter=pack)
            levels[device.id, number] = -50.0, -20.0
            observations += [FactsHeard(number, facts), make_meters(number, -50.0, -20.0)]
        live.take_observations(device.id, observations)
    return live, levels


def make_meters(number: int, rf: float, audio: float) -> MetersHeard:
    return MetersHeard(number, Meters(rf, rf, None, audio, "A", carrier=True))


def make_frames(levels: Levels) -> Iterator[Frame]:
    """A random walk of every level, forward and back without end; all made beforehand, so not measured."""
    dice = random.Random(1)
    frames: list[Frame] = []
    for _ in range(STEPS):
        frame: dict[DeviceId, list[Observation]] = {}
        for (device_id, number), (rf, audio) in levels.items():
            moved = (
                min(-30.0, max(-80.0, rf + dice.choice((-2.0, -1.0, 1.0, 2.0)))),
                min(0.0, max(-50.0, audio + dice.choice((-6.0, -3.0, 3.0, 6.0)))),
            )
            levels[device_id, number] = moved
            frame.setdefault(device_id, []).append(make_meters(number, *moved))
        frames.append(frame)
    return itertools.cycle([*frames, *frames[-2:0:-1]])


async def take_frames(live: LiveState, frames: Iterator[Frame]) -> None:
    """Ten frames a second."""
    while True:
        take_frame(live, frames)
        await asyncio.sleep(STEP_S)


def take_frame(live: LiveState, frames: Iterator[Frame]) -> None:
    """One reading of every device, as a segment of its own carries it."""
    for device_id, observations in next(frames).items():
        live.take_observations(device_id, observations)


@asynccontextmanager
async def open_no_services() -> AsyncGenerator[Services]:
    """Services that never open. What is loaded by now is frozen, as the container does it."""
    gc.freeze()
    await asyncio.Event().wait()
    yield cast("Services", None)  # it does not come so far


POINTER = "\N{BRAILLE PATTERN DOTS-12345678}"
"""Drawn nowhere else, so that the answer to a key can be distinguished from a frame."""
CASES = ("run", "cells", "instructions", "keys", "scroll", "slow", "many")


class FixedView:
    """Implements ``ViewStore``: the board opens in this layout, and nothing is kept."""

    def __init__(self, layout: str) -> None:
        self._layout = Layout(layout)

    def load(self) -> Mapping[str, Any]:
        return {LAST: View(layout=self._layout).as_json()}

    def save(self, views: Mapping[str, Any]) -> str | None:
        del views
        return None


class MeasuredApp(MicboardApp):
    """The real app on a live state that this benchmark feeds."""

    def __init__(self, live: LiveState, options: argparse.Namespace) -> None:
        glyphs, fps = ("ascii", 4) if options.low_bandwidth else ("blocks", 10)
        board_options = BoardOptions(
            (THEME,), glyphs=glyphs, fps=fps, frame_buffer=not options.plain, views=FixedView(options.layout)
        )
        super().__init__(live, open_no_services, board_options)
        if not options.low_bandwidth:
            self._style = replace(self._style, glyphs=replace(BLOCKS, pointer=POINTER))
        self.painted = asyncio.Event()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.painted.set()


async def run_board(options: argparse.Namespace) -> None:
    """Run the board; in the child process."""
    clock = FrameClock() if options.frames else None
    live, levels = make_live_state(options.channels, clock)
    if options.moving is not None:
        levels = dict(list(levels.items())[: options.moving])
    app = MeasuredApp(live, options)
    tasks: list[asyncio.Task[None]] = []
    if clock is not None:
        next_frame = functools.partial(take_frame, live, make_frames(levels))
        tasks.append(asyncio.create_task(paint_frames(app, clock, next_frame, options.frames)))
    elif not options.still:
        tasks.append(asyncio.create_task(take_frames(live, make_frames(levels))))
    if options.lag:
        tasks.append(asyncio.create_task(watch_loop(Path(options.lag))))
    await app.run_async()
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def paint_frames(
    app: MeasuredApp, clock: FrameClock, next_frame: Callable[[], None], frames: int
) -> None:
    """Paint ``frames`` frames, each before the next one is taken; then end the process."""
    # With a counter, and beside other work, a start takes long.
    while not (isinstance(board := app.screen, BoardScreen) and board.board.visible_lines):  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    await asyncio.sleep(3.0)
    await be_still(app, board)
    for frame in range(frames):
        clock.now += STEP_S
        next_frame()
        app.painted.clear()
        board.sample()
        if frame % LOOK_EVERY == 0:
            board.judge()
        if not app.painter.is_on:
            await app.painted.wait()
        await asyncio.sleep(0)
        while app.painter.is_busy:
            # The next frame would be dropped.
            time.sleep(0.01)  # noqa: ASYNC251 - what the loop does meanwhile would be counted
    os._exit(0)


async def be_still(app: MeasuredApp, board: BoardScreen) -> None:
    """End what comes more often the slower the machine is, and what the start left to do."""
    for node in (app, board, *board.query("*")):
        for timer in set(node._timers) - {board._update_timer}:
            timer.stop()
    gc.collect()
    gc.disable()
    for _ in range(1000):
        await asyncio.sleep(0)


async def watch_loop(file: Path) -> None:
    """Write how many milliseconds late each sleep of ten milliseconds ends, one a line."""
    with file.open("w") as out:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            out.write(f"{(time.monotonic() - before - 0.01) * 1000:.2f}\n")
            out.flush()


def board_command(options: argparse.Namespace, *more: str) -> tuple[str, ...]:
    """The command line of the child process that runs the board."""
    return (__file__, "play", "--channels", str(options.channels), "--layout", options.layout, *more)


Case = Callable[..., str]


def with_and_without_buffer(case: Case) -> Callable[[argparse.Namespace], None]:
    """Run a case for the frame buffer and for the plain board, in turn, and print both."""

    def run(options: argparse.Namespace) -> None:
        for name, more in (("frame buffer", ()), ("plain", ("--plain",))):
            print(f"  {name:<14}{case(options, *more)}", flush=True)

    return run


def observe(child: Child, seconds: float) -> tuple[bytes, float]:
    """The output of a running board within ``seconds``, and the processor time in seconds that it takes."""
    child.read(WARM_UP_S)
    before = child.cpu_s()
    output = child.read(seconds)
    return output, child.cpu_s() - before


def measure(options: argparse.Namespace, *more: str) -> str:
    with Child(options.size, *board_command(options, *more)) as child:
        output, spent = observe(child, options.seconds)
        return (
            f"{len(output) / options.seconds / 1000:7.1f} kB/s"
            f" {output.count(b'2026l') / options.seconds:5.1f} writes a second"
            f" {spent / options.seconds * 100:5.1f} % of a core {child.memory_mb():5.0f} MB"
        )


def measure_running(options: argparse.Namespace) -> None:
    """Bytes, processor time and memory of the running board."""
    for name, more in (("all moving", ()), ("low bandwidth", ("--low-bandwidth",)), ("still", ("--still",))):
        print(name)
        case = with_and_without_buffer(lambda options, *plain, more=more: measure(options, *more, *plain))
        case(options)


@with_and_without_buffer
def measure_cells(options: argparse.Namespace, *more: str) -> str:
    """Bytes a changed cell, and how many times the least that is possible."""
    with Child(options.size, *board_command(options, *more)) as child:
        first = child.read(WARM_UP_S)
        output = child.read(3.0)
        reader = Reader(options.size)
        list(reader.frames(first + output[: output.find(b"2026l") + 5]))
        frames = list(reader.frames(output[output.find(b"2026l") + 5 :]))
        written, changed, least = (sum(counts) for counts in zip(*frames, strict=True))
        return f"{written / changed:6.1f} bytes a changed cell, {written / least:5.2f} times the limit"


@with_and_without_buffer
def count_instructions(options: argparse.Namespace, *more: str) -> str:
    """Instructions a frame, by valgrind: in the first seconds, and as they go on for ten seconds.

    At first most values of meters are drawn for the first time. Every ten seconds the trends go on by a
    slot, and all rows are drawn anew, so that only ten seconds together are a mean.
    """
    first, later = (count_between(options, *frames, *more) for frames in (FIRST_FRAMES, LATER_FRAMES))
    return f"{later:6.1f} million instructions a frame, {first:.1f} in the first seconds"


def count_between(options: argparse.Namespace, start: int, stop: int, *more: str) -> float:
    """Millions of instructions a frame from one frame to another."""
    counts = []
    for frames in (start, stop):
        with tempfile.NamedTemporaryFile() as log:
            counter = ("valgrind", "--tool=cachegrind", "--cache-sim=no", f"--log-file={log.name}")
            out = "--cachegrind-out-file=/dev/null"
            command = board_command(options, "--frames", str(frames), *more)
            with Child(options.size, *command, before=(*counter, out)) as child:
                child.wait()
            report = Path(log.name).read_text()
            counts.append(int(re.findall(r"I +refs: +([\d,]+)", report)[0].replace(",", "")))
    return (counts[1] - counts[0]) / (stop - start) / 1e6


def press_keys(child: Child, times: int, *, rate: float | None = None) -> list[float]:
    """Milliseconds from a key to its answer, at random moments; at most ``rate`` bytes a second are read."""
    dice, answer_ms = random.Random(2), []
    for number in range(times):
        child.read(dice.uniform(0.15, 0.35), rate=rate)
        start = time.monotonic()
        child.type(b"\x1b[B" if number % 2 == 0 else b"\x1b[A")
        child.read(10.0, until=POINTER.encode(), rate=rate)
        answer_ms.append((time.monotonic() - start) * 1000)
    return answer_ms


def format_spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"p50 {statistics.median(ordered):7.1f} p95 {ordered[int(len(ordered) * 0.95)]:7.1f} ms"


@with_and_without_buffer
def measure_keys(options: argparse.Namespace, *more: str) -> str:
    """From a cursor key to its answer while everything moves, and when nothing does; and its bytes."""
    with Child(options.size, *board_command(options, *more)) as child:
        child.read(WARM_UP_S)
        loaded = format_spread(press_keys(child, 40))
    with Child(options.size, *board_command(options, "--still", *more)) as child:
        child.read(WARM_UP_S)
        idle = format_spread(press_keys(child, 20))
        child.read(1.0)
        child.type(b"\x1b[B")
        output = child.read(0.5)
    answer = output.find(SYNC_END) + len(SYNC_END)
    return f"loaded {loaded}, idle {idle}, answer {answer} bytes, {len(output)} with all that follows"


@with_and_without_buffer
def measure_scrolling(options: argparse.Namespace, *more: str) -> str:
    """Bytes of one page down while nothing else moves, a cell of the screen."""
    columns, lines = map(int, options.size.split("x"))
    with Child(options.size, *board_command(options, "--still", *more)) as child:
        child.read(WARM_UP_S)
        costs = []
        for _ in range(4):
            child.type(b"\x1b[6~")
            costs.append(len(child.read(0.4)))
        usual = statistics.median(costs)
        return f"{usual:7.0f} bytes a page, {usual / columns / lines:5.2f} a cell of the screen"


@with_and_without_buffer
def measure_slow_terminal(options: argparse.Namespace, *more: str) -> str:
    """A terminal that reads 30 kB a second: keys, and how late the event loop is."""
    with (
        tempfile.NamedTemporaryFile() as lag,
        Child(options.size, *board_command(options, "--lag", lag.name, *more)) as child,
    ):
        child.read(WARM_UP_S)
        child.read(3.0, rate=30_000)
        Path(lag.name).write_text("")
        answer_ms = press_keys(child, 20, rate=30_000)
        lag_ms = [float(line) for line in Path(lag.name).read_text().replace("\0", "").split()]
        return f"key {format_spread(answer_ms)}, loop lag {format_spread(lag_ms)}"


def measure_many_channels(options: argparse.Namespace) -> None:
    """The same 100 moving channels among 100 and among 1000."""
    for channels in (100, 1000):
        command = (
            *(__file__, "play", "--channels", str(channels)),
            *("--layout", options.layout, "--moving", "100"),
        )
        with Child(options.size, *command) as child:
            output, spent = observe(child, options.seconds)
            print(
                f"  {channels:5} channels {len(output) / options.seconds / 1000:7.1f} kB/s"
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
        asyncio.run(run_board(options))
        return
    run = {
        "run": measure_running,
        "cells": measure_cells,
        "instructions": count_instructions,
        "keys": measure_keys,
        "scroll": measure_scrolling,
        "slow": measure_slow_terminal,
        "many": measure_many_channels,
    }
    for case in [options.case] if options.case else CASES:
        print(f"{case}, {options.channels} channels, {options.size}", flush=True)
        run[case](options)


if __name__ == "__main__":
    main()
