"""What one scrape of /metrics costs at 4,000 channels, and how long the event loop waits for it at most.

By hand; the best of several runs says what the program costs:

    uv run python benchmarks/scrape.py [--devices 1000] [--runs 5]

Every device has four channels on the air, with battery, audio and both antennas. Printed are the wall time of
a scrape that writes everything, the processor time of it in the event loop's thread, the longest wait of the
event loop meanwhile, and the size as it is and compressed.
"""

import argparse
import asyncio
import gc
import time
from types import SimpleNamespace
from typing import Any, cast

from micboard_tui.api.metrics.scrapes import ScrapeFormat, Scrapes
from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery, BatteryType
from micboard_tui.domain.channel import ChannelFacts, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.services.live.state import LiveState

CHANNELS = 4
PACK = Transmitter("ULXD2", "Pack", muted=False, battery=Battery(78, 4, 405, BatteryType.LI_ION))


def make_services(devices: int) -> Services:
    """What a scrape reads."""
    live = LiveState(time.time)
    rack = [
        Device(DeviceId(f"{at:032x}"), "shure", "shure-strings", f"10.0.{at // 250}.{at % 250}", 2202)
        for at in range(devices)
    ]
    live.place(rack, [])
    for at, device in enumerate(rack):
        heard: list[Observation] = [DeviceHeard(DeviceKind.RECEIVER, CHANNELS, "ULXD4Q", f"Rack {at}")]
        for number in range(1, CHANNELS + 1):
            facts = ChannelFacts(name=f"Mic {number}", transmitter_present=True, transmitter=PACK)
            heard += [
                FactsHeard(number, facts),
                MetersHeard(number, Meters(-52.0, -52.0, -61.0, -20.0, "A", carrier=True)),
            ]
        live.take_observations(device.id, heard)
    sessions = tuple(DeviceHealth(device.id, messages=100) for device in rack)
    health = SimpleNamespace(devices=lambda: sessions, loop_lag_s=0.004, stored_at=time.time())
    return cast("Services", cast("Any", SimpleNamespace(live=live, health=health)))


async def measure(services: Services, wanted: ScrapeFormat) -> tuple[float, float, float, int]:
    """Wall and processor time and the longest wait in ms, and the size in bytes."""
    longest_s, is_over = 0.0, False

    async def watch() -> None:
        nonlocal longest_s
        while not is_over:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.perf_counter() - before)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    began, used = time.perf_counter(), time.thread_time()
    body = await Scrapes(services, time.monotonic).read(None, wanted)
    wall_s, used_s = time.perf_counter() - began, time.thread_time() - used
    is_over = True
    await watcher
    return wall_s * 1000, used_s * 1000, longest_s * 1000, len(body)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    services = make_services(options.devices)
    gc.collect()
    gc.freeze()  # As the program does when it has started.
    for is_compressed in (False, True):
        wanted = ScrapeFormat(is_openmetrics=False, is_compressed=is_compressed)
        best = min(asyncio.run(measure(services, wanted)) for _ in range(options.runs))
        name = "compressed" if is_compressed else "plain"
        print(
            f"{name:10} {best[0]:6.1f} ms, processor {best[1]:6.1f} ms, longest wait {best[2]:5.1f} ms,"
            f" {best[3] / 1e6:.2f} MB"
        )


if __name__ == "__main__":
    main()
