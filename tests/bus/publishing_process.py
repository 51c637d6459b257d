"""A process that publishes a site with one channel on a real bus, to be frozen by a test.

``python -m tests.bus.publishing_process URL`` prints a line when it runs, and ends with its standard input.
"""

import asyncio
import sys

import anyio

from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s

RACK = Device(DeviceId("rack"), "shure", "shure-strings", "10.0.0.1", 2202)


async def publish(url: str) -> None:
    live = LiveState(SteadyClock())
    live.place([RACK], [])
    facts = ChannelFacts(
        name="Lead", transmitter_present=True, transmitter=Transmitter(), meter_interval_s=0.1
    )
    live.take_observations(RACK.id, [DeviceHeard(DeviceKind.RECEIVER, 1), FactsHeard(1, facts)])
    connection = await connect(BusAddress(url), "publisher", steady_s)
    options = PublisherOptions("rack", 1, "test", HealthSnapshot, lambda: None)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Publisher(connection, Subjects(), live, options, steady_s).run)
        tasks.start_soon(_speak, live)
        sys.stdout.write("running\n")
        sys.stdout.flush()
        await anyio.to_thread.run_sync(sys.stdin.read)
        tasks.cancel_scope.cancel()
    await connection.close()


async def _speak(live: LiveState) -> None:
    while True:
        live.take_observations(RACK.id, [MetersHeard(1, Meters(rf_dbm=-50.0, carrier=True))])
        await anyio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1]))
