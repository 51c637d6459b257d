"""Performers, assignments and steps: the same holds in memory and in the database."""

from dataclasses import replace

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.assignment import MAX_PAST
from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import MAX_STEPS, Change, Record, Step
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.location import Location
from micboard_tui.storage import step_store
from micboard_tui.storage.assignment_rows import past_values
from micboard_tui.storage.database import open_database
from tests.services.stage import RACK, SPARE, STAGE
from tests.storage.conftest import Store
from tests.storage.records import PREPARATION, add, change, run_sql
from tests.storage.test_repositories import FULL, OFF, ONLINE

ADA = Performer(PerformerId("ada"), "Ada", "lead", "left handed")
BEN = Performer(PerformerId("ben"), 'Bén, "the" שלום 漢 [red]x[/]')
FIRST, SECOND = ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2)
HERS = Assignment(
    FIRST, ADA, Role.BACKUP, "spare pack in case", 1000.25, True, "ULXD2", "Pack 3", "IEM 3", True
)
FREE = Assignment(SECOND, role=Role.SPARE)
STEP = Step("Lead Vox assigned to Ada", 1000.5, "Pia")


def additions(*records: Record) -> list[Change]:
    return [Change(None, record) for record in records]


def plain(turned: Step) -> Step:
    """Which step was undone or redone, without what that changed."""
    return Step(turned.text, turned.at, turned.actor)


async def refusal_of(store: Store, changes: list[Change]) -> ErrorCode:
    with pytest.raises(StorageError) as caught:
        await store.records.make(STEP, changes)
    assert caught.value.info.hint
    return caught.value.code


async def test_what_a_step_makes_is_there_and_goes_when_it_is_taken_back(store: Store) -> None:
    await add(store.records, RACK)
    await store.records.make(STEP, additions(ADA, BEN, HERS, FREE))
    assert sorted(await store.records.performers(), key=lambda each: each.id) == [ADA, BEN]
    assert sorted(await store.records.assignments(), key=lambda each: each.channel) == [HERS, FREE]
    assert plain(await store.records.undo("Pia")) == STEP
    assert (await store.records.performers(), await store.records.assignments()) == ([], [])
    assert plain(await store.records.redo("Pia")) == STEP
    assert sorted(await store.records.assignments(), key=lambda each: each.channel) == [HERS, FREE]


async def test_a_change_of_a_performer_shows_in_every_assignment(store: Store) -> None:
    await add(store.records, RACK)
    await store.records.make(STEP, additions(ADA, HERS))
    renamed = replace(ADA, name="Countess", note=None)
    await store.records.make(STEP, [Change(ADA, renamed)])
    assert await store.records.assignments() == [replace(HERS, performer=renamed)]
    await store.records.make(STEP, [Change(HERS, None)])
    await store.records.undo("Pia")
    assert await store.records.assignments() == [replace(HERS, performer=renamed)]


async def test_devices_are_listed_with_who_has_their_channels(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([ONLINE], [FULL, OFF])
    await store.records.make(STEP, additions(ADA, HERS))
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (replace(FULL, assignment=HERS), OFF)
    await store.devices.store([], rack.channels)
    await store.records.undo("Pia")
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (FULL, OFF)


@pytest.mark.parametrize("name", ["ADA", " ada ", "Ada"])
async def test_a_name_belongs_to_one_performer(store: Store, name: str) -> None:
    await store.records.make(STEP, additions(ADA))
    twin = Performer(PerformerId("twin"), name)
    assert await refusal_of(store, additions(twin)) is ErrorCode.PERFORMER_EXISTS
    assert await store.records.performers() == [ADA]


async def test_letters_beyond_ascii_have_capitals_too(store: Store) -> None:
    await store.records.make(STEP, additions(Performer(PerformerId("1"), "Zoë Ünal")))
    twin = Performer(PerformerId("2"), "ZOE\N{COMBINING DIAERESIS} ÜNAL")
    assert await refusal_of(store, additions(twin)) is ErrorCode.PERFORMER_EXISTS


async def test_a_step_is_made_whole_or_not_at_all(store: Store) -> None:
    await add(store.records, RACK)
    before = await store.devices.revision()
    stale = Change(replace(ADA, name="Old"), ADA)
    assert await refusal_of(store, [*additions(BEN), stale]) is ErrorCode.CHANGED_SINCE
    assert await refusal_of(store, [*additions(ADA, HERS), *additions(HERS)]) is ErrorCode.CHANGED_SINCE
    assert await store.records.performers() == []
    assert await store.devices.revision() == before
    assert plain(await store.records.undo("Pia")) == PREPARATION


async def test_what_does_not_exist_gets_nothing(store: Store) -> None:
    assert await refusal_of(store, additions(ADA, HERS)) is ErrorCode.CHANGED_SINCE
    await add(store.records, RACK)
    assert await refusal_of(store, additions(HERS)) is ErrorCode.CHANGED_SINCE
    nowhere = replace(RACK.placement, location_id=LocationId("nowhere"))
    assert await refusal_of(store, [Change(RACK.placement, nowhere)]) is ErrorCode.CHANGED_SINCE
    assert await refusal_of(store, [Change(SPARE.placement, SPARE.placement)]) is ErrorCode.CHANGED_SINCE


async def test_what_is_in_use_does_not_go(store: Store) -> None:
    await add(store.records, STAGE)
    await add(store.records, replace(RACK, location_id=STAGE.id))
    await store.records.make(STEP, additions(ADA, HERS))
    assert await refusal_of(store, [Change(ADA, None)]) is ErrorCode.CHANGED_SINCE
    assert await refusal_of(store, [Change(STAGE, None)]) is ErrorCode.CHANGED_SINCE
    rack = replace(RACK, location_id=STAGE.id)
    assert await refusal_of(store, [Change(rack, None)]) is ErrorCode.CHANGED_SINCE
    await add(store.records, Location(LocationId("within"), "Within", STAGE.id))
    await change(store.records, rack.placement, RACK.placement)
    assert await refusal_of(store, [Change(STAGE, None)]) is ErrorCode.CHANGED_SINCE


async def test_a_location_needs_its_parent_and_a_name_of_its_own(store: Store) -> None:
    orphan = Location(LocationId("orphan"), "Orphan", LocationId("nowhere"))
    assert await refusal_of(store, additions(orphan)) is ErrorCode.CHANGED_SINCE
    await store.records.make(STEP, additions(STAGE, replace(STAGE, id=LocationId("pit"), name="Pit")))
    twin = Location(LocationId("twin"), STAGE.name.upper())
    assert await refusal_of(store, additions(twin)) is ErrorCode.LOCATION_EXISTS
    pit = Location(LocationId("pit"), "Pit")
    assert await refusal_of(store, [Change(pit, replace(pit, name=STAGE.name))]) is ErrorCode.LOCATION_EXISTS
    await store.records.make(STEP, [Change(pit, replace(pit, name="Orchestra", parent_id=STAGE.id))])
    await store.records.undo("Pia")
    assert pit in await store.locations.all()


async def test_a_registration_is_undone_with_the_location_that_it_made(store: Store) -> None:
    rack = replace(RACK, location_id=STAGE.id)
    await store.records.make(STEP, additions(STAGE, rack))
    await store.devices.store([ONLINE], [FULL])
    await store.records.undo("Pia")
    assert (await store.devices.all(), await store.locations.all()) == ([], [])
    await store.records.redo("Pia")
    (snapshot,) = await store.devices.query(ALL_DEVICES)
    assert (snapshot.device, snapshot.location, snapshot.channels) == (rack, STAGE.name, ())


async def test_a_device_is_not_brought_back_to_an_address_that_is_taken(store: Store) -> None:
    await add(store.records, RACK, SPARE)
    taken = replace(RACK, host=SPARE.host)
    assert await refusal_of(store, [Change(RACK, taken)]) is ErrorCode.DEVICE_EXISTS
    assert await refusal_of(store, additions(replace(taken, id=DeviceId("twin")))) is ErrorCode.DEVICE_EXISTS
    assert await store.devices.all() == [RACK, SPARE]


async def test_a_device_moves_and_all_else_of_it_stays(store: Store) -> None:
    await add(store.records, replace(RACK, name="FOH"))
    moved = replace(RACK.placement, location_id=STAGE.id, position=7)
    await store.records.make(STEP, [*additions(STAGE), Change(RACK.placement, moved)])
    await store.overwrite(replace(RACK, name="Monitors", location_id=STAGE.id, position=7))
    await store.records.undo("Pia")
    assert await store.devices.get(RACK.id) == replace(RACK, name="Monitors")
    assert await store.locations.all() == []


async def test_a_device_that_was_removed_comes_back_with_what_was_said_of_it(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([ONLINE], [FULL])
    await store.records.make(STEP, additions(ADA, HERS))
    await store.records.make(STEP, [Change(HERS, None), Change(RACK, None)])
    assert await store.devices.query(ALL_DEVICES) == []
    await store.records.undo("Pia")
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert (rack.device, rack.channels) == (RACK, ())
    assert await store.records.assignments() == [HERS]
    await store.devices.store([], [FULL])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (replace(FULL, assignment=HERS),)


async def test_steps_are_taken_back_and_made_again_in_their_order(store: Store) -> None:
    steps = [Step(f"{number}", float(number), "Pia") for number in range(3)]
    people = [Performer(PerformerId(str(number)), f"P{number}") for number in range(3)]
    for step, person in zip(steps, people, strict=True):
        await store.records.make(step, additions(person))
    assert [plain(await store.records.undo("Pia")) for _ in range(2)] == [steps[2], steps[1]]
    assert await store.records.performers() == people[:1]
    assert [plain(await store.records.redo("Pia")) for _ in range(2)] == [steps[1], steps[2]]
    assert len(await store.records.performers()) == 3
    with pytest.raises(StorageError) as caught:
        await store.records.redo("Pia")
    assert caught.value.code is ErrorCode.NOTHING_TO_REDO


async def test_a_new_step_ends_what_could_be_made_again(store: Store) -> None:
    await store.records.make(STEP, additions(ADA))
    await store.records.undo("Pia")
    await store.records.make(STEP, additions(BEN))
    with pytest.raises(StorageError):
        await store.records.redo("Pia")
    assert await store.records.performers() == [BEN]


async def test_after_steps_are_forgotten_their_records_stay_and_cannot_be_undone_or_redone(
    store: Store,
) -> None:
    await store.records.make(STEP, additions(ADA))
    await store.records.make(STEP, additions(BEN))
    await store.records.undo("Pia")
    await store.records.forget_steps()
    with pytest.raises(StorageError) as caught:
        await store.records.undo("Pia")
    assert caught.value.code is ErrorCode.NOTHING_TO_UNDO
    with pytest.raises(StorageError) as caught:
        await store.records.redo("Pia")
    assert caught.value.code is ErrorCode.NOTHING_TO_REDO
    assert await store.records.performers() == [ADA]


async def test_a_step_that_can_never_be_turned_does_not_stand_in_the_way(store: Store) -> None:
    await add(store.records, RACK)
    moved = replace(RACK.placement, position=7)
    await store.records.make(replace(STEP, text="first"), additions(ADA))
    await store.records.make(STEP, [Change(RACK.placement, moved)])
    await store.overwrite(replace(RACK, position=9))
    with pytest.raises(StorageError) as caught:
        await store.records.undo("Pia")
    assert caught.value.code is ErrorCode.CHANGED_SINCE
    assert (await store.records.undo("Pia")).text == "first"
    await store.records.redo("Pia")
    await store.records.make(STEP, [Change(replace(moved, position=9), moved)])
    await store.records.undo("Pia")
    await store.overwrite(RACK)
    with pytest.raises(StorageError):
        await store.records.redo("Pia")
    with pytest.raises(StorageError) as caught:
        await store.records.redo("Pia")
    assert caught.value.code is ErrorCode.NOTHING_TO_REDO


async def test_steps_after_one_that_cannot_be_redone_are_dropped_with_it(store: Store) -> None:
    await add(store.records, RACK)
    moved = replace(RACK.placement, position=7)
    await store.records.make(STEP, [Change(RACK.placement, moved)])
    await store.records.make(STEP, additions(ADA))
    await store.records.undo("Pia")
    await store.records.undo("Pia")
    await store.overwrite(replace(RACK, position=9))
    codes = []
    for _ in range(2):
        with pytest.raises(StorageError) as caught:
            await store.records.redo("Pia")
        codes.append(caught.value.code)
    assert codes == [ErrorCode.CHANGED_SINCE, ErrorCode.NOTHING_TO_REDO]
    assert await store.records.performers() == []


@pytest.mark.no_cover
async def test_the_last_hundred_steps_are_kept(store: Store) -> None:
    for number in range(MAX_STEPS + 2):
        person = Performer(PerformerId(str(number)), f"P{number}")
        await store.records.make(STEP, additions(person))
    for _ in range(MAX_STEPS):
        await store.records.undo("Pia")
    with pytest.raises(StorageError):
        await store.records.undo("Pia")
    assert len(await store.records.performers()) == 2


@pytest.mark.no_cover
async def test_the_past_of_a_channel_is_told_newest_first(store: Store) -> None:
    past = [PastAssignment(FIRST, f"P{at}", Role.SPARE, at, at + 1, "note") for at in range(MAX_PAST + 1)]
    other = PastAssignment(SECOND, "Other", Role.PRIMARY, 0.0, 5.0)
    await store.records.make(STEP, additions(*past, other))
    assert await store.records.past(FIRST) == past[:0:-1]
    assert await store.records.past(SECOND) == [other]
    await store.records.undo("Pia")
    assert await store.records.past(FIRST) == []


@pytest.mark.no_cover
async def test_of_all_past_assignments_the_newest_twenty_thousand_are_kept(database_url: URL | str) -> None:

    count_and_oldest = "SELECT count(*), min(until) FROM past_assignments"

    async with open_database(database_url) as database:
        values = past_values(PastAssignment(SECOND, "Ben", Role.SPARE, 0.0, 0.0))
        columns = ", ".join(values)
        slots = ", ".join(f":{column}" for column in values)
        await run_sql(
            database_url,
            f"INSERT INTO past_assignments ({columns}) VALUES ({slots})",  # noqa: S608 - our own columns
            *[values | {"since": number - 1, "until": number} for number in range(1, 20_000)],
        )
        for number, oldest in ((30_000, 1), (30_001, 2), (30_002, 3)):
            past = PastAssignment(FIRST, "Ada", Role.PRIMARY, number - 1, number)
            await database.assignments.make(STEP, additions(past))
            assert await run_sql(database_url, count_and_oldest) == [(20_000, oldest)]
            assert (await database.assignments.past(FIRST))[0] == past


async def test_a_step_that_fills_the_memory_alone_can_be_undone(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        huge = PastAssignment(FIRST, "Ada", Role.PRIMARY, 1.0, 2.0, "n" * step_store.MAX_BYTES)
        await database.assignments.make(STEP, additions(huge))
        assert plain(await database.assignments.undo("Pia")) == STEP
        assert await database.assignments.past(FIRST) == []


async def test_every_step_raises_the_revision(store: Store) -> None:
    seen = [await store.devices.revision()]
    await store.records.make(STEP, additions(ADA))
    seen.append(await store.devices.revision())
    await store.records.undo("Pia")
    seen.append(await store.devices.revision())
    await store.records.redo("Pia")
    seen.append(await store.devices.revision())
    assert len(set(seen)) == len(seen)


async def test_steps_survive_the_program(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
        await database.assignments.make(STEP, additions(ADA, HERS))
        await database.assignments.undo("Pia")
    async with open_database(database_url) as database:
        assert plain(await database.assignments.redo("Pia")) == STEP
        assert await database.assignments.assignments() == [HERS]


@pytest.mark.no_cover
async def test_steps_together_have_a_limit_but_the_newest_stays(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        large = PastAssignment(FIRST, "Ada", Role.PRIMARY, 1.0, 2.0, "n" * (step_store.MAX_BYTES // 20))
        await database.assignments.make(STEP, additions(large))
        double = "INSERT INTO steps (words, at, undone, changes) SELECT words, at, undone, changes FROM steps"
        for _ in range(5):
            await run_sql(database_url, double)
        await database.assignments.make(STEP, additions(Performer(PerformerId("ada"), "Ada")))
    ((count, total),) = await run_sql(database_url, "SELECT count(*), sum(length(changes)) FROM steps")
    assert 1 < int(str(count)) < 33
    assert int(str(total)) <= step_store.MAX_BYTES


@pytest.mark.parametrize(
    "changes",
    [
        "",
        "{",
        "[" * 100_000,
        "7",
        "[7]",
        '[["performer"]]',
        '[["ghost", null, {"id": "x"}]]',
        '[["performer", null, null]]',
        '[["performer", null, {"name": "Ada"}]]',
        '[["performer", null, {"id": "x", "shoe_size": 42}]]',
        '[["performer", null, {"id": "x", "name": ["Ada"]}]]',
        '[["performer", 1, {"id": "x", "name": "Ada"}]]',
    ],
)
async def test_a_step_that_cannot_be_read_is_dropped_and_the_one_before_undone(
    database_url: URL | str, changes: str
) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, ADA)
        await database.assignments.make(Step("Ben comes", 2.0), additions(BEN))
        spoil = "UPDATE steps SET changes = :changes WHERE words = 'Ben comes'"
        await run_sql(database_url, spoil, {"changes": changes})
        with pytest.raises(StorageError) as caught:
            await database.assignments.undo("Pia")
        assert caught.value.code is ErrorCode.STEP_UNREADABLE
        assert "'Ben comes'" in str(caught.value)
        await database.assignments.undo("Pia")
        assert await database.assignments.performers() == [BEN]


async def test_people_on_channels_that_a_device_does_not_have_are_listed_with_it(store: Store) -> None:
    await add(store.records, RACK)
    third = replace(HERS, channel=ChannelRef(RACK.id, 3))
    await store.records.make(STEP, additions(ADA, FREE, third))
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.assignments_without_channel == ()
    await store.devices.store([ONLINE], [FULL, OFF])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.assignments_without_channel == (third,)
    low = DeviceQuery(battery_unknown=True)
    assert all(not device.assignments_without_channel for device in await store.devices.query(low))


async def test_a_step_whose_records_another_person_needs_by_now_is_not_undone_and_names_that_person(
    store: Store,
) -> None:
    await add(store.records, RACK)
    await store.records.make(replace(STEP, text="Ada added"), additions(ADA))
    await store.records.make(Step("Lead Vox assigned to Ada", 2000.0, "Ben"), additions(HERS))
    with pytest.raises(StorageError) as caught:
        await store.records.undo("Pia")
    assert (caught.value.code, caught.value.info.details["changed_by"]) == (ErrorCode.CHANGED_SINCE, "Ben")
    assert await store.records.assignments() == [HERS]
