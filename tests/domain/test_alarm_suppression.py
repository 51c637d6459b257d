"""What is no alarm by design is known, with its reason, and is counted once."""

from dataclasses import replace

from micboard_tui.domain.alarm_suppression import SuppressionReason
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import ShowProfile
from tests.domain.alarm_rig import AlarmRig

P = ProblemCode


def reasons(rig: AlarmRig) -> dict[ProblemCode, SuppressionReason]:
    return {entry.key.cause: entry.reason for entry in rig.finder.suppressed}


def test_a_channel_that_is_expected_off_and_the_profile_are_reasons_and_last_for_the_delay() -> None:
    rig, off, other = AlarmRig(), AlarmRig().ref(1), AlarmRig().ref(2)
    rig.change(off, assignment=Assignment(off, expected_off=True))
    rig.link(LinkState.RF_LOST, off)
    rig.charge(other, Battery(minutes=5))
    rig.meter(other, rf_dbm=-90.0)
    rig.context = replace(rig.context, profile=ShowProfile.BREAK)
    rig.run(3)
    assert reasons(rig) == {P.RF_LOST: SuppressionReason.EXPECTED_OFF}, "weak RF has a delay of 5 s"
    rig.run(4)
    listed = rig.finder.suppressed
    assert reasons(rig) == {
        P.RF_LOST: SuppressionReason.EXPECTED_OFF,
        P.RF_LOW: SuppressionReason.PROFILE,
    }
    rig.run(1)
    assert rig.finder.suppressed is listed
    assert rig.causes() == [P.BATTERY_CRITICAL], "batteries count in a break"
    rig.context = replace(rig.context, profile=ShowProfile.SHOW)
    rig.change(off, assignment=None)
    rig.run(1)
    assert not rig.finder.suppressed


def test_what_is_an_alarm_still_is_not_counted_twice() -> None:
    rig, ref, low = AlarmRig(), AlarmRig().ref(), AlarmRig().key(P.RF_LOW)
    rig.meter(ref, rf_dbm=-90.0)
    rig.run(6)
    assert rig.is_open(low)
    rig.context = replace(rig.context, out_of_use={ref.device_id})
    rig.run(9)
    assert (rig.is_open(low), len(rig.finder.suppressed)) == (True, 0)
    rig.run(10)
    assert (rig.is_open(low), len(rig.finder.suppressed)) == (False, 1)


def test_a_device_out_of_service_that_is_gone_is_one_and_not_one_for_each_channel() -> None:
    rig = AlarmRig(devices=2)
    rig.context = replace(rig.context, out_of_use={rig.ref(device=2).device_id})
    rig.status(DeviceStatus.OFFLINE, 2)
    rig.run(10)
    assert reasons(rig) == {P.OFFLINE: SuppressionReason.OUT_OF_SERVICE}
    assert len(rig.finder.suppressed) == 1
    assert rig.desk.alarms == ()
