"""Who wears what: every change a step that shows at once, warns when it should, and can be taken back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from micboard_tui.contracts.assignment import AssignmentContract, ImportPlan, list_spares
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters
from micboard_tui.domain.device import Device, DeviceKind, DeviceState, DeviceStatus
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.swap_record import count_swaps
from micboard_tui.services.assembly import build_services, build_synchronization
from micboard_tui.services.assignment import performer_edit
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.records import Records
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.links import until
from tests.fakes.plugins import Plugins
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.fakes.services import fake_adapters
from tests.services.results import code_of, data_of, error_of, warning_of
from tests.services.running_sessions import running_sessions
from tests.services.stage import HEARD, LOST, LOUD, OFF, ON, QUIET, RACK, SPARE, STAGE, Clock

T = TypeVar("T")
ONE, TWO = ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2)
FAR, FAR_TWO = ChannelRef(SPARE.id, 1), ChannelRef(SPARE.id, 2)


class BreakableAssignments(InMemoryAssignments):
    is_broken = False
    crashes = 0
    """So many changes end in an error that nothing expects."""

    async def make(self, step: Step, changes: Sequence[Change]) -> None:
        if self.crashes:
            self.crashes -= 1
            raise ZeroDivisionError
        if self.is_broken:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
        await super().make(step, changes)


class Setup:
    """The service on records in memory, and the live state that shows what it does."""

    def __init__(self, *devices: Device, locations: Sequence[Location] = (STAGE,)) -> None:
        self.hand = Clock()
        self.clock = SteadyClock(wall=self.hand, steady=self.hand)
        self.live = LiveState(self.clock)
        self.places = InMemoryLocations(*locations)
        self.devices = InMemoryDevices(*(devices or (RACK, SPARE)), locations=self.places)
        self.cast = BreakableAssignments(self.devices)
        adapters = fake_adapters(
            Records(self.devices, self.places, self.cast, self.devices.shows),
            Plugins(),
            live=self.live,
            clock=self.clock,
        )
        self.sessions = build_synchronization(adapters).service
        services = build_services(adapters, self.sessions)
        self.rack: DeviceContract = services.devices
        self.locations: LocationContract = services.locations
        self.service: AssignmentContract = services.assignments
        self.silences, self.events = services.silences, adapters.events

    async def hear(
        self, device: Device, *channels: tuple[ChannelFacts, Meters], model: str = "ULXD4D"
    ) -> None:
        """Let a device say what its channels are like."""
        if not self.live.snapshot():
            self.live.place(await self.devices.all(), [])
        self.live.take_observations(device.id, [HEARD._replace(model=model, channel_count=len(channels))])
        for number, (facts, meters) in enumerate(channels, 1):
            self.live.take_observations(device.id, [FactsHeard(number, facts), MetersHeard(number, meters)])

    @property
    def ended(self) -> Sequence[ChannelRef]:
        """Those that the program expects on again, as front ends report them."""
        return [each.channel for each in self.live.findings.ended_silences]

    def who(self, ref: ChannelRef) -> str | None:
        """Who has the channel, as it is stored."""
        given = self.cast.assigned.get(ref)
        return given.performer.name if given and given.performer else None

    def shown(self, ref: ChannelRef) -> Assignment | None:
        """What the live state shows."""
        state = self.live.channel(ref)
        return state.assignment if state else None


def called(name: str, khz: int = 482125) -> ChannelFacts:
    return replace(ON, name=name, frequency_khz=khz)


async def test_performers_are_added_changed_and_listed_by_name() -> None:
    service = Setup().service
    zoe = data_of(await service.add_performer(" zoë ", part="choir", actor="Pia"))
    ada = data_of(await service.add_performer("Ada", note="left handed", actor="Pia"))
    assert data_of(await service.list_performers()) == [ada, zoe]
    assert (zoe.name, zoe.part, zoe.note) == ("zoë", "choir", None)
    changed = data_of(
        await service.change_performer(ada.id, name="Countess", part="lead", note="", actor="Pia")
    )
    assert (changed.name, changed.part, changed.note) == ("Countess", "lead", None)
    assert data_of(await service.find_performer("COUNTESS ")) == changed
    assert data_of(await service.change_performer(ada.id, actor="Pia")) == changed
    assert data_of(await service.remove_performer(zoe.id, actor="Pia")) == zoe
    assert data_of(await service.list_performers()) == [changed]


async def test_names_are_given_once_and_must_be_names() -> None:
    service = Setup().service
    ada = data_of(await service.add_performer("Ada", actor="Pia"))
    ben = data_of(await service.add_performer("Ben", actor="Pia"))
    assert code_of(await service.add_performer("ADA ", actor="Pia")) is ErrorCode.PERFORMER_EXISTS
    assert (
        code_of(await service.change_performer(ben.id, name="aDa", actor="Pia")) is ErrorCode.PERFORMER_EXISTS
    )
    assert data_of(await service.change_performer(ada.id, name="ADA", actor="Pia")).name == "ADA"
    for wrong in ("", "x" * 65, "a\nb", "\x1b[2J"):
        assert code_of(await service.add_performer(wrong, actor="Pia")) is ErrorCode.INVALID_VALUE
        assert code_of(await service.assign([ONE], wrong, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.add_performer("Cy", part="r" * 65, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await service.add_performer("Cy", note="n" * 201, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert (
        code_of(await service.add_performer("Cy", note="two\nlines", actor="Pia")) is ErrorCode.INVALID_VALUE
    )
    ghost = PerformerId("ghost")
    assert code_of(await service.change_performer(ghost, actor="Pia")) is ErrorCode.PERFORMER_NOT_FOUND
    assert code_of(await service.remove_performer(ghost, actor="Pia")) is ErrorCode.PERFORMER_NOT_FOUND
    assert code_of(await service.find_performer("ghost")) is ErrorCode.PERFORMER_NOT_FOUND


async def test_an_assignment_shows_at_once_and_goes_at_once_when_taken_back() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.hear(RACK, (called("Lead"), LOUD), (called("Two", 1), LOUD))
        given = data_of(
            await setup.service.assign([ONE, TWO, ONE], "Ada", role=Role.BACKUP, note="in case", actor="Pia")
        )
        assert [(each.channel, each.role, each.note, each.since) for each in given] == [
            (ONE, Role.BACKUP, "in case", 1000.0),
            (TWO, Role.BACKUP, "in case", 1000.0),
        ]
        assert setup.shown(ONE) == given[0]
        assert [each.name for each in setup.live.performers()] == ["Ada"]
        step = data_of(await setup.service.undo(actor="Pia"))
        assert (step.text, step.at) == ("2 channels assigned to Ada as backup", 1000.0)
        assert (setup.shown(ONE), setup.live.performers()) == (None, ())
        assert data_of(await setup.service.redo(actor="Pia")) == step
        assert setup.shown(TWO) == given[1]
        assert code_of(await setup.service.redo(actor="Pia")) is ErrorCode.NOTHING_TO_REDO


async def test_who_had_a_channel_is_remembered() -> None:
    setup = Setup()
    await setup.service.assign([ONE], "Ada", note="kept", actor="Pia")
    setup.hand.now = 1600.0
    await setup.service.assign([ONE], "Ben", actor="Pia")
    setup.hand.now = 1700.0
    await setup.service.unassign([ONE], actor="Pia")
    assert data_of(await setup.service.list_history(ONE)) == [
        PastAssignment(ONE, "Ben", Role.PRIMARY, 1600.0, 1700.0),
        PastAssignment(ONE, "Ada", Role.PRIMARY, 1000.0, 1600.0, "kept"),
    ]
    await setup.service.undo(actor="Pia")
    await setup.service.undo(actor="Pia")
    assert data_of(await setup.service.list_history(ONE)) == []
    assert setup.who(ONE) == "Ada"


async def test_the_same_performer_keeps_since_and_note() -> None:
    setup = Setup()
    await setup.service.assign([ONE], "Ada", note="kept", actor="Pia")
    setup.hand.now = 1600.0
    (again,) = data_of(await setup.service.assign([ONE], "ada", role=Role.SPARE, actor="Pia"))
    assert (again.since, again.note, again.role) == (1000.0, "kept", Role.SPARE)
    (bare,) = data_of(await setup.service.assign([ONE], "Ada", note="", actor="Pia"))
    assert bare.note is None
    assert data_of(await setup.service.list_history(ONE)) == []


async def test_a_charger_has_no_channels_to_assign() -> None:
    setup = Setup()
    await setup.hear(RACK, (ON, LOUD))
    charger = HEARD._replace(kind=DeviceKind.CHARGER, channel_count=0, bay_count=2)
    setup.live.take_observations(SPARE.id, [charger])
    bay = ChannelRef(SPARE.id, 1)
    assert code_of(await setup.service.assign([bay], "Ada", actor="Pia")) is ErrorCode.CHANNEL_NOT_FOUND
    assert (
        code_of(await setup.service.number_channels([bay], "7", actor="Pia")) is ErrorCode.CHANNEL_NOT_FOUND
    )
    assert setup.cast.people == {}


async def test_channels_must_exist_where_the_device_was_heard() -> None:
    setup = Setup()
    await setup.hear(RACK, (ON, LOUD), (ON, LOUD))
    third, ghost = ChannelRef(RACK.id, 3), ChannelRef(DeviceId("ghost"), 1)
    for wrong in (third, ghost, ChannelRef(SPARE.id, 65), ChannelRef(SPARE.id, 0)):
        assert (
            code_of(await setup.service.assign([ONE, wrong], "Ada", actor="Pia"))
            is ErrorCode.CHANNEL_NOT_FOUND
        )
        assert code_of(await setup.service.unassign([wrong], actor="Pia")) is ErrorCode.CHANNEL_NOT_FOUND
        assert code_of(await setup.service.mark([wrong], actor="Pia")) is ErrorCode.CHANNEL_NOT_FOUND
        assert code_of(await setup.service.swap(ONE, wrong, actor="Pia")) is ErrorCode.CHANNEL_NOT_FOUND
    assert setup.cast.people == {}
    assert code_of(await setup.service.assign([], "Ada", actor="Pia")) is ErrorCode.INVALID_VALUE
    # What was never heard may be planned.
    assert data_of(await setup.service.assign([ChannelRef(SPARE.id, 64)], "Ada", actor="Pia"))


async def test_unassigning_frees_what_was_not_free() -> None:
    setup = Setup()
    await setup.service.assign([ONE], "Ada", actor="Pia")
    await setup.service.plan_pack(ONE, model="ULXD2", name=" Pack 3 ", actor="Pia")
    assert data_of(await setup.service.unassign([ONE, TWO], actor="Pia")) == [ONE]
    assert setup.cast.assigned[ONE] == Assignment(ONE, planned_model="ULXD2", planned_pack="Pack 3")
    assert data_of(await setup.service.unassign([ONE], actor="Pia")) == []
    assert data_of(await setup.service.undo(actor="Pia")).text == "127.0.0.2/1 unassigned"
    await setup.service.plan_pack(ONE, model=None, name=None, actor="Pia")
    await setup.service.unassign([ONE], actor="Pia")
    assert ONE not in setup.cast.assigned


async def test_unassigning_takes_the_mark_of_a_spare_for_all_away() -> None:
    setup = Setup()
    await setup.service.mark([ONE], role=Role.SPARE, actor="Pia")
    assert data_of(await setup.service.unassign([ONE], actor="Pia")) == [ONE]
    assert ONE not in setup.cast.assigned


async def test_whoever_goes_frees_their_channels() -> None:
    setup = Setup()
    await setup.service.assign([ONE, FAR], "Ada", actor="Pia")
    await setup.service.assign([TWO], "Ben", actor="Pia")
    setup.hand.now = 1100.0
    ada = data_of(await setup.service.find_performer("Ada"))
    await setup.service.remove_performer(ada.id, actor="Pia")
    assert (setup.who(ONE), setup.who(TWO), setup.who(FAR)) == (None, "Ben", None)
    assert [each.performer_name for each in data_of(await setup.service.list_history(ONE))] == ["Ada"]
    await setup.service.undo(actor="Pia")
    assert (setup.who(ONE), setup.who(FAR)) == ("Ada", "Ada")


async def test_marks_stand_on_channels_that_nobody_has() -> None:
    setup = Setup()
    (spare,) = data_of(await setup.service.mark([ONE], role=Role.SPARE, note="charged", actor="Pia"))
    assert spare == Assignment(ONE, role=Role.SPARE, note="charged")
    (off,) = data_of(await setup.service.mark([ONE], expected_off=True, actor="Pia"))
    assert (off.role, off.expected_off, off.note) == (Role.SPARE, True, "charged")
    await setup.service.mark([ONE], role=Role.PRIMARY, expected_off=False, note="", actor="Pia")
    assert setup.cast.assigned == {}
    words = [data_of(await setup.service.undo(actor="Pia")).text for _ in range(3)]
    assert words == [
        "127.0.0.2/1 marked as primary and expected on, note removed",
        "127.0.0.2/1 marked as expected off",
        "127.0.0.2/1 marked as spare, note changed",
    ]


async def test_what_changes_nothing_is_no_step() -> None:
    setup = Setup()
    await setup.service.mark([ONE], expected_off=False, actor="Pia")
    await setup.service.unassign([ONE], actor="Pia")
    await setup.locations.assign_devices([RACK.id], "", actor="Pia")
    assert data_of(await setup.locations.move_device(RACK.id, -1, actor="Pia")) == 0
    assert code_of(await setup.service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_a_swap_moves_the_performer_and_marks_the_old_channel() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Spare", 1), LOUD))
    await setup.service.assign([ONE], "Ada", note="hers", actor="Pia")
    await setup.service.mark([TWO], role=Role.SPARE, actor="Pia")
    setup.hand.now = 1100.0
    setup.live.take_observations(RACK.id, [HEARD])
    result = await setup.service.swap(ONE, TWO, actor="Pia")
    taken = data_of(result)
    assert taken == Assignment(TWO, taken.performer, Role.PRIMARY, "hers", 1100.0)
    assert (setup.who(ONE), setup.who(TWO)) == (None, "Ada")
    assert setup.cast.assigned[ONE] == Assignment(ONE, expected_off=True)
    assert warning_of(result) == "Lead is still live"
    events = data_of(await setup.events.list_events(EventQuery(kinds=(EventKind.STEP,))))
    assert count_swaps(events) == {ONE: 1}
    assert data_of(await setup.service.undo(actor="Pia")).text == "Ada swapped from Lead to Spare"
    events = data_of(await setup.events.list_events(EventQuery(kinds=(EventKind.STEP,))))
    assert count_swaps(events) == {ONE: 0}
    assert (setup.who(ONE), setup.cast.assigned[TWO].role) == ("Ada", Role.SPARE)


async def test_a_swap_needs_somebody_and_a_channel_of_nobody_else() -> None:
    setup = Setup()
    assert code_of(await setup.service.swap(ONE, TWO, actor="Pia")) is ErrorCode.INVALID_VALUE
    await setup.service.assign([ONE], "Ada", actor="Pia")
    assert code_of(await setup.service.swap(ONE, ONE, actor="Pia")) is ErrorCode.INVALID_VALUE
    await setup.service.assign([TWO], "Ben", actor="Pia")
    assert code_of(await setup.service.swap(ONE, TWO, actor="Pia")) is ErrorCode.INVALID_VALUE
    await setup.service.assign([FAR], "Ada", role=Role.BACKUP, actor="Pia")
    assert data_of(await setup.service.swap(ONE, FAR, actor="Pia")).role is Role.PRIMARY


async def test_spares_are_offered_the_best_first() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Free", 1), QUIET))
    await setup.hear(SPARE, (called("Dead", 2), LOST), (called("Spare", 3), QUIET))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    await setup.service.mark([FAR_TWO], role=Role.SPARE, actor="Pia")
    offered = list_spares(setup.live, ONE)
    assert [each.state.facts.name for each in offered] == ["Spare", "Free", "Dead"]
    assert offered[0].reasons[:3] == ("spare", "live", "battery 6:45")
    assert [each.is_ready for each in offered] == [True, True, False]


async def test_spares_are_found_by_what_was_stored_where_no_session_runs() -> None:
    setup = Setup()
    now = setup.clock()
    online = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=now - 5.0)
    lead, free = (
        ChannelState(
            RACK.id,
            number,
            link_state=LinkState.LIVE,
            facts=called(name, khz),
            meters=QUIET,
            meters_at=now - 5.0,
            expected_period_s=0.1,
        )
        for number, name, khz in ((1, "Lead", 482125), (2, "Free", 1))
    )
    await setup.devices.store([online], [lead, free])
    assert code_of(await setup.service.find_spares(ONE)) is ErrorCode.INVALID_VALUE
    await setup.service.assign([ONE], "Ada", actor="Pia")
    offered = data_of(await setup.service.find_spares(ONE))
    assert [(spare.state.ref, spare.is_ready) for spare in offered] == [(TWO, True)]
    setup.hand.now += 60.0
    (past,) = data_of(await setup.service.find_spares(ONE))
    assert not past.is_ready


async def test_giving_a_live_channel_away_is_told() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (OFF, LOST))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    assert warning_of(await setup.service.assign([ONE], "Ben", actor="Pia")) == "Lead is live and was Ada's"
    assert warning_of(await setup.service.assign([TWO], "Ben", actor="Pia")) == ""
    assert warning_of(await setup.service.assign([TWO], "Ada", actor="Pia")) == ""
    assert warning_of(await setup.service.unassign([ONE], actor="Pia")) == "Lead is live and was Ben's"


async def test_conflicts_are_told_when_they_begin() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Two"), LOUD))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    warning = warning_of(await setup.service.assign([TWO], "Ada", actor="Pia"))
    assert (
        warning == "Ada is live on another primary channel too; "
        "Two is on or too near the frequency of another live channel"
    )
    assert "primary" not in warning_of(
        await setup.service.assign([TWO], "Ada", role=Role.BACKUP, actor="Pia")
    )
    assert warning_of(await setup.service.plan_pack(ONE, model="ULXD1", name=None, actor="Pia")).endswith(
        "Lead has another pack than the planned one"
    )


async def test_what_was_heard_long_ago_is_not_told_as_the_present() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    setup.hand.now += 60
    assert warning_of(await setup.service.assign([ONE], "Ben", actor="Pia")) == ""


async def test_devices_go_to_a_location_that_is_made_on_the_way() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        assert (
            data_of(await setup.locations.assign_devices([RACK.id, SPARE.id], " Choir ", actor="Pia"))
            == "Choir"
        )
        (choir,) = [each for each in setup.places.kept.values() if each.name == "Choir"]
        assert {each.location_id for each in setup.devices.kept.values()} == {choir.id}
        assert (choir.position, setup.live.snapshot()[0].location) == (1, "Choir")
        assert (
            data_of(await setup.locations.assign_devices([RACK.id], "main STAGE", actor="Pia"))
            == "Main Stage"
        )
        assert data_of(await setup.locations.assign_devices([RACK.id], "", actor="Pia")) == ""
        words = [data_of(await setup.service.undo(actor="Pia")).text for _ in range(3)]
        assert words == [
            "127.0.0.2 taken out of its location",
            "127.0.0.2 moved to Main Stage",
            "2 devices moved to Choir",
        ]
        assert list(setup.places.kept) == [STAGE.id]
        assert setup.devices.kept == {each.id: each for each in (RACK, SPARE)}
        assert (
            code_of(await setup.locations.assign_devices([DeviceId("ghost")], "x", actor="Pia"))
            is ErrorCode.DEVICE_NOT_FOUND
        )
        assert (
            code_of(await setup.locations.assign_devices([RACK.id], "x" * 65, actor="Pia"))
            is ErrorCode.INVALID_VALUE
        )


def at(number: int, location: Location | None, position: int = 0) -> Device:
    where = location.id if location else None
    return replace(
        RACK, id=DeviceId(f"d{number}"), host=f"127.0.0.{number}", location_id=where, position=position
    )


async def test_a_device_moves_among_those_of_its_location() -> None:
    hall = Location(LocationId("hall"), "Hall")
    # Positions may be shared; then the address decides until somebody moves one.
    setup = Setup(at(1, STAGE), at(2, hall), at(3, STAGE), at(4, STAGE), locations=[STAGE, hall])

    async def order() -> list[str]:
        return [each.id for each in await setup.devices.all()]

    assert data_of(await setup.locations.move_device(DeviceId("d4"), -1, actor="Pia")) == 1
    assert await order() == ["d1", "d2", "d4", "d3"]
    assert [device.position for device in await setup.devices.all()] == [1, 2, 3, 4]
    assert data_of(await setup.locations.move_device(DeviceId("d1"), 9, actor="Pia")) == 2
    assert await order() == ["d4", "d2", "d3", "d1"]
    assert data_of(await setup.locations.move_device(DeviceId("d1"), 1, actor="Pia")) == 2
    assert data_of(await setup.service.undo(actor="Pia")).text == "127.0.0.1 moved down"
    assert await order() == ["d1", "d2", "d4", "d3"]
    assert data_of(await setup.service.undo(actor="Pia")).text == "127.0.0.4 moved up"
    assert (
        code_of(await setup.locations.move_device(DeviceId("ghost"), 1, actor="Pia"))
        is ErrorCode.DEVICE_NOT_FOUND
    )


async def test_a_removed_device_comes_back_with_its_people() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.service.assign([ONE, FAR], "Ada", actor="Pia")
        setup.hand.now = 1100.0
        data_of(await setup.rack.remove(RACK.id, actor="Pia"))
        assert (list(setup.devices.kept), list(setup.cast.assigned)) == ([SPARE.id], [FAR])
        assert [each.performer_name for each in data_of(await setup.service.list_history(ONE))] == ["Ada"]
        assert data_of(await setup.service.undo(actor="Pia")).text == "Device 127.0.0.2 removed"
        assert setup.devices.kept[RACK.id] == RACK
        assert setup.who(ONE) == "Ada"
        assert [each.device for each in setup.live.snapshot()] == [RACK, SPARE]


async def test_what_changed_since_is_not_overwritten() -> None:
    setup = Setup()
    await setup.locations.assign_devices([RACK.id], "Choir", actor="Pia")
    setup.devices.kept[RACK.id] = RACK
    assert code_of(await setup.service.undo(actor="Pia")) is ErrorCode.CHANGED_SINCE
    assert code_of(await setup.service.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_who_was_planned_on_a_channel_that_is_not_there_can_be_taken_off_it() -> None:
    setup = Setup()
    fifth = ChannelRef(RACK.id, 5)
    data_of(await setup.service.assign([fifth], "Zoe", actor="Pia"))
    await setup.hear(RACK, (ON, LOUD), (ON, LOUD))
    assert data_of(await setup.service.find_channel("127.0.0.2/5")) == fifth
    assert data_of(await setup.service.unassign([fifth], actor="Pia")) == [fifth]
    assert code_of(await setup.service.find_channel("127.0.0.2/5")) is ErrorCode.CHANNEL_NOT_FOUND


async def test_a_channel_is_found_by_device_and_number() -> None:
    setup = Setup(replace(RACK, name="Rack A/B"), replace(SPARE, name="Twin"))
    await setup.hear(RACK, (ON, LOUD), (ON, LOUD))
    for words in ("rack a/b/2", "127.0.0.2/2", "127.0.0.2:2202 / 2", "rack/2"):
        assert data_of(await setup.service.find_channel(words)) == TWO
    for words in ("Rack A", "Rack A/x", "/2", "2", "", "Rack A/²", "Rack A/-1"):
        assert code_of(await setup.service.find_channel(words)) is ErrorCode.INVALID_VALUE
    assert code_of(await setup.service.find_channel("ghost/2")) is ErrorCode.DEVICE_NOT_FOUND
    assert code_of(await setup.service.find_channel("rack a/b/3")) is ErrorCode.CHANNEL_NOT_FOUND
    setup.devices.kept[RACK.id] = replace(RACK, name="Twin")
    setup.live.place(await setup.devices.all(), [])
    assert code_of(await setup.service.find_channel("twin/1")) is ErrorCode.INVALID_VALUE


async def test_an_import_is_shown_first_then_made_in_one_step() -> None:
    setup = Setup(replace(RACK, name="Rack A"), SPARE)
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Two", 1), LOUD))
    await setup.service.assign([ONE], "Ben", actor="Pia")
    await setup.service.add_performer("Cy", actor="Pia")
    text = "name,role,channel,use\nAda,lead,Rack A/1,\nBen,choir,,\nCy,,,\nAda,,rack a/2,backup\n"
    plan = data_of(await setup.service.preview_import(text.encode()))
    assert plan == ImportPlan(
        ("Ada",),
        {"Ben": "part: none → choir"},
        ("Ada: Rack A/1, primary (now Ben's)", "Ada: Rack A/2, backup"),
        unchanged=1,
    )
    assert setup.who(ONE) == "Ben"
    assert data_of(await setup.service.apply_import(text.encode(), actor="Pia")) == plan
    assert (setup.who(ONE), setup.who(TWO)) == ("Ada", "Ada")
    assert data_of(await setup.service.apply_import(text.encode(), actor="Pia")).is_empty
    undone = data_of(await setup.service.undo(actor="Pia")).text
    assert undone == "Performers imported (1 added, 1 changed, 2 channels assigned)"
    assert (setup.who(ONE), [each.name for each in setup.cast.people.values()]) == ("Ben", ["Ben", "Cy"])


async def test_an_import_renames_in_capitals_only_and_keeps_what_is_said() -> None:
    setup = Setup()
    await setup.service.assign([ONE], "ada", role=Role.BACKUP, note="hers", actor="Pia")
    await setup.service.plan_pack(ONE, model="ULXD2", name=None, actor="Pia")
    before = setup.cast.assigned[ONE]
    plan = data_of(await setup.service.apply_import(b"name;channel\nAda;127.0.0.2/1\n", actor="Pia"))
    assert plan == ImportPlan(changed={"Ada": "name: ada → Ada"})
    after = setup.cast.assigned[ONE]
    assert replace(after, performer=None) == replace(before, performer=None)
    assert data_of(
        await setup.service.apply_import(b"name;channel;use\nAda;127.0.0.2/1;spare\n", actor="Pia")
    ).assigned
    assert setup.cast.assigned[ONE].note == "hers"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name,channel\nAda,ghost/1", "Line 2, column 'channel'"),
        ("name,channel\nAda,rack/9", "Line 2, column 'channel'"),
        ("name,channel\nAda,Rack", "Line 2, column 'channel'"),
        ("name,channel\nAda,rack/1\nBen,127.0.0.2/1", "Line 3, column 'channel': it is on line 2 already"),
        (
            f"name,role\nAda,{'x' * 60}\n\nada,{'y' * 60}",
            "Line 4, column 'role': together with line 2 it has 123 characters",
        ),
        ("name,note,channel\nAda,,rack/1\nada,y,rack/2\nAda,y,", "Line 4, column 'name'"),
        (
            "name,channel,use\nAda,ghost/1,\nBen,rack/1,star\nCy,rack/9,\nCy,,",
            "The file has 4 mistakes. Line 2, column 'channel': ",
        ),
        ("name\nAda\nADA", "Line 3, column 'name'"),
        ("name,use\nAda,spare", "Line 2, column 'channel'"),
        ("name,shared pack\nAda,yes", "Line 2, column 'channel': a shared pack without a channel"),
        ("name,channel,shared pack\nAda,rack/1,maybe", "Line 2, column 'shared pack'"),
        ("name,channel,mic,shared pack\n,rack/1,7,yes", "Line 2, column 'shared pack'"),
        ("name,mic\nAda,7", "Line 2, column 'channel': a mic number without a channel"),
        ("name,channel,mic\n,rack/1,123456789", "Line 2, column 'mic'"),
        ("name,channel,mic\n,rack/1,", "Line 2, column 'name'"),
    ],
)
async def test_an_import_says_where_it_does_not_fit(text: str, where: str) -> None:
    setup = Setup()
    await setup.hear(RACK, (ON, LOUD), (ON, LOUD))
    for result in (
        await setup.service.preview_import(text.encode()),
        await setup.service.apply_import(text.encode(), actor="Pia"),
    ):
        assert code_of(result) is ErrorCode.INVALID_VALUE
        assert error_of(result).message.startswith(where)
        assert {"line", "column"} <= set(error_of(result).details)
    assert setup.cast.people == {}


async def test_a_person_on_two_lines_has_both_parts() -> None:
    setup = Setup()
    text = "name,role,note\nAda,Mercutio,left\nAda,Page,tall\nAda,Page / Nurse,\n"
    data_of(await setup.service.apply_import(text.encode(), actor="Pia"))
    (ada,) = setup.cast.people.values()
    assert (ada.name, ada.part, ada.note) == ("Ada", "Mercutio / Page / Nurse", "left; tall")


async def test_an_export_is_what_an_import_takes() -> None:
    twin = replace(RACK, id=DeviceId("twin"), host="127.0.0.9", name='=Twin, "A"', position=0)
    setup = Setup(twin, replace(RACK, name="Same"), replace(SPARE, name="Same"))
    await setup.service.assign(
        [FAR, FAR_TWO, ONE], 'Ada, "the" Countess', role=Role.BACKUP, shared_pack=True, actor="Pia"
    )
    await setup.service.assign([ChannelRef(twin.id, 1)], "=1+1", actor="Pia")
    await setup.service.add_performer("-שלום 漢字 é", part="@home", note="a;b,c", actor="Pia")
    await setup.service.number_channels([ONE, FAR], "IEM 9", actor="Pia")
    await setup.service.number_channels([ChannelRef(twin.id, 1)], "-1", actor="Pia")
    await setup.service.number_channels([TWO], "7", actor="Pia")
    text = data_of(await setup.service.export())
    assert text.splitlines() == [
        '"name","role","note","channel","use","mic","shared pack"',
        '"\'-שלום 漢字 é","\'@home","a;b,c","","","",""',
        '"\'=1+1","","","\'=Twin, ""A""/1","primary","\'-1",""',
        '"Ada, ""the"" Countess","","","127.0.0.2/1","backup","IEM 9","yes"',
        '"Ada, ""the"" Countess","","","127.0.0.3/1","backup","IEM 10","yes"',
        '"Ada, ""the"" Countess","","","127.0.0.3/2","backup","","yes"',
        '"","","","127.0.0.2/2","primary","7",""',
    ]
    assert data_of(await setup.service.preview_import(text.encode())) == ImportPlan(unchanged=3)
    other = Setup(*setup.devices.kept.values())
    data_of(await other.service.apply_import(text.encode("utf-8-sig"), actor="Pia"))
    assert data_of(await other.service.export()) == text


async def test_there_is_an_end_to_how_many_may_perform() -> None:
    setup = Setup()
    setup.cast.people = {
        PerformerId(str(number)): Performer(PerformerId(str(number)), f"P{number}")
        for number in range(performer_edit.MAX_PERFORMERS - 1)
    }
    data_of(await setup.service.add_performer("The last", actor="Pia"))
    assert code_of(await setup.service.add_performer("One more", actor="Pia")) is ErrorCode.INVALID_VALUE
    assert (
        code_of(await setup.service.apply_import(b"name\nOne more", actor="Pia")) is ErrorCode.INVALID_VALUE
    )
    assert data_of(await setup.service.assign([ONE], "p7", actor="Pia"))


async def test_warnings_do_not_run_on() -> None:
    setup = Setup()
    channels = [(called(f"Vox {number}", 480_000 + 1000 * number), LOUD) for number in range(1, 7)]
    await setup.hear(RACK, *channels)
    refs = [ChannelRef(RACK.id, number) for number in range(1, 7)]
    await setup.service.assign(refs, "Ada", role=Role.BACKUP, actor="Pia")
    warning = warning_of(await setup.service.assign(refs, "Ben", role=Role.BACKUP, actor="Pia"))
    assert warning.endswith("Vox 4 is live and was Ada's; and 2 more")
    warning = warning_of(await setup.service.assign(refs[:4], "Cy", role=Role.BACKUP, actor="Pia"))
    assert warning.endswith("Vox 4 is live and was Ben's")


async def test_a_channel_that_is_assigned_is_no_longer_expected_off() -> None:
    setup = Setup()
    await setup.service.mark([ONE, TWO], expected_off=True, actor="Pia")
    (assigned,) = data_of(await setup.service.assign([ONE], "Ada", actor="Pia"))
    assert not assigned.expected_off
    assert not data_of(await setup.service.swap(ONE, TWO, actor="Pia")).expected_off


async def test_what_was_last_known_of_a_device_that_is_offline_is_no_warning() -> None:
    setup = Setup()
    await setup.service.assign([ONE], "Ada", actor="Pia")
    live = ChannelState(RACK.id, 1, link_state=LinkState.LIVE, facts=ON, meters=LOUD)
    for status, warning in (
        (DeviceStatus.ONLINE, "Lead Vox is live and was Ada's"),
        (DeviceStatus.OFFLINE, ""),
    ):
        await setup.devices.store([DeviceState(RACK.id, status=status, last_seen_at=1000.0)], [live])
        assert warning_of(await setup.service.unassign([ONE], actor="Pia")) == warning
        await setup.service.undo(actor="Pia")


async def test_channels_are_listed_and_exported_in_rack_order() -> None:
    first = replace(RACK, id=DeviceId("z"), host="127.0.0.7", name="First", position=1)
    second = replace(SPARE, id=DeviceId("a"), name="Second", position=2)
    setup = Setup(first, second)
    channels = [ChannelRef(first.id, 2), ChannelRef(second.id, 1), ChannelRef(second.id, 2)]
    await setup.service.assign([channels[2], channels[0], channels[1]], "Ada", actor="Pia")
    assert [each.channel for each in data_of(await setup.service.list_assignments())] == channels
    lines = data_of(await setup.service.export()).splitlines()
    assert [line.split(",")[3] for line in lines[1:]] == ['"First/2"', '"Second/1"', '"Second/2"']


async def test_an_import_keeps_what_it_does_not_name() -> None:
    setup = Setup()
    await setup.service.add_performer("Ada", part="lead", note="left handed", actor="Pia")
    plan = data_of(await setup.service.apply_import(b"name,role,note\nAda,,", actor="Pia"))
    assert plan == ImportPlan(unchanged=1)
    ada = data_of(await setup.service.find_performer("Ada"))
    assert (ada.part, ada.note) == ("lead", "left handed")


async def test_what_several_lines_say_of_a_performer_is_put_together() -> None:
    setup = Setup()
    text = "name,role,note,channel\nAda,,,127.0.0.2/1\nada,lead,early,127.0.0.2/2"
    assert data_of(await setup.service.apply_import(text.encode(), actor="Pia")).added == ("Ada",)
    ada = data_of(await setup.service.find_performer("Ada"))
    assert (ada.part, ada.note) == ("lead", "early")
    undone = data_of(await setup.service.undo(actor="Pia")).text
    assert undone == "Performers imported (1 added, 0 changed, 2 channels assigned)"


async def test_the_texts_of_steps_say_what_was_done() -> None:
    setup = Setup()
    ada = data_of(await setup.service.add_performer("Ada", part="lead", actor="Pia"))
    await setup.service.change_performer(ada.id, name="Countess", part="", note="late", actor="Pia")
    await setup.service.assign([ONE], "Countess", actor="Pia")
    await setup.service.assign([ONE, TWO], "Countess", role=Role.SPARE, actor="Pia")
    await setup.service.mark([ONE], note="hers", actor="Pia")
    await setup.service.plan_pack(ONE, model="ULXD2", name="Pack 3", actor="Pia")
    await setup.service.plan_pack(ONE, model=None, name=None, actor="Pia")
    await setup.service.unassign([ONE, TWO], actor="Pia")
    await setup.service.remove_performer(ada.id, actor="Pia")
    texts = []
    while (step := await setup.service.undo(actor="Pia")).success:
        texts.append(data_of(step).text)
    assert texts[::-1] == [
        "Performer Ada added",
        "Performer Ada renamed to Countess, part removed, note changed",
        "127.0.0.2/1 assigned to Countess",
        "2 channels assigned to Countess as spare",
        "Note on 127.0.0.2/1 changed",
        "Pack 3 planned for 127.0.0.2/1",
        "Any pack planned for 127.0.0.2/1",
        "2 channels unassigned",
        "Performer Countess removed",
    ]


async def test_a_mic_number_belongs_to_the_channel_whoever_has_it() -> None:
    setup = Setup()
    await setup.service.number_channels([ONE], "  IEM  3 ", actor="Pia")
    assert setup.cast.assigned[ONE].mic_number == "IEM 3"
    await setup.service.assign([ONE], "Ada", actor="Pia")
    await setup.service.swap(ONE, TWO, actor="Pia")
    await setup.service.unassign([TWO], actor="Pia")
    assert (setup.cast.assigned[ONE].mic_number, TWO in setup.cast.assigned) == ("IEM 3", False)
    await setup.service.mark([ONE], expected_off=False, actor="Pia")
    await setup.service.number_channels([ONE], "", actor="Pia")
    assert setup.cast.assigned == {}
    assert data_of(await setup.service.undo(actor="Pia")).text == "Mic number of 127.0.0.2/1 removed"
    assert setup.cast.assigned[ONE].mic_number == "IEM 3"


async def test_several_channels_are_numbered_in_one_step() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.hear(RACK, (ON, LOUD), (ON, LOUD))
        numbered = data_of(await setup.service.number_channels([TWO, FAR, ONE], "9", actor="Pia"))
        numbers = [(each.channel, each.mic_number) for each in numbered]
        assert numbers == [(TWO, "9"), (FAR, "10"), (ONE, "11")]
        live = setup.live.channel(TWO)
        assert live is not None
        assert live.mic_number == "9"
    assert data_of(await setup.service.undo(actor="Pia")).text == "3 channels numbered 9 to 11"
    assert setup.cast.assigned == {}


@pytest.mark.parametrize("number", ["123456789", "漢字漢字7", "x\u200b", "a\u0301" * 9, "7\n8"])
async def test_a_mic_number_is_short_and_can_be_shown(number: str) -> None:
    setup = Setup()
    assert code_of(await setup.service.number_channels([ONE], number, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert setup.cast.assigned == {}


async def test_numbers_that_cannot_be_counted_are_refused_for_several() -> None:
    setup = Setup()
    assert (
        code_of(await setup.service.number_channels([ONE, TWO], "Lead", actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )
    assert (
        code_of(await setup.service.number_channels([ONE, TWO], "99999999", actor="Pia"))
        is ErrorCode.INVALID_VALUE
    )
    assert code_of(await setup.service.number_channels([], "1", actor="Pia")) is ErrorCode.INVALID_VALUE
    assert code_of(await setup.service.number_channels([ChannelRef(DeviceId("x"), 1)], "1", actor="Pia")) is (
        ErrorCode.CHANNEL_NOT_FOUND
    )
    assert data_of(await setup.service.number_channels([ONE], "Lead", actor="Pia"))[0].mic_number == "Lead"


async def test_a_number_that_is_there_twice_is_taken_and_warned_of() -> None:
    setup = Setup(replace(RACK, name="Rack A"), SPARE)
    await setup.service.number_channels([ONE], "IEM 3", actor="Pia")
    assert (await setup.service.number_channels([TWO], "4", actor="Pia")).warning is None
    warning = warning_of(await setup.service.number_channels([FAR], "iem 03", actor="Pia"))
    assert warning == "2 channels have the mic number IEM 3: Rack A/1, 127.0.0.3/1"
    assert setup.cast.assigned[FAR].mic_number == "iem 03"
    plan = await setup.service.preview_import(b"name,channel,mic\n,Rack A/2,3\n,127.0.0.3/2,3\n")
    assert data_of(plan).numbered == ("Rack A/2: 3 (now 4)", "127.0.0.3/2: 3")
    assert warning_of(plan) == "2 channels have the mic number 3: Rack A/2, 127.0.0.3/2"


async def test_warnings_of_numbers_do_not_run_on() -> None:
    setup = Setup()
    channels = [ChannelRef(RACK.id, number) for number in range(1, 7)]
    await setup.service.number_channels(channels, "1", actor="Pia")
    others = [ChannelRef(SPARE.id, number) for number in range(1, 7)]
    warning = warning_of(await setup.service.number_channels(others, "1", actor="Pia"))
    assert warning.endswith("; and 2 more")
    assert warning.count("mic number") == 4


async def test_an_import_numbers_channels() -> None:
    setup = Setup(replace(RACK, name="Rack A"), SPARE)
    await setup.service.assign([ONE], "Ada", actor="Pia")
    text = "No;name;channel;use\n1;Ada;Rack A/1;\n2;Ben;Rack A/2;backup\nS1;;127.0.0.3/1;spare\n4;Cy;;\n"
    plan = data_of(await setup.service.apply_import(text.encode(), actor="Pia"))
    assert plan == ImportPlan(
        ("Ben", "Cy"),
        {},
        ("Ben: Rack A/2, backup", "spare for all: 127.0.0.3/1"),
        ("Rack A/1: 1", "Rack A/2: 2", "127.0.0.3/1: S1"),
        unchanged=1,
    )
    numbers = {ref: assignment.mic_number for ref, assignment in setup.cast.assigned.items()}
    assert numbers == {ONE: "1", TWO: "2", FAR: "S1"}
    assert data_of(await setup.service.undo(actor="Pia")).text == (
        "Performers imported (2 added, 0 changed, 2 channels assigned, 3 numbered)"
    )
    assert setup.cast.assigned[ONE].mic_number is None
    assert data_of(
        await setup.service.apply_import(b"name,channel,mic\nAda,Rack A/1,\n", actor="Pia")
    ).is_empty


async def test_an_import_marks_spares_for_all_and_an_export_has_them() -> None:
    setup = Setup(replace(RACK, name="Rack A"), SPARE)
    await setup.service.assign([ONE], "Ada", actor="Pia")
    text = "name,channel,use\nBen,Rack A/2,\n,127.0.0.3/1,spare\n"
    plan = data_of(await setup.service.apply_import(text.encode(), actor="Pia"))
    assert plan.assigned == ("Ben: Rack A/2, primary", "spare for all: 127.0.0.3/1")
    assert (setup.cast.assigned[FAR].performer, setup.cast.assigned[FAR].role) == (None, Role.SPARE)
    exported = data_of(await setup.service.export())
    assert exported.splitlines()[-1] == '"","","","127.0.0.3/1","spare","",""'
    again = data_of(await setup.service.preview_import(exported.encode()))
    assert (again.is_empty, again.unchanged) == (True, 2)
    await setup.service.unassign([FAR], actor="Pia")
    assert FAR not in setup.cast.assigned
    refused = await setup.service.preview_import(b"name,channel,use\n,Rack A/2,backup\n")
    assert error_of(refused).message == "Line 2, column 'name': A performer needs a name"


async def test_two_receivers_of_one_pack_are_no_conflict_once_they_are_marked() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Backup"), LOUD))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    answer = await setup.service.assign([TWO], "Ada", role=Role.BACKUP, actor="Pia")
    assert warning_of(answer) == (
        "Backup is on the frequency of Lead; if both receive one pack, assign it as shared pack"
    )
    answer = await setup.service.assign([TWO], "Ada", role=Role.BACKUP, shared_pack=True, actor="Pia")
    assert (answer.warning, data_of(answer)[0].shared_pack) == (None, True)
    assert (
        data_of(await setup.service.undo(actor="Pia")).text == "Backup assigned to Ada as backup, shared pack"
    )
    assert not setup.cast.assigned[TWO].shared_pack
    await setup.service.redo(actor="Pia")
    # The mark stays while the performer has the channel, and goes with them.
    assert data_of(await setup.service.assign([TWO], "Ada", role=Role.SPARE, actor="Pia"))[0].shared_pack
    assert not data_of(await setup.service.assign([TWO], "Ada", shared_pack=False, actor="Pia"))[
        0
    ].shared_pack
    await setup.service.assign([TWO], "Ada", role=Role.BACKUP, shared_pack=True, actor="Pia")
    assert not data_of(await setup.service.assign([TWO], "Ben", actor="Pia"))[0].shared_pack
    await setup.service.assign([TWO], "Ada", role=Role.BACKUP, shared_pack=True, actor="Pia")
    await setup.service.unassign([TWO], actor="Pia")
    assert TWO not in setup.cast.assigned


async def test_a_swap_ends_that_a_pack_is_shared() -> None:
    setup = Setup()
    await setup.hear(RACK, (called("Lead"), LOUD), (called("Backup"), LOUD), (called("Spare", 1), LOUD))
    await setup.service.assign([ONE], "Ada", actor="Pia")
    await setup.service.assign([TWO], "Ada", role=Role.BACKUP, shared_pack=True, actor="Pia")
    await setup.service.swap(ONE, TWO, actor="Pia")
    assert setup.who(ONE) is None
    assert (setup.cast.assigned[TWO].role, setup.cast.assigned[TWO].shared_pack) == (Role.PRIMARY, False)
    await setup.service.undo(actor="Pia")
    await setup.service.swap(TWO, ChannelRef(RACK.id, 3), actor="Pia")
    assert not setup.cast.assigned[ChannelRef(RACK.id, 3)].shared_pack


async def test_an_import_marks_shared_packs() -> None:
    setup = Setup(replace(RACK, name="Rack A"))
    text = "name,channel,use,shared pack\nAda,Rack A/1,,\nAda,Rack A/2,backup,yes\n"
    plan = data_of(await setup.service.apply_import(text.encode(), actor="Pia"))
    assert plan.assigned == ("Ada: Rack A/1, primary", "Ada: Rack A/2, backup, shared pack")
    assert [setup.cast.assigned[ref].shared_pack for ref in (ONE, TWO)] == [False, True]
    again = data_of(
        await setup.service.apply_import(b"name,channel,shared pack\nAda,Rack A/2,\n", actor="Pia")
    )
    assert again.is_empty
    data_of(await setup.service.apply_import(b"name,channel,shared pack\nAda,Rack A/2,no\n", actor="Pia"))
    assert not setup.cast.assigned[TWO].shared_pack


async def test_the_program_expects_a_channel_on_that_is_live_with_sound_again() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.hear(RACK, (called("Lead"), LOUD), (called("Two", 1), LOUD))
        await setup.service.mark([ONE, TWO], expected_off=True, actor="Pia")
        await setup.silences.look()
        setup.live.take_observations(RACK.id, [FactsHeard(1, OFF), MetersHeard(1, LOST)])
        await setup.silences.look()
        assert setup.ended == []
        setup.live.take_observations(RACK.id, [FactsHeard(1, called("Lead")), MetersHeard(1, LOUD)])
        setup.cast.is_broken = True
        await setup.silences.look()
        assert setup.ended == []
        setup.cast.is_broken = False
        await setup.silences.look()
        assert setup.shown(ONE) is None
        assert (other := setup.shown(TWO)) is not None
        assert other.expected_off
        assert setup.ended == [ONE]
        step = data_of(await setup.service.undo(actor="Pia"))
        assert step.text == "Lead marked as expected on by the program: sound again"
        assert (marked := setup.shown(ONE)) is not None
        assert marked.expected_off
        await setup.silences.look()
        assert setup.ended == [ONE]


async def test_what_came_back_is_found_by_the_next_look_after_one_that_crashed() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.hear(RACK, (OFF, LOST))
        await setup.service.mark([ONE], expected_off=True, actor="Pia")
        await setup.silences.look()
        setup.live.take_observations(RACK.id, [FactsHeard(1, called("Lead")), MetersHeard(1, LOUD)])
        setup.cast.crashes = 1
        with pytest.raises(ZeroDivisionError):
            await setup.silences.run(interval_s=0.001)
        looks = asyncio.create_task(setup.silences.run(interval_s=0.001))
        await until(lambda: setup.shown(ONE) is None)
        looks.cancel()
        assert setup.ended == [ONE]


async def test_what_a_person_has_expected_on_meanwhile_is_not_reported_as_ended_by_the_program() -> None:
    setup = Setup()
    async with running_sessions(setup.sessions):
        await setup.hear(RACK, (OFF, LOST))
        await setup.service.mark([ONE], expected_off=True, actor="Pia")
        await setup.silences.look()
        setup.live.take_observations(RACK.id, [FactsHeard(1, called("Lead")), MetersHeard(1, LOUD)])
        # As another program does it, which the live state does not know of yet.
        del setup.cast.assigned[ONE]
        await setup.silences.look()
        assert setup.ended == []
