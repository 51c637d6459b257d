"""Commands as processes of their own: signals, pipes, what they load, and two at once."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import termios
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import pytest

from micboard_tui.contracts.health_watch import STORED_AGAIN
from tests.cli.conftest import Answer, Command
from tests.cli.schemas import check_fits, strict_validator
from tests.fakes.forks import read_json, run_command, running_command, simulated_devices
from tests.fakes.full_disk import full_disk

pytestmark = pytest.mark.integration

COMMAND = (sys.executable, "-m", "micboard_tui")
PIPE_BYTES = 65536
"""What a pipe holds, on Linux; less where lines leave room in its pages."""


@pytest.fixture
def environment(home: Path) -> Mapping[str, str]:
    return {**os.environ, "MICBOARD_HOME": str(home), "COLUMNS": "200"}


@contextmanager
def started(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that is started as a shell does, with the limits of this process; it is killed in the end."""
    with subprocess.Popen(
        [*COMMAND, *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def run(environment: Mapping[str, str], *arguments: str) -> Answer:
    ended = run_command(environment, *arguments)
    return Answer(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def eventually(true: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def unread_bytes(pipe: int) -> int:
    count = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def is_full(pipe: int) -> bool:
    """Whether nothing more came for a second."""
    before = unread_bytes(pipe)
    time.sleep(1.0)
    return unread_bytes(pipe) == before


@contextmanager
def simulated(environment: Mapping[str, str], *arguments: str) -> Iterator[Mapping[str, Any]]:
    """One simulated receiver and what ``simulate --json`` says of it."""
    options = ("--receivers", "1", "--chargers", "0", "--scenario", "calm")
    with simulated_devices(environment, *options, *arguments) as (device,):
        yield device


@pytest.mark.parametrize(
    ("number", "exit_code"),
    [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGQUIT, 128 + 3)],
)
def test_the_rack_runs_until_it_is_stopped_and_that_is_a_good_end(
    environment: Mapping[str, str], number: signal.Signals, exit_code: int
) -> None:
    words = ("simulate", "--json", "--address", "127.0.4.2", "--port", "0")
    with running_command(environment, *words) as rack:
        document = read_json(rack.stdout)
        assert document["schema"] == 1
        assert len(document["devices"]) == 6 + 2
        assert rack.end(number) == (exit_code, "", "")


def test_a_reader_that_leaves_ends_the_writer_quietly(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with simulated(environment, "--address", "127.0.4.40", "--port", "0") as device:
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        written = []
        for pipe in ("watch --interval 0.1 | head -n 1", "devices list | true"):
            piped = subprocess.run(
                ["bash", "-c", f"set -o pipefail; {' '.join(COMMAND)} {pipe}"],
                env=environment,
                text=True,
                capture_output=True,
                timeout=90,
                check=False,
            )
            assert (piped.returncode, piped.stderr) == (0, "")
            written.append(piped.stdout)
        check_fits("devices", written[0], "channel_change")


def test_a_reader_that_does_not_read_cannot_keep_the_writer(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with simulated(environment, "--address", "127.0.4.70", "--port", "0") as device:
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        with running_command(environment, "watch", "--interval", "0.1") as watch:
            pipe = watch.stdout.fileno()
            eventually(lambda: unread_bytes(pipe) > PIPE_BYTES // 2 and is_full(pipe))
            watch.process.send_signal(signal.SIGINT)
            assert watch.process.wait(60) == 0
            assert watch.stderr.read() == ""


@pytest.mark.long
def test_polling_prints_at_every_interval_until_it_is_stopped(
    environment: Mapping[str, str], micboard: Command
) -> None:
    with simulated(environment, "--address", "127.0.4.50", "--port", "0") as device:
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        with running_command(environment, "poll", "--interval", "1", "--json") as poll:
            first = read_json(poll.stdout)
            strict_validator("devices").validate(first)
            assert first["version"] > 0
            assert first["devices"][0]["is_online"]
            assert read_json(poll.stdout)["devices"][0]["channels"][0]["link_state"] == "live"
            second = run(environment, "poll", "--once")
            assert (second.code, second.err.split(":")[0]) == (1, "ALREADY_RUNNING")
            code, _, err = poll.end(signal.SIGINT)
            assert (code, err) == (0, "")
    stored = json.loads(micboard("status", "--json").out)["devices"][0]
    assert stored["channels"][0]["battery_percent"] is not None or stored["channels"][0]["battery_bars"]


def collect_lines(pipe: IO[str] | None) -> list[str]:
    """A list that is filled with what arrives, by a thread."""
    assert pipe is not None
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(iter(pipe.readline, "")), daemon=True).start()
    return lines


@pytest.mark.long
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process cannot be changed")
@pytest.mark.parametrize("fills", ["before the start", "while it runs"])
def test_polling_says_that_nothing_is_stored_and_that_it_is_again(
    environment: Mapping[str, str], micboard: Command, fills: str
) -> None:
    """A limit to the size of files ends as a full disk does."""
    environment = {**environment, "MICBOARD_STORAGE__INTERVAL_S": "1"}
    no_limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with simulated(environment, "--address", "127.0.4.51", "--port", "0") as device:
        assert micboard("devices", "add", "shure", device["host"], "--port", str(device["port"])).code == 0
        with ExitStack() as stack:
            with full_disk() if fills == "before the start" else nullcontext():
                poll = stack.enter_context(started(environment, "poll", "--interval", "1"))
            said = collect_lines(poll.stderr)
            eventually(lambda: any("From here on" in line for line in said))
            if fills == "while it runs":
                assert not any("DISK_FULL" in line for line in said)
                resource.prlimit(poll.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            # The recorder, which writes to a file of its own, may say so before.
            eventually(lambda: any(line.startswith("DISK_FULL: The disk of") for line in said))
            assert f"{STORED_AGAIN}\n" not in said
            resource.prlimit(poll.pid, resource.RLIMIT_FSIZE, no_limit)
            eventually(lambda: f"{STORED_AGAIN}\n" in said)
            poll.send_signal(signal.SIGINT)
            assert poll.wait(60) == 0
            assert not any("Traceback" in line for line in said)
    (stored,) = json.loads(micboard("status", "--json").out)["devices"]
    assert stored["channels"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize(
    "arguments", [("config", "show"), ("config", "path", "--json"), ("status", "--json")]
)
def test_an_answer_that_cannot_be_written_is_one_line(
    environment: Mapping[str, str], arguments: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        document = run_command(environment, *arguments, output=full)
    assert document.returncode == 1
    assert document.stderr.startswith(b"DISK_FULL: ")
    assert len(document.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--version",), ("textual", "sqlalchemy", "rich.console", "pydantic", "micboard_tui.cli.devices")),
        (("--help",), ("textual", "sqlalchemy")),
        (
            ("devices", "list", "--json"),
            ("textual", "micboard_tui.cli.show", "micboard_tui.cli.demo"),
        ),
        (("simulate", "--help"), ("textual", "sqlalchemy")),
    ],
)
def test_commands_load_no_more_than_they_need(
    environment: Mapping[str, str], arguments: tuple[str, ...], unwanted: tuple[str, ...]
) -> None:
    script = (
        "import sys, atexit\n"
        f"sys.argv = ['micboard-tui', *{arguments!r}]\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from micboard_tui.cli.main import main\n"
        "main()\n"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], env=environment, text=True, capture_output=True, check=True
    )
    assert not set(asked.stderr.split()) & set(unwanted)
