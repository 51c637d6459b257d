"""Live readings folded into what the forecast needs: new cells, pauses, jumps, and synthetic packs."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import Battery, BatteryType, MinutesNote
from micboard_tui.domain.battery_forecast import (
    CUTS,
    MAX_CHANGES,
    Confidence,
    LevelChange,
    LevelTrace,
    MinutesReading,
    forecast_battery,
)
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Transmitter
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.pack_record import PackReading, PackRecord
from micboard_tui.domain.pack_trace import (
    BARS_SETTLE_S,
    COARSE_STEP,
    fold_reading,
    read_pack,
    shift_times,
    swap_cells,
    trace_of,
)
from tests.domain.synthetic_packs import PRIORS, SyntheticPack, synthetic_packs

MINUTE, HOUR = 60.0, 3600.0
PACKS, STEP_MINUTES = 80, 2.0
LEFT = (60, 120, 180)


def on(at: float, battery: Battery, serial: str | None = None, model: str | None = "ULXD2") -> PackReading:
    return PackReading(at, is_on=True, battery=battery, model=model, serial=serial)


def off(at: float) -> PackReading:
    return PackReading(at, is_on=False)


def bars(at: float, level: int) -> PackReading:
    return on(at, Battery(bars=level))


def fold(readings: Iterable[PackReading], record: PackRecord | None = None) -> PackRecord:
    for reading in readings:
        record = fold_reading(record, reading)
    assert record is not None
    return record


def switched_on(level: int, at: float = MINUTE) -> list[PackReading]:
    """A pack that was seen to be off, and whose bars have settled."""
    return [off(0.0), bars(at, level), bars(at + BARS_SETTLE_S, level)]


def test_a_pack_that_was_seen_to_be_switched_on_full_runs_since_then() -> None:
    record = fold([off(0.0), bars(60.0, 5), bars(90.0, 5)])
    assert record.bars is None  # bars of cells that recover are not true yet
    record = fold([bars(60.0 + BARS_SETTLE_S, 5)], record)
    assert (record.full_at, record.bars) == (60.0, LevelTrace(5))


def test_a_pack_that_was_on_at_first_or_began_below_full_is_of_unknown_age() -> None:
    assert fold([bars(60.0, 5)]).full_at is None
    assert fold(switched_on(4)).full_at is None


def test_falls_are_kept_with_their_times_and_a_rise_by_one_bar_is_none() -> None:
    record = fold([*switched_on(5), bars(HOUR, 4), bars(HOUR + 15, 5), bars(HOUR + 60, 4)])
    # Nothing was seen since the bars had settled.
    assert record.bars == LevelTrace(4, (LevelChange(MINUTE + BARS_SETTLE_S, 4),))


def test_a_fall_that_nobody_saw_counts_from_when_it_may_have_been() -> None:
    record = fold([*switched_on(5), bars(HOUR, 4), bars(HOUR + 30 * MINUTE, 3)])
    assert record.bars is not None
    assert record.bars.changes[-1] == LevelChange(HOUR, 3)


def test_cells_that_recover_while_the_pack_is_off_are_the_same_cells() -> None:
    record = fold([*switched_on(5), bars(HOUR, 2), off(HOUR + 60), bars(HOUR + 70, 4), bars(HOUR + 200, 4)])
    assert record.bars is not None
    assert (record.full_at, record.bars.level) == (60.0, 2)
    record = fold([bars(HOUR + 260, 2), bars(HOUR + 600, 2)], record)
    assert record.bars is not None
    assert (record.full_at, record.bars.level) == (60.0, 2)


def test_bars_that_rise_by_two_and_stay_for_five_minutes_are_new_cells() -> None:
    record = fold([*switched_on(5), bars(HOUR, 2), off(HOUR + 60)])
    on_at = HOUR + 200
    later = fold([bars(on_at, 5), bars(on_at + 150, 5), bars(on_at + BARS_SETTLE_S, 5)], record)
    assert later.began_at == later.full_at == on_at
    assert later.bars == LevelTrace(5)


def test_a_pause_does_not_count_as_running_and_a_short_one_does() -> None:
    started = fold([*switched_on(5), bars(HOUR, 4)])
    assert started.bars is not None
    short = fold([off(HOUR + 30), bars(HOUR + 90, 4)], started)
    assert short.full_at == 60.0
    long = fold([off(HOUR + 30), off(HOUR + 600), bars(HOUR + 1230, 4)], started)
    assert long.full_at == 60.0 + 1200.0
    assert long.bars is not None
    assert long.bars.changes[0].at == started.bars.changes[0].at + 1200.0


def test_a_full_level_after_a_night_is_that_of_other_cells() -> None:
    record = fold([*switched_on(5), bars(HOUR, 4), off(HOUR + 60)])
    morning = 12 * HOUR
    record = fold([off(morning - 60), bars(morning, 5), bars(morning + BARS_SETTLE_S, 5)], record)
    assert record.began_at == record.full_at == morning


def test_another_serial_number_is_another_pack_and_no_serial_is_none() -> None:
    first = fold([on(0.0, Battery(percent=40), "A"), on(60.0, Battery(percent=39))])
    assert first.serial == "A"
    assert fold([on(90.0, Battery(percent=80), "B")], first).began_at == 90.0
    assert fold([on(90.0, Battery(percent=39), "A")], first).began_at == 0.0


def test_percent_that_jumps_up_is_another_battery_once_it_stands() -> None:
    low = fold([on(0.0, Battery(percent=30)), on(60.0, Battery(percent=29)), off(70.0)])
    glitch = fold([on(80.0, Battery(percent=99)), on(95.0, Battery(percent=29))], low)
    assert glitch.began_at == 0.0
    full = fold([on(80.0, Battery(percent=99)), on(150.0, Battery(percent=99))], low)
    assert full.began_at == full.full_at == 80.0


def test_levels_of_four_steps_are_known_as_coarse() -> None:
    coarse = fold([on(0.0, Battery(percent=100)), on(60.0, Battery(percent=70))])
    assert coarse.percent is not None
    assert coarse.percent.percent_step == COARSE_STEP
    fine = fold([on(90.0, Battery(percent=69))], coarse)
    assert fine.percent is not None
    assert fine.percent.percent_step == 1


def test_minutes_wait_until_the_device_has_calculated_them() -> None:
    calculating = Battery(minutes_note=MinutesNote.CALCULATING)
    record = fold([on(0.0, calculating), on(30.0, Battery(minutes=400))])
    assert record.minutes == ()
    assert fold([on(60.0, Battery(minutes=400))], record).minutes == (MinutesReading(60.0, 400.0),)


def test_minutes_keep_an_earlier_reading_of_45_minutes_and_stay_bounded() -> None:
    record = fold(on(second * 15.0, Battery(minutes=500 - second // 4)) for second in range(4 * 200))
    assert len(record.minutes) <= 12
    trace = trace_of(record)
    assert trace is not None
    assert trace.minutes is not None
    assert trace.minutes.earlier is not None
    span = trace.minutes.newest.at - trace.minutes.earlier.at
    assert 40 * MINUTE <= span <= 50 * MINUTE
    assert trace.minutes.first_at == 0.0
    forecast = forecast_battery(trace, {}, record.seen_at)
    assert forecast is not None
    assert forecast.confidence is Confidence.REPORTED


def test_minutes_that_jump_once_are_left_out_and_twice_begin_anew() -> None:
    record = fold([on(0.0, Battery(minutes=300)), on(60.0, Battery(minutes=100))])
    assert record.minutes == (MinutesReading(0.0, 300.0),)
    assert fold([on(75.0, Battery(minutes=299))], record).minutes[-1].minutes == 299.0
    again = fold([on(75.0, Battery(minutes=100))], record)
    assert (again.minutes, again.minutes_since, again.began_at) == ((MinutesReading(75.0, 100.0),), 75.0, 0.0)
    other = fold([on(90.0, Battery(minutes=480)), on(105.0, Battery(minutes=480))], again)
    assert (other.began_at, other.minutes_since) == (90.0, 105.0)


def test_a_person_can_say_that_cells_were_swapped() -> None:
    record = fold([*switched_on(5), bars(HOUR, 1)])
    swapped = swap_cells(record, HOUR + 60)
    assert (swapped.full_at, swapped.model, swapped.bars) == (HOUR + 60, "ULXD2", None)
    settled = fold([bars(HOUR + 75, 5), bars(HOUR + 75 + BARS_SETTLE_S, 4)], swapped)
    assert (settled.full_at, settled.bars) == (HOUR + 60, LevelTrace(4))
    not_yet = fold([bars(HOUR + 75 + BARS_SETTLE_S, 1)], swapped)
    assert not_yet.full_at is None


def test_a_pack_that_is_off_or_not_known_has_no_trace() -> None:
    assert trace_of(fold([off(0.0)])) is None
    assert trace_of(fold([on(0.0, Battery())])) is None
    assert trace_of(fold([*switched_on(5), off(HOUR)])) is None


def test_the_type_is_known_of_lithium_ion_packs_and_where_it_was_vouched_for() -> None:
    said = fold([on(0.0, Battery(bars=4, type=BatteryType.ALKALINE))])
    assert (trace := trace_of(said)) is not None
    assert trace.type is None
    assert (trace := trace_of(said, BatteryType.NIMH)) is not None
    assert trace.type is BatteryType.NIMH
    pack = fold([on(0.0, Battery(bars=4, type=BatteryType.LI_ION))])
    assert (trace := trace_of(pack, BatteryType.NIMH)) is not None
    assert trace.type is BatteryType.LI_ION


def test_old_readings_change_nothing_and_a_clock_that_was_set_moves_all_times() -> None:
    record = fold([*switched_on(5), bars(HOUR, 4)])
    assert fold([bars(HOUR - 1, 0)], record) is record
    shifted = shift_times(record, 100.0)
    assert (shifted.full_at, shifted.seen_at) == (160.0, HOUR + 100.0)
    assert shift_times(shifted, -100.0) == record


@pytest.mark.parametrize(
    ("link_state", "is_on"),
    [
        (LinkState.LIVE, True),
        (LinkState.MUTED, True),
        (LinkState.TRANSMITTER_OFF, False),
        (LinkState.DOCKED, False),
        (LinkState.RF_LOST, None),
        (LinkState.OFFLINE, None),
        (LinkState.UNKNOWN, None),
    ],
)
def test_a_state_tells_of_its_pack_only_while_it_is_heard(link_state: LinkState, is_on: bool | None) -> None:
    pack = Transmitter(model="ULXD2", power_mw=10, battery=Battery(bars=3))
    state = ChannelState(
        DeviceId("d"),
        1,
        link_state=link_state,
        observed_at=5.0,
        facts=ChannelFacts(transmitter=pack),
    )
    reading = read_pack(state)
    assert (None if reading is None else reading.is_on) is is_on
    if is_on:
        assert reading == PackReading(5.0, True, pack.battery, "ULXD2", None, "10 mW")


batteries = st.builds(
    Battery,
    percent=st.none() | st.integers(0, 100),
    bars=st.none() | st.integers(0, 5),
    minutes=st.none() | st.integers(0, 900),
    minutes_note=st.none() | st.sampled_from(MinutesNote),
)
steps = st.lists(
    st.tuples(st.sampled_from([5.0, 30.0, 400.0, 20_000.0]), st.booleans(), batteries), max_size=40
)


@given(steps)
def test_a_record_stays_bounded_and_its_levels_only_fall(readings: list[tuple[float, bool, Battery]]) -> None:
    record, at = None, 0.0
    for wait, is_on, battery in readings:
        at += wait
        record = fold_reading(record, PackReading(at, is_on, battery))
        assert record is not None
        assert len(record.minutes) <= 12
        assert record.full_at is None or record.full_at <= at
        for trace in (record.percent, record.bars):
            if trace is not None:
                levels = [change.level for change in trace.changes]
                assert len(levels) <= MAX_CHANGES
                assert levels == sorted(levels, reverse=True)
                assert all(change.at <= at for change in trace.changes)


def readings_of(pack: SyntheticPack, until: float) -> Iterable[PackReading]:
    """What a receiver with bars shows of it, every two minutes; it is off before."""
    yield off(-60.0)
    trace = pack.trace_at(pack.runtime).bars
    assert trace is not None
    falls = [(change.at / 60, change.level) for change in trace.changes]
    elapsed = 0.0
    while elapsed <= until:
        level = min((level for at, level in falls if at <= elapsed), default=5)
        yield on(elapsed * 60, Battery(bars=level), model="X")
        elapsed += STEP_MINUTES


@pytest.mark.parametrize("battery_type", list(CUTS))
@pytest.mark.no_cover
def test_the_forecast_of_folded_readings_is_seldom_too_long(battery_type: BatteryType) -> None:
    too_long = dict.fromkeys(LEFT, 0)
    held = dict.fromkeys(LEFT, 0)
    counts = dict.fromkeys(LEFT, 0)
    for pack in synthetic_packs(battery_type, PACKS):
        record: PackRecord | None = None
        waiting = sorted((left for left in LEFT if pack.runtime > left), reverse=True)
        for reading in readings_of(pack, pack.runtime - min(LEFT)):
            record = fold_reading(record, reading)
            left = pack.runtime - reading.at / 60
            if waiting and left - STEP_MINUTES < waiting[0] <= left:
                assert record is not None
                assert record.full_at == 0.0
                trace = trace_of(record, battery_type)
                assert trace is not None
                forecast = forecast_battery(trace, PRIORS, reading.at)
                assert forecast is not None
                at = waiting.pop(0)
                counts[at] += 1
                too_long[at] += forecast.p10 - left >= 15
                held[at] += forecast.p10 <= left <= forecast.p90
    for at in LEFT:
        limit = 0.10 if battery_type is BatteryType.NIMH else 0.05
        assert counts[at] > 0.9 * PACKS
        assert too_long[at] / counts[at] <= limit
        assert held[at] / counts[at] >= 0.75
