"""Collectors with real drivers and simulated receivers, a bus in memory and the record on a server."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.connection import Connection
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER, ReadEntry, decode_entry
from micboard_tui.bus.wire.subjects import Subjects, parse_device_key
from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.domain.identity import DeviceId
from micboard_tui.storage.database import Database, open_database
from tests.fakes.collectors import (
    most_connections,
    open_receivers,
    receivers_of,
    register,
    running_collectors,
)
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.memory_bus import MemoryBus
from tests.postgres.server import kill_server, own_server, start_again

pytestmark = pytest.mark.integration

DEVICES = 5
"""Of two channels: so many that their load is evened out where one collector was there first and took all."""


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
    return [len(found.entry.channels) for found in entries(bus)] == DEVICES * [2]


async def test_collectors_share_the_devices_and_hand_them_over_in_order(
    postgres_url: str, tmp_path: Path
) -> None:
    bus = MemoryBus()
    connections: list[Connection] = [bus.connect(), bus.connect()]
    named = list(zip("ab", connections, strict=True))
    async with open_receivers(DEVICES, "127.0.29.40") as rack:
        async with running_collectors(postgres_url, tmp_path, *named) as (first, second):
            # Both are there, so that each has its share from the start.
            await register(rack, postgres_url)
            await until(lambda: set(publishers(bus)) == {"collector-a", "collector-b"} and are_read(bus))
            await until(lambda: rack.connections == (1,) * DEVICES)
            await first.leave()
            await until(lambda: set(publishers(bus)) == {"collector-b"})
            await until(lambda: rack.connections == (1,) * DEVICES)
            await second.leave()
            assert rack.connections == (0,) * DEVICES
            assert publishers(bus) == DEVICES * [FREE_PUBLISHER]
            assert are_read(bus)
        assert most_connections(rack) == DEVICES * [1]
    async with open_database(postgres_url) as database:
        stored = await database.devices.query(ALL_DEVICES)
        assert [len(snapshot.channels) for snapshot in stored] == DEVICES * [2]
        assert all(snapshot.state.model == "ULXD4D" for snapshot in stored)


@pytest.mark.long
async def test_while_the_database_is_away_reading_goes_on_and_devices_are_taken_over(tmp_path: Path) -> None:
    bus = MemoryBus()
    connections: list[Connection] = [bus.connect(), bus.connect()]
    named = list(zip("ab", connections, strict=True))
    with own_server(tmp_path) as server:
        await server.execute("CREATE DATABASE kept")
        url = server.network_url("kept")
        async with open_receivers(DEVICES, "127.0.29.70") as rack:
            async with running_collectors(url, tmp_path / "homes", *named) as (first, _):
                devices = await register(rack, url)
                await until(lambda: set(publishers(bus)) == {"collector-a", "collector-b"} and are_read(bus))
                await until(lambda: rack.connections == (1,) * DEVICES)
                accepted = [device.accepted for device in receivers_of(rack)]
                kill_server(server)
                await anyio.sleep(3.0)
                assert [device.accepted for device in receivers_of(rack)] == accepted
                await first.leave()
                await until(lambda: set(publishers(bus)) == {"collector-b"})
                await until(lambda: rack.connections == (1,) * DEVICES)
                await asyncio.to_thread(start_again, server, tmp_path / "postgres.users")
                async with open_database(url) as database:
                    await until_stored(database, devices)
            assert most_connections(rack) == DEVICES * [1]


async def until_stored(database: Database, devices: Sequence[DeviceId]) -> None:
    """Until the record has all of them as they are read now."""
    began_at = time.time()
    with anyio.fail_after(UNHURRIED_S):
        while True:
            stored = await database.devices.query(ALL_DEVICES)
            seen_at = [snapshot.state.last_seen_at or 0.0 for snapshot in stored if snapshot.channels]
            if len(seen_at) == len(devices) and min(seen_at) > began_at:
                return
            await anyio.sleep(0.2)
