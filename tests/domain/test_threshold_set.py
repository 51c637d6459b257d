"""The numbers of the narrowest scope hold, and a preview counts as the board judges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import LOW_LEVELS, Battery, BatteryLevel, battery_level
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.signal_level import SignalLevel, quality_level, rf_level
from micboard_tui.domain.threshold_preview import count_marked
from micboard_tui.domain.threshold_set import (
    SPECS,
    ThresholdName,
    ThresholdOverride,
    ThresholdScope,
    ThresholdSet,
    find_mistake,
    make_thresholds,
    values_of,
)
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS

RACK = DeviceId("rack")
FIRST, SECOND = ChannelRef(RACK, 1), ChannelRef(RACK, 2)
HALL, STAGE, LEFT = LocationId("hall"), LocationId("stage"), LocationId("left")
ANN = PerformerId("ann")
SHOW, BREAK = ShowProfile.SHOW, ShowProfile.BREAK
Name = ThresholdName


def rf_low(*overrides: tuple[ThresholdScope, float]) -> ThresholdSet:
    return ThresholdSet(
        DEFAULT_THRESHOLDS, [ThresholdOverride(scope, Name.RF_LOW_DBM, value) for scope, value in overrides]
    )


def test_without_overrides_the_settings_hold_for_all() -> None:
    assert rf_low().for_channel(FIRST, [STAGE], ANN, SHOW) is DEFAULT_THRESHOLDS


def test_the_narrower_scope_wins_and_within_it_the_profile() -> None:
    scopes = [
        ThresholdScope(),
        ThresholdScope(SHOW),
        ThresholdScope(location_id=HALL),
        ThresholdScope(SHOW, location_id=HALL),
        ThresholdScope(location_id=STAGE),
        ThresholdScope(performer_id=ANN),
        ThresholdScope(channel=FIRST),
        ThresholdScope(SHOW, channel=FIRST),
    ]
    overrides = [(scope, -80.0 - place) for place, scope in enumerate(scopes)]
    for count in range(1, len(scopes) + 1):
        numbers = rf_low(*overrides[:count])
        found = numbers.for_channel(FIRST, [STAGE, HALL], ANN, SHOW)
        assert found.rf_low_dbm == -80.0 - (count - 1)
    numbers = rf_low(*overrides)
    assert numbers.for_channel(FIRST, [STAGE, HALL], ANN, BREAK).rf_low_dbm == -86.0
    assert numbers.for_channel(SECOND, [LEFT, HALL], None, SHOW).rf_low_dbm == -83.0
    assert numbers.for_channel(None, [], None, BREAK).rf_low_dbm == -80.0


def test_channels_with_the_same_overrides_share_their_numbers() -> None:
    numbers = rf_low((ThresholdScope(location_id=STAGE), -80.0), (ThresholdScope(channel=SECOND), -70.0))
    first = numbers.for_channel(FIRST, [STAGE], None, SHOW)
    assert first is numbers.for_channel(ChannelRef(RACK, 3), [STAGE], ANN, BREAK)
    assert first is not numbers.for_channel(SECOND, [STAGE], None, SHOW)


@pytest.mark.parametrize("name", ThresholdName)
def test_each_number_replaces_its_own_only(name: ThresholdName) -> None:
    spec = SPECS[name]
    before = values_of(DEFAULT_THRESHOLDS)
    value = before[name] + 1 if before[name] + 1 <= spec.most else before[name] - 1
    after = values_of(make_thresholds(DEFAULT_THRESHOLDS, {name: value}))
    assert {each for each in ThresholdName if before[each] != after[each]} <= {
        name,
        *(each for each in ThresholdName if "critical" in each or "sound" in each),
    }
    assert after[name] == value
    assert find_mistake(name, value) is None
    assert find_mistake(name, spec.most + 1) is not None
    assert (find_mistake(name, spec.least + 0.5) is not None) is spec.is_whole


def test_where_scopes_cross_what_is_critical_gives_way() -> None:
    assert make_thresholds(DEFAULT_THRESHOLDS, {Name.RF_LOW_DBM: -100.0}).rf_critical_dbm == -100.0
    assert make_thresholds(DEFAULT_THRESHOLDS, {Name.AUDIO_CLIP_DBFS: -60.0}).sound_dbfs == -60.0


def live(meters: Meters, battery: Battery) -> ChannelState:
    facts = ChannelFacts(transmitter=Transmitter(battery=battery))
    return ChannelState(RACK, 1, link_state=LinkState.LIVE, facts=facts, meters=meters)


BATTERIES = st.builds(
    Battery,
    percent=st.none() | st.integers(0, 100),
    bars=st.none() | st.integers(0, 5),
    minutes=st.none() | st.integers(0, 600),
)
METERS = st.builds(
    Meters,
    rf_dbm=st.none() | st.integers(-120, -20).map(float),
    rf_a_percent=st.none() | st.integers(0, 100),
    quality_percent=st.none() | st.integers(0, 100),
)
BATTERY_LOW = (Name.BATTERY_LOW_MINUTES, Name.BATTERY_LOW_PERCENT, Name.BATTERY_LOW_BARS)
BATTERY_CRITICAL = (
    Name.BATTERY_CRITICAL_MINUTES,
    Name.BATTERY_CRITICAL_PERCENT,
    Name.BATTERY_CRITICAL_BARS,
)


@given(METERS, BATTERIES)
def test_what_a_preview_counts_is_what_the_board_marks(meters: Meters, battery: Battery) -> None:
    state, values = live(meters, battery), values_of(DEFAULT_THRESHOLDS)

    def is_marked(*names: ThresholdName) -> bool:
        return any(count_marked(name, values[name], [state]) for name in names)

    level = battery_level(battery, DEFAULT_THRESHOLDS.battery)
    assert is_marked(*BATTERY_LOW) is (level in LOW_LEVELS)
    assert is_marked(*BATTERY_CRITICAL) is (level is BatteryLevel.CRITICAL)
    rf = rf_level(meters, DEFAULT_THRESHOLDS)
    weak = (SignalLevel.LOW, SignalLevel.CRITICAL)
    assert is_marked(Name.RF_LOW_DBM, Name.RF_LOW_PERCENT) is (rf in weak)
    assert is_marked(Name.RF_CRITICAL_DBM, Name.RF_CRITICAL_PERCENT) is (rf is SignalLevel.CRITICAL)
    quality = quality_level(meters.quality_percent, DEFAULT_THRESHOLDS)
    assert is_marked(Name.QUALITY_LOW_PERCENT) is (quality is SignalLevel.LOW)


def test_channels_that_are_off_are_not_counted() -> None:
    state = live(Meters(rf_dbm=-90.0, audio_dbfs=-3.0), Battery())
    off = ChannelState(RACK, 2, link_state=LinkState.TRANSMITTER_OFF, meters=state.meters)
    assert count_marked(Name.RF_LOW_DBM, -85.0, [state, off]) == 1
    assert count_marked(Name.AUDIO_CLIP_DBFS, -3.0, [state, off]) == 1
    assert count_marked(Name.AUDIO_SOUND_DBFS, -2.9, [state, off]) == 0
