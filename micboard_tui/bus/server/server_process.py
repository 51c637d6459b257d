"""One run of a nats-server as our child, which ends with us however we end.

It is started in a session of its own, so that Ctrl+C in our terminal reaches us alone and we end it in order.
On Linux the system kills it as soon as we are gone. Elsewhere the next start finds it by the file with its
process number and kills it, before anything touches its store.
"""

import asyncio
import contextlib
import os
import re
import signal
import ssl
import sys
from collections import deque
from pathlib import Path
from typing import NamedTuple

import anyio
import structlog

from micboard_tui.bus.server.server_program import NAME
from micboard_tui.config.small_files import read_small

LOOK_S = 0.02
GONE_LIMIT_S = 5.0
ANSWER_LIMIT_S = 1.0
MAX_LINE = 16 * 1024
KEPT_LINES = 5
MOST_LINES, LINES_S = 30, 60.0
"""So many lines of its output go into our log in so many seconds."""
EXPECTED = ("authentication error", 'not using "TLS Handshake First"')
"""What it warns of and we have asked for: a board whose key was ended tries again and again."""
_LEVEL = re.compile(r"^\[\d+\] (?:[\d/: .]+ )?\[(\w{3})\] ?(.*)$")
_END_WITH_PARENT = (
    # PR_SET_PDEATHSIG is 1. Whoever died before it was set is seen by its parent.
    "import ctypes,os,signal,sys;"
    "ctypes.CDLL(None).prctl(1,signal.SIGKILL);"
    "os.getppid()==int(sys.argv[1]) or os._exit(1);"
    "os.execv(sys.argv[2],sys.argv[2:])"
)

log = structlog.get_logger(__name__)


class ProcessLimits(NamedTuple):
    """How long it may take, in seconds."""

    ready: float = 30.0
    """From the start until clients come in; a store that a kill left behind is read anew first."""
    reload: float = 5.0
    """To read its configuration anew."""
    end: float = 5.0
    """To end in order."""
    look: float = 5.0
    """Between two looks whether it still takes clients; it is killed when it did not in several of them."""


USUAL_LIMITS = ProcessLimits()
MOST_SILENT_LOOKS = 3
"""A frozen server is no better than a dead one, and is not started again by itself."""


class ClientPlace(NamedTuple):
    """Where and how a client on this computer comes in."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class ServerEndedError(Exception):
    """It ended, or did not get ready in time; the text is what it wrote last."""


class ServerProcess:
    """Made by ``start_process``; ``wait_ended`` has to be called in the end."""

    def __init__(self, process: asyncio.subprocess.Process, limits: ProcessLimits) -> None:
        self._process, self._limits = process, limits
        self._last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._reloads: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)
        self._reading = asyncio.create_task(self._read_output(), name="output of nats-server")

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def last_output(self) -> str:
        """What it wrote last."""
        return "; ".join(self._last_lines) or "it wrote nothing"

    async def wait_ready(self, place: ClientPlace, name: str) -> None:
        """Until the server of that name takes clients there. Raises ServerEndedError."""
        try:
            async with asyncio.timeout(self._limits.ready):
                while not await _is_at(place, name):
                    if self._process.returncode is not None:
                        await asyncio.wait({self._reading}, timeout=self._limits.end)
                        raise ServerEndedError(self.last_output)
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise ServerEndedError(f"it takes no client; {self.last_output}") from error

    async def kill_when_silent(self, place: ClientPlace) -> None:
        """Until it has ended: kill it when it takes clients no more."""
        silent_looks = 0
        while self._process.returncode is None:
            await asyncio.sleep(self._limits.look)
            # One that has too many clients says so.
            silent_looks = 0 if await _read_greeting(place) else silent_looks + 1
            if silent_looks == MOST_SILENT_LOOKS:
                log.warning("bus_server_silent", pid=self.pid)
                self._signal(signal.SIGKILL)
                return

    async def reload(self) -> None:
        """Have it read its configuration anew; it holds when this returns. Raises ServerEndedError."""
        with contextlib.suppress(asyncio.QueueEmpty):
            self._reloads.get_nowait()
        self._signal(signal.SIGHUP)
        try:
            async with asyncio.timeout(self._limits.reload):
                failure = await self._reloads.get()
        except TimeoutError as error:
            raise ServerEndedError(f"it did not read its configuration; {self.last_output}") from error
        if failure is not None:
            raise ServerEndedError(failure)

    async def wait_ended(self) -> int:
        """Until it has ended; its exit code."""
        code = await self._process.wait()
        await asyncio.wait({self._reading}, timeout=self._limits.end)
        self._reading.cancel()
        return code

    async def end(self) -> None:
        """End it in order, or kill it where that takes too long. Is not cancelled."""
        with anyio.CancelScope(shield=True):
            self._signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(self._limits.end):
                    await self.wait_ended()
            except TimeoutError:
                log.warning("bus_server_killed", pid=self.pid)
                self._signal(signal.SIGKILL)
                await self.wait_ended()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def _read_output(self) -> None:
        """Its lines into our log, but never more than anybody reads."""
        assert self._process.stderr is not None  # noqa: S101 - a pipe, see start_process
        budget = _LineBudget()
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:
                continue  # a line without an end, of which the beginning is gone now
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._last_lines.append(_LEVEL.sub(r"\2", text))
            self._note_reload(text)
            if budget.has_room():
                _log_line(text)

    def _note_reload(self, text: str) -> None:
        if "Reloaded server configuration" in text or "Failed to reload" in text:
            with contextlib.suppress(asyncio.QueueFull):
                self._reloads.put_nowait(None if "Reloaded" in text else self._last_lines[-1])


class _LineBudget:
    def __init__(self) -> None:
        self._start, self._count = 0.0, 0

    def has_room(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._start > LINES_S:
            if self._count > MOST_LINES:
                log.warning("bus_server_lines_left_out", count=self._count - MOST_LINES)
            self._start, self._count = now, 0
        self._count += 1
        return self._count <= MOST_LINES


async def start_process(
    program: Path, configuration: Path, pid_file: Path, limits: ProcessLimits = USUAL_LIMITS
) -> ServerProcess:
    """Start the server. Raises ServerEndedError when the system does not."""
    command = [str(program), "--config", str(configuration), "--pid", str(pid_file)]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _END_WITH_PARENT, str(os.getpid()), *command]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            # Passwords of devices may stand in ours.
            env={name: value for name, value in os.environ.items() if not name.startswith("MICBOARD_")},
            limit=MAX_LINE,
        )
    except OSError as error:
        raise ServerEndedError(error.strerror or str(error)) from error
    return ServerProcess(process, limits)


async def kill_left_behind(configuration: Path, pid_file: Path) -> bool:
    """Kill the server that an earlier run of ours with this configuration left behind; whether there was one.

    Raises ServerEndedError when it does not go away.
    """
    try:
        pid = int(read_small(pid_file, 100))
    except (OSError, ValueError):
        return False
    arguments = await _arguments_of(pid)
    # The number may belong to another process by now.
    if pid <= 1 or NAME not in arguments or str(configuration) not in arguments:
        return False
    log.warning("bus_server_left_behind", pid=pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    try:
        async with asyncio.timeout(GONE_LIMIT_S):
            while str(configuration) in await _arguments_of(pid):  # noqa: ASYNC110 - no event of ours tells it
                await asyncio.sleep(LOOK_S)
    except TimeoutError as error:
        raise ServerEndedError(f"process {pid} of an earlier run does not end") from error
    return True


async def _arguments_of(pid: int) -> str:
    """How a process was called; empty: there is none."""
    return _read_arguments(pid) if sys.platform == "linux" else await ask_arguments(pid)


async def ask_arguments(pid: int) -> str:
    """The same where the kernel shows no file of it, as on macOS."""
    process = await asyncio.create_subprocess_exec(
        *("ps", "-ww", "-o", "args=", "-p", str(pid)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    answer, _ = await process.communicate()
    return answer.decode(errors="replace")


def _read_arguments(pid: int) -> str:
    """From the kernel, since a small container has no ``ps``."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


async def _is_at(place: ClientPlace, name: str) -> bool:
    """Whether a server of that name takes clients there."""
    greeting = await _read_greeting(place)
    return greeting.startswith(b"INFO ") and f'"server_name":"{name}"'.encode() in greeting


async def _read_greeting(place: ClientPlace) -> bytes:
    """What a server writes there without being asked, as NATS does; empty: none does."""
    try:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            reader, writer = await asyncio.open_connection(place.host, place.port, ssl=place.tls)
            try:
                return await reader.readline()
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, ValueError):
        return b""


def _log_line(text: str) -> None:
    match = _LEVEL.match(text)
    level, event = (match[1], match[2]) if match else ("WRN", text)
    if any(phrase in event for phrase in EXPECTED):
        log.info("bus_server", line=event)
        return
    match level:
        case "ERR" | "FTL" | "WRN":
            log.warning("bus_server", line=event)
        case _:
            log.debug("bus_server", line=event)
