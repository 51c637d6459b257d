"""What was seen of the cells in a pack, folded from one reading after another into a ``PackTrace``. Pure.

``read_pack`` makes a reading of a channel's state; ``fold_reading`` adds it to the ``PackRecord`` of the
channel every 10 to 30 seconds; ``trace_of`` gives what the forecast needs. A record is of one set of cells
and begins anew (``began_at`` differs) with other ones. What is remembered and why:

- A level only falls. A rise is remembered as a ``Rise``, and means new cells once it has stood for long
  enough (``BARS_SETTLE_S``): cells recover while a pack is off, and what bars show then is not true at first.
- Minutes that jump are left out until the next reading confirms them.
- A pack that was off for ``SAME_CELLS_S`` or longer did not run meanwhile: times of its cells are shifted.

Everything is bounded. The rules and their evidence are in docs/explanation/forecast.md.
"""

from dataclasses import replace

from micboard_tui.domain.battery import BARS, Battery, BatteryType, MinutesNote
from micboard_tui.domain.battery_forecast import (
    MAX_CHANGES,
    LevelChange,
    LevelTrace,
    MinutesReading,
    MinutesTrace,
    PackTrace,
)
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.pack_record import PackReading, PackRecord, Rise

BARS_SETTLE_S = 300.0
"""Bars of cells that recover are true so long after a pack was switched on."""
PERCENT_SETTLE_S = 60.0
CALCULATING_S = 60.0
"""Minutes are not used for so long after a device said that it calculates them."""
SEEN_OFF_S = 10.0
"""A pack was off, and not only not heard yet, where it was seen to be so for so long."""
SAME_CELLS_S = 120.0
"""A pause that is no longer is too short for a change of cells, and too short to matter."""
RESTED_S = 4 * 3600.0
"""After a pause of so long a full level is that of cells that were charged or exchanged."""
BARS_RISE, PERCENT_RISE = 2, 10
"""A rise by so much means other cells."""
MINUTES_RISE, MINUTES_RISE_SHARE = 60.0, 0.5
FULL_BARS, FULL_PERCENT = BARS, 95
JUMP_SHARE, JUMP_MINUTES = 0.2, 5.0
"""Minutes that differ more from what was expected have jumped."""
KEEP_EVERY_S, KEEP_FOR_S = 300.0, 2700.0
"""Which earlier minutes are kept: one in five minutes, of 45 minutes."""
COARSE_LEVELS = frozenset({0, 30, 70, 100})
COARSE_STEP, FINE_STEP = 40, 1
"""The widest distance of two levels where a device reports no others."""


def read_pack(state: ChannelState) -> PackReading | None:
    """What the state says of the pack; None where nothing is known of it now, as without its signal."""
    if state.link_state in ON_AIR:
        if state.observed_at is None:
            return None
        pack = state.facts.transmitter
        if pack is None:
            return PackReading(state.observed_at, is_on=True)
        power = pack.power_word if pack.power_mw is None else f"{pack.power_mw} mW"
        return PackReading(
            state.observed_at,
            is_on=True,
            battery=pack.battery,
            model=pack.model,
            serial=pack.serial,
            power=power,
        )
    if state.link_state in {LinkState.TRANSMITTER_OFF, LinkState.DOCKED} and state.observed_at is not None:
        return PackReading(state.observed_at, is_on=False)
    return None


def fold_reading(record: PackRecord | None, reading: PackReading) -> PackRecord | None:
    """The record after one more reading; None while no pack was seen to be on or off."""
    if record is None:
        return _begin(reading)
    if reading.at < record.seen_at:
        # The clock was set, or an old reading comes late: it says nothing new.
        return record
    if not reading.is_on:
        return replace(record, seen_at=reading.at, off_since=record.off_since or reading.at)
    if _is_other_pack(record, reading):
        was_off = record.off_since is not None
        return _begin(reading, switched_on_at=reading.at if was_off else None)
    if record.ran_until is None:
        was_off = reading.at - record.began_at >= SEEN_OFF_S
        return _begin(reading, switched_on_at=reading.at if was_off else None)
    if record.off_since is not None:
        record = _switch_on(record, reading)
    return _fold_battery(record, reading)


def swap_cells(record: PackRecord | None, at: float) -> PackRecord:
    """The record of full cells that a person says were put in at this moment."""
    known = record or PackRecord(at, at)
    return PackRecord(
        at,
        at,
        model=known.model,
        serial=known.serial,
        power=known.power,
        full_at=at,
        on_since=at,
        ran_until=at,
        is_vouched_full=True,
    )


def shift_times(record: PackRecord, seconds: float) -> PackRecord:
    """The same record where the clock was set forward by so much."""

    def later(at: float | None) -> float | None:
        return None if at is None else at + seconds

    return replace(
        _shift_cells(record, seconds),
        began_at=record.began_at + seconds,
        seen_at=record.seen_at + seconds,
        on_since=later(record.on_since),
        off_since=later(record.off_since),
        ran_until=later(record.ran_until),
        calculating_at=later(record.calculating_at),
        minutes=tuple(MinutesReading(known.at + seconds, known.minutes) for known in record.minutes),
        minutes_since=later(record.minutes_since),
        jumped=None,
        percent_rise=None,
        bars_rise=None,
    )


def trace_of(record: PackRecord, vouched: BatteryType | None = None) -> PackTrace | None:
    """What the forecast is made of; None where the pack is off or nothing of its cells is known.

    ``vouched``: the type of cells that a person says this kind of pack has. A pack that says lithium-ion has
    its own battery and knows; any other type that it says is a setting or an assumption of its meter.
    """
    if record.off_since is not None:
        return None
    known_type = record.type if record.type is BatteryType.LI_ION else vouched
    minutes = None
    if record.minutes:
        earlier = record.minutes[0] if len(record.minutes) > 1 else None
        minutes = MinutesTrace(record.minutes[-1], earlier, record.minutes_since)
    if minutes is None and record.percent is None and record.bars is None and record.full_at is None:
        return None
    return PackTrace(known_type, record.full_at, minutes, record.percent, record.bars)


def _begin(reading: PackReading, switched_on_at: float | None = None) -> PackRecord:
    record = PackRecord(
        reading.at,
        reading.at,
        model=reading.model,
        serial=reading.serial,
        power=reading.power,
        type=reading.battery.type,
        on_since=switched_on_at,
        off_since=None if reading.is_on else reading.at,
    )
    return _fold_battery(record, reading) if reading.is_on else record


def _is_other_pack(record: PackRecord, reading: PackReading) -> bool:
    if record.serial and reading.serial:
        return record.serial != reading.serial
    return bool(record.model and reading.model and record.model != reading.model)


def _switch_on(record: PackRecord, reading: PackReading) -> PackRecord:
    pause = reading.at - (record.off_since or reading.at)
    record = replace(
        record, seen_at=reading.at, off_since=None, on_since=reading.at, has_rested=pause >= RESTED_S
    )
    if pause < SAME_CELLS_S:
        return record
    shifted = _shift_cells(record, pause)
    return replace(shifted, minutes=(), minutes_since=None, jumped=None, percent_rise=None, bars_rise=None)


def _shift_cells(record: PackRecord, seconds: float) -> PackRecord:
    return replace(
        record,
        full_at=None if record.full_at is None else record.full_at + seconds,
        percent=_shift_level(record.percent, seconds),
        bars=_shift_level(record.bars, seconds),
    )


def _shift_level(trace: LevelTrace | None, seconds: float) -> LevelTrace | None:
    if trace is None:
        return None
    changes = tuple(LevelChange(change.at + seconds, change.level) for change in trace.changes)
    return replace(trace, changes=changes)


def _fold_battery(record: PackRecord, reading: PackReading) -> PackRecord:
    """A reading of a pack that is on."""
    gap = reading.at - record.seen_at
    if gap >= RESTED_S:
        # It was not seen whether it ran meanwhile, so since when its cells run is not known any more.
        record = replace(record, full_at=None, has_rested=True, on_since=None, minutes=(), minutes_since=None)
    # Where nothing was seen for a while, the level may have fallen at the beginning of that time.
    fell_at = reading.at if gap <= SAME_CELLS_S else record.seen_at
    battery = reading.battery
    seen = replace(
        record,
        seen_at=reading.at,
        ran_until=reading.at,
        model=reading.model or record.model,
        serial=reading.serial or record.serial,
        power=reading.power or record.power,
        type=battery.type or record.type,
    )
    if (renewed := _find_new_cells(seen, reading)) is not None:
        return renewed
    seen = _fold_percent(seen, battery, reading.at, fell_at)
    seen = _fold_bars(seen, battery, reading.at, fell_at)
    return _fold_minutes(seen, battery, reading.at)


def _find_new_cells(record: PackRecord, reading: PackReading) -> PackRecord | None:
    """The record of other cells, where the levels show that there are other ones; else None."""
    battery, at = reading.battery, reading.at
    rise, settle_s = record.percent_rise, PERCENT_SETTLE_S
    level, trace, least, full = battery.percent, record.percent, PERCENT_RISE, FULL_PERCENT
    if level is None or trace is None:
        rise, settle_s = record.bars_rise, BARS_SETTLE_S
        level, trace, least, full = battery.bars, record.bars, BARS_RISE, FULL_BARS
    if level is None or trace is None:
        return _find_new_minutes(record, reading)
    is_risen = level - trace.level >= least or (record.has_rested and level >= full)
    if rise is None or not is_risen or at - rise.at < settle_s:
        return None
    began_at = rise.at
    is_full = level >= full and record.on_since is not None
    return _renew(reading, began_at, record, full_at=began_at if is_full else None)


def _find_new_minutes(record: PackRecord, reading: PackReading) -> PackRecord | None:
    """Where minutes are all that is reported."""
    jumped, minutes = record.jumped, reading.battery.minutes
    if jumped is None or minutes is None or not record.minutes or _has_jumped(jumped, minutes, reading.at):
        return None
    before = record.minutes[-1].minutes
    if minutes - before < max(MINUTES_RISE, MINUTES_RISE_SHARE * before):
        return None
    return _renew(reading, jumped.at, record, full_at=None)


def _renew(reading: PackReading, began_at: float, old: PackRecord, full_at: float | None) -> PackRecord:
    begun = replace(_begin(reading), began_at=began_at, full_at=full_at)
    return replace(
        begun,
        model=begun.model or old.model,
        serial=begun.serial or old.serial,
        power=begun.power or old.power,
        type=begun.type or old.type,
    )


def _fold_percent(record: PackRecord, battery: Battery, at: float, fell_at: float) -> PackRecord:
    level, trace = battery.percent, record.percent
    if level is None:
        return record if battery.bars is None else replace(record, percent=None, percent_rise=None)
    if trace is None:
        full_at = record.full_at
        if full_at is None and record.on_since == record.began_at and level >= FULL_PERCENT:
            full_at = record.on_since
        elif level < FULL_PERCENT:
            # They began below full, so how long they have run says nothing of the rest.
            full_at = None
        step = COARSE_STEP if level in COARSE_LEVELS else FINE_STEP
        return replace(record, percent=LevelTrace(level, percent_step=step), full_at=full_at)
    step = trace.percent_step if level in COARSE_LEVELS else FINE_STEP
    if step != trace.percent_step:
        trace = replace(trace, percent_step=step)
    if level < trace.level:
        return replace(record, percent=_fall(trace, fell_at, level), percent_rise=None, has_rested=False)
    is_risen = level - trace.level >= PERCENT_RISE or (record.has_rested and level >= FULL_PERCENT)
    rise = _rise(record.percent_rise, at, level) if is_risen else None
    if rise is record.percent_rise and trace is record.percent:
        return record
    return replace(record, percent=trace, percent_rise=rise)


def _fold_bars(record: PackRecord, battery: Battery, at: float, fell_at: float) -> PackRecord:
    level, trace = battery.bars, record.bars
    if level is None:
        return record
    if trace is None:
        on_since = record.on_since
        if on_since is not None and record.type is not BatteryType.LI_ION and at - on_since < BARS_SETTLE_S:
            return record
        full_at = record.full_at
        if full_at is None and on_since == record.began_at and level >= FULL_BARS:
            full_at = on_since
        elif full_at is not None and level < FULL_BARS - record.is_vouched_full and record.percent is None:
            full_at = None
        return replace(record, bars=LevelTrace(level), full_at=full_at)
    if level < trace.level:
        return replace(record, bars=_fall(trace, fell_at, level), bars_rise=None, has_rested=False)
    is_risen = level - trace.level >= BARS_RISE or (record.has_rested and level >= FULL_BARS)
    rise = _rise(record.bars_rise, at, level) if is_risen else None
    return record if rise is record.bars_rise else replace(record, bars_rise=rise)


def _fall(trace: LevelTrace, at: float, level: int) -> LevelTrace:
    return replace(trace, level=level, changes=(*trace.changes, LevelChange(at, level))[-MAX_CHANGES:])


def _rise(before: Rise | None, at: float, level: int) -> Rise:
    return before if before is not None and level >= before.level else Rise(at, level)


def _fold_minutes(record: PackRecord, battery: Battery, at: float) -> PackRecord:
    if battery.minutes_note is MinutesNote.CALCULATING:
        record = replace(record, calculating_at=at)
    if battery.minutes is None:
        return replace(record, minutes=(), minutes_since=None, jumped=None) if record.minutes else record
    if record.calculating_at is not None and at - record.calculating_at < CALCULATING_S:
        return record
    reading = MinutesReading(at, float(battery.minutes))
    is_confirmed = record.jumped is not None and not _has_jumped(record.jumped, reading.minutes, at)
    if record.minutes and _has_jumped(record.minutes[-1], reading.minutes, at) and not is_confirmed:
        return replace(record, jumped=reading)
    if not record.minutes or is_confirmed:
        return replace(record, minutes=(reading,), minutes_since=at, jumped=None)
    return replace(record, minutes=_keep_minutes(record.minutes, reading), jumped=None)


def _keep_minutes(kept: tuple[MinutesReading, ...], reading: MinutesReading) -> tuple[MinutesReading, ...]:
    newest, at = kept[-1], reading.at
    if reading.minutes == newest.minutes and at - newest.at < KEEP_EVERY_S:
        # It tells whole minutes: the moment of the last change says more than that of the last reading.
        return kept
    if len(kept) > 1 and newest.at - kept[-2].at < KEEP_EVERY_S:
        kept = kept[:-1]
    return (*(known for known in kept if at - known.at <= KEEP_FOR_S + KEEP_EVERY_S), reading)


def _has_jumped(before: MinutesReading, minutes: float, at: float) -> bool:
    expected = max(0.0, before.minutes - (at - before.at) / 60)
    return abs(minutes - expected) > max(JUMP_MINUTES, JUMP_SHARE * expected)
