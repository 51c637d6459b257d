"""A real nats-server for tests, which they kill, freeze and start again at the same port."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.pinned_certificate import make_pinned_context
from micboard_tui.bus.server.server_configuration import ServerAddress, ServerUser, configuration_text
from micboard_tui.bus.server.server_process import ClientPlace, ServerProcess, start_process

NAME = "server-of-a-test"
HOST = "127.0.0.1"


class NatsServer:
    """``start`` it first; use ``running_server`` where it has to end with a block."""

    def __init__(
        self,
        directory: Path,
        users: Sequence[ServerUser] | None = None,
        *,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        """``users`` None: everybody may do everything."""
        self.directory, self.users = directory, users
        self.address = ServerAddress(HOST, free_port(), certificate, key)
        self.store = directory / "store"
        self.configuration = directory / "nats-server.conf"
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        scheme = "nats" if self.address.certificate is None else "tls"
        return f"{scheme}://{HOST}:{self.address.port}"

    @property
    def pid(self) -> int:
        """Fails while it does not run."""
        return self._running.pid

    async def start(self, *, with_store: bool = True) -> None:
        """At the same port as before. ``with_store`` False: its disk was lost meanwhile."""
        if not with_store:
            shutil.rmtree(self.store, ignore_errors=True)
        self._write()
        self._process = await start_process(find_program(), self.configuration, self.directory / "pid")
        tls = None if self.address.certificate is None else make_pinned_context(self.address.certificate)
        await self._process.wait_ready(ClientPlace(HOST, self.address.port, tls), NAME)

    async def stop(self) -> None:
        """End it in order."""
        process, self._process = self._running, None
        await process.end()

    async def kill(self) -> None:
        """As a crash does."""
        process, self._process = self._running, None
        os.kill(process.pid, signal.SIGKILL)
        await process.wait_ended()

    def freeze(self) -> None:
        """It holds its connections and answers nothing, until it is thawed."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def set_users(self, users: Sequence[ServerUser]) -> None:
        """Change who may do what, while it runs."""
        self.users = users
        self._write()
        await self._running.reload()

    async def end(self) -> None:
        """Leave no process behind, in whatever state it is."""
        if self._process is not None:
            self.thaw()
            await self.kill()

    @property
    def _running(self) -> ServerProcess:
        assert self._process is not None, "the server does not run"
        return self._process

    def _write(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(configuration_text(NAME, self.address, self.store, self.users))


@asynccontextmanager
async def running_server(
    directory: Path, users: Sequence[ServerUser] | None = None
) -> AsyncGenerator[NatsServer]:
    """A server that has started, and is gone in the end."""
    server = NatsServer(directory, users)
    try:
        await server.start()
        yield server
    finally:
        with anyio.CancelScope(shield=True):
            await server.end()


def find_program() -> Path:
    """The program of the package; skips the test where there is no such package for this platform."""
    found = shutil.which("nats-server", path=Path(sys.executable).parent)
    if found is None:
        pytest.skip("there is no nats-server for this platform")
    return Path(found)


def free_port() -> int:
    """A port that is taken by no other program at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
