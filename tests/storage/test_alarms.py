"""Alarms in a real database: as the fake keeps them, with their events, and never over another process."""

from dataclasses import replace

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf
from micboard_tui.domain.show import ShowProfile
from micboard_tui.storage.database import open_database
from micboard_tui.storage.repositories.alarm_repository import FEW
from tests.fakes.events import InMemoryEvents
from tests.fakes.stored_alarms import InMemoryAlarms
from tests.storage.records import run_sql

RACK = DeviceId("rack")
OFFLINE = Alarm(AlarmKey(ProblemCode.OFFLINE, RACK), AlarmPriority.NOW, 1000.1, 1000.2)
LOST = Alarm(
    AlarmKey(ProblemCode.RF_LOST, RACK, 1),
    AlarmPriority.NOW,
    1000.0,
    1010.0,
    count=3,
    is_flapping=True,
    cleared_at=1011.0,
    acknowledged_by="Zoë",
    acknowledged_at=1005.0,
    shelved_by="Pia",
    shelved_until=2000.0,
    hidden_by=OFFLINE.key,
    note="new capsule",
    minutes_step=10,
    shelved_profile=ShowProfile.BREAK,
    shelved_show=ShowShelf(ShelfEnd.END, 2),
)
NETWORK = Alarm(
    AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage")), AlarmPriority.NOW, 1.0, 1.0
)
BAY = Alarm(AlarmKey(ProblemCode.CHARGER_FAULT, RACK, part=3), AlarmPriority.AT_BREAK, 1.0, 1.0)
SEEN = Event(1005.0, EventKind.ALARM, "RF lost seen", RACK, 1, "Zoë")
RAISED = Event(1004.0, EventKind.ALARM, "RF lost raised", RACK, 1)
MANY = [
    Alarm(AlarmKey(ProblemCode.RF_LOW, RACK, number), AlarmPriority.SOON, 5.0, 6.0)
    for number in range(1, FEW + 5)
]


def changes(*pairs: tuple[Alarm | None, Alarm | None]) -> list[AlarmChange]:
    return [
        AlarmChange(alarm.key, before, after)
        for before, after in pairs
        if (alarm := before or after) is not None
    ]


async def test_alarms_are_kept_and_changed_with_their_events_as_by_the_fake(database_url: URL | str) -> None:
    events = InMemoryEvents()
    fake = InMemoryAlarms(events)
    added = [(None, alarm) for alarm in MANY]
    open_, later = replace(LOST, hidden_by=None), replace(OFFLINE, note="fuse")
    async with open_database(database_url) as database:
        for alarms, kept in ((fake, events), (database.alarms, database.events)):
            assert await alarms.newest_event() == 0
            begin = changes((None, OFFLINE), (None, LOST), (None, NETWORK), (None, BAY))
            assert await alarms.store(begin, [RAISED], is_durable=False) == {}
            assert not await alarms.has_acts(0)
            # Another process changed one of them: nothing is changed.
            late = changes((replace(LOST, note=""), open_), (BAY, None))
            assert await alarms.store(late, [SEEN], is_durable=True) == {LOST.key: LOST}
            assert await alarms.store(changes((None, MANY[0]), (MANY[1], None)), [], is_durable=True) == {
                MANY[1].key: None
            }
            assert await alarms.newest_event() == 1
            after = changes((LOST, open_), (OFFLINE, later), (BAY, None), *added)
            assert await alarms.store(after, [SEEN], is_durable=True) == {}
            assert await alarms.has_acts(1)
            assert not await alarms.has_acts(2)
            assert [event.text for event in await kept.list(EventQuery())] == [
                "RF lost raised",
                "RF lost seen",
            ]
    async with open_database(database_url) as database:
        stored = {alarm.key: alarm for alarm in await database.alarms.list()}
        assert stored == fake.kept
        assert stored[LOST.key] == open_
        assert stored[NETWORK.key] == NETWORK


async def test_a_cause_of_a_newer_release_is_left_out_and_a_broken_row_is_damage(
    database_url: URL | str,
) -> None:
    async with open_database(database_url) as database:
        await database.alarms.store(changes((None, OFFLINE), (None, LOST)), [], is_durable=False)
        await run_sql(database_url, "UPDATE alarms SET cause = 'haunted' WHERE cause = 'rf_lost'")
        assert await database.alarms.list() == [OFFLINE]
        await run_sql(database_url, "UPDATE alarms SET hidden_by = 'somewhere'")
        with pytest.raises(StorageError) as failure:
            await database.alarms.list()
        assert failure.value.code is ErrorCode.DATABASE_DAMAGED
