"""Watches packs, forecasts how long they last, and learns from their discharges: ``ForecastContract``.

While sessions run, ``run`` looks every ``LOOK_S`` at all channels. A look folds the state of each into the
record of its pack (``domain/pack_trace.py``), stores the discharge of cells that ended, makes the forecasts
that are due (once a minute for each pack, and when its record says something new) and puts them into
``LiveSite.findings``. Records are stored when they say something new and once a minute, so that a killed
program loses no more than that. Where no device is live, as in a command, nothing is looked at or stored.

Records are read from storage once, with the first look. When the clock was set, their times move with it.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import anyio
import anyio.lowlevel
import structlog

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.forecasts import PackRepository
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.cell_type import CELL_NAMES, CellType, cells_by_model, needs_cell_type
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.pack_trace import fold_reading, read_pack, shift_times, swap_cells
from micboard_tui.domain.runtime_priors import Discharge, discharge_of
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.field_validation import clean_name
from micboard_tui.services.forecast.pack_forecasts import PackForecasts
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.steady_clock import ClockJumps
from micboard_tui.services.steps import PlannedStep, Steps

LOOK_S = 15.0
STORE_EVERY_S = 60.0
ENDED_AFTER_S = 600.0
"""Cells of a pack that was not heard for so long, and was empty, have ended."""
MAX_UNSTORED = 100
AT_ONCE = 20
"""So many forecasts are made before something else may run: some two milliseconds."""
FOLD_AT_ONCE = 50
WITH_FORECAST = ON_AIR | {LinkState.RF_LOST}
"""A pack that is out of reach for a moment runs on."""

log = structlog.get_logger(__name__)


class ForecastService:
    def __init__(
        self,
        live: LiveSite,
        packs: PackRepository,
        stored: StoredDevices,
        steps: Steps,
        events: EventSink,
        steady_s: Callable[[], float],
    ) -> None:
        """``steady_s``: seconds that only grow, also while ``live.now`` is set."""
        self._live, self._packs, self._stored = live, packs, stored
        self._steps, self._events = steps, events
        self._jumps = ClockJumps(live.now, steady_s)
        self._forecasts = PackForecasts()
        self._records: dict[ChannelRef, PackRecord] | None = None
        self._began_at: dict[ChannelRef, float] = {}
        """Of the records as they are stored: other cells than these were stored by another program."""
        self._discharges: list[Discharge] = []
        self._unstored: deque[Discharge] = deque(maxlen=MAX_UNSTORED)
        """Discharges of cells that ended, until they are stored."""
        self._changed: set[ChannelRef] = set()
        self._stored_at = 0.0
        self._lock = anyio.Lock()
        """Held while records are looked at and stored."""
        self._faults = FaultLog(log, "packs_not_stored")
        self.cell_types: Mapping[str, BatteryType] = {}

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        try:
            while True:
                await anyio.sleep(interval_s)
                await self.look()
        finally:
            # What was forecast before would pass for what is known now.
            self._live.findings = replace(self._live.findings, forecasts={})
            self._forecasts.forget()

    async def look(self) -> None:
        """Take in all packs as they are now, and forecast what is due."""
        async with self._lock:
            devices = self._live.snapshot()
            if not devices:
                return
            try:
                records = await self._load()
            except StorageError as failure:
                self._faults.report(failure.info)
                return
            await self._fold(records, devices)
            await self._forecast(records, devices)
            await self._store(records)

    async def close(self) -> None:
        """Store what is not stored yet."""
        async with self._lock:
            if self._records is not None:
                self._stored_at = 0.0
                await self._store(await self._load())

    @translate_errors
    async def list_forecasts(self) -> ServiceResult[Mapping[ChannelRef, BatteryForecast]]:
        if self._records is not None:
            return Success(self._live.findings.forecasts)
        snapshots = await self._stored.query(ALL_DEVICES)
        records, now = await self._packs.records(), self._live.now()
        discharges = await self._packs.discharges()
        cell_types = cells_by_model(await self._packs.cell_types())
        found: dict[ChannelRef, BatteryForecast] = {}
        for device in snapshots:
            for state in device.channels:
                record = records.get(state.ref)
                if record is None or state.link_state not in WITH_FORECAST:
                    continue
                model = device.state.model
                trace = self._forecasts.trace(record, model, discharges, cell_types)
                if trace is not None:
                    made = self._forecasts.make(state.ref, record, trace, model, discharges, now)
                    found |= {} if made is None else {state.ref: made}
        return Success(found)

    @translate_errors
    async def list_cell_types(self) -> ServiceResult[Sequence[CellType]]:
        return Success(sorted(await self._packs.cell_types(), key=lambda each: each.model))

    @translate_errors
    async def vouch_for_cells(
        self, model: str, battery_type: BatteryType | None, *, actor: str
    ) -> ServiceResult[CellType | None]:
        model = clean_name(model, "A model")
        async with self._steps.lock:
            known = cells_by_model(await self._packs.cell_types())
            before = CellType(model, known[model]) if model in known else None
            after = None if battery_type is None else CellType(model, battery_type)
            if before != after:
                cells = "unknown" if battery_type is None else CELL_NAMES[battery_type]
                text = f"Packs {visible(model)} have {cells} cells"
                await self._steps.make(PlannedStep(text, [Change(before, after)]), actor)
        await self._read_cell_types()
        return Success(after)

    @translate_errors
    async def mark_swapped(
        self, channels: Sequence[ChannelRef], *, actor: str
    ) -> ServiceResult[Sequence[ChannelRef]]:
        if not channels:
            raise invalid_value_error("No channel was given", "Give the channels with new cells")
        # A command has no live devices, only those that are stored.
        devices = self._live.snapshot() or await self._stored.query(ALL_DEVICES)
        titles = {ref: _find_title(devices, ref) for ref in channels}
        async with self._lock:
            records = await self._load()
            self._follow_clock(records)
            now = self._live.now()
            for ref, title in titles.items():
                before = records.get(ref)
                if before is not None:
                    self._end(before)
                records[ref] = swap_cells(before, now)
                self._changed.add(ref)
                await store_act(
                    self._events,
                    Event(
                        now,
                        EventKind.STEP,
                        f"Full cells in the pack of {title}",
                        ref.device_id,
                        ref.number,
                        actor,
                        subject=title,
                    ),
                )
            await self._store(records)
        return Success(list(titles))

    async def _load(self) -> dict[ChannelRef, PackRecord]:
        """What is known of all packs, with the new cells that another program has stored since."""
        if self._records is None:
            stored = await self._packs.records()
            self._discharges = list(await self._packs.discharges())
            self._records = dict(stored)
            self._began_at = {ref: record.began_at for ref, record in stored.items()}
        else:
            # Where nothing can be read, what is known goes on.
            with suppress(StorageError):
                await self._take_stored(self._records)
        return self._records

    async def _take_stored(self, records: dict[ChannelRef, PackRecord]) -> None:
        stored = await self._packs.records()
        changed = {
            ref: record for ref, record in stored.items() if record.began_at != self._began_at.get(ref)
        }
        if changed:
            # The other program has learned from the cells that ended.
            self._discharges = [*await self._packs.discharges(), *self._unstored]
            self._forecasts.forget()
            records.update(changed)
            self._began_at |= {ref: record.began_at for ref, record in changed.items()}

    async def _read_cell_types(self) -> None:
        cell_types = cells_by_model(await self._packs.cell_types())
        if cell_types != self.cell_types:
            self.cell_types = cell_types
            self._forecasts.forget()

    async def _fold(self, records: dict[ChannelRef, PackRecord], devices: Sequence[DeviceSnapshot]) -> None:
        try:
            await self._read_cell_types()
        except StorageError as failure:
            # Those that are known stay.
            self._faults.report(failure.info)
        self._follow_clock(records)
        now = self._live.now()
        for count, state in enumerate(state for device in devices for state in device.channels):
            self._fold_channel(records, state, now)
            if count % FOLD_AT_ONCE == FOLD_AT_ONCE - 1:
                await anyio.lowlevel.checkpoint()
        known = {device.device.id for device in devices}
        for ref in [ref for ref in records if ref.device_id not in known]:
            del records[ref]

    def _fold_channel(self, records: dict[ChannelRef, PackRecord], state: ChannelState, now: float) -> None:
        ref = state.ref
        before, reading = records.get(ref), read_pack(state)
        after = before if reading is None else fold_reading(before, reading)
        if before is not None and after is not None and before.began_at != after.began_at:
            self._end(before)
        elif after is not None and after.is_empty and _is_over(after, now):
            self._end(after)
            after = replace(after, is_stored=True)
        if after is not None and after is not before:
            records[ref] = after
            if before is None or _says_more(before, after):
                self._changed.add(ref)

    def _end(self, record: PackRecord) -> None:
        """Learn from the cells of a record, where they were seen from full to empty."""
        known_type = record.type if record.type is BatteryType.LI_ION else None
        vouched = self.cell_types.get(record.model) if record.model else None
        if (discharge := discharge_of(record, known_type or vouched)) is not None:
            self._discharges.append(discharge)
            self._unstored.append(discharge)
            self._forecasts.forget()

    def _follow_clock(self, records: dict[ChannelRef, PackRecord]) -> None:
        if correction_s := self._jumps.take():
            records.update({ref: shift_times(record, correction_s) for ref, record in records.items()})

    async def _forecast(
        self, records: Mapping[ChannelRef, PackRecord], devices: Sequence[DeviceSnapshot]
    ) -> None:
        now, before = self._live.now(), self._live.findings.forecasts
        running = [
            (state.ref, records[state.ref], device.state.model)
            for device in devices
            for state in device.channels
            if state.ref in records and state.link_state in WITH_FORECAST
        ]
        found: dict[ChannelRef, BatteryForecast] = {}
        made = 0
        for ref, record, model in running:
            trace = self._forecasts.trace(record, model, self._discharges, self.cell_types)
            if trace is None:
                continue
            forecast = before.get(ref)
            if self._forecasts.is_due(ref, trace, now):
                forecast = self._forecasts.make(ref, record, trace, model, self._discharges, now)
                made += 1
                if made % AT_ONCE == 0:
                    await anyio.lowlevel.checkpoint()
            if forecast is not None:
                found[ref] = forecast
        self._forecasts.keep_only(set(records))
        unknown = frozenset(
            state.ref
            for device in devices
            if not device.is_out_of_service
            for state in device.channels
            if needs_cell_type(state, device.state.model, self.cell_types)
        )
        findings = self._live.findings
        if found != findings.forecasts or unknown != findings.unknown_cells:
            forecasts = findings.forecasts if found == findings.forecasts else found
            self._live.findings = replace(findings, forecasts=forecasts, unknown_cells=unknown)

    async def _store(self, records: Mapping[ChannelRef, PackRecord]) -> None:
        now = self._live.now()
        is_due = not 0.0 <= now - self._stored_at < STORE_EVERY_S
        kept = records if is_due else {ref: records[ref] for ref in self._changed if ref in records}
        if not kept and not self._unstored:
            return
        try:
            await self._packs.keep(kept, tuple(self._unstored))
        except StorageError as failure:
            self._faults.report(failure.info)
            return
        self._began_at |= {ref: record.began_at for ref, record in kept.items()}
        for discharge in self._unstored:
            log.info("discharge_stored", model=discharge.model)
        self._unstored.clear()
        self._faults.clear()
        self._changed.clear()
        if is_due:
            self._stored_at = now


def _find_title(devices: Sequence[DeviceSnapshot], ref: ChannelRef) -> str:
    """Raises MicboardError CHANNEL_NOT_FOUND."""
    for device in devices:
        if any(state.ref == ref for state in device.channels):
            return channel_label(visible(device.title), ref.number)
    titles = {device.device.id: visible(device.title) for device in devices}
    raise MicboardError(
        ErrorCode.CHANNEL_NOT_FOUND,
        f"There is no channel {channel_label(titles.get(ref.device_id, ref.device_id), ref.number)}",
        hint="See the channels with: micboard-tui status",
    )


def _is_over(record: PackRecord, now: float) -> bool:
    return record.ran_until is not None and now - record.ran_until >= ENDED_AFTER_S and not record.is_stored


def _says_more(before: PackRecord, after: PackRecord) -> bool:
    """Whether more is known than that it was seen again."""
    return (
        before.began_at != after.began_at
        or before.full_at != after.full_at
        or before.percent != after.percent
        or before.bars != after.bars
        or before.off_since != after.off_since
        or before.is_stored != after.is_stored
        or before.minutes_since != after.minutes_since
    )
