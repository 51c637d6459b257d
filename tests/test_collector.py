"""Collectors with real drivers and simulated receivers, a bus in memory and the record on a server."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER, ReadEntry, decode_entry
from micboard_tui.bus.wire.subjects import Subjects, parse_device_key
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.storage.database import open_database
from tests.fakes.collectors import most_connections, rack_on_record, running_collectors
from tests.fakes.links import until
from tests.fakes.memory_bus import MemoryBus

pytestmark = pytest.mark.integration


def entries(bus: MemoryBus) -> Sequence[ReadEntry]:
    """What is published of each device."""
    stored = bus.entries.get(Subjects().state_store, {}).values()
    return [
        decode_entry(entry.value)
        for entry in stored
        if entry.value is not None and parse_device_key(entry.key) is not None
    ]


def publishers(bus: MemoryBus) -> list[str]:
    """By whom each device is published."""
    return [entry.publisher for entry in entries(bus)]


def are_read(bus: MemoryBus) -> bool:
    return [len(found.entry.channels) for found in entries(bus)] == [2, 2, 2, 2]


async def test_collectors_share_the_devices_and_hand_them_over_in_order(
    postgres_url: str, tmp_path: Path
) -> None:
    bus = MemoryBus()
    connections: list[Connection] = [bus.connect(), bus.connect()]
    named = list(zip("ab", connections, strict=True))
    async with rack_on_record(postgres_url, 4, "127.0.7.40") as (rack, _):
        async with running_collectors(postgres_url, tmp_path, *named) as (first, second):
            await until(lambda: set(publishers(bus)) == {"collector-a", "collector-b"} and are_read(bus))
            assert rack.connections == (1, 1, 1, 1)
            await first.leave()
            await until(lambda: set(publishers(bus)) == {"collector-b"})
            await until(lambda: rack.connections == (1, 1, 1, 1))
            await second.leave()
            assert rack.connections == (0, 0, 0, 0)
            assert publishers(bus) == 4 * [FREE_PUBLISHER]
            assert are_read(bus)
        assert most_connections(rack) == [1, 1, 1, 1]
    async with open_database(postgres_url) as database:
        stored = await database.devices.query(ALL_DEVICES)
        assert [len(snapshot.channels) for snapshot in stored] == [2, 2, 2, 2]
        assert all(snapshot.state.model == "ULXD4D" for snapshot in stored)
