"""A board in a process of its own that shows some channels of a site on a real bus, to be frozen by a test.

``python -m tests.bus.board_process URL DEVICE`` prints a line each ``LOOK_S``: the moment by a clock that all
processes share, the age in seconds of the newest meters that it shows of the device, and its link state.
"""

import asyncio
import sys
import time

import anyio
import structlog

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.steady_clock import steady_s

LOOK_S = 0.1
UNKNOWN_S = -1.0
"""The age where there are no meters."""


async def show(url: str, device: str) -> None:
    connection = await connect(BusAddress(url), "board", steady_s)
    mirror = Mirror(connection, Subjects(), "board", steady_s, time.time)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mirror.run)
        while True:
            age_s, link = look(mirror, ChannelRef(DeviceId(device), 1))
            # One line at once: a killed process leaves none half written.
            sys.stdout.write(f"{steady_s():.3f} {age_s:.3f} {link}\n")
            sys.stdout.flush()
            await anyio.sleep(LOOK_S)


def look(mirror: Mirror, ref: ChannelRef) -> tuple[float, str]:
    """How a board shows a channel at this moment: the age of its meters, and its link state."""
    mirror.changed_since(0, [ref])
    state = mirror.channel(ref)
    if state is None:
        return UNKNOWN_S, "unknown"
    age_s = state.age_s(mirror.now())
    return UNKNOWN_S if age_s is None else age_s, state.link_state.value


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(show(*sys.argv[1:]))
