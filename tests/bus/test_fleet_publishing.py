"""Several programs publish into one store, and none disturbs what another has written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from micboard_tui.bus.publishing.entry_writer import READ_ANEW_S, EntryWriter
from micboard_tui.bus.publishing.published_devices import FREE_LIMIT_S
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER
from micboard_tui.bus.wire.subjects import LAYOUT_KEY
from tests.bus.attached_site import running, settle
from tests.bus.fleet_site import DEVICES, STORE, Fleet, rename
from tests.fakes.memory_bus import MemoryBus, MemoryConnection
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

ONE, TWO, THREE, FOUR = DEVICES


# Tokens in the store.


def first_byte(key: str, value: bytes) -> int:
    del key
    return value[0]


@asynccontextmanager
async def writing(bus: MemoryBus) -> AsyncIterator[tuple[EntryWriter, MemoryConnection]]:
    connection = bus.connect()
    writer = EntryWriter(connection, lambda: connection.open_store("store"), first_byte)
    task = asyncio.create_task(writer.run())
    try:
        yield writer, connection
    finally:
        task.cancel()


def value_of(bus: MemoryBus, key: str = "a") -> bytes | None:
    return bus.entries["store"][key].value


async def test_what_a_former_owner_writes_late_is_not_in_the_store_for_a_moment() -> None:
    bus = MemoryBus()
    async with writing(bus) as (former, _), writing(bus) as (later, _):
        former.want("a", b"\1 first")
        await settle(0.1)
        later.want("a", b"\2 mine")
        await settle(0.1)
        assert value_of(bus) == b"\2 mine"
        watched = bus.connect().watch("store")
        assert await anext(watched) == bus.entries["store"]["a"]
        former.want("a", b"\1 late")
        await settle(READ_ANEW_S + 1.0)
        assert value_of(bus) == b"\2 mine"
        assert await anext(watched) is None
        assert "a" not in former._wanted
        later.want("a", b"\2 goes on")
        await settle(0.1)
        assert value_of(bus) == b"\2 goes on"
        assert (await anext(watched)) == bus.entries["store"]["a"]


async def test_what_was_on_its_way_when_the_next_owner_wrote_does_not_come_last() -> None:
    bus = MemoryBus()
    async with writing(bus) as (former, connection), writing(bus) as (later, _):
        former.want("a", b"\1 first")
        await settle(0.1)
        connection.is_stalled = True
        former.want("a", b"\1 stuck")
        later.want("a", b"\2 mine")
        await settle(0.1)
        connection.restore()
        former.want("a", b"\1 later")
        await settle(8.0)
        assert value_of(bus) == b"\2 mine"


async def test_an_entry_that_was_released_is_the_next_owners_alone() -> None:
    bus = MemoryBus()
    async with writing(bus) as (former, _), writing(bus) as (later, _):
        former.want("a", b"\1")
        await settle(0.1)
        former.release("a")
        later.want("a", b"\2")
        await settle(READ_ANEW_S + 1.0)
        assert value_of(bus) == b"\2"


async def test_an_offered_entry_is_written_once_and_over_nothing_newer() -> None:
    bus = MemoryBus()
    async with writing(bus) as (hub, _), writing(bus) as (collector, _):
        await settle(0.1)
        collector.want("a", b"\1 held")
        await settle(0.1)
        hub.offer("a", b"\0 free")
        hub.offer("b", b"\0 free")
        await settle(0.1)
        assert (value_of(bus), value_of(bus, "b")) == (b"\1 held", b"\0 free")
        collector.want("b", b"\1 held")
        await settle(READ_ANEW_S + 1.0)
        assert value_of(bus, "b") == b"\1 held"


async def test_two_that_want_the_same_entry_with_equal_right_do_not_keep_the_bus_busy() -> None:
    bus = MemoryBus()
    async with writing(bus) as (one, _), writing(bus) as (other, _):
        one.want("a", b"\1 one")
        await settle(0.1)
        other.want("a", b"\1 other")
        await settle(10.0)
        assert bus.entries["store"]["a"].revision < 30


async def test_an_entry_that_was_deleted_by_another_is_written_again() -> None:
    bus = MemoryBus()
    async with writing(bus) as (writer, _):
        writer.want("a", b"\1")
        await settle(0.1)
        await bus.connect().find_store("store").delete("a")
        writer.want("a", b"\1 more")
        await settle(0.1)
        assert value_of(bus) == b"\1 more"


# Collectors and the hub.


async def test_collectors_publish_their_devices_and_the_hub_the_layout() -> None:
    fleet = Fleet()
    fleet.place()
    a, b = fleet.collector("a", ONE, TWO), fleet.collector("b", THREE)
    async with running(a.publisher, b.publisher):
        await settle(READ_ANEW_S + 3.0)
        keys = set(fleet.site.bus.entries[STORE])
        assert not any(key == LAYOUT_KEY or key.startswith("finding.") for key in keys)
        assert fleet.entry(FOUR) is None
        async with running(fleet.hub()):
            await settle(3.0)
            entries = [fleet.entry(device) for device in DEVICES]
            publishers = [entry.publisher for entry in entries if entry is not None]
            assert publishers == ["collector-a", "collector-a", "collector-b", FREE_PUBLISHER]
            assert LAYOUT_KEY in fleet.site.bus.entries[STORE]
        a.speak(ONE.id)
        a.live.place([rename(ONE, "Other"), TWO], [])
        await settle(1.0)
        renamed = fleet.entry(ONE)
        assert renamed is not None
        assert renamed.entry.device.name == "Other"


async def test_an_entry_that_no_collector_holds_follows_the_record_and_goes_with_the_device() -> None:
    fleet = Fleet()
    fleet.place()
    async with running(fleet.hub()):
        await settle(3.0)
        fleet.place((rename(ONE, "Foyer"), TWO))
        await settle(3.0)
        found = fleet.entry(ONE)
        assert found is not None
        assert (found.entry.device.name, found.publisher) == ("Foyer", FREE_PUBLISHER)
        assert fleet.entry(THREE) is None


async def test_a_device_that_is_not_ours_any_more_is_not_written_and_its_entry_stays() -> None:
    fleet = Fleet()
    a, b = fleet.collector("a", ONE, TWO), fleet.collector("b")
    async with running(a.publisher, b.publisher):
        await settle()
        # The token goes before the live state knows.
        del a.tokens[ONE.id]
        a.speak(ONE.id)
        a.live.place([rename(ONE, "Late"), TWO], [])
        await settle()
        assert (found := fleet.entry(ONE)) is not None
        assert (found.publisher, found.entry.device.name) == ("collector-a", None)
        b.hold({ONE.id: 7})
        await settle()
        assert (found := fleet.entry(ONE)) is not None
        assert (found.publisher, found.frame.token) == ("collector-b", 7)
        a.hold({ONE.id: 9, TWO.id: 1})
        await settle()
        assert (found := fleet.entry(ONE)) is not None
        assert (found.publisher, found.frame.token) == ("collector-a", 9)


async def test_a_device_that_is_given_away_is_free_in_the_store_before_anything_else_happens() -> None:
    fleet = Fleet()
    a = fleet.collector("a", ONE, TWO, token=5)
    async with running(a.publisher):
        await settle()
        await a.publisher.free(ONE.id)
        assert (found := fleet.entry(ONE)) is not None
        assert (found.publisher, found.frame.token, found.entry.device.id) == (FREE_PUBLISHER, 5, ONE.id)
        a.speak(ONE.id)
        a.live.place([rename(ONE, "Late"), TWO], [])
        await settle()
        assert (found := fleet.entry(ONE)) is not None
        assert found.publisher == FREE_PUBLISHER
        # It could not be given away, and was taken anew.
        a.hold({ONE.id: 6, TWO.id: 5})
        await settle()
        assert (found := fleet.entry(ONE)) is not None
        assert (found.publisher, found.frame.token) == ("collector-a", 6)


async def test_a_device_is_free_also_when_its_session_ended_before() -> None:
    fleet = Fleet()
    a = fleet.collector("a", ONE, TWO)
    async with running(a.publisher):
        await settle()
        a.hold({TWO.id: 1})
        await settle()
        await a.publisher.free(ONE.id)
        await a.publisher.free(ONE.id)
        await a.publisher.free(FOUR.id)
        assert (found := fleet.entry(ONE)) is not None
        assert found.publisher == FREE_PUBLISHER


async def test_giving_a_device_away_does_not_wait_for_a_bus_that_does_not_answer() -> None:
    fleet = Fleet()
    a = fleet.collector("a", ONE, TWO)
    async with running(a.publisher):
        await settle()
        a.connection.is_stalled = True
        began = loop_time()
        await a.publisher.free(ONE.id)
        assert loop_time() - began <= FREE_LIMIT_S + 0.1
        a.connection.cut()
        began = loop_time()
        await a.publisher.free(TWO.id)
        assert loop_time() == began
