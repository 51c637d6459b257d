"""A hub in a process of its own, to be killed: ``python -m tests.fakes.hub_process URL DATABASE HOME NAME``.

It prints ``active`` or ``waits`` when that changes.
"""

import asyncio
import sys
from pathlib import Path

import structlog

from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.hub import run_hub
from micboard_tui.program import Options
from micboard_tui.services.steady_clock import steady_s


async def main(url: str, database: str, home: Path, name: str) -> None:
    paths = paths_under(home)
    make_directories(paths)
    connection = await connect(BusAddress(url), name, steady_s)

    def tell(is_active: bool, /) -> None:
        sys.stdout.write("active\n" if is_active else "waits\n")
        sys.stdout.flush()

    try:
        await run_hub(Options(database), paths, connection, Subjects(), name=name, active=tell)
    finally:
        await connection.close()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
