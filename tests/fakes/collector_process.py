"""A collector in a process of its own, to be killed and frozen.

``python -m tests.fakes.collector_process URL NAME DEVICES`` prints a line each ``STEP_S``: the moment, by a
clock that all processes of the machine share, and the devices to which it may send then, as bits.
"""

import asyncio
import sys
import time

import structlog

from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.ownership.device_ownership import DeviceOwnership
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.identity import DeviceId
from micboard_tui.services.steady_clock import steady_s

STEP_S = 0.02


async def main(url: str, name: str, count: int) -> None:
    devices = [DeviceId(f"d{number}") for number in range(count)]
    connection = await connect(BusAddress(url), name, steady_s)
    ownership = DeviceOwnership(
        CollectorIdentity(name, "main", "1", str(time.time_ns())),
        connection,
        Subjects(),
        say_goodbye,
        steady=steady_s,
        wall=time.time,
    )
    ownership.set_devices(dict.fromkeys(devices, 4))
    async with asyncio.TaskGroup() as group:
        group.create_task(ownership.run())
        while True:
            # First: whatever happens in between, it might send then or later.
            moment = steady_s()
            bits = sum(1 << number for number, found in enumerate(devices) if ownership.may_send(found))
            # One line at once: a killed process leaves none half written.
            sys.stdout.write(f"{moment:.3f} {bits:x}\n")
            sys.stdout.flush()
            await asyncio.sleep(STEP_S)


async def say_goodbye(device_id: DeviceId) -> None:
    del device_id
    await asyncio.sleep(0.01)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
