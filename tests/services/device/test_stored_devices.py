from dataclasses import replace

import pytest

from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceFault, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, find_problems
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.threshold.numbers_reader import CurrentNumbers
from tests.fakes.repositories import InMemoryDevices
from tests.services.stage import LOUD, ON, RACK, SPARE, Clock

PAST_AFTER_S = 16.0


async def stored(clock: Clock) -> StoredDevices:
    """One device that was online when it was stored, and one that was offline."""
    devices = InMemoryDevices(RACK, SPARE)
    bays = (Bay(1, BayState.CHARGING, battery=Battery(40)),)
    online = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=clock.now, bays=bays)
    fault = DeviceFault("DEVICE_SILENT", "No data for 5 s", "Check its cable")
    offline = DeviceState(SPARE.id, status=DeviceStatus.OFFLINE, fault=fault)
    live = ChannelState(
        RACK.id,
        1,
        link_state=LinkState.LIVE,
        link_since=clock.now,
        facts=ON,
        meters=LOUD,
        meters_at=clock.now,
    )
    await devices.store([online, offline], [live])
    return StoredDevices(devices, clock, PAST_AFTER_S)


async def test_what_was_read_a_moment_ago_is_as_it_was_stored() -> None:
    clock = Clock()
    devices = await stored(clock)
    clock.now += PAST_AFTER_S
    rack, spare = await devices.query(ALL_DEVICES)
    assert (rack.state.status, rack.channels[0].link_state) == (DeviceStatus.ONLINE, LinkState.LIVE)
    assert spare.state.status is DeviceStatus.OFFLINE


async def test_a_device_that_was_being_connected_by_a_program_that_is_gone_is_not_heard() -> None:
    clock = Clock()
    devices = InMemoryDevices(RACK)
    state = DeviceState(RACK.id, status=DeviceStatus.CONNECTING, status_since=clock.now)
    await devices.store([state], [])
    stored_devices = StoredDevices(devices, clock, PAST_AFTER_S)
    clock.now += PAST_AFTER_S
    (soon,) = await stored_devices.query(ALL_DEVICES)
    clock.now += 1.0
    (later,) = await stored_devices.query(ALL_DEVICES)
    assert [soon.state.status, later.state.status] == [DeviceStatus.CONNECTING, DeviceStatus.UNKNOWN]


async def test_stored_meters_are_late_by_the_interval_at_which_they_are_stored() -> None:
    clock = Clock()
    devices = InMemoryDevices(RACK)
    online = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=clock.now + 2.0)
    metered = ChannelState(RACK.id, 1, meters=LOUD, meters_at=clock.now, expected_period_s=0.1)
    await devices.store([online], [metered, replace(metered, number=2, expected_period_s=None)])
    clock.now += PAST_AFTER_S
    (rack,) = await StoredDevices(devices, clock, PAST_AFTER_S).query(ALL_DEVICES)
    assert [channel.is_stale(clock.now) for channel in rack.channels] == [False, False]
    assert [channel.is_stale(clock.now + 3.0) for channel in rack.channels] == [True, False]


async def test_meters_that_were_late_while_their_device_spoke_are_late_when_stored() -> None:
    clock = Clock()
    devices = InMemoryDevices(RACK)
    online = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=clock.now + 9.0)
    stopped = ChannelState(RACK.id, 1, meters=LOUD, meters_at=clock.now, expected_period_s=0.1)
    await devices.store([online], [stopped, replace(stopped, number=2, meters_at=clock.now + 9.0)])
    clock.now += 10.0
    (rack,) = await StoredDevices(devices, clock, PAST_AFTER_S).query(ALL_DEVICES)
    assert [channel.is_stale(clock.now) for channel in rack.channels] == [True, False]


async def test_online_and_live_are_unknown_once_no_process_renews_them() -> None:
    clock = Clock()
    devices = await stored(clock)
    read_at = clock.now
    clock.now += PAST_AFTER_S + 0.1
    rack, spare = await devices.query(ALL_DEVICES)
    assert (rack.state.status, rack.state.last_seen_at) == (DeviceStatus.UNKNOWN, read_at)
    (channel,) = rack.channels
    assert (channel.link_state, channel.link_since) == (LinkState.UNKNOWN, None)
    assert (channel.meters, channel.meters_at, channel.facts) == (LOUD, read_at, ON)
    assert spare.state.fault is not None
    assert rack.state.bays == (Bay(1),)


async def test_what_was_stored_is_judged_by_the_thresholds_that_are_set() -> None:
    clock = Clock()
    strict = Thresholds(rf_critical_dbm=-5.0)

    async def read_numbers() -> CurrentNumbers:
        return CurrentNumbers(ThresholdSet(strict))

    rack, _ = await replace(await stored(clock), read_numbers=read_numbers).query(ALL_DEVICES)
    assert rack.state.thresholds is strict
    assert find_problems(rack.channels[0], clock.now) == (ProblemCode.RF_CRITICAL,)


@pytest.mark.parametrize(
    ("filters", "age_s", "kept"),
    [
        (ALL_DEVICES.online(), 0.0, [RACK.id]),
        (ALL_DEVICES.offline(), 0.0, [SPARE.id]),
        (ALL_DEVICES.online(), 3600.0, []),
        (ALL_DEVICES.offline(), 3600.0, [RACK.id, SPARE.id]),
    ],
)
async def test_filters_judge_by_age_too(filters: DeviceQuery, age_s: float, kept: list[DeviceId]) -> None:
    clock = Clock()
    devices = await stored(clock)
    clock.now += age_s
    assert [snapshot.device.id for snapshot in await devices.query(filters)] == kept


async def test_a_device_without_a_time_of_its_last_report_is_not_online() -> None:
    clock = Clock()
    devices = InMemoryDevices(RACK)
    await devices.store([replace(DeviceState(RACK.id), status=DeviceStatus.ONLINE)], [])
    (rack,) = await StoredDevices(devices, clock, PAST_AFTER_S).query(ALL_DEVICES)
    assert rack.state.status is DeviceStatus.UNKNOWN
