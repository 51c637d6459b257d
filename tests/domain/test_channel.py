"""A channel's battery and age, and what a device is called."""

import pytest

from micboard_tui.domain.battery import NO_BATTERY, Battery, LastBattery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState

RACK = DeviceId("rack")


def test_a_channel_without_a_transmitter_has_no_battery() -> None:
    assert ChannelState(RACK, 1).battery is None
    worn = ChannelFacts(transmitter=Transmitter(battery=Battery(bars=3)))
    assert ChannelState(RACK, 1, facts=worn).battery == Battery(bars=3)


def test_a_channel_is_named_by_its_device_and_number() -> None:
    assert ChannelState(RACK, 3).ref == ChannelRef(RACK, 3)


@pytest.mark.parametrize(
    ("observed_at", "now", "age_s"), [(None, 100.0, None), (90.0, 100.0, 10.0), (101.0, 100.0, 0.0)]
)
def test_the_age_is_unknown_before_the_first_word_and_never_negative(
    observed_at: float | None, now: float, age_s: float | None
) -> None:
    assert ChannelState(RACK, 1, observed_at=observed_at).age_s(now) == age_s


@pytest.mark.parametrize(
    ("period_s", "age_s", "stale"),
    [(0.1, 2.0, False), (0.1, 2.2, True), (5.0, 6.9, False), (5.0, 7.1, True), (None, 9999.0, False)],
)
def test_a_value_is_stale_two_seconds_after_it_was_due(
    period_s: float | None, age_s: float, stale: bool
) -> None:
    # The device has just reported its name: that renews no meters.
    state = ChannelState(RACK, 1, observed_at=1000.0 + age_s, meters_at=1000.0, expected_period_s=period_s)
    assert state.is_stale(1000.0 + age_s) is stale
    assert state.stale_for_s(1000.0 + age_s) == (pytest.approx(age_s) if stale else None)


def test_meters_that_never_came_are_overdue_since_the_link_began() -> None:
    state = ChannelState(RACK, 1, observed_at=1000.0, link_since=990.0, expected_period_s=0.1)
    assert not state.is_stale(992.0)
    assert state.stale_for_s(1000.0) == 10.0


@pytest.mark.parametrize(
    ("link", "battery", "past"),
    [
        (LinkState.LIVE, Battery(78), None),
        (LinkState.MUTED, Battery(78), None),
        (LinkState.UNKNOWN, Battery(78), None),
        (LinkState.RF_LOST, Battery(78), LastBattery(Battery(78), 990.0)),
        (LinkState.DOCKED, Battery(78), LastBattery(Battery(78), 990.0)),
        (LinkState.RF_LOST, NO_BATTERY, LastBattery(Battery(50), 900.0)),
        (LinkState.LIVE, NO_BATTERY, LastBattery(Battery(50), 900.0)),
    ],
)
def test_the_last_battery_is_past_where_none_is_current(
    link: LinkState, battery: Battery, past: LastBattery | None
) -> None:
    state = ChannelState(
        RACK,
        1,
        link_state=link,
        link_since=990.0,
        observed_at=995.0,
        facts=ChannelFacts(transmitter=Transmitter(battery=battery)),
        last_battery=None if battery.is_known else LastBattery(Battery(50), 900.0),
    )
    assert state.past_battery == past
    assert state.battery_at == (None if not battery.is_known else 990.0 if past else state.observed_at)


def test_what_was_never_heard_is_not_stale() -> None:
    assert not ChannelState(RACK, 1, expected_period_s=0.1).is_stale(1000.0)


def test_a_device_is_called_by_the_users_name_or_its_own_or_its_address() -> None:
    def title(name: str | None, own_name: str | None) -> str:
        device = Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, name=name)
        return DeviceSnapshot(device, DeviceState(RACK, own_name=own_name)).title

    assert title("Mine", "Own") == "Mine"
    assert title(None, "Own") == "Own"
    assert title(None, None) == "10.0.0.1"


def test_only_a_device_that_answers_is_online() -> None:
    online = [status for status in DeviceStatus if DeviceState(RACK, status=status).is_online]
    assert online == [DeviceStatus.ONLINE]


@pytest.mark.parametrize(
    ("meters", "percent"),
    [
        (Meters(), None),
        (Meters(rf_a_percent=0), 0),
        (Meters(rf_b_percent=12), 12),
        (Meters(rf_a_percent=40, rf_b_percent=12), 40),
        (Meters(rf_dbm=-60.0, rf_a_percent=40), None),
    ],
)
def test_percent_stands_in_for_a_level_that_is_not_told_in_dbm(meters: Meters, percent: int | None) -> None:
    assert meters.rf_percent == percent
