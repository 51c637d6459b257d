"""The cost of storing: batches of 1000 channel states into an SQLite file, as the state saver writes them.

By hand:

    uv run python benchmarks/persist.py [--batches 40]

Prints the processor time a row (user and system, all threads) and for how long the event loop was blocked
while a batch was written. ``meters`` is what happens every second: only readings are new. ``facts`` is the
worst case: every channel also has another name, so that two rows a channel are written.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.storage.database import Database, open_database, sqlite_url

DEVICES, CHANNELS = 250, 4
RAW = tuple((f"PROPERTY_{number}", f"value {number}") for number in range(30))


def make_states(turn: int, *, new_facts: bool) -> list[ChannelState]:
    """A thousand channels whose meters (and facts) differ from turn to turn."""
    now = 1_800_000_000.0 + turn
    channels = []
    for number in range(DEVICES * CHANNELS):
        name = f"Vox {number} {turn}" if new_facts else f"Vox {number}"
        channels.append(
            ChannelState(
                DeviceId(f"device-{number // CHANNELS}"),
                number % CHANNELS + 1,
                link_state=LinkState.LIVE,
                link_since=now - 100,
                facts=_facts(name),
                meters=Meters(-40.0 - turn % 50, -40.0, -60.0, -20.0 - number % 20, "A", carrier=True),
                observed_at=now,
                expected_period_s=0.1,
            )
        )
    return channels


_known: dict[str, ChannelFacts] = {}


def _facts(name: str) -> ChannelFacts:
    """The same object for the same facts, as the driver gives them."""
    if name not in _known:
        pack = Transmitter("ULXD2", battery=Battery(78, 4, 405))
        _known[name] = ChannelFacts(name=name, frequency_khz=482125, transmitter=pack, raw=RAW)
    return _known[name]


class LoopWatcher:
    """Runs in the event loop without a pause and keeps the longest time between two of its turns."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def run(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.0002)
            now = time.perf_counter()
            self.longest_s = max(self.longest_s, now - last)
            last = now


async def measure(database: Database, batches: int, *, new_facts: bool) -> None:
    rows = DEVICES * CHANNELS * (2 if new_facts else 1)
    spent, blocked = [], []
    devices = [
        DeviceState(DeviceId(f"device-{number}"), status=DeviceStatus.ONLINE) for number in range(DEVICES)
    ]
    await database.devices.store(devices, make_states(0, new_facts=new_facts))
    for turn in range(1, batches + 1):
        batch = make_states(turn, new_facts=new_facts)
        before = time.process_time()
        await database.devices.store([], batch)
        spent.append((time.process_time() - before) / rows)
        watcher = LoopWatcher()
        watching = asyncio.create_task(watcher.run())
        await asyncio.sleep(0.01)
        await database.devices.store([], [replace(state) for state in batch])
        watching.cancel()
        blocked.append(watcher.longest_s)
    name = "facts" if new_facts else "meters"
    print(
        f"{name:<7} {median(spent) * 1e6:5.2f} us CPU a row (least {min(spent) * 1e6:.2f}, most"
        f" {max(spent) * 1e6:.2f}); loop blocked {median(blocked) * 1e3:.1f} ms"
        f" (most {max(blocked) * 1e3:.1f})"
    )


async def main(batches: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        async with open_database(sqlite_url(Path(home) / "bench.db")) as database:
            devices = [
                Device(DeviceId(f"device-{number}"), "shure", "shure-strings", f"10.0.{number}.1", 2202)
                for number in range(DEVICES)
            ]
            await database.assignments.make(
                Step("Prepared", 0.0), [Change(None, device) for device in devices]
            )
            gc.freeze()  # as the container does
            await measure(database, batches, new_facts=False)
            await measure(database, batches, new_facts=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, default=40)
    asyncio.run(main(parser.parse_args().batches))
