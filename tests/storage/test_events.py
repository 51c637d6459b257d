"""Events in a real database: as the fake keeps them, and what is deleted."""

from dataclasses import replace

from sqlalchemy import URL

from micboard_tui.contracts.events import EventPlace, EventQuery
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.storage.database import open_database
from tests.fakes.events import InMemoryEvents

RACK, OTHER = DeviceId("rack"), DeviceId("other")
EVENTS = [
    Event(
        30.0, EventKind.LINK, "RF lost, was live", RACK, 1, details={"link": "rf_lost"}, subject="Rack 1/1"
    ),
    Event(10.0, EventKind.SESSION, "Session opened", RACK),
    Event(20.0, EventKind.SESSION, "Session opened", OTHER),
    Event(20.0, EventKind.LINK, "muted, was live", RACK, 2),
]
MARKER = Event(25.0, EventKind.MARKER, "crackle", actor="Zoë")
QUERIES = [
    EventQuery(),
    EventQuery(limit=2),
    EventQuery(10.0, 20.0),
    EventQuery(kinds=[EventKind.LINK, EventKind.MARKER]),
    EventQuery(channels=[ChannelRef(RACK, 1)]),
    EventQuery(channels=[ChannelRef(RACK, 2), ChannelRef(OTHER, 1)]),
    EventQuery(channels=[ChannelRef(OTHER, 1)], has_general=True),
    EventQuery(after=3),
    EventQuery(actors=["Ada", "Zoë"], kinds=[EventKind.MARKER]),
    EventQuery(15.0, limit=2, is_from_start=True),
    EventQuery(before=EventPlace(20.0, 4)),
    EventQuery(before=EventPlace(25.0, 1), limit=2),
]


async def test_events_are_kept_found_and_deleted_as_by_the_fake(database_url: URL | str) -> None:
    fake = InMemoryEvents()
    async with open_database(database_url) as database:
        for events in (fake, database.events):
            await events.add(EVENTS)
            assert (await events.add_now(MARKER)).id == 5
    async with open_database(database_url) as database:
        for events in (fake, database.events):
            written = await events.add_now(replace(MARKER, actor="Undoer"))
            assert await events.find_newest_marker("Undoer") == written.id == 6
            assert await events.find_newest_marker("Nobody") is None
            assert list(await events.delete_markers([1, 6, 99])) == [written]
        for query in QUERIES:
            assert list(await database.events.list(query)) == list(await fake.list(query)), query
        await database.events.delete_old(0.0, 5)
        assert len(await database.events.list(EventQuery())) == 5
        await database.events.delete_old(20.0, 3)
        assert [event.id for event in await database.events.list(EventQuery())] == [3, 4, 5]
        await database.events.delete_old(100.0, 5)
        assert (await database.events.add_now(MARKER)).id == 7
