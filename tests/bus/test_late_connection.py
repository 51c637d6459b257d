"""A connection that is opened later than it is used."""

import pytest

from micboard_tui.bus.connection import BusError, Connection, Entry, Message
from micboard_tui.bus.late_connection import LateConnection
from tests.fakes.links import until
from tests.fakes.memory_bus import MemoryBus


async def test_until_it_is_open_nothing_is_sent_and_nothing_is_lost() -> None:
    connection: Connection = LateConnection()
    with pytest.raises(BusError, match="not open yet"):
        await connection.publish("news", b"")
    with pytest.raises(BusError):
        connection.new_inbox()
    with pytest.raises(BusError):
        connection.find_store("things")
    assert connection.lost_since is None
    await connection.close()


async def test_then_it_is_the_one_that_was_opened() -> None:
    bus, connection, heard = MemoryBus(), LateConnection(), list[bytes]()
    connection.use(bus.connect())

    async def take(message: Message) -> None:
        heard.append(message.payload)

    subscription = await connection.subscribe("news", take)
    await connection.publish("news", b"1", connection.new_inbox())
    store = await connection.open_store("things")
    await store.put("a", b"3")
    await until(lambda: heard == [b"1"])
    await subscription.end()
    assert (await connection.find_store("things").get("a") or Entry("", b"", 0)).value == b"3"
    await connection.close()
    assert bus.connections == []


async def test_who_wanted_to_know_of_changes_before_is_told() -> None:
    bus, connection = MemoryBus(), LateConnection()
    changes, denied = list[float | None](), list[str]()
    connection.on_change(lambda: changes.append(connection.lost_since))
    connection.on_denied(denied.append)
    connection.use(bus.connect(may=lambda subject: subject != "secret"))
    connection.on_denied(denied.append)
    connection.on_change(lambda: changes.append(connection.lost_since))
    await connection.publish("secret", b"2")
    bus.stop()
    assert denied == ["secret", "secret"]
    assert changes[0] is None
    assert changes[1:] == [connection.lost_since] * 2 != [None] * 2
