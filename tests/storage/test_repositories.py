import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.battery import (
    LOW_LEVELS,
    Battery,
    BatteryType,
    LastBattery,
    MinutesNote,
    battery_level,
)
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Encryption,
    Lock,
    Meters,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart
from micboard_tui.domain.thresholds import BatteryThresholds
from micboard_tui.storage.database import open_database, sqlite_url
from micboard_tui.storage.stored_values import MAX_PAIRS, MAX_TEXT
from tests.services.stage import RACK, SPARE, STAGE
from tests.storage.conftest import Store
from tests.storage.records import add, change, remove, run_sql

HALL = Location(LocationId("hall"), "Hall")
CHOIR = Location(LocationId("choir"), "Choir", HALL.id, 1)
ONLINE = DeviceState(
    RACK.id,
    status=DeviceStatus.ONLINE,
    status_since=10.0,
    model="ULXD4Q",
    own_name="Rack 1",
    firmware="2.7.6.0",
    rf_band="G50",
    last_seen_at=20.0,
    raw=(("MODEL", "ULXD4Q"),),
    device_warnings=frozenset({DeviceWarning.FAN, DeviceWarning.TEMPERATURE}),
    serial="4129",
)
OFFLINE = DeviceState(
    SPARE.id, status=DeviceStatus.OFFLINE, fault=DeviceFault("DEVICE_SILENT", "No word", "Look at it")
)
FULL = ChannelState(
    RACK.id,
    1,
    link_state=LinkState.LIVE,
    link_since=11.5,
    facts=ChannelFacts(
        name="[red]x[/] A>B",
        frequency_khz=1_794_125,
        frequency2_khz=602_125,
        shared_carrier="0",
        device_warnings=frozenset({DeviceWarning.LOW_BATTERY, DeviceWarning.RF_OVERLOAD}),
        group_channel="6,100",
        gain_db=-18,
        receiver_muted=False,
        encryption=Encryption.ON,
        interference=True,
        receiver_lock=Lock.MENU,
        transmitter_present=True,
        transmitter=Transmitter(
            "ADX2",
            "\x1b[31mLead",
            serial="4212",
            muted=False,
            power_mw=10,
            power_word="LOW",
            offset_db=-12,
            battery=Battery(0, 0, 0, BatteryType.NIMH, MinutesNote.CALCULATING, 96, 41, -5),
            lock=Lock.POWER,
            is_talk_switch_on=True,
        ),
        slots=(Slot(2, SlotStatus.LINKED_ACTIVE, "ADX1", "Spare", True, 20, 5, Battery(7, 1, 9)),),
        meter_interval_s=0.1,
        raw=(("CHAN_NAME", "x"), ("TX_MODEL", "ADX2")),
    ),
    meters=Meters(-34.0, -34.0, -55.0, -18.0, "AB", True, 100, True, (-34.0, -55.0, None, -60.0), 81, 0),
    audio_peak_dbfs=-3.0,
    observed_at=20.25,
    meters_at=19.5,
    expected_period_s=0.1,
)
OFF = ChannelState(
    RACK.id,
    2,
    link_state=LinkState.TRANSMITTER_OFF,
    facts=ChannelFacts(transmitter_present=False),
    last_battery=LastBattery(Battery(50, 3, 125, BatteryType.LI_ION), 5.0),
)


def with_battery(number: int, battery: Battery, device: DeviceId = RACK.id) -> ChannelState:
    facts = ChannelFacts(transmitter_present=True, transmitter=Transmitter(battery=battery))
    return ChannelState(device, number, facts=facts)


def warned(state: ChannelState) -> ChannelState:
    """The same with a device that warns of the battery."""
    return replace(state, facts=replace(state.facts, device_warnings=frozenset({DeviceWarning.LOW_BATTERY})))


async def test_devices_come_back_as_they_were_added_in_rack_order(store: Store) -> None:
    assert await store.devices.all() == []
    await add(store.records, SPARE)
    await add(store.records, RACK)
    assert await store.devices.all() == [RACK, SPARE]
    assert await store.devices.get(RACK.id) == RACK
    assert await store.devices.get(DeviceId("ghost")) is None


async def test_a_device_is_changed_and_removed_with_all_that_is_known_of_it(store: Store) -> None:
    await add(store.records, STAGE)
    await add(store.records, RACK)
    await store.devices.store([ONLINE], [FULL])
    named = replace(RACK, name="FOH", location_id=STAGE.id, position=7, fingerprint="ab" * 32, zone="foh")
    await change(store.records, RACK, named)
    (snapshot,) = await store.devices.query(ALL_DEVICES)
    assert (snapshot.device, snapshot.location, len(snapshot.channels)) == (named, "Main Stage", 1)
    assert snapshot.channels[0].rf_zone == STAGE.id
    room = Location(LocationId("room"), "Room", STAGE.id, is_rf_zone=True)
    await add(store.records, room)
    await change(store.records, named, named := replace(named, location_id=room.id))
    await change(store.records, STAGE, replace(STAGE, out_of_service=True))
    (snapshot,) = await store.devices.query(ALL_DEVICES)
    assert (snapshot.channels[0].rf_zone, snapshot.is_out_of_service) == (room.id, True)
    await change(store.records, room, replace(room, is_rf_zone=False))
    (snapshot,) = await store.devices.query(ALL_DEVICES)
    assert snapshot.channels[0].rf_zone == STAGE.id
    await remove(store.records, named)
    assert await store.devices.query(ALL_DEVICES) == []
    await add(store.records, RACK)
    assert [each.channels for each in await store.devices.query(ALL_DEVICES)] == [()]


async def test_an_address_belongs_to_one_device(store: Store) -> None:
    await add(store.records, replace(RACK, host="rack.local"))
    for twin in (replace(SPARE, host="RACK.local"), replace(SPARE, id=DeviceId("x"), host="rack.local")):
        with pytest.raises(StorageError) as caught:
            await add(store.records, twin)
        assert caught.value.code is ErrorCode.DEVICE_EXISTS
    other = replace(SPARE, host="rack.local", port=2203)
    await add(store.records, other)
    with pytest.raises(StorageError):
        await change(store.records, other, replace(other, port=2202))


async def test_everything_that_is_known_survives(store: Store) -> None:
    await add(store.records, RACK)
    await add(store.records, SPARE)
    await store.devices.store([ONLINE, OFFLINE], [FULL, OFF])
    rack, spare = await store.devices.query(ALL_DEVICES)
    assert (rack.state, spare.state) == (ONLINE, OFFLINE)
    assert rack.channels == (FULL, OFF)


async def test_the_bays_of_a_charger_survive(store: Store) -> None:
    battery = Battery(99, 5, 480, BatteryType.LI_ION, health_percent=97, cycles=12, temperature_c=31)
    bays = (
        Bay(1, BayState.CHARGING, "SB900", "Lead\x1b", "01ABC", battery, 25, raw=(("BATT_CHARGE", "099"),)),
        Bay(2, BayState.FAULT, error="Too warm"),
        Bay(3, BayState.EMPTY),
    )
    charger = replace(ONLINE, kind=DeviceKind.CHARGER, bays=bays)
    await add(store.records, RACK)
    await store.devices.store([charger], [])
    assert [each.state for each in await store.devices.query(ALL_DEVICES)] == [charger]


async def test_newer_states_replace_older_ones(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([ONLINE], [FULL, OFF])
    silent = replace(FULL, link_state=LinkState.OFFLINE, meters=Meters())
    await store.devices.store([replace(ONLINE, status=DeviceStatus.OFFLINE)], [silent])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.state.status is DeviceStatus.OFFLINE
    assert rack.channels == (silent, OFF)
    changed = replace(silent, facts=replace(silent.facts, name="Ada"))
    await store.devices.store([], [changed])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels[0].facts.name == "Ada"


async def test_states_of_devices_that_are_gone_are_skipped(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([OFFLINE, ONLINE], [replace(FULL, device_id=DeviceId("ghost")), OFF])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (OFF,)


PROBLEMS = [
    ProblemStart(ProblemKey(RACK.id, 2, ProblemCode.BATTERY_LOW), 11.5, 20.25),
    ProblemStart(ProblemKey(RACK.id, 2, ProblemCode.RF_LOW), 12.0, 20.25),
    ProblemStart(ProblemKey(SPARE.id, None, ProblemCode.CHARGER_FAULT, 1), 13.0, 19.0),
    ProblemStart(ProblemKey(SPARE.id, None, ProblemCode.CHARGER_FAULT, 2), 14.0, 20.25),
]


async def test_problems_survive_until_others_replace_them(store: Store) -> None:
    await add(store.records, RACK)
    await add(store.records, SPARE)
    assert await store.devices.open_problems() == []
    await store.devices.store([], [], PROBLEMS)
    await store.devices.store([ONLINE], [FULL])
    assert sorted(await store.devices.open_problems()) == sorted(PROBLEMS)
    later = PROBLEMS[0]._replace(seen_at=80.0)
    await store.devices.store([], [], [later])
    assert await store.devices.open_problems() == [later]
    await store.devices.store([], [], ())
    assert await store.devices.open_problems() == []


async def test_each_of_several_programs_replaces_the_problems_of_its_devices_alone(store: Store) -> None:
    await add(store.records, RACK)
    await add(store.records, SPARE)
    of_spare = ProblemStart(ProblemKey(SPARE.id, None, ProblemCode.OFFLINE), 10.0, 20.0)
    of_rack = PROBLEMS[:2]
    await store.devices.store([], [], of_rack, [RACK.id])
    await store.devices.store([], [], [of_spare], [SPARE.id])
    assert set(await store.devices.open_problems()) == {*of_rack, of_spare}
    await store.devices.store([], [], [], [RACK.id])
    assert await store.devices.open_problems() == [of_spare]
    await store.devices.store([], [], [], [])
    assert await store.devices.open_problems() == [of_spare]


async def test_problems_of_devices_that_are_gone_are_skipped(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([], [], PROBLEMS)
    assert {start.key.device_id for start in await store.devices.open_problems()} == {RACK.id}
    await remove(store.records, RACK)
    assert await store.devices.open_problems() == []


async def test_problems_of_a_newer_program_are_skipped(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
        await database.devices.store([], [], PROBLEMS[:2])
        await run_sql(database_url, "UPDATE open_problems SET code = 'haunted' WHERE code = 'rf_low'")
        assert await database.devices.open_problems() == PROBLEMS[:1]


async def test_broken_problems_are_damage_and_are_stored_over(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, RACK)
        await database.devices.store([], [], PROBLEMS[:2])
        # PostgreSQL takes no such value.
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE open_problems SET since = 'long ago'")
        with pytest.raises(StorageError) as caught:
            await database.devices.open_problems()
        assert caught.value.code is ErrorCode.DATABASE_DAMAGED
        await database.devices.store([], [], PROBLEMS[:1])
        assert await database.devices.open_problems() == PROBLEMS[:1]


async def test_channels_that_a_device_lost_are_dropped(store: Store) -> None:
    await add(store.records, RACK)
    await store.devices.store([], [FULL, OFF])
    await store.devices.drop_channels([ChannelRef(RACK.id, 2), ChannelRef(RACK.id, 9)])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (FULL,)
    await store.devices.store([], [FULL, OFF])
    (rack,) = await store.devices.query(ALL_DEVICES)
    assert rack.channels == (FULL, OFF)


async def test_queries_narrow_what_is_listed(store: Store) -> None:
    for location in (HALL, CHOIR):
        await add(store.records, location)
    here = replace(RACK, location_id=CHOIR.id)
    other = replace(SPARE, manufacturer="acme", location_id=HALL.id)
    silent = replace(SPARE, id=DeviceId("third"), host="127.0.0.4")
    for device in (here, other, silent):
        await add(store.records, device)
    await store.devices.store([ONLINE, OFFLINE], [FULL])

    async def names(query: DeviceQuery) -> list[str]:
        return [each.device.id for each in await store.devices.query(query)]

    assert await names(ALL_DEVICES.online()) == ["rack"]
    assert await names(ALL_DEVICES.offline()) == ["spare", "third"]
    assert await names(ALL_DEVICES.of("acme")) == ["spare"]
    assert await names(ALL_DEVICES.at(HALL.id)) == ["rack", "spare"]
    assert await names(ALL_DEVICES.at(CHOIR.id)) == ["rack"]
    assert await names(ALL_DEVICES.only(silent.id)) == ["third"]
    assert await names(ALL_DEVICES.online().of("acme")) == []


async def test_a_low_battery_is_known_to_be_low(store: Store) -> None:
    await add(store.records, RACK)
    await add(store.records, SPARE)
    channels = [
        with_battery(1, Battery(percent=20)),
        with_battery(2, Battery(percent=21, bars=1)),
        with_battery(3, Battery(bars=2)),
        with_battery(4, Battery(bars=3)),
        with_battery(5, Battery()),
        replace(OFF, number=6),
        with_battery(1, Battery(percent=90), SPARE.id),
    ]
    await store.devices.store(
        [], [*channels, warned(with_battery(7, Battery(percent=90))), warned(replace(OFF, number=8))]
    )
    (rack,) = await store.devices.query(ALL_DEVICES.low_battery(20))
    assert [channel.number for channel in rack.channels] == [1, 3, 7]
    (rack,) = await store.devices.query(ALL_DEVICES.unknown_battery())
    assert [channel.number for channel in rack.channels] == [5]


@pytest.mark.parametrize(
    "limits", [BatteryThresholds(), BatteryThresholds(5, 30, 0, 60, 50, 3), BatteryThresholds(90, 40, 4)]
)
@pytest.mark.no_cover
async def test_the_database_judges_batteries_as_the_program_does(
    store: Store, limits: BatteryThresholds
) -> None:
    forms = product(
        (None, 0, 5, 10, 11, 20, 21, 40, 41, 100), (None, *range(6)), (None, 0, 14, 15, 29, 30, 90)
    )
    channels = [
        with_battery(at % 50 + 1, Battery(percent, bars, minutes), DeviceId(f"rack {at // 50}"))
        for at, (percent, bars, minutes) in enumerate(forms)
    ]
    for device_id in dict.fromkeys(state.device_id for state in channels):
        await add(store.records, replace(RACK, id=device_id, host=device_id))
    await store.devices.store([], channels)
    kept_devices = await store.devices.query(DeviceQuery(low_battery_thresholds=limits))
    low = {state.ref for device in kept_devices for state in device.channels}
    assert low == {state.ref for state in channels if battery_level(state.battery, limits) in LOW_LEVELS}
    assert 0 < len(low) < len(channels)


async def test_locations_come_back_and_go(store: Store) -> None:
    await add(store.records, HALL)
    await add(store.records, CHOIR)
    await change(store.records, CHOIR, replace(CHOIR, name="Organ", position=3))
    found = {location.id: location for location in await store.locations.all()}
    assert found[CHOIR.id] == replace(CHOIR, name="Organ", position=3)
    await remove(store.records, found[CHOIR.id])
    assert await store.locations.all() == [HALL]


async def test_siblings_have_different_names(store: Store) -> None:
    await add(store.records, HALL)
    await add(store.records, CHOIR)
    with pytest.raises(StorageError) as caught:
        await add(store.records, Location(LocationId("x"), "hALL"))
    assert caught.value.code is ErrorCode.LOCATION_EXISTS
    await add(store.records, Location(LocationId("x"), "choir"))


async def test_every_registration_raises_the_revision_and_no_reading_does(store: Store) -> None:
    seen = [await store.devices.revision()]
    await add(store.records, HALL)
    seen.append(await store.devices.revision())
    await add(store.records, RACK)
    seen.append(await store.devices.revision())
    await change(store.records, RACK, replace(RACK, name="x"))
    seen.append(await store.devices.revision())
    await store.devices.store([ONLINE], [FULL])
    assert await store.devices.revision() == seen[-1]
    await remove(store.records, replace(RACK, name="x"))
    seen.append(await store.devices.revision())
    assert len(set(seen)) == len(seen)


async def test_names_that_no_database_takes_break_no_batch(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
        bad = replace(FULL, facts=replace(FULL.facts, name="a\0b\udc80c"))
        await database.devices.store([replace(ONLINE, own_name="\ud800")], [bad, OFF])
        (rack,) = await database.devices.query(ALL_DEVICES)
        assert rack.channels[0].facts.name == "a\N{REPLACEMENT CHARACTER}b?c"
        assert rack.channels[1] == OFF


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("channels", "slots", "[[1,"),
        ("channels", "raw", '{"a": 1}'),
        ("channels", "raw", '["abc"]'),
        ("channels", "receiver_lock", "sometimes"),
        ("last_readings", "antenna_levels_dbm", '["loud"]'),
        ("device_states", "bays", "[[1, 2]]"),
        ("device_states", "raw", "[" * 100_000),
    ],
)
async def test_rows_that_were_never_stored_are_damage_and_are_stored_over(
    database_url: URL | str, table: str, column: str, value: str
) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
        await database.devices.store([ONLINE], [FULL])
        statement = f"UPDATE {table} SET {column} = :value"  # noqa: S608 - names from above
        await run_sql(database_url, statement, {"value": value})
        with pytest.raises(StorageError) as caught:
            await database.devices.query(ALL_DEVICES)
        assert caught.value.code is ErrorCode.DATABASE_DAMAGED
        assert caught.value.info.hint
        await database.devices.store([ONLINE], [replace(FULL, facts=replace(FULL.facts))])
        (rack,) = await database.devices.query(ALL_DEVICES)
        assert rack.channels == (FULL,)


async def test_what_is_stored_of_a_device_has_bounds(database_url: URL | str) -> None:
    endless = "x" * 1_000_000
    facts = replace(FULL.facts, name=endless, raw=tuple((f"P{n}", endless) for n in range(2000)))
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
        await database.devices.store([replace(ONLINE, firmware=endless)], [replace(FULL, facts=facts)])
        (rack,) = await database.devices.query(ALL_DEVICES)
    assert rack.state.firmware == "x" * MAX_TEXT
    stored = rack.channels[0].facts
    assert (stored.name, len(stored.raw)) == ("x" * MAX_TEXT, MAX_PAIRS)
    assert max(len(value) for _, value in stored.raw) == MAX_TEXT
