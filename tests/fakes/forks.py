"""Processes that are started without loading everything anew: see ``fork_server``."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from filelock import FileLock

PROGRAM = Path(__file__).parent / "fork_server.py"
COMMAND_MODULE = "micboard_tui"
POLL_S = 0.02
START_LIMIT_S = 60.0
WAITING = 16
"""More than there are test processes."""


class ForkedProcess:
    """A process as ``subprocess.Popen`` shows one."""

    def __init__(self, report: int) -> None:
        self._report = os.fdopen(report)
        self.pid = int(self._report.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._report], [], [], 0)[0]:
            self.returncode = int(self._report.readline())
            self._report.close()
        return self.returncode

    def wait(self, timeout_s: float) -> int:
        end = time.monotonic() + timeout_s
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout_s)
            time.sleep(POLL_S)
        return code

    def send_signal(self, number: int) -> None:
        # The server waits for it, so it may be gone before its end is reported.
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class PipedProcess:
    """A process with all that it writes, as text."""

    def __init__(self, process: ForkedProcess, stdout: IO[str], stderr: IO[str]) -> None:
        self.process, self.stdout, self.stderr = process, stdout, stderr

    @property
    def pid(self) -> int:
        return self.process.pid

    def send_signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Send it a signal; its exit code, and the rest of what it writes, which no pipe is too small for."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        return code, self.stdout.read(), self.stderr.read()


class ForkServer:
    def __init__(self, directory: Path) -> None:
        """Of all test processes with the same ``directory``: the first that needs it starts it."""
        directory.mkdir(mode=0o700, exist_ok=True)
        self._wire = socket.socket(socket.AF_UNIX)
        # It is of the whole run, so that nothing closes it before the interpreter ends and complains.
        atexit.register(self._wire.close)
        path = directory / "wire"
        # While this is held the server does not end, and no other starts one.
        with FileLock(directory / "lock", timeout=START_LIMIT_S):
            try:
                self._wire.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                path.unlink(missing_ok=True)
                with socket.socket(socket.AF_UNIX) as listener:
                    listener.bind(str(path))
                    listener.listen(WAITING)
                    self._start(directory, listener)
                self._wire.connect(str(path))

    def start_module(
        self, module: str, arguments: Sequence[str], streams: Sequence[int], **more: object
    ) -> ForkedProcess:
        """Run a module of the program or of the tests as ``python -m`` does, with these three streams."""
        request = {"module": module, "arguments": arguments, "environment": dict(os.environ)} | more
        document = json.dumps(request).encode()
        reads, writes = os.pipe()
        try:
            socket.send_fds(self._wire, [len(document).to_bytes(4, "big")], [*streams, writes])
        finally:
            os.close(writes)
        self._wire.sendall(document)
        return ForkedProcess(reads)

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], stream: int, *, controls: bool
    ) -> ForkedProcess:
        """Run a command. ``stream`` is its input, output and error, and with ``controls`` its terminal."""
        return self.start_module(
            COMMAND_MODULE,
            arguments,
            [stream] * 3,
            environment=dict(environment),
            is_controlled=controls,
        )

    @staticmethod
    def _start(directory: Path, listener: socket.socket) -> None:
        server = subprocess.Popen(
            [sys.executable, "-P", PROGRAM, str(listener.fileno()), str(directory)],
            env={**os.environ, "LANG": "C.UTF-8"},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        server.returncode = 0  # It outlives this process, which need not wait for it.


@cache
def get_fork_server() -> ForkServer:
    """One for all processes of a test run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    return ForkServer(Path(tempfile.gettempdir()) / f"micboard-forks-{run[:16]}")


@contextmanager
def running_module(
    module: str, *arguments: str, output: Path | None = None, errors: Path | None = None
) -> Iterator[ForkedProcess]:
    """A module of the tests that runs until it ends, or is killed in the end.

    What it writes goes to the files ``output`` and ``errors``, where they are given.
    """
    nothing = Path(os.devnull)
    with (
        nothing.open("rb") as given,
        (output or nothing).open("wb") as told,
        (errors or nothing).open("wb") as said,
    ):
        streams = [each.fileno() for each in (given, told, said)]
        process = get_fork_server().start_module(module, arguments, streams)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


@contextmanager
def conversing_module(module: str, *arguments: str) -> Iterator[tuple[ForkedProcess, IO[str], IO[str]]]:
    """A module of the tests with its input and its output, until it ends, or is killed in the end."""
    (reads_input, writes_input), (reads_output, writes_output) = os.pipe(), os.pipe()
    with os.fdopen(writes_input, "w") as told, os.fdopen(reads_output) as answered:
        try:
            with Path(os.devnull).open("wb") as nothing:
                streams = [reads_input, writes_output, nothing.fileno()]
                process = get_fork_server().start_module(module, arguments, streams)
        finally:
            os.close(reads_input)
            os.close(writes_output)
        try:
            yield process, told, answered
        finally:
            process.kill()
            process.wait(60)


@contextmanager
def running_command(environment: Mapping[str, str], *arguments: str) -> Iterator[PipedProcess]:
    """A command that runs until it ends, or is killed in the end."""
    with ExitStack() as stack:
        pipes = [os.pipe(), os.pipe()]
        stdout, stderr = (stack.enter_context(os.fdopen(reads)) for reads, _ in pipes)
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), *(writes for _, writes in pipes)]
            process = get_fork_server().start_module(
                COMMAND_MODULE, arguments, streams, environment=dict(environment)
            )
        for _, writes in pipes:
            os.close(writes)
        try:
            yield PipedProcess(process, stdout, stderr)
        finally:
            process.kill()
            process.wait(60)


def run_command(
    environment: Mapping[str, str],
    *arguments: str,
    given: bytes = b"",
    output: IO[bytes] | None = None,
    errors: IO[bytes] | None = None,
    closed: Sequence[int] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, with ``given`` as its input; its answer is empty where it goes elsewhere.

    Streams whose numbers are ``closed`` are not there.
    """
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as told,
        tempfile.TemporaryFile() as said,
    ):
        source.write(given)
        source.seek(0)
        streams = [each.fileno() for each in (source, output or told, errors or said)]
        process = get_fork_server().start_module(
            COMMAND_MODULE, arguments, streams, environment=dict(environment), closed=list(closed)
        )
        code = process.wait(90)
        told.seek(0)
        said.seek(0)
        return subprocess.CompletedProcess(arguments, code, told.read(), said.read())


@contextmanager
def simulated_devices(
    environment: Mapping[str, str], *arguments: str
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """What ``simulate --json`` with these arguments says of its devices, which are there for the context."""
    with running_command(environment, "simulate", *arguments, "--json") as command:
        yield read_json(command.stdout)["devices"]


def read_json(lines: IO[str]) -> Any:  # noqa: ANN401 - whatever is printed
    """The first JSON value, whose last line is a closing brace alone."""
    document = []
    for line in lines:
        document.append(line)
        if line == "}\n":
            break
    return json.loads("".join(document))
