"""Collectors with simulated devices, the record on a server and a bus: in this process, as tasks."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, cast

from micboard_tui.bus.connection import BusError, Connection, Entry, EntryStore
from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
from micboard_tui.bus.wire.device_entry import decode_entry
from micboard_tui.bus.wire.subjects import Subjects, parse_device_key
from micboard_tui.collector import run_collector
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.domain.device import DEFAULT_ZONE, Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.program import Options
from micboard_tui.protocols.shure_strings.messages import Message, Set
from micboard_tui.simulator.rack.rack import Rack, RackOptions, open_rack
from micboard_tui.simulator.shure.strings.reply import Reply
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice, StringsUnit
from micboard_tui.storage.database import open_database
from tests.storage.records import add

_runs = count(1)


def open_receivers(count: int, address: str) -> AbstractAsyncContextManager[Rack]:
    """Receivers with two channels each."""
    return open_rack(RackOptions(receivers=count, model="ULXD4D", scenario="calm", port=0, address=address))


async def register(rack: Rack, url: str) -> list[DeviceId]:
    """Put all devices of a rack into the record."""
    devices = [
        Device(DeviceId(f"d{number}"), "shure", "shure-strings", found.host, found.port, position=number)
        for number, found in enumerate(rack.devices)
    ]
    async with open_database(url) as database:
        await add(database.assignments, *devices)
    return [device.id for device in devices]


def receivers_of(rack: Rack) -> Sequence[StringsDevice[Any]]:
    return [device for device in rack.simulated if isinstance(device, StringsDevice)]


class CountedSets:
    """The unit of a simulated receiver, which counts how often each property was set."""

    def __init__(self, unit: StringsUnit) -> None:
        self._unit = unit
        self.sets = Counter[str]()
        self.unanswered = ""
        """A property of which it does as if it had not been set."""

    def answer(self, message: Message) -> Reply:
        if isinstance(message, Set):
            self.sets[message.property] += 1
            if message.property == self.unanswered:
                return Reply()
        return self._unit.answer(message)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the unit's
        return getattr(self._unit, name)


def count_sets(rack: Rack) -> Sequence[CountedSets]:
    """Have all receivers of a rack count from now on."""
    counted = []
    for device in receivers_of(rack):
        device.unit = unit = CountedSets(device.unit)
        counted.append(unit)
    return counted


def most_connections(rack: Rack) -> list[int]:
    """At once, of each device."""
    return [device.most_connections for device in receivers_of(rack)]


async def read_publishers(store: EntryStore) -> Counter[str]:
    """How many devices each collector publishes; under an empty name those that none holds."""
    found: Counter[str] = Counter()
    with suppress(BusError):
        async with aclosing(cast("AsyncGenerator[Entry | None]", store.watch())) as entries:
            async for entry in entries:
                if entry is None:
                    return found
                if entry.value is not None and parse_device_key(entry.key) is not None:
                    found[decode_entry(entry.value).publisher] += 1
    return Counter()


class RunningCollector:
    def __init__(self, name: str, task: "asyncio.Task[None]", connection: Connection) -> None:
        self.name, self.task, self.connection = name, task, connection

    async def leave(self) -> None:
        """End in order."""
        self.task.cancel()
        await asyncio.wait({self.task})


@asynccontextmanager
async def running_collectors(
    url: str, home: Path, *named: tuple[str, Connection], zone: str = DEFAULT_ZONE
) -> AsyncIterator[Sequence[RunningCollector]]:
    """They run when this yields; those that were not ended leave afterwards."""
    collectors = [await start_collector(url, home, name, connection, zone) for name, connection in named]
    try:
        yield collectors
    finally:
        for collector in collectors:
            await collector.leave()
            if not collector.task.cancelled():
                collector.task.result()


async def start_collector(
    url: str, home: Path, name: str, connection: Connection, zone: str = DEFAULT_ZONE
) -> RunningCollector:
    paths = paths_under(home / name)
    make_directories(paths)
    ready = asyncio.Event()
    identity = CollectorIdentity(name, zone, "1.0", str(next(_runs)))
    work = run_collector(Options(url), paths, connection, Subjects(), identity, ready=ready.set)
    task = asyncio.create_task(work, name=name)
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    return RunningCollector(name, task, connection)
