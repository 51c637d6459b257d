"""Connections to the bus: the one to NATS and the one in memory that other tests use, by the same tests."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.connection import (
    MAX_PAYLOAD,
    BusError,
    Connection,
    Entry,
    EntryChangedError,
    EntryStore,
    Message,
)
from tests.fakes.links import until
from tests.fakes.memory_bus import MemoryBus, matches


class Server(Protocol):
    """A server that can be stopped for a moment."""

    async def connect(self) -> Connection: ...

    async def stop(self) -> None: ...

    async def start(self) -> None: ...


class MemoryServer:
    def __init__(self) -> None:
        self.bus = MemoryBus()

    async def connect(self) -> Connection:
        return self.bus.connect()

    async def stop(self) -> None:
        self.bus.stop()

    async def start(self) -> None:
        self.bus.start()


@pytest.fixture(params=["memory", pytest.param("nats", marks=pytest.mark.integration)])
async def bus_server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Server]:
    if request.param == "memory":
        yield MemoryServer()
        return
    from tests.bus.nats_servers import open_nats

    async with open_nats(tmp_path) as nats:
        yield nats


class Listener:
    """Takes what comes."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]


class Watch:
    """What a watcher of a store saw."""

    def __init__(self, store: EntryStore) -> None:
        self.entries: list[Entry | None] = []
        self.has_ended = False
        self.task = asyncio.create_task(self._run(store))

    async def _run(self, store: EntryStore) -> None:
        async for entry in store.watch():
            self.entries.append(entry)
        self.has_ended = True

    @property
    def values(self) -> list[tuple[str, bytes | None] | None]:
        return [None if entry is None else (entry.key, entry.value) for entry in self.entries]


async def test_a_message_reaches_all_who_listen_to_its_subject(bus_server: Server) -> None:
    sender, receiver = await bus_server.connect(), await bus_server.connect()
    exact, part, rest, other = Listener(), Listener(), Listener(), Listener()
    for subject, listener in {"a.b": exact, "a.*": part, "a.>": rest, "a.c": other}.items():
        await receiver.subscribe(subject, listener.take)
    await sender.subscribe("done", other.take)
    await settle(sender, receiver)

    await sender.publish("a.b", b"one")
    await sender.publish("a.b.c", b"two")

    await until(lambda: len(rest.messages) == 2)
    assert exact.messages == part.messages == [Message("a.b", b"one")]
    assert rest.payloads == [b"one", b"two"]
    assert other.messages == []


async def test_of_a_queue_one_gets_each_message(bus_server: Server) -> None:
    sender, first, second = await bus_server.connect(), await bus_server.connect(), await bus_server.connect()
    both = Listener()
    for connection in (first, second):
        await connection.subscribe("calls.*", both.take, "hub")
        await settle(connection, sender)
    for number in range(20):
        await sender.publish(f"calls.{number}", b"%d" % number)
    await settle(sender, first)
    await settle(sender, second)
    assert sorted(both.payloads, key=int) == [b"%d" % number for number in range(20)]


async def test_a_question_that_no_listener_gets_is_answered_so(bus_server: Server) -> None:
    connection, answers = await bus_server.connect(), Listener()
    inbox = connection.new_inbox()
    await connection.subscribe(inbox, answers.take)
    await connection.publish("empty.room", b"hello?", inbox)
    await until(lambda: answers.messages != [])
    assert [message.has_no_responders for message in answers.messages] == [True]


async def test_an_answer_comes_to_the_inbox(bus_server: Server) -> None:
    asker, answerer, answers = await bus_server.connect(), await bus_server.connect(), Listener()

    async def answer(message: Message) -> None:
        await answerer.publish(message.reply, message.payload.upper())

    await answerer.subscribe("question", answer)
    await settle(answerer, asker)
    inbox = asker.new_inbox()
    assert inbox != asker.new_inbox()
    await asker.subscribe(inbox, answers.take)
    await asker.publish("question", b"who", inbox)
    await until(lambda: answers.messages != [])
    assert answers.messages == [Message(inbox, b"WHO")]


async def test_a_subscription_that_ended_gets_nothing_more(bus_server: Server) -> None:
    connection, ended, going = await bus_server.connect(), Listener(), Listener()
    subscription = await connection.subscribe("news", ended.take)
    await connection.subscribe("news", going.take)
    await subscription.end()
    await subscription.end()
    await connection.publish("news", b"1")
    await until(lambda: going.messages != [])
    assert ended.messages == []


async def test_what_is_too_large_is_refused(bus_server: Server) -> None:
    connection = await bus_server.connect()
    with pytest.raises(BusError):
        await connection.publish("large", b"0" * (MAX_PAYLOAD + 1))


async def test_a_watcher_gets_all_entries_and_then_each_change(bus_server: Server) -> None:
    writer, reader = await bus_server.connect(), await bus_server.connect()
    store = await writer.open_store("things")
    revision = await store.put("a", b"1")
    assert await store.put("b", b"1") > revision
    watch = Watch(reader.find_store("things"))
    await until(lambda: None in watch.entries)
    assert watch.values == [("a", b"1"), ("b", b"1"), None]

    await store.put("a", b"")
    await store.delete("b")

    await until(lambda: len(watch.entries) == 5)
    assert watch.values[3:] == [("a", b""), ("b", None)]
    assert await store.get("b") is None
    assert (await store.get("a") or Entry("", None, 0)).value == b""
    watch.task.cancel()


async def test_a_watcher_of_an_empty_store_knows_at_once_that_it_is_empty(bus_server: Server) -> None:
    store = await (await bus_server.connect()).open_store("things")
    watch = Watch(store)
    await until(lambda: watch.entries == [None])
    watch.task.cancel()


async def test_a_store_that_is_not_there_cannot_be_watched_or_written(bus_server: Server) -> None:
    store = (await bus_server.connect()).find_store("nothing")
    with pytest.raises(BusError):
        await anext(store.watch())
    with pytest.raises(BusError):
        await store.put("a", b"")


async def test_only_who_knows_the_last_revision_replaces_an_entry(bus_server: Server) -> None:
    store = await (await bus_server.connect()).open_store("owners", is_kept=True)
    first = await store.create("device", b"ada")
    with pytest.raises(EntryChangedError):
        await store.create("device", b"bob")
    second = await store.update("device", b"bob", first)
    with pytest.raises(EntryChangedError):
        await store.update("device", b"ada", first)
    assert await store.get("device") == Entry("device", b"bob", second)
    await store.delete("device")
    assert await store.create("device", b"eve") > second


@pytest.mark.integration
async def test_an_entry_that_is_not_renewed_ends_by_itself(bus_server: Server) -> None:
    store = await (await bus_server.connect()).open_store("alive", lifetime_s=1.0)
    watch = Watch(store)
    await store.put("collector", b"1")
    await until(lambda: ("collector", None) in watch.values)
    assert await store.get("collector") is None
    revision = await store.create("collector", b"2")
    assert await store.get("collector") == Entry("collector", b"2", revision)
    watch.task.cancel()


async def test_after_the_server_was_away_all_goes_on(bus_server: Server) -> None:
    connection, listener, changes = await bus_server.connect(), Listener(), list[float | None]()
    await connection.subscribe("news", listener.take)
    kept, lost = await connection.open_store("kept", is_kept=True), await connection.open_store("lost")
    for store in (kept, lost):
        await store.put("a", b"1")
    watch = Watch(kept)
    await until(lambda: None in watch.entries)
    connection.on_change(lambda: changes.append(connection.lost_since))

    await bus_server.stop()
    await until(lambda: connection.lost_since is not None)
    with pytest.raises(BusError):
        await connection.publish("news", b"too late")
    with pytest.raises(BusError):
        await kept.put("a", b"2")
    await bus_server.start()

    await until(lambda: connection.lost_since is None)
    await until(lambda: watch.has_ended)
    await connection.publish("news", b"again")
    await until(lambda: listener.payloads == [b"again"])
    assert (await kept.get("a") or Entry("", None, 0)).value == b"1"
    assert await lost.get("a") is None
    assert await lost.put("a", b"3")
    assert changes[-1] is None
    assert changes[0] is not None


async def test_a_connection_that_was_closed_hears_nothing(bus_server: Server) -> None:
    connection, other, listener = await bus_server.connect(), await bus_server.connect(), Listener()
    await connection.subscribe("news", listener.take)
    await connection.close()
    await other.publish("news", b"1")
    with pytest.raises(BusError):
        await connection.publish("news", b"1")
    assert listener.messages == []


async def settle(sender: Connection, receiver: Connection) -> None:
    """Wait until what one subscribed, published and received before is done."""
    echo = Listener()
    subscription = await receiver.subscribe(subject := sender.new_inbox(), echo.take)
    deadline = asyncio.get_running_loop().time() + 10
    while not echo.messages and asyncio.get_running_loop().time() < deadline:
        await sender.publish(subject, b"")
        await asyncio.sleep(0.01)
    await subscription.end()


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("a.*.c", "a.b.c", True),
        ("a.b", "a.c", False),
    ],
)
def test_wildcards(pattern: str, subject: str, *, expected: bool) -> None:
    assert matches(pattern, subject) == expected


async def test_a_denied_subject_is_named() -> None:
    denied: list[str] = []
    connection = MemoryBus().connect(may=lambda subject: subject != "secret")
    connection.on_denied(denied.append)
    await connection.publish("secret", b"")
    await connection.publish("open", b"")
    assert denied == ["secret"]


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_a_subject_matches_itself(parts: list[str]) -> None:
    assert matches(".".join(parts), ".".join(parts))
