"""Numbers that are set judge the live state at once; the profile is that of the show."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.show import CurrentShow
from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import ChannelRef, LocationId, PerformerId, ShowId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.show import Show, ShowProfile, ShowProgress, ShowRecord, ShowState
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope
from micboard_tui.services.assembly import build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.plugins import Plugins
from tests.fakes.repositories import InMemoryDevices, InMemoryLocations
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.services.stage import HEARD, ON, RACK, Clock

HALL, STAGE = Location(LocationId("hall"), "Hall"), Location(LocationId("stage"), "Stage", LocationId("hall"))
HERE = replace(RACK, location_id=STAGE.id)
ADA = Performer(PerformerId("ada"), "Ada")
FIRST, SECOND = ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2)
AT_STAGE = ThresholdScope(location_id=STAGE.id)
RF_LOW = ThresholdName.RF_LOW_DBM
WEAK = Meters(rf_dbm=-82.0, carrier=True)


class Rig:
    def __init__(self) -> None:
        self.clock = Clock()
        self.live = LiveState(SteadyClock(wall=self.clock, steady=self.clock))
        self.devices = InMemoryDevices(HERE, locations=InMemoryLocations(HALL, STAGE))
        records = in_memory(self.devices)
        assert isinstance(records.assignments, InMemoryAssignments)
        records.assignments.people[ADA.id] = ADA
        adapters = fake_adapters(records, Plugins(), live=self.live)
        self.services = build_services(adapters, FakeSessions())
        self.thresholds = self.services.thresholds
        self.live.place([HERE], [HALL, STAGE])
        self.live.cast([ADA], [Assignment(SECOND, ADA)])
        self.live.take_observations(RACK.id, [HEARD])
        for number in (1, 2):
            self.live.take_observations(RACK.id, [FactsHeard(number, ON), MetersHeard(number, WEAK)])
        self.devices.assigned[SECOND] = Assignment(SECOND, ADA)

    def low(self, ref: ChannelRef) -> float:
        state = self.live.channel(ref)
        assert state is not None
        return state.thresholds.rf_low_dbm

    async def set(self, scope: ThresholdScope, value: float) -> None:
        result = await self.thresholds.change(scope, RF_LOW, value, actor="Pia")
        assert result.success, result.error
        await self.thresholds.look()

    async def play(self, state: ShowState) -> None:
        progress = ShowProgress(Show("Romeo"), state)
        record = ShowRecord(ShowId("romeo"), progress.show)
        self.devices.shows.kept[record.id] = record
        await self.devices.shows.change_current(lambda _: CurrentShow(record.id, progress))
        self.live.findings = replace(self.live.findings, show=progress)
        await self.thresholds.look()


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_a_number_judges_the_channels_of_its_scope_at_once_and_undo_takes_it_back(rig: Rig) -> None:
    version = rig.live.version
    await rig.set(ThresholdScope(location_id=HALL.id), -80.0)
    await rig.set(ThresholdScope(performer_id=ADA.id), -75.0)
    assert (rig.low(FIRST), rig.low(SECOND)) == (-80.0, -75.0)
    assert {state.ref for state in rig.live.changed_since(version).channels} == {FIRST, SECOND}
    rig.live.cast([], [])
    assert rig.low(SECOND) == -80.0
    rig.live.place([replace(HERE, location_id=None)], [HALL, STAGE])
    assert rig.low(FIRST) == -85.0
    rig.live.take_observations(RACK.id, [HEARD._replace(channel_count=3)])
    assert rig.low(ChannelRef(RACK.id, 3)) == -85.0
    titles = await rig.thresholds.describe_scopes(
        [ThresholdScope(performer_id=ADA.id), ThresholdScope(ShowProfile.SHOW), ThresholdScope(channel=FIRST)]
    )
    assert titles.data == ["Ada", "all channels in show", "Rack 1/1"]


async def test_a_profile_has_numbers_of_its_own_and_follows_the_show(rig: Rig) -> None:
    await rig.set(ThresholdScope(ShowProfile.BREAK), -70.0)
    assert rig.low(FIRST) == -85.0
    await rig.play(ShowState.BREAK)
    assert (rig.low(FIRST), rig.live.findings.profile) == (-70.0, ShowProfile.BREAK)
    chosen = await rig.thresholds.choose_profile(ShowProfile.SHOW, actor="Pia")
    assert chosen.data is ShowProfile.BREAK, "a show goes before what a person chose"
    await rig.play(ShowState.RUNNING)
    assert (rig.low(FIRST), rig.live.findings.profile) == (-85.0, ShowProfile.SHOW)


async def test_a_preview_counts_the_channels_of_the_scope_on_the_air(rig: Rig) -> None:
    async def count(scope: ThresholdScope, value: float) -> int | None:
        return (await rig.thresholds.preview(scope, RF_LOW, value)).data

    assert await count(ThresholdScope(), -80.0) == 2
    assert await count(AT_STAGE, -80.0) == 2
    assert await count(ThresholdScope(performer_id=ADA.id), -80.0) == 1
    assert await count(ThresholdScope(channel=FIRST), -80.0) == 1
    assert await count(ThresholdScope(), -83.0) == 0
    rig.live.status(RACK.id, DeviceStatus.OFFLINE)
    assert await count(ThresholdScope(), -80.0) == 0


async def test_what_crosses_another_number_of_a_wider_scope_is_refused(rig: Rig) -> None:
    changed = await rig.thresholds.change(AT_STAGE, ThresholdName.RF_CRITICAL_DBM, -90.0, actor="Pia")
    assert changed.success
    for scope in (AT_STAGE, ThresholdScope(channel=FIRST)):
        refused = await rig.thresholds.change(scope, RF_LOW, -91.0, actor="Pia")
        assert refused.error is not None
        assert refused.error.code is ErrorCode.INVALID_VALUE
        assert "rf.critical_dbm" in refused.error.hint
    assert (await rig.thresholds.change(ThresholdScope(), RF_LOW, -91.0, actor="Pia")).success
    gone = await rig.thresholds.reset(AT_STAGE, actor="Pia")
    assert gone.success
    assert [override.name for override in gone.data] == [ThresholdName.RF_CRITICAL_DBM]
    again = await rig.thresholds.reset(AT_STAGE, actor="Pia")
    assert again.success
    assert again.data == []


async def test_what_is_read_from_the_database_is_judged_by_the_same_numbers(rig: Rig) -> None:
    await rig.set(ThresholdScope(performer_id=ADA.id), -75.0)
    await rig.set(ThresholdScope(ShowProfile.BREAK), -70.0)
    await rig.play(ShowState.BREAK)
    rack = rig.live.device(RACK.id)
    assert rack is not None
    await rig.devices.store([rack.state], rack.channels)
    listed = await rig.services.devices.list_devices()
    assert listed.success
    (stored,) = listed.data
    assert [state.thresholds.rf_low_dbm for state in stored.channels] == [-70.0, -75.0]
    assert stored.state.thresholds.rf_low_dbm == -70.0
