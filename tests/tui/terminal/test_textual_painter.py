"""The renderer under the whole app: the terminal must show what a full repaint by Textual would."""

import asyncio
import errno
import os
import random
import signal
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.pilot import Pilot
from textual.screen import Screen

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.terminal.bounded_driver import BoundedDriver
from micboard_tui.tui.terminal.textual_painter import Painter, unexpected_names
from micboard_tui.tui.widgets.channel_board import Board
from tests.fakes.links import until
from tests.tui.emulated_terminal import TerminalDriver, difference, repainted
from tests.tui.scripted_rig import (
    CHAPEL,
    FACTS,
    METERS,
    OPTIONS,
    STAGE,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)

NAMES = ("Lead Vox", "日本 Vox", "Cafe\u0301 Ole\u0301", "[b]Bass[/b] >x", "Lead Vox")


def full_house() -> ScriptedRig:
    scripts = {
        f"127.0.0.{number}": reports(
            f"Rack {number}",
            *(vocal(f"{NAMES[n]} {number}.{n}", 470_000 + 375 * n, Battery(78, 4, 405)) for n in range(4)),
        )
        for number in range(2, 8)
    }
    return ScriptedRig(scripts, *(device(number, STAGE if number < 5 else CHAPEL) for number in range(2, 8)))


@asynccontextmanager
async def open_board(
    rig: ScriptedRig, size: tuple[int, int] = (80, 24), *, frame_buffer: bool = True
) -> AsyncGenerator[tuple[MicboardApp, Pilot[Any], TerminalDriver]]:
    """The app on a terminal of ours, until the block is left."""
    app = rig.app(replace(OPTIONS, frame_buffer=frame_buffer))
    app.driver_class = TerminalDriver
    app.animation_level = "none"
    running = asyncio.create_task(app.run_async(size=size))
    pilot = Pilot[Any](app)
    await until(lambda: app._running and len(app.screen_stack) > 1)
    await rig.all_devices_settle()
    await pilot.pause()
    settle(app)
    await pilot.pause()
    try:
        yield app, pilot, TerminalDriver.last
    finally:
        app.exit()
        await running


async def judge(app: MicboardApp, pilot: Pilot[Any], driver: TerminalDriver) -> None:
    """The terminal becomes what it should be, at the latest when all that was asked for is painted."""
    wrong = ""
    for _ in range(20):
        await pilot.pause()
        if (wrong := difference(driver.terminal.seen(), repainted(app).seen())) == "":
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{wrong}\n" + "\n".join(driver.terminal.text()))


def walk(rig: ScriptedRig, dice: random.Random) -> None:
    """Every meter somewhere else, and now and then another name."""
    for number in range(2, 8):
        rig.report(
            number,
            *(
                MetersHeard(
                    n, METERS._replace(rf_dbm=dice.uniform(-95, -30), audio_dbfs=dice.uniform(-50, 0))
                )
                for n in range(1, 5)
            ),
        )
    if dice.random() < 0.2:
        rig.report(dice.randint(2, 7), FactsHeard(1, replace(FACTS, name=dice.choice(NAMES))))


async def test_the_terminal_shows_the_board() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        assert any("Lead Vox 2.0" in line for line in driver.terminal.text())


KEYS = ("down", "down", "up", "pagedown", "pageup", "end", "home", "tab", "o", "g", "T", "j", "k")
DIALOGS = ("f", "question_mark", "d", "V", "enter", "slash", "ctrl+p")
SIZES = ((80, 24), (120, 40), (60, 15), (50, 10), (100, 30), (200, 24))


@pytest.mark.journey(traced=False)
@pytest.mark.parametrize("seed", range(2))
async def test_after_any_evening_the_terminal_shows_what_it_should(seed: int) -> None:
    dice, rig = random.Random(seed), full_house()
    async with open_board(rig, (120, 40) if seed % 2 else (80, 24)) as (app, pilot, driver):
        for _ in range(12):
            for _ in range(4):
                walk(rig, dice)
                rig.manual_clock.now += dice.choice((0.1, 0.1, 3.0))
                settle(app)
            match dice.randrange(6):
                case 0 | 1:
                    await pilot.press(*dice.choices(KEYS, k=3))
                case 2:
                    await pilot.press(dice.choice(DIALOGS))
                    walk(rig, dice)
                    settle(app)
                    await judge(app, pilot, driver)
                    await pilot.press("escape")
                case 3:
                    app.notify(
                        f"日本 {dice.random()}", severity=dice.choice(("warning", "error")), timeout=0.1
                    )
                case 4:
                    driver.resize(*dice.choice(SIZES))
                case _:
                    driver.terminal.write("\x1b[2J\x1b[1;1Hsomebody else wrote here")
                    await pilot.press("ctrl+l")
            await judge(app, pilot, driver)


async def test_meters_are_painted_past_the_compositor() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        driver.written()
        rig.report(2, MetersHeard(1, METERS._replace(audio_dbfs=-3.0)))
        settle(app)
        # No message was handled since: the compositor had no chance.
        assert not app.screen._dirty_widgets
        assert 0 < driver.written() < 200
        assert " -3 " in driver.terminal.text()[4]
        await judge(app, pilot, driver)


async def test_moving_the_selection_costs_a_hundred_bytes() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        driver.written()
        app.screen.query_one(Board).action_step(1)
        assert 0 < driver.written() < 1500
        await judge(app, pilot, driver)


async def test_a_still_stage_writes_nothing() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        driver.written()
        for _ in range(3):
            settle(app)
            await pilot.pause()
        assert driver.frames == []


async def test_a_toast_is_not_painted_over() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        app.notify("Hands off", timeout=60)
        await until(lambda: any("Hands off" in line for line in driver.terminal.text()))
        for _ in range(3):
            walk(rig, random.Random(1))
            settle(app)
            await judge(app, pilot, driver)
        assert any("Hands off" in line for line in driver.terminal.text())


async def test_switched_off_textual_writes_as_always() -> None:
    rig = full_house()
    async with open_board(rig, frame_buffer=False) as (app, pilot, driver):
        assert not app.painter.is_on
        walk(rig, random.Random(1))
        settle(app)
        await judge(app, pilot, driver)
        driver.terminal.write("\x1b[2J")
        await pilot.press("ctrl+l")
        await judge(app, pilot, driver)


async def test_a_textual_of_another_making_is_left_alone() -> None:
    class Other(App[None]):
        def __init__(self) -> None:
            super().__init__()
            del self._sync_available

    app = Other()
    assert unexpected_names(app) == ["App._sync_available"]
    painter = Painter(app)
    assert painter.unexpected_names
    assert not painter.is_on
    assert not painter.display(Screen(), None)


async def test_frames_are_marked_where_the_terminal_knows_marks() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        app._sync_available = True
        walk(rig, random.Random(2))
        driver.written()
        settle(app)
        assert len(driver.frames) >= 1
        assert driver.frames[0].startswith("\x1b[?2026h")
        assert driver.frames[0].endswith("\x1b[?2026l")
        await judge(app, pilot, driver)


async def test_resume_draws_everything_anew() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        driver.terminal.write("\x1b[2J")
        app._resume_signal()
        await judge(app, pilot, driver)


class Pipe(WriterThread):
    """Textual's own thread, writing into a pipe that nobody empties until ``read``."""

    def __init__(self) -> None:
        self.out, into = os.pipe()
        super().__init__(os.fdopen(into, "w"))
        self.start()

    @property
    def has_begun(self) -> bool:
        return self._queue.empty()

    def read(self) -> str:
        return os.read(self.out, 1 << 20).decode(errors="replace")


async def test_a_terminal_that_does_not_read_gets_no_more_frames() -> None:
    rig = full_house()
    async with open_board(rig) as (app, pilot, driver):
        await judge(app, pilot, driver)
        pipe = driver._writer_thread = Pipe()  # type: ignore[attr-defined]
        assert not app.painter.is_busy
        pipe.write("x" * 100_000)
        # Busy since the pipe is full, and not only since the thread has not begun.
        await until(lambda: pipe.has_begun and app.painter.is_busy)
        driver.written()
        walk(rig, random.Random(3))
        board = settle(app)
        board.tick()
        await pilot.pause()
        assert driver.frames == []
        # A key is answered all the same.
        board.board.action_step(1)
        assert len(driver.frames) == 1
        await until(lambda: bool(pipe.read()) and not app.painter.is_busy)
        await judge(app, pilot, driver)
        pipe.stop()
        pipe._file.close()
        os.close(pipe.out)


class Dead(StringIO):
    """A terminal that has gone."""

    def write(self, _: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


class Stuck(StringIO):
    """A terminal that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def write(self, text: str) -> int:
        self.go.wait(10.0)
        return super().write(text)


@pytest.fixture
async def driver() -> AsyncGenerator[BoundedDriver]:
    kept = {each: signal.getsignal(each) for each in (signal.SIGTSTP, signal.SIGCONT)}
    yield BoundedDriver(full_house().app(OPTIONS))
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_terminal_that_has_gone_keeps_nobody_waiting(driver: BoundedDriver) -> None:
    driver._writer_thread = writer = WriterThread(Dead())
    writer.start()
    driver.write("hello")
    writer.join(5.0)
    for _ in range(100):
        driver.write("anybody there?")
    driver.close()
    assert not writer.is_alive()


async def test_a_terminal_that_takes_nothing_keeps_nobody_waiting_for_long(driver: BoundedDriver) -> None:
    terminal = Stuck()
    driver._writer_thread = writer = WriterThread(terminal)
    writer.start()
    for _ in range(10):
        driver.write("x")
    driver.close()
    assert writer.is_alive()
    terminal.go.set()
    writer.join(5.0)
    assert terminal.getvalue() == "x" * 10


async def test_what_is_written_last_still_arrives(driver: BoundedDriver) -> None:
    terminal = StringIO()
    driver._writer_thread = WriterThread(terminal)
    driver._writer_thread.start()
    driver.write("goodbye")
    driver.close()
    assert terminal.getvalue() == "goodbye"
    driver._writer_thread = None
    driver.write("nobody")
    driver.close()
