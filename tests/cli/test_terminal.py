"""The board in a real pseudo-terminal: what is written, what keys do, and how it ends."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tests.cli.conftest import Command
from tests.cli.test_processes import eventually, run, simulated
from tests.fakes.forks import ForkedProcess, get_fork_server

pytestmark = pytest.mark.integration

GIVEN_BACK = ((b"?1049l", b"?1049h"), (b"?1000l", b"?1000h"), (b"?25h", b"?25l"))
"""Alternate screen and mouse off, cursor on: each is written after the last that did the opposite."""
ESCAPES = re.compile(rb"\x1b(\[[0-9;?:<>=]*[ -/]*[@-~]|[\]P].*?(\x07|\x1b\\)|[@-Z\\^_=>])", re.DOTALL)


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TMUX"}}
    (tmp_path / "tmp").mkdir()
    return {
        **kept,
        "MICBOARD_HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }


class Terminal:
    """A command in a pseudo-terminal of its own."""

    def __init__(self, process: ForkedProcess, handle: int) -> None:
        self.process, self._handle = process, handle
        self.written = b""

    def read(self, seconds: float) -> bytes:
        """All that is written within this time."""
        told, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([self._handle], [], [], left)[0]:
            try:
                told += os.read(self._handle, 65536)
            except OSError:
                break
        self.written += told
        return told

    def until(self, *texts: str, timeout_s: float = 90.0) -> None:
        """Read until all of these have stood on the screen since the last call."""
        shown, end = b"", time.monotonic() + timeout_s
        while not all(text.encode() in ESCAPES.sub(b"", shown) for text in texts):
            assert time.monotonic() < end, ESCAPES.sub(b"", shown).decode(errors="replace")
            assert self.process.poll() is None, ESCAPES.sub(b"", shown).decode(errors="replace")
            shown += self.read(0.05)

    def press(self, keys: str) -> None:
        self.send(keys.encode())

    def send(self, data: bytes) -> None:
        os.write(self._handle, data)

    def send_all(self, data: bytes) -> None:
        """In pieces, as they are taken, until the terminal is closed."""
        rest = memoryview(data)
        with suppress(OSError):
            while rest:
                rest = rest[os.write(self._handle, rest[:4096]) :]

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def answer(self, question: str, reply: str) -> None:
        self.until(question)
        # What is typed before the echo is off would be shown.
        time.sleep(0.1)
        self.press(f"{reply}\n")

    def end(self, timeout_s: float = 60.0) -> int:
        """Its exit code; what it still writes is read, so that it never waits for us."""
        end = time.monotonic() + timeout_s
        while self.process.poll() is None:
            assert time.monotonic() < end
            self.read(0.05)
        self.read(0.2)
        code = self.process.poll()
        assert code is not None
        return code


@contextmanager
def terminal(
    environment: Mapping[str, str], *words: str, columns: int = 80, lines: int = 24, controls: bool = True
) -> Iterator[Terminal]:
    """``controls``: the terminal sends its signals to the board, as a shell arranges it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = get_fork_server().start(words, environment, theirs, controls=controls)
    os.close(theirs)
    board = Terminal(process, ours)
    try:
        yield board
    finally:
        process.kill()
        board.hang_up()
        process.wait(60)


def test_the_demo_moves_and_leaves_nothing_behind(environment: Mapping[str, str]) -> None:
    with terminal(environment, "demo", "--seed", "3") as board:
        board.until("demo", "Main Stage", "Lead Vox", "live")
        before = len(board.written)
        board.read(2.0)
        assert len(board.written) > before
        board.press("q")
        assert board.end() == 0
    assert list(Path(environment["TMPDIR"]).iterdir()) == []
    assert not Path(environment["MICBOARD_HOME"]).exists()
    for off, on in GIVEN_BACK:
        assert board.written.rfind(off) > board.written.rfind(on)
    assert b"Traceback" not in board.written


@pytest.mark.parametrize(
    ("number", "exit_code"),
    [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 0), (signal.SIGQUIT, 128 + 3)],
)
def test_a_signal_that_ends_the_process_gives_the_screen_back(
    environment: Mapping[str, str], number: signal.Signals, exit_code: int
) -> None:
    with terminal(environment, "demo") as board:
        board.until("Lead Vox", "live")
        board.process.send_signal(number)
        asked = time.monotonic()
        assert board.end() == exit_code
        assert time.monotonic() - asked < 20.0  # 6 s on a machine that has nothing else to do
    for off, on in GIVEN_BACK:
        assert board.written.rfind(off) > board.written.rfind(on)
    assert b"Traceback" not in board.written
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


def test_devices_are_left_in_order_when_the_board_is_told_to_quit(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with simulated(environment, "--address", "127.0.4.61", "--port", "0") as device:
        address = device["host"], device["port"]
        assert micboard("devices", "add", "shure", address[0], "--port", str(address[1])).code == 0
        with terminal(environment) as board:
            board.until("Lead Vox", "live")
            # Its name and state are shown as soon as they come, and metering is switched on after them.
            eventually(lambda: meter_rate(address) > 0)
            board.process.send_signal(signal.SIGQUIT)
            assert board.end() == 128 + signal.SIGQUIT
        assert meter_rate(address) == 0


def meter_rate(address: tuple[str, int]) -> int:
    """What another client of the device is told of its first channel."""
    with socket.create_connection(address, 5) as link:
        link.settimeout(5)
        link.sendall(b"< GET 1 METER_RATE >")
        answer = b""
        while not (reply := re.search(rb"< REP 1 METER_RATE (\d+) >", answer)):
            answer += link.recv(4096)
    return int(reply[1])


@pytest.mark.parametrize("resumes", [0, 3])
@pytest.mark.parametrize("is_told", [True, False], ids=["with SIGHUP", "without a signal"])
def test_a_terminal_that_goes_away_leaves_no_orphan(
    environment: Mapping[str, str], resumes: int, is_told: bool
) -> None:
    with terminal(environment, "demo", controls=is_told) as board:
        board.until("Lead Vox", "live")
        board.hang_up()
        # As tmux does, and systems where the shell has gone too.
        for _ in range(resumes):
            board.process.send_signal(signal.SIGCONT)
            time.sleep(0.1)
        board.process.wait(60)
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads, as Linux shows them")
def test_the_end_of_a_pause_that_never_was_starts_nothing_twice(environment: Mapping[str, str]) -> None:
    with terminal(environment, "demo") as board:
        board.until("Lead Vox", "live")
        threads = Path(f"/proc/{board.process.pid}/task")
        before = len(list(threads.iterdir()))
        for _ in range(4):
            board.process.send_signal(signal.SIGCONT)
            board.until("Lead Vox")
        # Services may have started one or two meanwhile; each signal would have left one at least.
        assert len(list(threads.iterdir())) < before + 4
        assert leave(board) == 0


def leave(board: Terminal) -> int:
    """Press q until it ends: a key is dropped that is typed just when a pause ends, as during the pause."""
    for _ in range(60):
        if board.process.poll() is not None:
            break
        board.press("q")
        board.read(1.0)
    return board.end()


@pytest.mark.parametrize("gap_s", [0.002, 0.05])
def test_pauses_that_end_while_it_says_goodbye_keep_it_no_longer(
    environment: Mapping[str, str], gap_s: float
) -> None:
    with terminal(environment, "demo") as board:
        board.until("Lead Vox", "live")
        board.press("q")
        for _ in range(int(5.0 / gap_s)):
            if board.process.poll() is not None:
                break
            board.process.send_signal(signal.SIGCONT)
            board.read(gap_s)
        assert leave(board) == 0


def test_many_ends_of_pauses_at_once_leave_no_threads(environment: Mapping[str, str]) -> None:
    with terminal(environment, "demo") as board:
        board.until("Lead Vox", "live")
        threads = Path(f"/proc/{board.process.pid}/task")
        before = len(list(threads.iterdir()))
        for _ in range(200):
            board.process.send_signal(signal.SIGCONT)
            board.read(0.002)
        board.read(1.0)
        assert len(list(threads.iterdir())) <= before + 2
        assert leave(board) == 0


def test_the_first_start_leads_to_the_demo_and_back(environment: Mapping[str, str]) -> None:
    with terminal(environment) as board:
        board.until("Welcome. No receiver is registered yet.")
        board.press("d")
        board.until("demo", "Lead Vox", "live")
        board.press("q")
        assert board.end() == 0
    assert run(environment, "status", "--json").out.count("device_id") == 0


def test_a_second_board_on_the_same_data_says_which_is_the_first(environment: Mapping[str, str]) -> None:
    with terminal(environment) as board:
        board.until("Welcome")
        second = run(environment)
        assert second.code == 1
        assert second.err.startswith("ALREADY_RUNNING: Another micboard-tui works on the same data")
        assert f"process {board.process.pid}" in second.err
        board.press("q")
        assert board.end() == 0


def test_a_database_of_a_newer_release_ends_the_board_with_one_line(environment: Mapping[str, str]) -> None:
    file = Path(environment["MICBOARD_HOME"]) / "data" / "micboard.db"
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    with terminal(environment) as board:
        assert board.end() == 1
    last = ESCAPES.sub(b"", board.written[board.written.rfind(b"\x1b[?1049l") :]).decode().strip()
    assert "DATABASE_NEWER: " in last
    assert "Update micboard-tui" in last
    assert "Traceback" not in last


def test_a_damaged_database_opens_the_board_which_shows_what_became_of_it(
    environment: Mapping[str, str],
) -> None:
    file = Path(environment["MICBOARD_HOME"]) / "data" / "micboard.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"rubbish" * 1000)
    with terminal(environment) as board:
        board.until("was damaged")
        board.press("q")
        assert board.end() == 0
    (kept,) = file.parent.glob("micboard-damaged-*.db")
    assert kept.read_bytes() == b"rubbish" * 1000


@pytest.mark.long
@pytest.mark.no_cover
def test_a_still_stage_writes_nothing(environment: Mapping[str, str], micboard: Command) -> None:
    quiet = {**environment, "MICBOARD_METERING__INTERVAL_MS": "0"}
    with simulated(environment, "--address", "127.0.4.60", "--port", "0") as device:
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        with terminal(quiet) as board:
            board.until("Lead Vox", "live")
            board.read(3.0)
            # The clock moves once a minute, and each battery counts a minute down; nothing else may.
            assert b"" in (board.read(3.0) for _ in range(6))
            board.press("qq")
            assert board.end() == 0


def test_colours_and_blocks_are_left_out_when_asked(environment: Mapping[str, str]) -> None:
    words = ("demo", "--scenario", "disaster", "--low-bandwidth")
    with terminal({**environment, "NO_COLOR": "1"}, *words) as board:
        board.until("Lead Vox", "RF lost")
        board.press("q")
        assert board.end() == 0
    assert ESCAPES.sub(b"", board.written).isascii()
    codes = {code for codes in re.findall(rb"\x1b\[([0-9;]*)m", board.written) for code in codes.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"22"}
    assert {b"1", b"2", b"7"} <= codes


PAINTING = "micboard_tui.cli.run, micboard_tui.tui.app"
"""What the first screen is loaded with, beside the settings."""


def test_the_first_screen_needs_no_database_libraries() -> None:
    loaded = loaded_by(f"import {PAINTING}, micboard_tui.container")
    assert loaded.isdisjoint({"sqlalchemy", "sqlmodel", "httpx", "pydantic", "alembic"})


def test_the_first_values_of_an_attached_board_need_only_what_shows_them() -> None:
    loaded = loaded_by(
        "from micboard_tui.config.lean_loading import load_log_library\n"
        "load_log_library()\n"
        f"import {PAINTING}, micboard_tui.config.settings, micboard_tui.console\n"
        "from micboard_tui.bus.nats_library import load_library\n"
        "load_library()"
    )
    libraries = {"sqlalchemy", "sqlmodel", "httpx", "aiohttp", "alembic", "zeroconf", "rich.traceback"}
    libraries |= {"pydantic_settings", "statistics"}
    ours = {"container", "manufacturers", "simulator", "storage", "contracts.services", "domain.recap"}
    assert loaded.isdisjoint(libraries | {f"micboard_tui.{name}" for name in ours})
    assert {"micboard_tui.bus.mirror.mirror", "nats", "structlog"} <= loaded


def loaded_by(script: str) -> set[str]:
    """The names of all modules that are loaded after a script."""
    program = f"{script}\nimport sys\nprint(*sys.modules)"
    asked = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True)
    return set(asked.stdout.split())


def test_bytes_and_keys_of_all_kinds_end_nothing(environment: Mapping[str, str]) -> None:
    random = Random(10)
    pieces = (b"\xf6", b"\xe1", b"\x80", b"\xff\xfe", b"\xc3", b"\x1b[", b"\x1b", b"?", b"\r", b"j", b"/")
    with terminal(environment, "demo", "--seed", "3") as board:
        board.until("Lead Vox", "live")
        for _ in range(60):
            board.send(random.choice(pieces))
            time.sleep(random.choice((0.0, 0.0, 0.01, 0.05)))
        for _ in range(12):
            board.press("\x1b")
            board.read(0.15)
        assert board.process.poll() is None
        board.press("q")
        assert board.end() == 0
    assert b"Traceback" not in board.written


@pytest.mark.parametrize("opener", ["/", "n", ""], ids=["find", "name", "board"])
def test_a_large_text_that_is_pasted_without_brackets_costs_neither_memory_nor_time(
    environment: Mapping[str, str], opener: str
) -> None:
    with terminal(environment, "demo", "--seed", "3", columns=120, lines=40) as board:
        board.until("Lead Vox", "live")
        board.press(opener)
        board.read(1.0)
        before_mb = memory_mb(board.process.pid)
        paste = Thread(target=board.send_all, args=(b"jk" * 500_000,), daemon=True)
        paste.start()
        # Keys that do nothing on the board but move: a message of a key would take the place of the warning.
        began = time.monotonic()
        while paste.is_alive() or b"not all of it was taken" not in ESCAPES.sub(b"", board.written):
            board.read(0.1)
            assert time.monotonic() - began < 60
        for _ in range(4):
            board.press("\x1b")
            board.read(0.3)
        board.press("?")
        board.until("scroll", "page", timeout_s=20.0)
        assert memory_mb(board.process.pid) - before_mb < 50
        board.process.send_signal(signal.SIGTERM)
        assert board.end(20.0) == 0
    assert b"Traceback" not in board.written


def test_a_paste_that_goes_on_keeps_no_signal_from_ending_the_board(environment: Mapping[str, str]) -> None:
    with terminal(environment, "demo", "--seed", "3") as board:
        board.until("Lead Vox", "live")
        board.press("/")

        Thread(target=board.send_all, args=(b"x" * 50_000_000,), daemon=True).start()
        board.read(2.0)
        board.process.send_signal(signal.SIGTERM)
        assert board.end(20.0) == 0
    assert b"Traceback" not in board.written


def memory_mb(pid: int) -> float:
    """The most that the process has had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
