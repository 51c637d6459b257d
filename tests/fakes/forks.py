"""Commands that are started as processes without loading everything anew: see ``fork_server``."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(__file__).parent / "fork_server.py"
POLL_S = 0.02


class ForkedCommand:
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


class ForkServer:
    def __init__(self) -> None:
        self._wire, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", PROGRAM, str(theirs.fileno())],
                env={**os.environ, "LANG": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], stream: int, *, controls: bool
    ) -> ForkedCommand:
        """``stream`` is its input, output and error; with ``controls`` the terminal that controls it."""
        request = {"arguments": arguments, "environment": dict(environment), "is_controlled": controls}
        document = json.dumps(request).encode()
        reads, writes = os.pipe()
        try:
            socket.send_fds(self._wire, [len(document).to_bytes(4, "big")], [stream] * 3 + [writes])
        finally:
            os.close(writes)
        self._wire.sendall(document)
        return ForkedCommand(reads)

    def close(self) -> None:
        self._wire.close()
        self._process.wait(10)


@cache
def get_fork_server() -> ForkServer:
    """One for all tests of this process."""
    server = ForkServer()
    atexit.register(server.close)
    return server


@contextmanager
def simulated_devices(
    environment: Mapping[str, str], *arguments: str
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """What ``simulate --json`` with these arguments says of its devices, which are there for the context."""
    reads, writes = os.pipe()
    with os.fdopen(reads) as output:
        command = get_fork_server().start(
            ("simulate", *arguments, "--json"), environment, writes, controls=False
        )
        os.close(writes)
        try:
            yield read_json(output)["devices"]
        finally:
            command.kill()
            command.wait(60)


def read_json(lines: IO[str] | None) -> Any:  # noqa: ANN401 - whatever is printed
    """The first JSON value, whose last line is a closing brace alone."""
    assert lines is not None
    document = []
    for line in lines:
        document.append(line)
        if line == "}\n":
            break
    return json.loads("".join(document))
