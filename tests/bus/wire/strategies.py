"""Channels and devices of every kind, for properties of what is sent of them."""

from hypothesis import strategies as st

from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import Battery, BatteryType, LastBattery, MinutesNote
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    ChannelFacts,
    ChannelState,
    DeviceWarning,
    Encryption,
    Lock,
    Meters,
    Slot,
    SlotStatus,
    Transmitter,
)
from micboard_tui.domain.device import (
    Device,
    DeviceFault,
    DeviceKind,
    DeviceSnapshot,
    DeviceState,
    DeviceStatus,
)
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, BatteryThresholds, Thresholds

TEXTS = st.none() | st.text(max_size=8)
COUNTS = st.none() | st.integers(0, 500)
PERCENTS = st.none() | st.integers(0, 100)
FLAGS = st.none() | st.booleans()
LEVELS = st.none() | st.integers(-280, 30).map(lambda half: half / 2) | st.floats(-1e6, 1e6)
MOMENTS = st.floats(0.0, 4e9) | st.integers(0, 2**40).map(lambda ticks: 1.7e9 + ticks / 2**22)
STAMPS = st.none() | MOMENTS
RAW = st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=2).map(tuple)
OTHER_THRESHOLDS = Thresholds(BatteryThresholds(critical_minutes=20), rf_low_dbm=-80.5, sound_dbfs=-50.0)
THRESHOLDS = st.sampled_from([DEFAULT_THRESHOLDS, OTHER_THRESHOLDS, Thresholds(quality_low_percent=10)])

BATTERIES = st.builds(
    Battery,
    PERCENTS,
    st.none() | st.integers(0, 5),
    COUNTS,
    st.none() | st.sampled_from(BatteryType),
    st.none() | st.sampled_from(MinutesNote),
    PERCENTS,
    COUNTS,
    st.none() | st.integers(-40, 90),
)
TRANSMITTERS = st.builds(
    Transmitter,
    TEXTS,
    TEXTS,
    TEXTS,
    FLAGS,
    COUNTS,
    TEXTS,
    COUNTS,
    BATTERIES,
    st.none() | st.sampled_from(Lock),
    FLAGS,
)
SLOTS = st.builds(Slot, st.integers(1, 8), st.sampled_from(SlotStatus), battery=BATTERIES)
WARNINGS = st.frozensets(st.sampled_from(DeviceWarning), max_size=3)
FACTS = st.builds(
    ChannelFacts,
    name=TEXTS,
    frequency_khz=COUNTS,
    gain_db=st.none() | st.integers(-60, 60),
    receiver_muted=FLAGS,
    encryption=st.none() | st.sampled_from(Encryption),
    transmitter_present=FLAGS,
    transmitter=st.none() | TRANSMITTERS,
    slots=st.lists(SLOTS, max_size=2).map(tuple),
    device_warnings=WARNINGS,
    is_offline=st.booleans(),
    meter_interval_s=st.none() | st.floats(0.0, 60.0),
    raw=RAW,
)
METERS = st.builds(
    Meters,
    LEVELS,
    LEVELS,
    LEVELS,
    LEVELS,
    st.sampled_from([None, "A", "B", "AB", "ABCD", "D"]),
    FLAGS,
    PERCENTS,
    st.booleans(),
    st.lists(LEVELS, max_size=4).map(tuple),
    PERCENTS,
    PERCENTS,
    st.booleans(),
)
BAYS = st.builds(Bay, st.integers(1, 8), st.sampled_from(BayState), TEXTS, battery=BATTERIES, raw=RAW)
LOCATIONS = st.none() | st.text(max_size=4).map(LocationId)
PERFORMERS = st.builds(Performer, st.text(max_size=4).map(PerformerId), st.text(max_size=8), TEXTS)
DEVICE_ID = DeviceId("rack-1")
ASSIGNMENTS = st.builds(
    Assignment,
    st.builds(ChannelRef, st.just(DEVICE_ID), st.integers(1, 8)),
    st.none() | PERFORMERS,
    st.sampled_from(Role),
    since=MOMENTS,
    expected_off=st.booleans(),
    mic_number=TEXTS,
)
STATES = st.builds(
    ChannelState,
    device_id=st.just(DEVICE_ID),
    number=st.integers(1, 64),
    version=st.integers(0, 2**40),
    link_state=st.sampled_from(LinkState),
    link_since=STAMPS,
    facts=FACTS,
    meters=METERS,
    audio_peak_dbfs=LEVELS,
    rf_low_dbm=LEVELS,
    last_battery=st.none() | st.builds(LastBattery, BATTERIES, MOMENTS),
    observed_at=STAMPS,
    meters_at=STAMPS,
    expected_period_s=st.none() | st.floats(0.01, 60.0),
    assignment=st.none() | ASSIGNMENTS,
    rf_zone=LOCATIONS,
    dock=st.none() | st.builds(Dock, st.just(DEVICE_ID), st.text(max_size=8), BAYS),
    fault_code=TEXTS,
    sound_at=STAMPS,
    thresholds=THRESHOLDS,
)
SNAPSHOTS = st.builds(
    DeviceSnapshot,
    st.builds(
        Device,
        st.just(DEVICE_ID),
        st.text(max_size=4),
        st.text(max_size=4),
        st.text(max_size=8),
        st.integers(0, 65535),
        TEXTS,
        LOCATIONS,
        st.integers(0, 99),
    ),
    st.builds(
        DeviceState,
        st.just(DEVICE_ID),
        st.integers(0, 2**40),
        st.sampled_from(DeviceStatus),
        STAMPS,
        st.sampled_from(DeviceKind),
        TEXTS,
        TEXTS,
        fault=st.none() | st.builds(DeviceFault, st.text(), st.text(), st.text()),
        last_seen_at=STAMPS,
        raw=RAW,
        bays=st.lists(BAYS, max_size=2).map(tuple),
        storage_mode=FLAGS,
        thresholds=THRESHOLDS,
        device_warnings=WARNINGS,
    ),
    st.lists(STATES, max_size=3, unique_by=lambda state: state.number).map(tuple),
    TEXTS,
    st.lists(ASSIGNMENTS, max_size=1).map(tuple),
    st.booleans(),
)
