"""Without the lease nothing is sent, and nothing that came is taken."""

import asyncio

import pytest

from micboard_tui.bus.connection import BusError, Message
from micboard_tui.bus.leased_connection import LeasedConnection
from tests.fakes.memory_bus import MemoryBus

pytestmark = pytest.mark.virtual_time


async def test_what_a_hub_without_the_lease_wants_to_send_stays_here() -> None:
    bus, is_held = MemoryBus(), True
    other = bus.connect()
    leased = LeasedConnection(bus.connect(), lambda: is_held)
    taken: list[Message] = []

    async def take(message: Message) -> None:
        taken.append(message)

    await leased.subscribe("calls", take)
    store = await leased.open_store("state")
    revision = await store.create("layout", b"1")
    await leased.publish("signs", b"1")
    await other.publish("calls", b"1")
    await asyncio.sleep(0.1)
    assert [message.payload for message in taken] == [b"1"]

    is_held = False
    await other.publish("calls", b"2")
    await asyncio.sleep(0.1)
    for sent in (
        leased.publish("signs", b"2"),
        store.put("layout", b"2"),
        store.update("layout", b"2", revision),
        store.delete("layout"),
        store.create("other", b"2"),
        leased.open_store("state"),
    ):
        with pytest.raises(BusError):
            await sent
    assert len(taken) == 1
    found = await store.get("layout")
    assert found is not None
    assert found.value == b"1"


async def test_after_it_is_closed_nothing_goes_through_it_and_the_connection_stays() -> None:
    bus, changes = MemoryBus(), list[str]()
    connection = bus.connect()
    leased = LeasedConnection(connection, lambda: True)
    leased.on_change(lambda: changes.append("change"))
    connection.cut()
    connection.restore()
    assert changes == ["change", "change"]
    assert len(connection.calls) > 0
    await leased.close()
    assert len(connection.calls) == 0
    connection.cut()
    connection.restore()
    assert changes == ["change", "change"]
    with pytest.raises(BusError):
        await leased.publish("signs", b"1")
    await connection.publish("signs", b"2")
    assert [message.payload for message in bus.published] == [b"2"]
