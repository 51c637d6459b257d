"""Queries are chained, and every link narrows further."""

from micboard_tui.contracts.device import ALL_DEVICES, DeviceQuery
from micboard_tui.domain.identity import DeviceId, LocationId


def test_a_query_is_chained_in_any_order() -> None:
    stage, rack = LocationId("stage"), DeviceId("rack")
    chained = ALL_DEVICES.online().at(stage).of("shure").low_battery(15).only(rack)
    assert chained == DeviceQuery(frozenset({rack}), True, stage, "shure", 15)
    assert chained == DeviceQuery().only(rack).low_battery(15).of("shure").at(stage).online()


def test_low_battery_means_twenty_percent_unless_said_otherwise() -> None:
    assert ALL_DEVICES.low_battery() == DeviceQuery(battery_at_most=20)


def test_unknown_is_asked_for_by_its_own_word() -> None:
    assert ALL_DEVICES.unknown_battery() == DeviceQuery(battery_unknown=True)
    assert ALL_DEVICES.offline() == DeviceQuery(is_online=False)
    assert DeviceQuery() == ALL_DEVICES
