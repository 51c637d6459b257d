"""An alarm of a battery that was seen is new again at 15, 10 and 5 minutes left, once each."""

from micboard_tui.domain.alarm import AlarmEventKind
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.problem import ProblemCode
from tests.domain.alarm_rig import AlarmRig

P = ProblemCode


def expire(rig: AlarmRig, key: AlarmKey, *minutes: int) -> list[int]:
    """Acknowledge the alarm, and again whenever it is new again: at how many minutes left it was."""
    found = []
    for left in minutes:
        rig.charge(rig.ref(), Battery(minutes=left))
        rig.run(1)
        if rig.alarm(key).is_new:
            found.append(left)
            rig.desk, _ = rig.desk.acknowledge(key, "Pia", rig.now)
    return found


def test_each_step_is_new_once_and_never_by_minutes_that_go_up_and_down() -> None:
    rig, key = AlarmRig(), AlarmRig().key(P.BATTERY_CRITICAL)
    assert expire(rig, key, 14, 13, 12, 11, 10, 11, 12, 10, 9, 16, 12, 8, 6, 5, 6, 4, 5, 1) == [14, 10, 5]
    kinds = [event.kind for event in rig.events if event.kind is AlarmEventKind.RE_ALARMED]
    assert len(kinds) == 2
    rig.charge(rig.ref(), Battery(minutes=200))
    rig.run(31)
    assert expire(rig, key, 14, 10) == [14, 10], "another pack begins anew"


def test_an_alarm_that_is_hidden_passes_its_step_when_it_is_revealed() -> None:
    rig, key = AlarmRig(), AlarmRig().key(P.BATTERY_CRITICAL)
    expire(rig, key, 12)
    rig.status(DeviceStatus.OFFLINE, 1, ago_s=10)
    rig.run(6)
    rig.status(DeviceStatus.ONLINE, 1)
    rig.charge(rig.ref(), Battery(minutes=4))
    rig.run(300)
    assert rig.alarm(key).is_new
    assert rig.alarm(key).minutes_step == 5


def test_where_minutes_are_unknown_nothing_is_new_again() -> None:
    rig, key = AlarmRig(), AlarmRig().key(P.BATTERY_CRITICAL)
    for percent in (9, 5, 1):
        rig.charge(rig.ref(), Battery(percent=percent))
        rig.run(2)
        assert rig.alarm(key).is_new is (percent == 9)
        rig.desk, _ = rig.desk.acknowledge(key, "Pia", rig.now)
    assert rig.alarm(key).minutes_step is None


def test_a_forecast_counts_and_what_is_critical_speaks_for_what_is_low() -> None:
    rig, ref = AlarmRig(), AlarmRig().ref()
    short, critical = rig.key(P.WILL_NOT_LAST), rig.key(P.BATTERY_CRITICAL)

    def forecast(p10: float) -> None:
        value = BatteryForecast(p10, p10 + 5, p10 + 9, ForecastSource.PERCENT, Confidence.GOOD)
        rig.context = AlarmContext(minutes_to_break=40.0, forecasts={ref: value})
        rig.run(62)

    forecast(20)
    rig.desk, _ = rig.desk.acknowledge(short, "Pia", rig.now)
    forecast(15)
    assert rig.alarm(short).is_new, "15 minutes left are not critical yet"
    rig.desk, _ = rig.desk.acknowledge(short, "Pia", rig.now)
    forecast(9)
    assert rig.alarm(critical).minutes_step == 10
    assert rig.alarm(short).minutes_step == 15
    assert [event.alarm.key for event in rig.events if event.kind is AlarmEventKind.RE_ALARMED] == [short]


def test_a_pack_that_only_a_server_reports_has_steps_too() -> None:
    rig = AlarmRig()
    key = AlarmKey(P.BATTERY_CRITICAL, rig.ref().device_id, part=3)
    for minutes, is_new in ((12, True), (11, False), (9, True)):
        rig.dock(Bay(3, BayState.IN_USE, battery=Battery(minutes=minutes)))
        rig.run(2)
        assert rig.alarm(key).is_new is is_new
        rig.desk, _ = rig.desk.acknowledge(key, "Pia", rig.now)
