from dataclasses import fields, replace

import pytest

from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import Battery, LastBattery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    NO_METERS,
    ChannelState,
    DeviceWarning,
    Encryption,
    Meters,
    Transmitter,
)
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import (
    Alive,
    BayHeard,
    ClockHeard,
    DeviceHeard,
    FactsHeard,
    MetersHeard,
)
from micboard_tui.domain.problem import ProblemCode, find_problems
from micboard_tui.domain.thresholds import DROP_OUT_S, PEAK_HOLD_S, BatteryThresholds, Thresholds
from micboard_tui.domain.value_ranges import MAX_CHANNELS
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.live.tracked_channel import MAX_HISTORY
from tests.services.stage import HEARD, LOST, LOUD, OFF, ON, RACK, SPARE, STAGE, Clock

ONE = ChannelRef(RACK.id, 1)
FAULT = DeviceFault("DEVICE_SILENT", "No data for 5 s", "Check its cable")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(clock: Clock) -> LiveState:
    live = LiveState(clock)
    live.place([RACK, SPARE], [STAGE])
    return live


def one(live: LiveState) -> ChannelState:
    state = live.channel(ONE)
    assert state is not None
    return state


def test_a_placed_device_is_unknown_until_it_speaks(live: LiveState) -> None:
    assert [each.state.status for each in live.snapshot()] == [DeviceStatus.UNKNOWN] * 2
    live.take_observations(RACK.id, [HEARD])
    rack = live.device(RACK.id)
    assert rack is not None
    assert (rack.state.status, rack.state.model, rack.title) == (DeviceStatus.ONLINE, "ULXD4D", "Rack 1")
    assert [channel.link_state for channel in rack.channels] == [LinkState.UNKNOWN] * 2


def test_a_state_has_a_value_for_every_field(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    state = one(live)
    assert vars(state).keys() == {"ref", *(field.name for field in fields(ChannelState))}
    assert state == replace(state)
    assert state.ref == replace(state).ref == ONE


def test_a_report_of_other_things_renews_no_meters(live: LiveState, clock: Clock) -> None:
    metered = replace(ON, meter_interval_s=0.1)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, metered), MetersHeard(1, LOUD)])
    clock.now += 36.0
    live.take_observations(RACK.id, [FactsHeard(1, replace(metered, gain_db=3)), Alive()])
    state = one(live)
    assert (state.meters_at, state.observed_at) == (clock.now - 36.0, clock.now)
    assert state.stale_for_s(clock.now) == 36.0
    assert ProblemCode.STALE in find_problems(state, clock.now)


def test_channels_and_bays_are_judged_by_the_thresholds_that_are_set(clock: Clock) -> None:
    strict = Thresholds(BatteryThresholds(low_minutes=800), rf_low_dbm=-20.0, rf_critical_dbm=-30.0)
    live = LiveState(clock, thresholds=strict)
    live.place([RACK], [STAGE])
    live.recall([DeviceSnapshot(RACK, DeviceState(RACK.id, model="ULXD4D"))])
    pack = Transmitter("ULXD2", battery=Battery(minutes=700))
    worn = replace(ON, transmitter=pack)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, worn), MetersHeard(1, LOUD)])
    assert find_problems(one(live), clock.now) == (ProblemCode.RF_CRITICAL, ProblemCode.BATTERY_LOW)
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.state.thresholds is strict


def test_meters_of_an_earlier_session_are_not_overdue_in_the_next(live: LiveState, clock: Clock) -> None:
    metered = replace(ON, meter_interval_s=0.1)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, metered), MetersHeard(1, LOUD)])
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    assert one(live).meters_at is None
    clock.now += 60.0
    live.take_observations(RACK.id, [FactsHeard(1, metered)])
    assert not one(live).is_stale(clock.now)
    clock.now += 3.0
    assert one(live).is_stale(clock.now)


def test_a_channel_is_heard_within_the_rf_zone_of_its_device(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD])
    assert one(live).rf_zone is None
    version = live.version
    wing = Location(LocationId("wing"), "Wing", parent_id=STAGE.id)
    live.place([replace(RACK, location_id=wing.id), SPARE], [STAGE, wing])
    assert one(live).rf_zone == STAGE.id
    assert ONE in {channel.ref for channel in live.changed_since(version).channels}
    live.take_observations(RACK.id, [HEARD._replace(channel_count=3)])
    added = live.channel(ChannelRef(RACK.id, 3))
    assert added is not None
    assert added.rf_zone == STAGE.id
    live.place([replace(RACK, location_id=wing.id), SPARE], [STAGE, replace(wing, is_rf_zone=True)])
    assert one(live).rf_zone == wing.id


def test_what_changed_is_told_once(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON)])
    first = live.changed_since(0)
    assert {channel.number for channel in first.channels} == {1, 2}
    assert not live.changed_since(first.version).channels

    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    second = live.changed_since(first.version)
    assert [(channel.number, channel.meters) for channel in second.channels] == [(1, LOUD)]
    assert [device.device_id for device in second.devices] == [RACK.id]


def test_states_that_were_given_out_never_change(live: LiveState) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    before = one(live)
    assert one(live) is before
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert before.meters == LOUD
    assert one(live).meters == LOST


def test_a_word_that_changes_nothing_keeps_the_device_alive(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [Alive()])
    clock.now += 3
    live.take_observations(RACK.id, [Alive()])
    assert live.online() == [(RACK.id, 1_003.0)]


@pytest.mark.parametrize(
    ("facts", "meters", "link"),
    [
        (ON, LOUD, LinkState.LIVE),
        (ON, LOST, LinkState.RF_LOST),
        (OFF, LOST, LinkState.TRANSMITTER_OFF),
        (replace(ON, receiver_muted=True), LOUD, LinkState.MUTED),
        (replace(ON, transmitter=Transmitter(muted=True)), LOUD, LinkState.MUTED),
        (replace(ON, encryption=Encryption.MISMATCH), LOUD, LinkState.MUTED),
        (replace(ON, encryption=Encryption.MISMATCH), LOST, LinkState.RF_LOST),
        (replace(ON, transmitter_present=None, transmitter=None), LOUD, LinkState.LIVE),
        (replace(ON, transmitter_present=None, transmitter=None), LOST, LinkState.TRANSMITTER_OFF),
        (replace(ON, transmitter_present=None, transmitter=None), NO_METERS, LinkState.UNKNOWN),
    ],
)
def test_link_state_follows_facts_and_meters(
    live: LiveState, facts: object, meters: Meters, link: LinkState
) -> None:
    assert isinstance(facts, type(ON))
    live.take_observations(RACK.id, [FactsHeard(1, facts), MetersHeard(1, meters)])
    assert one(live).link_state is link


def test_since_when_counts_from_the_change_of_state(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 10
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    clock.now += 5
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert (one(live).link_since, one(live).observed_at) == (1_010.0, 1_015.0)


def test_a_peak_is_held_so_that_a_slow_screen_sees_it(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [MetersHeard(1, LOUD._replace(audio_dbfs=-1.0)), MetersHeard(1, LOUD)])
    assert (one(live).audio_peak_dbfs, one(live).meters.audio_dbfs) == (-1.0, -20.0)
    clock.now += PEAK_HOLD_S + 0.1
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    assert one(live).audio_peak_dbfs == -20.0
    live.take_observations(RACK.id, [MetersHeard(1, LOUD._replace(audio_dbfs=None))])
    assert one(live).audio_peak_dbfs is None


def test_a_battery_that_was_repeated_without_a_carrier_is_as_old_as_the_loss(
    live: LiveState, clock: Clock
) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 10
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    lost_at = clock.now
    clock.now += 4
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    past = one(live).past_battery
    assert past is not None
    live.take_observations(RACK.id, [FactsHeard(1, replace(ON, transmitter=None))])
    assert one(live).past_battery == past == LastBattery(Battery(78, 4, 405), lost_at)


def test_the_last_battery_of_a_pack_that_went_off_is_kept_apart(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON)])
    clock.now += 60
    live.take_observations(RACK.id, [FactsHeard(1, OFF)])
    assert one(live).battery is None
    assert one(live).last_battery == LastBattery(Battery(78, 4, 405), observed_at=1_000.0)
    live.take_observations(RACK.id, [FactsHeard(1, replace(ON, transmitter=Transmitter("ULXD2")))])
    assert one(live).last_battery is not None
    live.take_observations(RACK.id, [FactsHeard(1, ON)])
    assert one(live).last_battery is None


def test_a_device_that_goes_takes_its_values_with_it(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 6
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    state = one(live)
    assert (state.link_state, state.meters, state.battery) == (LinkState.OFFLINE, NO_METERS, None)
    assert (state.facts.name, state.link_since) == ("Lead Vox", 1_006.0)
    assert state.last_battery == LastBattery(Battery(78, 4, 405), observed_at=1_000.0)
    rack = live.device(RACK.id)
    assert rack is not None
    assert (rack.state.fault, rack.state.last_seen_at) == (FAULT, 1_000.0)


def test_a_device_that_refuses_shows_it_on_every_channel_and_heals_when_it_speaks(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD])
    live.status(RACK.id, DeviceStatus.REFUSED, FAULT)
    assert one(live).link_state is LinkState.REFUSED
    version = live.version
    live.status(RACK.id, DeviceStatus.REFUSED, FAULT)
    assert live.version == version
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert one(live).link_state is LinkState.LIVE
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.state.fault is None


def test_another_fault_of_the_same_state_does_not_restart_its_time(live: LiveState, clock: Clock) -> None:
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    clock.now += 9
    live.status(RACK.id, DeviceStatus.OFFLINE, replace(FAULT, code="DEVICE_UNREACHABLE"))
    rack = live.device(RACK.id)
    assert rack is not None
    assert (rack.state.status_since, rack.state.fault) == (1_000.0, replace(FAULT, code="DEVICE_UNREACHABLE"))


def test_channels_know_why_their_device_cannot_be_read(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD])
    assert one(live).fault_code is None
    live.status(RACK.id, DeviceStatus.REFUSED, FAULT)
    before = one(live)
    assert before.fault_code == "DEVICE_SILENT"
    live.status(RACK.id, DeviceStatus.REFUSED, replace(FAULT, code="CREDENTIALS_NEEDED"))
    assert one(live).fault_code == "CREDENTIALS_NEEDED"
    assert one(live).link_since == before.link_since
    live.status(RACK.id, DeviceStatus.CONNECTING)
    assert one(live).fault_code is None
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert one(live).fault_code is None


def test_what_a_session_has_said_outlasts_what_the_database_knows(live: LiveState) -> None:
    """Of a device that lets nobody in it is said once, however often another one is added."""
    live.status(RACK.id, DeviceStatus.REFUSED, FAULT)
    live.recall([DeviceSnapshot(RACK, DeviceState(RACK.id))])
    rack = live.device(RACK.id)
    assert rack is not None
    assert (rack.state.status, rack.state.fault) == (DeviceStatus.REFUSED, FAULT)
    assert rack.state.status_since is not None


def test_channels_that_a_device_lost_are_dropped_and_told_once(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD._replace(channel_count=4)])
    layout = live.changed_since(0).layout_version
    live.take_observations(RACK.id, [HEARD])
    assert live.changed_since(0).layout_version > layout
    assert live.take_dropped() == [ChannelRef(RACK.id, 3), ChannelRef(RACK.id, 4)]
    assert not live.take_dropped()


def test_devices_that_are_not_placed_are_ignored(live: LiveState) -> None:
    ghost = DeviceId("ghost")
    live.take_observations(ghost, [HEARD])
    live.status(ghost, DeviceStatus.OFFLINE)
    assert live.device(ghost) is None
    assert live.channel(ChannelRef(ghost, 1)) is None


def test_no_device_has_more_channels_than_the_limit(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD._replace(channel_count=10**12), FactsHeard(MAX_CHANNELS + 1, ON)])
    rack = live.device(RACK.id)
    assert rack is not None
    assert len(rack.channels) == MAX_CHANNELS == 64


def test_the_last_channel_within_the_limit_is_kept(live: LiveState) -> None:
    live.take_observations(RACK.id, [FactsHeard(64, ON), FactsHeard(65, ON), FactsHeard(0, ON)])
    assert live.channel(ChannelRef(RACK.id, 64)) is not None
    assert live.channel(ChannelRef(RACK.id, 65)) is None
    assert live.channel(ChannelRef(RACK.id, 0)) is None


def test_placing_anew_keeps_what_is_known_unless_the_address_changed(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON)])
    live.place([SPARE, replace(RACK, name="FOH", location_id=STAGE.id)], [STAGE])
    assert [each.title for each in live.snapshot()] == ["127.0.0.3", "FOH"]
    rack = live.snapshot()[1]
    assert (rack.location, len(rack.channels)) == ("Main Stage", 2)
    assert live.locations() == (STAGE,)
    live.place([SPARE, live.snapshot()[1].device], [replace(STAGE, out_of_service=True)])
    assert [each.is_out_of_service for each in live.snapshot()] == [False, True]
    for moved in (replace(RACK, host="127.0.0.9"), replace(RACK, host="127.0.0.9", port=2203)):
        live.place([moved], [])
        assert [len(snapshot.channels) for snapshot in live.snapshot()] == [0]
        live.take_observations(RACK.id, [HEARD])


def test_what_the_database_knew_comes_back_as_past(live: LiveState) -> None:
    live.take_observations(SPARE.id, [HEARD])
    state = ChannelState(RACK.id, 1, facts=ON, meters=LOUD, link_state=LinkState.LIVE, observed_at=900.0)
    old = DeviceState(
        RACK.id, status=DeviceStatus.ONLINE, model="ULXD4D", own_name="Rack 1", last_seen_at=900.0
    )
    live.recall([DeviceSnapshot(RACK, old, (state,)), DeviceSnapshot(SPARE, old)])
    recalled = one(live)
    assert (recalled.link_state, recalled.meters, recalled.battery) == (LinkState.UNKNOWN, NO_METERS, None)
    assert (recalled.facts.name, recalled.observed_at) == ("Lead Vox", 900.0)
    assert recalled.last_battery == LastBattery(Battery(78, 4, 405), 900.0)
    rack, spare = live.snapshot()
    assert (rack.state.status, rack.state.model, rack.state.last_seen_at) == (
        DeviceStatus.UNKNOWN,
        "ULXD4D",
        900.0,
    )
    assert spare.state.status is DeviceStatus.ONLINE


def test_what_another_process_stores_is_taken_up_again_and_is_not_overdue_here(
    live: LiveState, clock: Clock
) -> None:
    heard = ChannelState(
        RACK.id, 1, facts=replace(ON, meter_interval_s=1.0), link_state=LinkState.LIVE, observed_at=900.0
    )
    status = DeviceState(RACK.id, status=DeviceStatus.ONLINE, last_seen_at=900.0)
    for battery, at in ((Battery(78, 4, 405), 900.0), (Battery(70, 4, 380), 930.0)):
        last = LastBattery(battery, at)
        stored = replace(
            heard, facts=replace(heard.facts, transmitter=None), last_battery=last, observed_at=at
        )
        live.recall([DeviceSnapshot(RACK, status, (stored,))], is_anew=True)
        assert one(live).last_battery == last
    clock.now += 3600.0
    assert not one(live).is_stale(live.now())


def restarted(clock: Clock, pause_s: float, link: LinkState, status: DeviceStatus) -> LiveState:
    """As it is after a pause, before which ``link`` and ``status`` had stood since 900."""
    before = ChannelState(RACK.id, 1, facts=ON, link_state=link, link_since=900.0, observed_at=1000.0)
    state = DeviceState(RACK.id, status=status, status_since=900.0, last_seen_at=1000.0)
    clock.now = 1000.0 + pause_s
    live = LiveState(clock)
    live.place([RACK, SPARE], [STAGE])
    live.recall([DeviceSnapshot(RACK, state, (before,)), DeviceSnapshot(SPARE, DeviceState(SPARE.id))])
    return live


def test_a_link_state_that_still_stands_after_a_restart_keeps_its_time(clock: Clock) -> None:
    live = restarted(clock, 30, LinkState.RF_LOST, DeviceStatus.ONLINE)
    live.status(RACK.id, DeviceStatus.CONNECTING)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON)])
    clock.now += 0.1
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert (one(live).link_state, one(live).link_since) == (LinkState.RF_LOST, 900.0)
    assert [(change.link, change.at) for change in live.history(ONE)] == [(LinkState.RF_LOST, 900.0)]
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.state.status_since == 900.0
    clock.now += 60
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    clock.now += 60
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert one(live).link_since == clock.now


@pytest.mark.parametrize(
    ("pause_s", "link"),
    [
        pytest.param(3_600, LinkState.RF_LOST, id="the pause was too long to know"),
        pytest.param(-7_200, LinkState.RF_LOST, id="the clock was set back"),
        pytest.param(30, LinkState.LIVE, id="it was another state"),
    ],
)
def test_what_may_not_have_lasted_counts_from_the_restart(
    clock: Clock, pause_s: float, link: LinkState
) -> None:
    live = restarted(clock, pause_s, link, DeviceStatus.ONLINE)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOST)])
    assert (one(live).link_state, one(live).link_since) == (LinkState.RF_LOST, clock.now)


def test_a_state_that_comes_back_later_is_a_new_one(clock: Clock) -> None:
    live = restarted(clock, 30, LinkState.RF_LOST, DeviceStatus.ONLINE)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 60
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert one(live).link_since == clock.now


def test_a_device_that_was_gone_and_still_is_keeps_its_time(clock: Clock) -> None:
    live = restarted(clock, 30, LinkState.OFFLINE, DeviceStatus.OFFLINE)
    live.shift_clock(50.0)
    clock.now += 50
    live.status(RACK.id, DeviceStatus.CONNECTING)
    clock.now += 20
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    rack = live.device(RACK.id)
    assert rack is not None
    assert (rack.state.status_since, one(live).link_since) == (950.0, 950.0)


def test_the_last_sound_of_a_microphone_is_remembered(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += PEAK_HOLD_S + 0.1
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    heard_at = clock.now
    assert one(live).sound_at == heard_at
    for _ in range(30):
        clock.now += 1
        live.take_observations(RACK.id, [MetersHeard(1, LOUD._replace(audio_dbfs=-60.0))])
        assert (one(live).sound_at, one(live).is_quiet(clock.now)) == (heard_at, False)
    clock.now += 1
    assert one(live).is_quiet(clock.now)
    live.shift_clock(3_600)
    assert one(live).sound_at == heard_at + 3_600


def test_changes_of_links_and_sessions_are_counted_and_readings_are_not(live: LiveState) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    on_air = live.link_changes.count
    assert on_air > 0
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD), Alive()])
    live.status(RACK.id, DeviceStatus.ONLINE)
    assert live.link_changes.count == on_air
    live.take_observations(RACK.id, [FactsHeard(1, OFF)])
    assert live.link_changes.count == on_air + 1
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    # The session, and the channel with it.
    assert live.link_changes.count > on_air + 2


def test_ages_stay_right_when_the_clock_is_set(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 3_600
    live.shift_clock(3_600)
    assert one(live).age_s(live.now()) == 0
    assert one(live).link_since == 4_600.0
    assert live.online() == [(RACK.id, 4_600.0)]


def test_how_far_the_clock_of_a_device_is_off_follows_from_when_it_is_heard(
    live: LiveState, clock: Clock
) -> None:
    def offset_s() -> float | None:
        rack = live.device(RACK.id)
        assert rack is not None
        return rack.state.clock_offset_s

    assert offset_s() is None
    live.take_observations(RACK.id, [HEARD, ClockHeard(clock.now + 60.0)])
    live.take_observations(RACK.id, [ClockHeard(clock.now + 60.9)])
    assert offset_s() == 60.0, "a device tells whole seconds"
    live.take_observations(RACK.id, [ClockHeard(clock.now + 61.5)])
    assert offset_s() == 61.5
    clock.now += 3_600
    live.shift_clock(3_600)
    assert offset_s() == 61.5 - 3_600


def test_peaks_and_dips_are_held_across_a_clock_that_is_set(live: LiveState, clock: Clock) -> None:
    moment = LOUD._replace(audio_dbfs=-1.0, rf_dbm=-90.0)
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, moment)])
    for correction_s in (3_600.0, -7_200.0):
        clock.now += correction_s
        live.shift_clock(correction_s)
        live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
        assert (one(live).audio_peak_dbfs, one(live).rf_low_dbm) == (-1.0, -90.0)
    clock.now += PEAK_HOLD_S + 0.1
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    assert (one(live).audio_peak_dbfs, one(live).rf_low_dbm) == (LOUD.audio_dbfs, LOUD.rf_dbm)


def test_the_age_of_the_last_battery_stays_right_when_the_clock_is_set(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON)])
    live.take_observations(RACK.id, [FactsHeard(1, OFF)])
    clock.now += 3_600
    live.shift_clock(3_600)
    last = one(live).last_battery
    assert last is not None
    assert last.observed_at == clock.now


def test_how_long_a_peak_is_held_can_be_chosen(clock: Clock) -> None:
    live = LiveState(clock, peak_hold_s=5.0)
    live.place([RACK], [STAGE])
    live.take_observations(RACK.id, [MetersHeard(1, LOUD._replace(audio_dbfs=-1.0)), MetersHeard(1, LOUD)])
    clock.now += 4.9
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    assert one(live).audio_peak_dbfs == -1.0


def test_past_link_states_are_remembered_the_newest_first(live: LiveState, clock: Clock) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    clock.now += 10
    live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    past = [(change.link, change.at) for change in live.history(ONE)]
    assert past[:2] == [(LinkState.RF_LOST, 1_010.0), (LinkState.LIVE, 1_000.0)]
    live.shift_clock(100.0)
    assert live.history(ONE)[0].at == 1_110.0
    for _ in range(MAX_HISTORY):
        live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
        live.take_observations(RACK.id, [MetersHeard(1, LOST)])
    assert len(live.history(ONE)) == MAX_HISTORY
    assert live.history(ChannelRef(DeviceId("nobody"), 1)) == ()
    assert live.history(ChannelRef(RACK.id, 9)) == ()


def test_a_charger_tells_its_bays_and_forgets_them_when_it_goes(live: LiveState) -> None:
    charger = DeviceHeard(DeviceKind.CHARGER, 0, "SBC220", bay_count=2)
    full = Bay(2, BayState.READY, "SB900", battery=Battery(100))
    live.take_observations(RACK.id, [charger, BayHeard(full)])
    assert bays(live) == (Bay(1), full)
    live.take_observations(RACK.id, [charger, BayHeard(Bay(9999))])
    assert bays(live) == (Bay(1), full)

    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    assert bays(live) == (Bay(1), Bay(2))
    live.take_observations(RACK.id, [charger._replace(bay_count=1)])
    assert bays(live) == (Bay(1),)


def test_no_charger_has_more_bays_than_the_limit(live: LiveState) -> None:
    last = Bay(64, BayState.READY)
    live.take_observations(RACK.id, [DeviceHeard(DeviceKind.CHARGER, 0, bay_count=10_000), BayHeard(last)])
    assert (len(bays(live)), bays(live)[-1]) == (64, last)
    live.take_observations(RACK.id, [BayHeard(Bay(65, BayState.READY))])
    assert (len(bays(live)), bays(live)[-1]) == (64, last)


def test_what_a_charger_once_said_is_not_said_now(live: LiveState) -> None:
    past = DeviceState(RACK.id, status=DeviceStatus.ONLINE, bays=(Bay(1, BayState.READY), Bay(2)))
    live.recall([DeviceSnapshot(RACK, past)])
    assert bays(live) == (Bay(1), Bay(2))


def bays(live: LiveState) -> tuple[Bay, ...]:
    rack = live.device(RACK.id)
    assert rack is not None
    return rack.state.bays


def test_a_pack_that_is_put_into_a_charger_is_docked(live: LiveState, clock: Clock) -> None:
    pack = replace(ON, transmitter=Transmitter("ULXD1", "Ada", serial="0A1"))
    live.take_observations(RACK.id, [FactsHeard(1, pack), MetersHeard(1, LOUD)])
    live.take_observations(SPARE.id, [DeviceHeard(DeviceKind.CHARGER, 0, "SBC220", "Charger", bay_count=2)])
    bay = Bay(2, BayState.CHARGING, "ULXD1", "Ada", "0A1", Battery(41))
    live.take_observations(SPARE.id, [BayHeard(bay)])
    # As long as its carrier is heard it is on air, whatever the charger says.
    assert one(live).link_state is LinkState.LIVE
    assert one(live).dock == Dock(SPARE.id, "Charger", bay)

    clock.now += 5
    live.take_observations(RACK.id, [FactsHeard(1, OFF)])
    assert (one(live).link_state, one(live).link_since) == (LinkState.DOCKED, clock.now)

    before = live.version
    full = replace(bay, state=BayState.READY)
    live.take_observations(SPARE.id, [BayHeard(full)])
    (changed,) = live.changed_since(before).channels
    assert changed.dock == Dock(SPARE.id, "Charger", full)

    live.take_observations(SPARE.id, [BayHeard(Bay(2, BayState.EMPTY))])
    assert (one(live).link_state, one(live).dock) == (LinkState.TRANSMITTER_OFF, None)


def test_a_pack_that_is_put_into_a_charger_while_its_rf_is_lost_is_docked(
    live: LiveState, clock: Clock
) -> None:
    pack = replace(ON, transmitter=Transmitter("ULXD1", "Ada", serial="0A1"))
    live.take_observations(RACK.id, [FactsHeard(1, pack), MetersHeard(1, LOST)])
    assert one(live).link_state is LinkState.RF_LOST
    clock.now += 5
    live.take_observations(SPARE.id, [BayHeard(Bay(1, BayState.CHARGING, "ULXD1", "Ada", "0A1"))])
    assert (one(live).link_state, one(live).link_since) == (LinkState.DOCKED, clock.now)
    live.take_observations(SPARE.id, [BayHeard(Bay(1, BayState.EMPTY))])
    assert one(live).link_state is LinkState.RF_LOST


def test_a_charger_that_goes_takes_its_word_along(live: LiveState) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, replace(OFF, name="Ada"))])
    live.take_observations(SPARE.id, [BayHeard(Bay(1, BayState.READY, pack_name="Ada"))])
    assert one(live).link_state is LinkState.DOCKED
    live.status(RACK.id, DeviceStatus.OFFLINE, FAULT)
    assert one(live).link_state is LinkState.OFFLINE
    live.status(SPARE.id, DeviceStatus.OFFLINE, FAULT)
    assert (one(live).link_state, one(live).dock) == (LinkState.OFFLINE, None)


def test_the_pack_that_was_planned_is_known_in_a_charger(live: LiveState) -> None:
    live.take_observations(RACK.id, [FactsHeard(1, OFF)])
    live.take_observations(SPARE.id, [BayHeard(Bay(1, BayState.READY, pack_name="Pack 7"))])
    assert one(live).link_state is LinkState.TRANSMITTER_OFF
    live.cast([], [Assignment(ONE, None, Role.SPARE, since=0.0, planned_pack="Pack 7")])
    assert one(live).link_state is LinkState.DOCKED
    live.place([RACK], [STAGE])
    assert one(live).link_state is LinkState.TRANSMITTER_OFF


def test_a_channel_whose_device_a_server_does_not_reach_is_offline_until_it_is_back(live: LiveState) -> None:
    heard = replace(ON, is_offline=True)
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), MetersHeard(1, LOUD)])
    live.take_observations(RACK.id, [FactsHeard(1, heard)])
    assert one(live).link_state is LinkState.OFFLINE
    assert (one(live).meters, one(live).meters_at, one(live).audio_peak_dbfs) == (Meters(), None, None)
    assert find_problems(one(live), 0.0) == (ProblemCode.OFFLINE,)
    live.take_observations(RACK.id, [FactsHeard(1, ON), MetersHeard(1, LOUD)])
    assert one(live).link_state is LinkState.LIVE


def test_a_server_that_is_gone_has_no_word_on_the_devices_behind_it(live: LiveState) -> None:
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, replace(ON, is_offline=True))])
    live.status(RACK.id, DeviceStatus.REFUSED, FAULT)
    assert (one(live).link_state, one(live).facts.is_offline) == (LinkState.REFUSED, False)


def test_what_a_device_warns_of_is_part_of_its_state_and_replaced_with_the_next_description(
    live: LiveState,
) -> None:
    warned = HEARD._replace(device_warnings=frozenset({DeviceWarning.FAN}))
    for description in (warned, HEARD):
        live.take_observations(RACK.id, [description])
        rack = live.device(RACK.id)
        assert rack is not None
        assert rack.state.device_warnings == description.device_warnings


def test_the_storage_mode_of_a_charger_is_part_of_its_state(live: LiveState) -> None:
    live.take_observations(RACK.id, [DeviceHeard(DeviceKind.CHARGER, 0, bay_count=2, storage_mode=True)])
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.state.storage_mode is True


def test_people_on_channels_that_a_device_does_not_have_are_known_once_it_was_heard(live: LiveState) -> None:
    zoe = Performer(PerformerId("zoe"), "Zoe")
    fifth = Assignment(ChannelRef(RACK.id, 5), zoe)
    live.cast([zoe], [Assignment(ONE, zoe), fifth])
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.assignments_without_channel == ()
    before = live.changed_since(0).layout_version
    live.take_observations(RACK.id, [HEARD])
    rack = live.device(RACK.id)
    assert rack is not None
    assert rack.assignments_without_channel == (fifth,)
    assert live.changed_since(0).layout_version > before
    live.cast([zoe], [Assignment(ONE, zoe)])
    assert all(not device.assignments_without_channel for device in live.snapshot())


@pytest.mark.parametrize(("gap_s", "since"), [(DROP_OUT_S, 1000.0), (DROP_OUT_S + 0.1, 1065.1)])
def test_a_device_that_answers_for_a_moment_is_offline_since_before(gap_s: float, since: float) -> None:
    clock = Clock()
    clock.now = 1000.0
    live = LiveState(clock)
    live.place([RACK], [])
    live.status(RACK.id, DeviceStatus.OFFLINE)
    clock.now = 1060.0
    live.take_observations(RACK.id, [HEARD])
    assert status_since(live) == 1060.0
    clock.now += gap_s
    live.status(RACK.id, DeviceStatus.OFFLINE)
    assert status_since(live) == pytest.approx(since)
    # It is online since it answered, and stamps follow a clock that is set meanwhile.
    live.take_observations(RACK.id, [HEARD])
    assert status_since(live) == clock.now
    clock.now -= 500.0
    live.shift_clock(-500.0)
    live.status(RACK.id, DeviceStatus.OFFLINE)
    assert status_since(live) == pytest.approx(since - 500.0)


def status_since(live: LiveState) -> float | None:
    snapshot = live.device(RACK.id)
    assert snapshot is not None
    return snapshot.state.status_since
