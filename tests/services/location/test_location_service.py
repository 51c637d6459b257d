"""Arranging locations, and counting what stands there."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.location import LocationContract, LocationSummary
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Transmitter
from micboard_tui.domain.device import Device, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location, order_locations
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.location.location_service import LocationService
from micboard_tui.services.location.location_tree import MAX_DEPTH
from micboard_tui.services.steps import MAX_TEXT, PlannedStep, Steps
from tests.domain.test_location import place
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.events import RecordedEvents
from tests.fakes.repositories import InMemoryLocations
from tests.services.memory import WatchedDevices
from tests.services.results import code_of, data_of
from tests.services.stage import RACK, SPARE, Clock


class Setup:
    """The service on records in memory; counts how often changes were taken up."""

    def __init__(self, *locations: Location, devices: tuple[Device, ...] = ()) -> None:
        self.places = InMemoryLocations(*locations)
        self.devices = WatchedDevices(*devices, locations=self.places)
        self.changes = 0
        self.steps = Steps(InMemoryAssignments(self.devices), Clock(), self._refresh, RecordedEvents())
        stored = StoredDevices(self.devices, Clock(), past_after_s=16.0)
        self.service: LocationContract = LocationService(self.places, stored, self.steps)

    async def _refresh(self) -> None:
        self.changes += 1

    def tree(self) -> list[tuple[int, str, int]]:
        return [
            (depth, location.name, location.position)
            for depth, location in order_locations(self.places.kept.values())
        ]


HALL = (place("Hall"), place("Stage", "Hall"), place("Pit", "Hall", 1), place("Booth", "Hall", 2))


async def test_locations_are_made_one_after_the_other() -> None:
    setup = Setup()
    await setup.service.create(" Hall ", actor="Pia")
    await setup.service.create("Stage", parent="hall", actor="Pia")
    await setup.service.create("Pit", parent="HALL ", actor="Pia")
    await setup.service.create("Club", actor="Pia")
    assert setup.tree() == [(0, "Hall", 0), (1, "Stage", 0), (1, "Pit", 1), (0, "Club", 1)]
    assert setup.changes == 4


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\nb", "\x1b[2J", "a\u202eb"])
async def test_what_is_no_name_is_refused(name: str) -> None:
    setup = Setup(*HALL)
    assert code_of(await setup.service.create(name, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert (
        code_of(await setup.service.rename(LocationId("Pit"), name, actor="Pia")) is ErrorCode.INVALID_VALUE
    )
    assert setup.changes == 0


async def test_a_name_of_64_characters_is_taken_and_markup_is_only_text() -> None:
    setup = Setup()
    assert data_of(await setup.service.create("x" * 64, actor="Pia")).name == "x" * 64
    assert data_of(await setup.service.create("[red]x[/] A>B", actor="Pia")).name == "[red]x[/] A>B"


async def test_a_name_is_given_once_whatever_its_capitals() -> None:
    setup = Setup(*HALL)
    assert code_of(await setup.service.create("sTAGE", actor="Pia")) is ErrorCode.LOCATION_EXISTS
    assert (
        code_of(await setup.service.rename(LocationId("Pit"), "stage", actor="Pia"))
        is ErrorCode.LOCATION_EXISTS
    )
    assert data_of(await setup.service.rename(LocationId("Pit"), " PIT ", actor="Pia")).name == "PIT"


async def test_a_parent_must_exist() -> None:
    assert (
        code_of(await Setup().service.create("Stage", parent="Hall", actor="Pia"))
        is ErrorCode.LOCATION_NOT_FOUND
    )


async def test_locations_do_not_nest_without_end() -> None:
    chain = [place("0"), *(place(str(at), str(at - 1)) for at in range(1, MAX_DEPTH))]
    setup = Setup(*chain, place("A"), place("B", "A"))
    assert (
        code_of(await setup.service.create("x", parent=str(MAX_DEPTH - 1), actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )
    too_deep = await setup.service.move(LocationId("A"), parent=LocationId(str(MAX_DEPTH - 2)), actor="Pia")
    assert code_of(too_deep) is ErrorCode.INVALID_VALUE


@pytest.mark.parametrize(
    ("moved", "parent", "position", "tree"),
    [
        ("Booth", "Hall", 0, [(0, "Hall", 0), (1, "Booth", 0), (1, "Stage", 1), (1, "Pit", 2)]),
        ("Stage", "Hall", None, [(0, "Hall", 0), (1, "Pit", 0), (1, "Booth", 1), (1, "Stage", 2)]),
        ("Stage", "Hall", 99, [(0, "Hall", 0), (1, "Pit", 0), (1, "Booth", 1), (1, "Stage", 2)]),
        ("Stage", None, 0, [(0, "Stage", 0), (0, "Hall", 1), (1, "Pit", 0), (1, "Booth", 1)]),
        ("Stage", "Booth", None, [(0, "Hall", 0), (1, "Pit", 0), (1, "Booth", 1), (2, "Stage", 0)]),
    ],
)
async def test_a_location_moves_and_nothing_keeps_a_gap(
    moved: str, parent: str | None, position: int | None, tree: list[tuple[int, str, int]]
) -> None:
    setup = Setup(*HALL)
    below = LocationId(parent) if parent else None
    result = data_of(
        await setup.service.move(LocationId(moved), parent=below, position=position, actor="Pia")
    )
    assert setup.tree() == tree
    assert result == setup.places.kept[LocationId(moved)]
    assert result.parent_id == below


async def test_what_goes_down_with_a_location_stays_below_it() -> None:
    setup = Setup(*HALL, place("Riser", "Stage"), place("Club", position=1))
    await setup.service.move(LocationId("Stage"), parent=LocationId("Club"), actor="Pia")
    assert setup.tree()[-3:] == [(0, "Club", 1), (1, "Stage", 0), (2, "Riser", 0)]


@pytest.mark.parametrize(
    ("moved", "parent", "position", "expected"),
    [
        ("Hall", "Stage", None, ErrorCode.INVALID_VALUE),
        ("Hall", "Hall", None, ErrorCode.INVALID_VALUE),
        ("Hall", None, -1, ErrorCode.INVALID_VALUE),
        ("Hall", "Nowhere", None, ErrorCode.LOCATION_NOT_FOUND),
        ("Nowhere", None, None, ErrorCode.LOCATION_NOT_FOUND),
    ],
)
async def test_a_move_that_cannot_be_moves_nothing(
    moved: str, parent: str | None, position: int | None, expected: ErrorCode
) -> None:
    setup = Setup(*HALL)
    before = setup.tree()
    below = LocationId(parent) if parent else None
    result = await setup.service.move(LocationId(moved), parent=below, position=position, actor="Pia")
    assert code_of(result) is expected
    assert setup.tree() == before


async def test_only_an_empty_location_is_removed() -> None:
    setup = Setup(*HALL, devices=(replace(RACK, location_id=LocationId("Stage")),))
    for full in ("Hall", "Stage"):
        assert (
            code_of(await setup.service.remove(LocationId(full), actor="Pia")) is ErrorCode.LOCATION_NOT_EMPTY
        )
    assert data_of(await setup.service.remove(LocationId("Pit"), actor="Pia")).name == "Pit"
    assert code_of(await setup.service.remove(LocationId("Pit"), actor="Pia")) is ErrorCode.LOCATION_NOT_FOUND
    assert LocationId("Pit") not in setup.places.kept


async def test_a_location_is_found_whatever_its_capitals() -> None:
    setup = Setup(*HALL)
    assert data_of(await setup.service.find(" hALL ")) == HALL[0]
    assert code_of(await setup.service.find("nope")) is ErrorCode.LOCATION_NOT_FOUND


async def test_locations_are_listed_as_they_are_arranged() -> None:
    result = await Setup(*reversed(HALL)).service.list_locations()
    assert list(data_of(result)) == list(HALL)


async def test_a_device_is_put_somewhere_and_taken_out() -> None:
    setup = Setup(*HALL, devices=(RACK,))
    service, stage = setup.service, LocationId("Stage")
    put = await service.assign_device(RACK.id, stage, actor="Pia")
    assert put == Success(replace(RACK, location_id=stage))
    assert setup.devices.kept[RACK.id].location_id == stage
    assert await service.assign_device(RACK.id, None, actor="Pia") == Success(RACK)
    nobody = await service.assign_device(DeviceId("nobody"), stage, actor="Pia")
    assert code_of(nobody) is ErrorCode.DEVICE_NOT_FOUND
    nowhere = await service.assign_device(RACK.id, LocationId("nowhere"), actor="Pia")
    assert code_of(nowhere) is ErrorCode.LOCATION_NOT_FOUND


def channel(device: Device, number: int, battery: Battery | None, link: LinkState) -> ChannelState:
    transmitter = None if battery is None else Transmitter(battery=battery)
    return ChannelState(device.id, number, link_state=link, facts=ChannelFacts(transmitter=transmitter))


async def test_a_summary_counts_everything_at_a_location_and_below() -> None:
    setup = Setup(
        *HALL,
        place("Club"),
        devices=(
            replace(RACK, location_id=LocationId("Stage")),
            replace(SPARE, location_id=LocationId("Hall")),
            replace(SPARE, id=DeviceId("far"), location_id=LocationId("Club")),
        ),
    )
    channels = [
        channel(RACK, 1, Battery(percent=20), LinkState.LIVE),
        channel(RACK, 2, Battery(percent=21, bars=1), LinkState.LIVE),
        channel(RACK, 3, Battery(bars=1), LinkState.MUTED),
        channel(RACK, 5, Battery(), LinkState.LIVE),
        channel(RACK, 4, Battery(bars=2), LinkState.RF_LOST),
        channel(SPARE, 1, Battery(), LinkState.LIVE),
        channel(SPARE, 2, Battery(minutes=5), LinkState.LIVE),
        channel(SPARE, 3, None, LinkState.TRANSMITTER_OFF),
    ]
    online = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=Clock().now)
    await setup.devices.store([online], channels)
    result = await setup.service.get_location_summary(LocationId("Hall"))
    assert result == Success(
        LocationSummary(
            HALL[0],
            devices=2,
            devices_online=1,
            channels=8,
            by_link_state={
                LinkState.LIVE: 5,
                LinkState.MUTED: 1,
                LinkState.RF_LOST: 1,
                LinkState.TRANSMITTER_OFF: 1,
            },
            low_battery=3,
            unknown_battery=3,
        )
    )
    assert setup.devices.queries == 1


async def test_a_summary_of_nowhere_is_a_no() -> None:
    result = await Setup().service.get_location_summary(LocationId("nowhere"))
    assert code_of(result) is ErrorCode.LOCATION_NOT_FOUND


async def test_a_database_that_fails_is_an_answer_and_no_crash() -> None:
    setup = Setup(*HALL, devices=(RACK,))
    setup.devices.broken = True
    assert code_of(await setup.service.assign_device(RACK.id, None, actor="Pia")) is ErrorCode.DATABASE_ERROR


async def undo_all(setup: Setup) -> list[str]:
    """The texts of all steps, the newest first; afterwards everything is as it was before them."""
    texts = []
    while True:
        try:
            texts.append((await setup.steps.undo("Pia")).text)
        except StorageError as error:
            assert error.code is ErrorCode.NOTHING_TO_UNDO  # noqa: PT017 - it ends the loop
            return texts


async def test_every_change_of_the_tree_is_a_step() -> None:
    setup = Setup(*HALL)
    before = dict(setup.places.kept)
    data_of(await setup.service.create("Balcony", parent="Hall", actor="Pia"))
    data_of(await setup.service.rename(LocationId("Pit"), "Orchestra", actor="Pia"))
    data_of(await setup.service.move(LocationId("Stage"), parent=None, position=0, actor="Pia"))
    data_of(await setup.service.remove(LocationId("Booth"), actor="Pia"))
    marked = data_of(await setup.service.mark_rf_zone(LocationId("Pit"), is_rf_zone=True, actor="Pia"))
    assert marked.is_rf_zone
    data_of(await setup.service.mark_rf_zone(LocationId("Pit"), is_rf_zone=False, actor="Pia"))
    data_of(await setup.service.mark_rf_zone(LocationId("Stage"), is_rf_zone=True, actor="Pia"))
    data_of(await setup.service.mark_out_of_service(LocationId("Pit"), out_of_service=True, actor="Pia"))
    data_of(await setup.service.mark_out_of_service(LocationId("Pit"), out_of_service=True, actor="Pia"))
    data_of(await setup.service.mark_out_of_service(LocationId("Pit"), out_of_service=False, actor="Pia"))
    after = dict(setup.places.kept)
    assert await undo_all(setup) == [
        "Location Orchestra back in service",
        "Location Orchestra out of service",
        "Location Stage marked as an RF zone",
        "Location Orchestra no longer marked as an RF zone",
        "Location Orchestra marked as an RF zone",
        "Location Booth removed",
        "Location Stage moved",
        "Location Pit renamed to Orchestra",
        "Location Balcony added",
    ]
    assert setup.places.kept == before
    for _ in range(9):
        await setup.steps.redo("Pia")
    assert setup.places.kept == after


async def test_what_changes_no_location_is_no_step() -> None:
    setup = Setup(*HALL)
    data_of(await setup.service.rename(LocationId("Pit"), " Pit ", actor="Pia"))
    data_of(await setup.service.move(LocationId("Booth"), parent=LocationId("Hall"), actor="Pia"))
    data_of(await setup.service.mark_rf_zone(LocationId("Booth"), is_rf_zone=False, actor="Pia"))
    assert code_of(await setup.service.mark_rf_zone(LocationId("x"), is_rf_zone=True, actor="Pia")) is (
        ErrorCode.LOCATION_NOT_FOUND
    )
    assert (await undo_all(setup), setup.changes) == ([], 0)


async def test_a_location_that_is_in_use_again_is_not_taken_away_by_undo() -> None:
    setup = Setup(*HALL, devices=(RACK,))
    balcony = data_of(await setup.service.create("Balcony", actor="Pia"))
    setup.devices.kept[RACK.id] = replace(RACK, location_id=balcony.id)
    with pytest.raises(StorageError) as caught:
        await setup.steps.undo("Pia")
    assert caught.value.code is ErrorCode.CHANGED_SINCE
    assert balcony.id in setup.places.kept


async def test_putting_a_device_somewhere_is_a_step_whichever_way_it_is_done() -> None:
    setup = Setup(*HALL, devices=(replace(RACK, name="FOH"), SPARE))
    await setup.service.assign_device(RACK.id, LocationId("Stage"), actor="Pia")
    await setup.service.assign_device(RACK.id, LocationId("Stage"), actor="Pia")
    await setup.service.assign_devices([RACK.id, SPARE.id, RACK.id], "Club", actor="Pia")
    await setup.service.assign_device(SPARE.id, None, actor="Pia")
    assert await undo_all(setup) == [
        "127.0.0.3 taken out of its location",
        "2 devices moved to Club",
        "FOH moved to Stage",
    ]
    assert {device.location_id for device in setup.devices.kept.values()} == {None}
    assert LocationId("Club") not in setup.places.kept


async def test_no_devices_need_no_location() -> None:
    setup = Setup(*HALL)
    await setup.service.assign_devices([], "Club", actor="Pia")
    assert (await undo_all(setup), list(setup.places.kept)) == ([], [location.id for location in HALL])


async def test_the_text_of_a_step_has_an_end_and_nothing_unprintable() -> None:
    setup = Setup()
    location = place("Hall")
    await setup.steps.make(PlannedStep("\x1b" + "x" * 300, [Change(None, location)]), "Pia")
    (text,) = await undo_all(setup)
    assert text == "\u241b" + "x" * (MAX_TEXT - 1)


async def test_names_that_differ_in_the_way_an_accent_is_written_are_one_location() -> None:
    setup = Setup(place("Caf\N{LATIN SMALL LETTER E WITH ACUTE}"))
    twin = "CAFE\N{COMBINING ACUTE ACCENT}"
    assert code_of(await setup.service.create(twin, actor="Pia")) is ErrorCode.LOCATION_EXISTS
    assert data_of(await setup.service.find(twin)).name.startswith("Caf")


async def test_a_location_is_added_after_the_last_of_its_siblings() -> None:
    setup = Setup(place("Hall", position=4), place("Stage", "Hall", 7), place("Club", position=2))
    assert data_of(await setup.service.create("Barn", actor="Pia")).position == 5
    assert data_of(await setup.service.create("Pit", parent="Hall", actor="Pia")).position == 8


async def test_a_step_calls_a_device_what_it_calls_itself() -> None:
    setup = Setup(*HALL, devices=(RACK, SPARE))
    await setup.devices.store([DeviceState(RACK.id, own_name="Rack 1")], ())
    await setup.service.assign_devices([RACK.id], "Club", actor="Pia")
    await setup.service.assign_devices([RACK.id], "", actor="Pia")
    await setup.service.move_device(RACK.id, 1, actor="Pia")
    assert await undo_all(setup) == [
        "Rack 1 moved down",
        "Rack 1 taken out of its location",
        "Rack 1 moved to Club",
    ]
