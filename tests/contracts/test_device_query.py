"""Queries are chained, and every link narrows further."""

from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.thresholds import BatteryThresholds

FIFTEEN = BatteryThresholds().with_low_percent(15)


def test_a_query_is_chained_in_any_order() -> None:
    stage, rack = LocationId("stage"), DeviceId("rack")
    chained = ALL_DEVICES.online().at(stage).of("shure").low_battery(15).only(rack)
    assert chained == DeviceQuery(frozenset({rack}), True, stage, "shure", FIFTEEN)
    assert chained == DeviceQuery().only(rack).low_battery(15).of("shure").at(stage).online()


def test_low_battery_is_judged_by_the_usual_limits_unless_a_percentage_is_given() -> None:
    assert ALL_DEVICES.low_battery() == DeviceQuery(low_battery_thresholds=BatteryThresholds())
    assert BatteryThresholds(low_percent=15, critical_percent=10) == FIFTEEN
    assert BatteryThresholds().with_low_percent(5) == BatteryThresholds(low_percent=5, critical_percent=5)


def test_unknown_is_asked_for_by_its_own_word() -> None:
    assert ALL_DEVICES.unknown_battery() == DeviceQuery(battery_unknown=True)
    assert ALL_DEVICES.offline() == DeviceQuery(is_online=False)
    assert DeviceQuery() == ALL_DEVICES
