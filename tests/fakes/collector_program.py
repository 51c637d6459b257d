"""A whole collector in a process of its own, to be killed and frozen.

``python -m tests.fakes.collector_program URL NAME DATABASE HOME`` prints a line when it takes devices.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

import structlog

from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.collector import run_collector
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.domain.device import DEFAULT_ZONE
from micboard_tui.program import Options
from micboard_tui.services.steady_clock import steady_s


async def main(url: str, name: str, database: str, home: str) -> None:
    paths = paths_under(Path(home))
    make_directories(paths)
    connection = await connect(BusAddress(url), name, steady_s)
    identity = CollectorIdentity(name, DEFAULT_ZONE, "1.0", str(os.getpid()))
    work = run_collector(Options(database), paths, connection, Subjects(), identity, ready=say_ready)
    running = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.wait({running})
    await connection.close()


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(*sys.argv[1:]))
