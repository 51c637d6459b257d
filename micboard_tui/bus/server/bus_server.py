"""Keeps a nats-server of ours running, from the start of ``serve`` to its end.

Its files are in one directory: the configuration, which holds the public keys of all who may come in, the
process number, and the store. When it dies it is started again at the same port, at once after a long run and
later after each short one; clients come back by themselves. Who may do what is changed while it runs: the
configuration is written anew, and the server is told to read it. Who may no longer come in is disconnected.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import anyio
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from micboard_tui.bus.pinned_certificate import make_pinned_context
from micboard_tui.bus.server.server_configuration import ServerAddress, ServerUser, configuration_text
from micboard_tui.bus.server.server_process import (
    USUAL_LIMITS,
    ClientPlace,
    ProcessLimits,
    ServerEndedError,
    ServerProcess,
    kill_left_behind,
    start_process,
)
from micboard_tui.bus.server.server_program import ServerProgram, find_program, usual_directories
from micboard_tui.config.atomic_files import make_private_directory, write_new
from micboard_tui.config.start_error import ConfigError, not_written
from micboard_tui.contracts.errors import ErrorCode, StartError

CONFIGURATION, PID_FILE = "nats-server.conf", "nats-server.pid"
FIRST_WAIT_S, LONGEST_WAIT_S, JITTER_S = 0.2, 10.0, 0.2
LONG_RUN_S = 30.0
"""A server that ran for so long is started again at once."""
_LOCAL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - all addresses, as a client sees them

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What ``serve`` needs to know of its server."""

    directory: Path
    """For its files; no other server may have it."""
    address: ServerAddress
    takes_free_port: bool = False
    """Whether another port will do where this one is taken."""
    program: Path | None = None
    """None: it is looked for in the directories."""
    directories: Sequence[Path] | None = None
    """None: the usual ones."""
    limits: ProcessLimits = USUAL_LIMITS


class BusServer:
    """A server that takes clients. Made by ``open_bus_server``."""

    def __init__(
        self,
        program: ServerProgram,
        options: ServerOptions,
        users: Iterable[ServerUser],
        tls: ssl.SSLContext | None,
    ) -> None:
        """``tls``: trusts the certificate."""
        self.program, self.address = program, options.address
        self._users, self._limits = tuple(users), options.limits
        self._store = options.directory / "store"
        self._configuration = options.directory / CONFIGURATION
        self._pid_file = options.directory / PID_FILE
        self._name = f"micboard-{token_hex(8)}"
        self._place = ClientPlace(self._local_host, self.address.port, tls)
        self._process: ServerProcess | None = None
        self._lock = asyncio.Lock()
        """Held while the configuration is written and read."""

    @property
    def url(self) -> str:
        """Where a client on this computer finds it."""
        address, host = self.address, self._local_host
        scheme = "nats" if address.certificate is None else "tls"
        return f"{scheme}://[{host}]:{address.port}" if ":" in host else f"{scheme}://{host}:{address.port}"

    @property
    def _local_host(self) -> str:
        return _LOCAL_ADDRESSES.get(self.address.host, self.address.host)

    @property
    def pid(self) -> int | None:
        """Its process number; None: it died, and is about to be started again."""
        return None if self._process is None else self._process.pid

    async def set_users(self, users: Iterable[ServerUser]) -> None:
        """Let these in and no others; who is not among them is disconnected before this returns.

        Raises StartError when the configuration cannot be written or is not taken; then all is as it was.
        """
        async with self._lock:
            before, self._users = self._users, tuple(users)
            if before == self._users:
                return
            try:
                await self._write_configuration()
                if self._process is not None:
                    await self._process.reload()
            except (ConfigError, ServerEndedError) as error:
                self._users = before
                raise StartError(
                    ErrorCode.CONFIG_INVALID,
                    f"Who may attach could not be changed ({error})",
                    hint="Start serve again",
                ) from error

    async def start(self) -> None:
        """Start it, and wait until it takes clients. Raises ServerEndedError and ConfigError."""
        async with self._lock:
            await self._write_configuration()
            process = await start_process(
                self.program.path, self._configuration, self._pid_file, self._limits
            )
        try:
            await process.wait_ready(self._place, self._name)
        except BaseException:  # Also when it is cancelled: no server that has no owner stays behind.
            await process.end()
            raise
        self._process = process
        log.info("bus_server_started", url=self.url, pid=process.pid, version=self.program.version)

    async def keep(self) -> None:
        """Start it again whenever it dies, until cancelled."""
        attempts = AsyncRetrying(
            wait=wait_exponential_jitter(max=LONGEST_WAIT_S, multiplier=FIRST_WAIT_S, jitter=JITTER_S),
            retry=retry_if_exception_type((ServerEndedError, ConfigError)),
            sleep=anyio.sleep,
        )
        while True:
            await attempts(self._follow_run)

    async def end(self) -> None:
        """End it in order."""
        if self._process is not None:
            await self._process.end()
            self._process = None

    async def _follow_run(self) -> None:
        """Until the server has ended. Raises ServerEndedError when that was soon."""
        clock = asyncio.get_running_loop().time
        if self._process is None:
            try:
                await self.start()
            except (ServerEndedError, ConfigError) as error:
                log.warning("bus_server_not_started", reason=str(error))
                raise
        began, process = clock(), self._process
        if process is not None:
            code = await self._wait_ended(process)
            self._process = None
            log.warning("bus_server_ended", code=code, reason=process.last_output)
        if clock() - began < LONG_RUN_S:
            raise ServerEndedError("it ended soon")

    async def _wait_ended(self, process: ServerProcess) -> int:
        looking = asyncio.create_task(
            process.kill_when_silent(self._place),
            name="look at nats-server",
        )
        try:
            return await process.wait_ended()
        finally:
            looking.cancel()

    async def _write_configuration(self) -> None:
        text = configuration_text(self._name, self.address, self._store, self._users)
        await asyncio.to_thread(write_new, self._configuration, text, force=True)


@asynccontextmanager
async def open_bus_server(options: ServerOptions, users: Iterable[ServerUser]) -> AsyncGenerator[BusServer]:
    """A server that is kept running, and ended in the end.

    Raises StartError: PORT_TAKEN, HOST_NOT_RESOLVED; CONFIG_INVALID where there is no program, or it does not
    start; DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    directories = usual_directories() if options.directories is None else options.directories
    program, tls = await find_program(options.program, directories), client_tls(options.address)
    try:
        await asyncio.to_thread(_make_directory, options.directory)
        # It would hold the store and the port.
        await kill_left_behind(options.directory / CONFIGURATION, options.directory / PID_FILE)
        server = BusServer(program, replace(options, address=await _free_address(options)), users, tls)
        await server.start()
    except ConfigError as error:
        raise StartError(ErrorCode(error.code), str(error), hint=error.hint) from error
    except ServerEndedError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The server that boards attach to does not start ({error})",
            hint="Correct what it names, or go without boards on other computers: --no-bus",
        ) from error
    keeping = asyncio.create_task(server.keep(), name="nats-server")
    try:
        yield server
    finally:
        keeping.cancel()
        with anyio.CancelScope(shield=True):
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
            await server.end()


def client_tls(address: ServerAddress) -> ssl.SSLContext | None:
    """What a client on this computer reaches it with; None: it is reached without. Raises StartError."""
    if address.certificate is None:
        return None
    try:
        return make_pinned_context(address.certificate)
    except OSError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The certificate {address.certificate} cannot be used ({error.strerror or error})",
            hint="Give a certificate as PEM that this user can read",
        ) from error


def _make_directory(directory: Path) -> None:
    try:
        make_private_directory(directory)
    except OSError as error:
        raise not_written(f"The directory {directory} cannot be made", error) from error


async def _free_address(options: ServerOptions) -> ServerAddress:
    """The address, or one with another port. Raises StartError."""
    address = options.address
    try:
        found = await anyio.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        family, _, _, _, place = found[0]
        try:
            _check_free(family, place)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not options.takes_free_port:
                raise
            free = _check_free(family, (place[0], 0, *place[2:]))
            log.info("bus_port_taken", port=address.port, instead=free)
            return replace(address, port=free)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise StartError(
                ErrorCode.HOST_NOT_RESOLVED,
                f"There is no address {address.host} on this computer ({error.strerror})",
                hint="Let boards attach at 127.0.0.1, or at an address that `ip addr` shows: --bus-listen",
            ) from error
        raise StartError(
            ErrorCode.PORT_TAKEN,
            f"Boards cannot attach at {address.host}:{address.port} ({error.strerror})",
            hint="Choose another port with --bus-listen, or end the program that has it",
        ) from error
    return address


def _check_free(family: int, place: tuple[str | int, ...]) -> int:
    """The port of an address at which a server may listen. Raises OSError."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)
        return int(probe.getsockname()[1])
