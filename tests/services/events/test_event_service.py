"""The list of events: what waits, what is dropped and said, markers."""

import asyncio
import threading
from collections.abc import Sequence

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventContract, EventQuery, EventSink
from micboard_tui.domain.event import EVENTS_KEPT_S, MAX_EVENT_TEXT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.services.events.event_service import BATCH, MAX_WAITING, EventService
from micboard_tui.services.live.state import LiveState
from tests.fakes.events import InMemoryEvents
from tests.fakes.repositories import InMemoryDevices
from tests.services.results import code_of, data_of
from tests.services.stage import RACK, Clock

pytestmark = pytest.mark.virtual_time


class Setup:
    def __init__(self) -> None:
        self.clock = Clock()
        self.live = LiveState(self.clock)
        self.live.place([RACK], ())
        self.kept = InMemoryEvents()
        self.devices = InMemoryDevices(RACK)
        self.service = EventService(self.kept, self.devices, self.live, self.clock)
        self.contract: EventContract = self.service
        self.sink: EventSink = self.service

    def event(self, text: str, at: float | None = None) -> Event:
        return Event(self.clock() if at is None else at, EventKind.LINK, text, RACK.id, 1)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.kept.kept]


async def test_what_happens_is_stored_a_moment_later_in_one_batch() -> None:
    setup = Setup()
    setup.sink.append(setup.event("one"))
    setup.sink.append(setup.event("two"))
    assert not setup.texts
    async with anyio.create_task_group() as group:
        group.start_soon(setup.service.run)
        await anyio.sleep(1.1)
        group.cancel_scope.cancel()
    assert (setup.texts, setup.kept.batches) == (["one", "two"], [2])


async def test_a_reader_that_is_cancelled_while_events_are_written_has_none_written_twice() -> None:
    setup = Setup()
    begun, may_end = threading.Event(), threading.Event()
    store = setup.kept.add

    async def store_slowly(events: Sequence[Event]) -> None:
        def wait() -> None:
            begun.set()
            may_end.wait(5.0)

        await anyio.to_thread.run_sync(wait)
        await store(events)

    setup.kept.add = store_slowly  # type: ignore[method-assign] # a slow disk
    setup.sink.append(setup.event("once"))
    reading = asyncio.create_task(setup.service.list_events(EventQuery()))
    await anyio.to_thread.run_sync(begun.wait)
    reading.cancel()
    await anyio.lowlevel.checkpoint()
    may_end.set()
    await asyncio.wait({reading})
    await setup.service.close()
    assert setup.texts == ["once"]


async def test_what_people_do_is_stored_before_the_answer_and_after_what_waited() -> None:
    setup = Setup()
    setup.sink.append(setup.event("before"))
    marker = data_of(await setup.contract.add_marker("  crackle \n here ", actor="Pia", at=5.0))
    assert (marker.id, marker.at, marker.actor, marker.ref) == (2, 5.0, "Pia", None)
    assert setup.texts == ["before", "crackle here"]
    of_channel = data_of(await setup.contract.add_marker("hat", actor="Pia", channel=ChannelRef(RACK.id, 2)))
    assert of_channel.at == setup.clock()
    assert of_channel.subject == f"{RACK.name or RACK.host}/2"
    # A command has no live state, and what is registered no more has no name.
    setup.live.place((), ())
    by_command = data_of(await setup.contract.add_marker("hat", actor="Pia", channel=ChannelRef(RACK.id, 2)))
    assert by_command.subject == of_channel.subject
    setup.devices.take(RACK.id)
    gone = data_of(await setup.contract.add_marker("hat", actor="Pia", channel=ChannelRef(RACK.id, 2)))
    assert (gone.subject, gone.ref) == (None, ChannelRef(RACK.id, 2))
    for text in ("", "   ", "x" * (MAX_EVENT_TEXT + 1)):
        assert code_of(await setup.contract.add_marker(text, actor="Pia")) is ErrorCode.INVALID_VALUE
    ancient = setup.clock.now - EVENTS_KEPT_S - 1.0
    refused = await setup.contract.add_marker("hat", actor="Pia", at=ancient)
    assert code_of(refused) is ErrorCode.INVALID_VALUE


async def test_while_the_disk_is_full_events_wait_and_the_oldest_go_which_is_said() -> None:
    setup = Setup()
    setup.kept.is_full = True
    for number in range(MAX_WAITING + 3):
        setup.sink.append(setup.event(str(number)))
    assert code_of(await setup.contract.add_marker("lost", actor="Pia")) is ErrorCode.DISK_FULL
    with pytest.raises(StorageError):
        await setup.sink.store(setup.event("by hand"))
    assert setup.service.dropped == 3
    setup.kept.is_full = False
    await setup.service.close()
    assert setup.texts[:2] == ["3 events were not stored: storing was slow or failed", "3"]
    assert len(setup.texts) == MAX_WAITING + 1
    assert max(setup.kept.batches) <= BATCH + 1
    assert setup.service.dropped == 0


async def test_events_are_found_by_time_kind_channel_and_number_also_those_that_wait() -> None:
    setup = Setup()
    other = Event(20.0, EventKind.SESSION, "other", DeviceId("other"))
    of_device = Event(15.0, EventKind.SESSION, "Session opened", RACK.id)
    for event in (setup.event("late", 30.0), setup.event("early", 10.0), other, of_device):
        setup.sink.append(event)

    async def found(query: EventQuery) -> list[str]:
        return [event.text for event in data_of(await setup.contract.list_events(query))]

    assert await found(EventQuery()) == ["early", "Session opened", "other", "late"]
    assert await found(EventQuery(limit=2)) == ["other", "late"]
    assert await found(EventQuery(12.0, 20.0)) == ["Session opened", "other"]
    assert await found(EventQuery(kinds=[EventKind.LINK])) == ["early", "late"]
    assert await found(EventQuery(channels=[ChannelRef(RACK.id, 1)])) == ["early", "Session opened", "late"]
    assert await found(EventQuery(channels=[ChannelRef(RACK.id, 2)])) == ["Session opened"]
    setup.sink.append(Event(17.0, EventKind.MARKER, "crackle"))
    of_channel = EventQuery(channels=[ChannelRef(RACK.id, 2)], has_general=True)
    assert await found(of_channel) == ["Session opened", "crackle"]
    assert await found(EventQuery(after=3)) == ["Session opened", "crackle"]


async def test_old_events_are_deleted_while_it_runs_and_a_full_disk_does_no_harm() -> None:
    setup = Setup()
    setup.sink.append(setup.event("old", setup.clock() - EVENTS_KEPT_S - 1))
    setup.sink.append(setup.event("new"))
    await setup.service.close()
    assert setup.texts == ["old", "new"]
    setup.kept.is_full = True
    async with anyio.create_task_group() as group:
        group.start_soon(setup.service.run)
        await anyio.sleep(1.1)
        setup.kept.is_full = False
        setup.clock.now += 3601.0
        await anyio.sleep(1.1)
        group.cancel_scope.cancel()
    assert setup.texts == ["new"]
