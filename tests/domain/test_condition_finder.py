"""Every cause is raised by what it stands for, once, and ends only when that is over."""

from dataclasses import replace

import pytest

from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.assignment import Assignment, Role
from micboard_tui.domain.battery import Battery, BatteryType, LastBattery
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.channel import Transmitter
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.intermodulation import MAX_NEW_VICTIMS, ProductSearch, find_product
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import ShowProfile
from tests.domain.alarm_rig import STAGE, AlarmRig, worn

P = ProblemCode
RACK = DeviceId("rack1")


def forecast(p10: float, confidence: Confidence = Confidence.GOOD) -> BatteryForecast:
    return BatteryForecast(p10, p10 + 10, p10 + 20, ForecastSource.MINUTES, confidence)


@pytest.fixture
def rig() -> AlarmRig:
    return AlarmRig()


def test_a_calm_rig_has_no_alarm(rig: AlarmRig) -> None:
    rig.expect(*rig.states, minutes_to_break=30.0, minutes_to_end=90.0, loop_lag_s=0.01, is_stored=True)
    rig.run(180)
    assert rig.desk.alarms == ()


def test_rf_clears_only_beyond_its_deadband(rig: AlarmRig) -> None:
    ref, low = rig.ref(), rig.key(P.RF_LOW)
    rig.meter(ref, rf_dbm=-87.0)
    rig.run(6)
    assert rig.shown == [low]
    rig.meter(ref, rf_dbm=-83.0)
    rig.run(60)
    assert rig.is_open(low), "two dB above the threshold are within the deadband"
    rig.meter(ref, rf_dbm=-81.9)
    rig.run(11)
    assert not rig.is_open(low)
    rig.meter(ref, rf_dbm=-83.0)
    rig.run(30)
    assert not rig.is_open(low), "a deadband raises nothing"


@pytest.mark.parametrize(
    ("cause", "bad", "between", "good", "seconds"),
    [
        (P.RF_CRITICAL, {"rf_dbm": -97.0}, {"rf_dbm": -92.5}, {"rf_dbm": -91.0}, 6),
        (P.RF_LOW, {"rf_dbm": None, "rf_a_percent": 15}, {"rf_a_percent": 27}, {"rf_a_percent": 28}, 11),
        (P.QUALITY_LOW, {"quality_percent": 30}, {"quality_percent": 49}, {"quality_percent": 50}, 11),
        (P.AUDIO_CLIP, {"audio_dbfs": 0.0}, {"audio_dbfs": -3.0}, {"audio_dbfs": -4.0}, 40),
    ],
)
def test_meters_have_deadbands(
    rig: AlarmRig,
    cause: ProblemCode,
    bad: dict[str, float],
    between: dict[str, float],
    good: dict[str, float],
    seconds: float,
) -> None:
    ref, key = rig.ref(), rig.key(cause)
    rig.meter(ref, **between)
    rig.run(20)
    assert not rig.is_open(key)
    rig.meter(ref, **bad)
    rig.run(8)
    assert rig.is_open(key)
    rig.meter(ref, **between)
    rig.run(90)
    assert rig.is_open(key)
    rig.meter(ref, **good)
    rig.run(seconds)
    assert not rig.is_open(key)


@pytest.mark.parametrize(
    ("bad", "between", "good"),
    [
        (Battery(minutes=14), Battery(minutes=19), Battery(minutes=20)),
        (Battery(percent=10), Battery(percent=13), Battery(percent=14)),
        (Battery(bars=1), Battery(bars=2), Battery(bars=3)),
    ],
)
def test_a_battery_clears_only_beyond_its_deadband(bad: Battery, between: Battery, good: Battery) -> None:
    rig = AlarmRig()
    ref, key = rig.ref(), rig.key(P.BATTERY_CRITICAL)
    for battery, is_open in ((bad, True), (between, True), (good, False)):
        rig.charge(ref, battery)
        rig.run(40)
        assert rig.is_open(key) is is_open


def test_cells_that_were_off_are_not_believed_for_five_minutes(rig: AlarmRig) -> None:
    ref, key = rig.ref(), rig.key(P.BATTERY_CRITICAL)
    low, high = Battery(bars=1, type=BatteryType.ALKALINE), Battery(bars=4, type=BatteryType.ALKALINE)
    rig.charge(ref, low)
    rig.run(5)
    rig.link(LinkState.TRANSMITTER_OFF, ref)
    rig.run(60)
    assert rig.is_open(key)
    rig.link(LinkState.LIVE, ref)
    rig.charge(ref, high)
    rig.run(290)
    assert rig.is_open(key), "cells recover while they are off"
    rig.charge(ref, low)
    rig.run(20)
    assert rig.alarm(key).count == 1
    rig.charge(ref, high)
    rig.run(40)
    assert not rig.is_open(key), "four bars that stay are other cells"


def test_another_pack_and_one_that_reports_minutes_are_believed_after_ten_seconds(rig: AlarmRig) -> None:
    ref, key = rig.ref(), rig.key(P.BATTERY_CRITICAL)
    rig.charge(ref, Battery(bars=1), "100001")
    rig.run(5)
    rig.link(LinkState.TRANSMITTER_OFF, ref)
    rig.run(20)
    rig.link(LinkState.LIVE, ref)
    rig.charge(ref, Battery(bars=5), "100002")
    rig.run(45)
    assert not rig.is_open(key)
    rig.link(LinkState.TRANSMITTER_OFF, ref)
    rig.run(20)
    rig.link(LinkState.LIVE, ref)
    rig.charge(ref, Battery(minutes=5), "100002")
    rig.run(9)
    assert not rig.is_open(key), "minutes settle, too"
    rig.run(3)
    assert rig.is_open(key)


def test_a_pack_that_stays_off_or_is_docked_takes_its_battery_alarm_along(rig: AlarmRig) -> None:
    ref, key = rig.ref(), rig.key(P.BATTERY_CRITICAL)
    rig.charge(ref, Battery(percent=5))
    rig.run(5)
    rig.link(LinkState.TRANSMITTER_OFF, ref)
    rig.run(320)
    assert rig.is_open(key)
    rig.run(20)
    assert not rig.is_open(key)
    rig.link(LinkState.LIVE, ref)
    rig.run(15)
    assert rig.is_open(key)
    rig.link(LinkState.DOCKED, ref)
    rig.run(40)
    assert not rig.is_open(key)


def test_one_peak_is_no_alarm_three_in_ten_seconds_are(rig: AlarmRig) -> None:
    ref, key = rig.ref(), rig.key(P.AUDIO_CLIP)

    def peak(pause_s: float) -> None:
        rig.meter(ref, audio_dbfs=0.0)
        rig.run(1.5)
        rig.meter(ref, audio_dbfs=-20.0)
        rig.run(pause_s)

    peak(10)
    peak(10)
    peak(10)
    assert not rig.is_open(key)
    peak(2)
    peak(2)
    peak(2)
    assert rig.is_open(key)


def test_a_poor_quality_is_one_of_its_own_only_where_the_signal_is_fine(rig: AlarmRig) -> None:
    rig.meter(rig.ref(1), quality_percent=20, rf_dbm=-82.0)
    rig.meter(rig.ref(2), quality_percent=20, rf_dbm=-60.0)
    rig.run(10)
    assert rig.shown == [rig.key(P.QUALITY_LOW, 2)]


def test_an_antenna_far_under_the_other_for_a_minute_is_one_alarm_of_the_device(rig: AlarmRig) -> None:
    key = AlarmKey(P.ANTENNA_FAULT, RACK, part=2)
    rig.meter(rig.ref(1), rf_b_dbm=-70.0)
    rig.run(90)
    assert rig.shown == [], "of one channel of four it is the pack or the body"
    rig.meter(rig.ref(2), rf_b_dbm=-70.0, rf_dbm=-86.0)
    rig.run(25)
    assert key not in rig.shown
    rig.run(10)
    assert rig.shown == [key], "the median of the minute is, and hides that the signal is weak"
    rig.meter(rig.ref(2), rf_b_dbm=-62.0, rf_dbm=-50.0)
    rig.run(150)
    assert rig.is_open(key), "12 dB are within the deadband"
    rig.meter(rig.ref(2), rf_b_dbm=-55.0)
    rig.run(60)
    rig.run(70)
    assert not rig.is_open(key)


def test_the_only_channel_of_a_receiver_shows_a_fault_of_its_antenna() -> None:
    rig = AlarmRig(channels=1)
    rig.meter(rig.ref(), rf_a_dbm=-70.0)
    rig.run(65)
    assert rig.shown == [AlarmKey(P.ANTENNA_FAULT, RACK, part=1)]
    rig.link(LinkState.TRANSMITTER_OFF, rig.ref())
    rig.run(300)
    assert rig.causes() == [P.ANTENNA_FAULT], "without a carrier nothing is known of antennas"


def test_devices_that_go_at_once_are_one_alarm_that_tells_how_many() -> None:
    rig = AlarmRig(devices=5, channels=2)
    rig.status(DeviceStatus.OFFLINE, 1, 2)
    rig.run(8)
    rig.status(DeviceStatus.OFFLINE, 3)
    rig.run(10)
    lost = AlarmKey(P.NETWORK_LOST, location_id=STAGE)
    assert rig.shown == [lost]
    assert rig.alarm(lost).priority is AlarmPriority.NOW
    hidden = [alarm for alarm in rig.desk.alarms if alarm.hidden_by == lost]
    assert len({alarm.key.device_id for alarm in hidden}) == 3
    assert len([alarm for alarm in hidden if alarm.key.channel is not None]) == 6
    rig.status(DeviceStatus.ONLINE, 1, 2, 3)
    rig.run(12)
    assert rig.shown == []


def test_devices_of_several_places_that_go_at_once_are_an_alarm_of_the_rig() -> None:
    rig = AlarmRig(devices=4, channels=1)
    for number in (3, 4):
        device = rig.devices[DeviceId(f"rack{number}")]
        moved = replace(device, device=replace(device.device, location_id=None))
        rig.devices[device.device.id] = moved
    rig.status(DeviceStatus.OFFLINE, 1, 3, 4)
    rig.run(8)
    assert rig.shown == [AlarmKey(P.NETWORK_LOST)]


def test_devices_out_of_use_that_are_switched_off_are_no_lost_network() -> None:
    rig = AlarmRig(devices=4, channels=1)
    rig.context = AlarmContext(out_of_use=frozenset(DeviceId(f"rack{number}") for number in (1, 2, 3)))
    rig.status(DeviceStatus.OFFLINE, 1, 2, 3)
    rig.run(20)
    assert rig.shown == []


def test_devices_that_go_one_after_the_other_are_alarms_of_their_own() -> None:
    rig = AlarmRig(devices=4, channels=1)
    for number in (1, 2, 3):
        rig.status(DeviceStatus.OFFLINE, number)
        rig.run(15)
    assert rig.causes() == [P.OFFLINE] * 3


def test_carriers_that_go_together_are_the_antennas_and_alone_each_its_own(rig: AlarmRig) -> None:
    rig.link(LinkState.RF_LOST, rig.ref(1), rig.ref(2))
    rig.run(2)
    assert rig.causes() == [P.RF_LOST] * 2
    rig.link(LinkState.RF_LOST, rig.ref(3))
    rig.run(2)
    assert rig.shown == [AlarmKey(P.ANTENNA_SYSTEM, RACK)]
    rig.link(LinkState.LIVE, rig.ref(1), rig.ref(2))
    rig.run(10)
    assert rig.shown == [rig.key(P.RF_LOST, 3)]


def test_a_carrier_that_goes_with_its_battery_is_an_empty_battery(rig: AlarmRig) -> None:
    rig.charge(rig.ref(1), Battery(percent=9))
    rig.charge(rig.ref(2), Battery(minutes=4))
    rig.charge(rig.ref(3), Battery(percent=9))
    rig.run(1)
    rig.link(LinkState.RF_LOST, rig.ref(1))
    rig.run(60)
    assert rig.is_open(rig.key(P.BATTERY_EMPTY, 1)), "it became critical a second before"
    rig.link(LinkState.RF_LOST, rig.ref(2))
    rig.run(5)
    rig.link(LinkState.RF_LOST, rig.ref(3))
    rig.run(5)
    assert set(rig.shown) == {
        rig.key(P.BATTERY_EMPTY, 1),
        rig.key(P.BATTERY_EMPTY, 2),
        rig.key(P.RF_LOST, 3),
        rig.key(P.BATTERY_CRITICAL, 3),
    }
    rig.change(rig.ref(4), last_battery=LastBattery(Battery(bars=0), rig.now), link_state=LinkState.RF_LOST)
    rig.run(2)
    assert rig.key(P.BATTERY_EMPTY, 4) in rig.shown
    rig.charge(rig.ref(1), Battery(percent=90))
    rig.link(LinkState.LIVE, rig.ref(1))
    rig.run(50)
    assert not rig.is_open(rig.key(P.BATTERY_EMPTY, 1))


def test_off_muted_and_silent_are_alarms_of_the_channels_that_a_scene_has_on(rig: AlarmRig) -> None:
    off, muted, silent, speaking = (rig.ref(number) for number in (1, 2, 3, 4))
    rig.link(LinkState.TRANSMITTER_OFF, off)
    rig.link(LinkState.MUTED, muted)
    rig.change(muted, facts=replace(rig.states[muted].facts, transmitter=Transmitter(muted=True)))
    rig.meter(speaking, audio_dbfs=-20.0)
    rig.run(90)
    assert rig.shown == [], "no scene is on"
    rig.expect(off, muted, silent, speaking)
    rig.run(70)
    assert set(rig.shown) == {
        rig.key(P.SWITCHED_OFF, 1),
        rig.key(P.PACK_MUTED, 2),
        rig.key(P.SILENT, 3),
    }
    rig.meter(silent, audio_dbfs=-56.0)
    rig.run(5)
    assert rig.is_open(rig.key(P.SILENT, 3)), "noise is no sound"
    rig.meter(silent, audio_dbfs=-30.0)
    rig.change(off, assignment=worn(off, expected_off=True))
    rig.link(LinkState.LIVE, muted)
    rig.run(5)
    assert rig.shown == []


def test_silence_is_one_only_while_others_have_sound(rig: AlarmRig) -> None:
    rig.expect(*rig.states)
    rig.run(200)
    assert rig.shown == []


def test_a_channel_that_the_scene_does_not_have_can_wait(rig: AlarmRig) -> None:
    rig.expect(rig.ref(1))
    rig.link(LinkState.RF_LOST, rig.ref(1), rig.ref(2))
    rig.run(2)
    assert rig.alarm(rig.key(P.RF_LOST, 1)).priority is AlarmPriority.NOW
    assert rig.alarm(rig.key(P.RF_LOST, 2)).priority is AlarmPriority.AT_BREAK
    rig.desk, _ = rig.desk.acknowledge(rig.key(P.RF_LOST, 2), "Pia", rig.now)
    rig.expect(rig.ref(2))
    rig.run(1)
    assert rig.alarm(rig.key(P.RF_LOST, 2)).priority is AlarmPriority.NOW
    assert rig.alarm(rig.key(P.RF_LOST, 2)).acknowledged_by is None
    assert rig.alarm(rig.key(P.RF_LOST, 1)).priority is AlarmPriority.NOW, "it never goes down"


def test_a_pack_that_will_not_last_to_the_break_is_one_and_then_not_low_too(rig: AlarmRig) -> None:
    ref, key = rig.ref(), rig.key(P.WILL_NOT_LAST)
    rig.charge(ref, Battery(percent=18))
    rig.run(40)
    assert rig.shown == [rig.key(P.BATTERY_LOW)]
    rig.context = AlarmContext(minutes_to_break=40.0, forecasts={ref: forecast(50)})
    rig.run(130)
    assert rig.shown == [key]
    rig.context = replace(rig.context, forecasts={ref: forecast(60)})
    rig.run(200)
    assert rig.shown == [key], "five minutes more are within the deadband"
    rig.context = replace(rig.context, forecasts={})
    rig.run(200)
    assert key in rig.shown, "no forecast says nothing"
    rig.context = replace(rig.context, forecasts={ref: forecast(66)})
    rig.run(130)
    assert rig.shown == []
    rig.context = replace(rig.context, forecasts={ref: forecast(2, Confidence.GUESS)})
    rig.run(90)
    assert rig.shown == [rig.key(P.BATTERY_LOW)], "a guess is not believed"
    rig.context = replace(rig.context, forecasts={ref: forecast(14)})
    rig.run(2)
    assert rig.shown == [rig.key(P.BATTERY_CRITICAL)]


def test_packs_that_are_needed_and_not_ready_are_missed(rig: AlarmRig) -> None:
    forecasts = {rig.ref(number): forecast(30) for number in (1, 2)}
    rig.context = AlarmContext(minutes_to_end=100.0, forecasts=forecasts)
    rig.dock(Bay(1, BayState.READY))
    rig.run(65)
    assert rig.shown == [AlarmKey(P.NO_SPARE)]
    rig.change(rig.ref(3), assignment=Assignment(rig.ref(3), role=Role.SPARE))
    rig.run(90)
    assert rig.shown == [AlarmKey(P.NO_SPARE)], "enough, but none to spare"
    rig.dock()
    rack, bays = rig.devices[rig.ref().device_id], (Bay(1, BayState.READY), Bay(2, BayState.READY))
    charger = replace(rack.device, id=DeviceId("charger"), host="10.0.0.9")
    rig.devices[charger.id] = replace(
        rack, device=charger, state=replace(rack.state, device_id=charger.id, bays=bays)
    )
    rig.run(65)
    assert rig.shown == []
    rig.context = replace(rig.context, out_of_use={charger.id})
    rig.run(65)
    assert rig.shown == [AlarmKey(P.NO_SPARE)], "packs in a charger that is out of service are not ready"


def test_packs_that_are_on_long_after_the_end_were_forgotten(rig: AlarmRig) -> None:
    rig.context = AlarmContext(ShowProfile.TEARDOWN, ended_for_s=300.0)
    rig.link(LinkState.TRANSMITTER_OFF, rig.ref(2), rig.ref(3), rig.ref(4))
    rig.run(5)
    assert rig.shown == []
    rig.context = replace(rig.context, ended_for_s=600.0)
    rig.run(2)
    assert rig.shown == [rig.key(P.PACK_LEFT_ON)]


def test_a_pack_whose_charge_stands_still_is_not_charging(rig: AlarmRig) -> None:
    def bay(percent: int) -> Bay:
        return Bay(2, BayState.CHARGING, pack_serial="100001", battery=Battery(percent=percent))

    key = AlarmKey(P.NOT_CHARGING, RACK, part=2)
    rig.dock(bay(40))
    rig.run(1190, 5)
    rig.dock(bay(41))
    rig.run(1190, 5)
    assert rig.shown == []
    rig.run(20)
    assert rig.shown == [key]
    rig.dock(Bay(2, BayState.UNKNOWN))
    rig.run(100)
    assert rig.shown == [key]
    rig.dock(bay(42))
    rig.run(65)
    assert rig.shown == []


def test_a_product_of_two_carriers_is_named_only_where_quality_is_poor() -> None:
    rig = AlarmRig()
    for number, khz in enumerate((500_000, 500_400, 500_850, 507_000), start=1):
        ref = rig.ref(number)
        rig.change(ref, facts=replace(rig.states[ref].facts, frequency_khz=khz))
    rig.run(20)
    assert rig.shown == []
    rig.meter(rig.ref(1), quality_percent=60)
    rig.meter(rig.ref(4), quality_percent=60)
    rig.run(15)
    assert rig.shown == [rig.key(P.INTERMODULATION)], "2 x 500.400 - 500.850 is 50 kHz beside it"
    rig.meter(rig.ref(1), quality_percent=80)
    rig.run(65)
    assert rig.shown == []


def test_manufacturers_that_plan_on_products_have_none() -> None:
    rig = AlarmRig(manufacturer="sennheiser")
    rig.meter(rig.ref(1), quality_percent=60)
    rig.run(15)
    assert rig.shown == []


def test_this_computer_has_alarms_of_its_own(rig: AlarmRig) -> None:
    rig.context = AlarmContext(loop_lag_s=0.4, is_stored=False)
    rig.run(8)
    assert rig.shown == [AlarmKey(P.NOT_STORED), AlarmKey(P.OWN_LOAD)]
    rig.context = AlarmContext(loop_lag_s=0.2)
    rig.run(60)
    assert rig.shown == [AlarmKey(P.NOT_STORED), AlarmKey(P.OWN_LOAD)]
    rig.context = AlarmContext(loop_lag_s=0.1, is_stored=True)
    rig.run(32)
    assert rig.shown == []


def test_a_collector_that_is_not_heard_is_one_alarm_until_its_devices_are_read_again(rig: AlarmRig) -> None:
    rig.context = AlarmContext(lost=BusLoss(0.0, LossReason.COLLECTOR, "foh", "rack-2", 12))
    rig.run(2)
    assert rig.shown == []
    rig.run(4)
    assert rig.shown == [AlarmKey(P.COLLECTOR_LOST)]
    rig.context = AlarmContext(lost=BusLoss(0.0, LossReason.CONNECTION))
    rig.run(30)
    assert rig.shown == [AlarmKey(P.COLLECTOR_LOST)], "it is not known meanwhile"
    rig.context = AlarmContext()
    rig.run(5)
    assert rig.shown == []


def test_what_is_out_of_use_and_what_a_profile_does_not_want_is_suppressed(rig: AlarmRig) -> None:
    rig.link(LinkState.RF_LOST, rig.ref(1))
    rig.charge(rig.ref(2), Battery(percent=5))
    rig.dock(Bay(1, BayState.FAULT))
    fault = AlarmKey(P.CHARGER_FAULT, RACK, part=1)
    lost, empty = rig.key(P.RF_LOST), rig.key(P.BATTERY_CRITICAL, 2)
    rig.context = AlarmContext(out_of_use=frozenset({RACK}))
    rig.run(40)
    assert rig.shown == []
    for profile, expected in (
        (ShowProfile.SHOW, [lost, empty, fault]),
        (ShowProfile.BREAK, [empty, fault]),
        (ShowProfile.TEARDOWN, [fault]),
    ):
        rig.context = AlarmContext(profile)
        rig.run(40)
        assert rig.shown == expected
    rig.context = AlarmContext()
    rig.run(2)
    rig.status(DeviceStatus.OFFLINE, 1)
    rig.run(10)
    rig.context = AlarmContext(out_of_use=frozenset({RACK}))
    rig.run(120)
    assert not [alarm for alarm in rig.desk.alarms if alarm.is_open]
    rig = AlarmRig()
    rig.context = AlarmContext(ShowProfile.SOUNDCHECK)
    rig.link(LinkState.RF_LOST, rig.ref(1))
    rig.run(2)
    assert rig.alarm(lost).priority is AlarmPriority.SOON


def test_a_device_that_is_silent_neither_raises_nor_clears(rig: AlarmRig) -> None:
    rig.meter(rig.ref(), rf_dbm=-97.0)
    rig.run(5)
    rig.status(DeviceStatus.OFFLINE, 1)
    rig.run(300)
    assert rig.is_open(rig.key(P.RF_CRITICAL))
    assert rig.shown == [AlarmKey(P.OFFLINE, RACK)]
    assert rig.alarm(AlarmKey(P.OFFLINE, RACK)).priority is AlarmPriority.NOW


def test_what_cannot_be_known_now_stands_and_what_is_no_longer_there_ends(rig: AlarmRig) -> None:
    ref = rig.ref()
    rig.context = AlarmContext(minutes_to_break=40.0, forecasts={ref: forecast(20)})
    rig.meter(ref, quality_percent=30)
    rig.run(70)
    will_not_last, quality = rig.key(P.WILL_NOT_LAST), rig.key(P.QUALITY_LOW)
    assert {will_not_last, quality} <= set(rig.shown)
    rig.link(LinkState.UNKNOWN, ref)
    rig.change(ref, observed_at=None)
    rig.context = replace(rig.context, forecasts={})
    rig.run(200)
    assert rig.is_open(will_not_last), "a pack that is not heard may run on"
    rig.link(LinkState.DOCKED, ref)
    rig.run(130)
    assert not rig.is_open(will_not_last)
    rig.link(LinkState.LIVE, ref)
    rig.context = AlarmContext(minutes_to_break=40.0, forecasts={ref: forecast(20)})
    rig.run(70)
    assert rig.is_open(will_not_last)
    rig.devices.clear()
    rig.states.clear()
    rig.run(130)
    assert rig.shown == []


def test_a_pack_in_use_that_a_server_reports_has_deadbands_too(rig: AlarmRig) -> None:
    key = AlarmKey(P.BATTERY_CRITICAL, RACK, part=3)
    for percent, is_open in ((10, True), (13, True), (14, False)):
        rig.dock(Bay(3, BayState.IN_USE, battery=Battery(percent=percent)))
        rig.run(40)
        assert rig.is_open(key) is is_open


def test_products_are_looked_for_a_few_at_a_time() -> None:
    search = ProductSearch()
    carriers = [500_000 + 400 * number for number in range(40)]
    victims = [(khz, 75) for khz in carriers]
    first = search.find(victims, carriers)
    assert first.count(None) == len(victims) - MAX_NEW_VICTIMS
    search.find(victims, carriers)
    assert search.find(victims, carriers) == [True] * len(victims)
    assert search.find(victims[:1], [500_000, 500_400, 500_900]) == [False]
    assert find_product(500_000, [500_000, 500_400, 500_760, 500_830], 75) == (500_400, 500_830)


def test_the_clock_of_a_device_is_for_the_record_and_has_a_deadband(rig: AlarmRig) -> None:
    key = AlarmKey(P.CLOCK_SKEW, RACK)

    def set_clock(offset_s: float | None) -> None:
        device = rig.devices[RACK]
        rig.devices[RACK] = replace(device, state=replace(device.state, clock_offset_s=offset_s))

    for offset_s, is_open in ((None, False), (2.0, False), (-2.5, True), (1.5, True), (0.5, False)):
        set_clock(offset_s)
        rig.run(63)
        assert rig.is_open(key) is is_open, offset_s
    set_clock(90.0)
    rig.run(63)
    assert rig.alarm(key).priority is AlarmPriority.JOURNAL
    rig.context = replace(rig.context, profile=ShowProfile.TEARDOWN)
    rig.run(63)
    assert rig.is_open(key), "what is for the record is so in every profile"
