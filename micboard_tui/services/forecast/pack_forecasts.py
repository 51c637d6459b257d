"""The forecasts of all packs, from their records: which are due, and what they are now.

``is_due`` says whether the record of a channel says something new, or is ``EVERY_S`` old; ``make`` makes
it. The expected runtimes and the learned type of a pack are remembered until a discharge is added or a
person sets the type of cells (``forget``).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import BatteryForecast, PackTrace, RuntimePrior, forecast_battery
from micboard_tui.domain.cell_type import kind_of_pack
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.pack_record import PackRecord
from micboard_tui.domain.pack_trace import trace_of
from micboard_tui.domain.runtime_priors import Discharge, expected_runtimes, learn_type

EVERY_S = 60.0
MAX_PRIORS = 2000


class _Made(NamedTuple):
    at: float
    trace: PackTrace


class PackForecasts:
    def __init__(self) -> None:
        self._made: dict[ChannelRef, _Made] = {}
        self._types: dict[tuple[str | None, str | None], BatteryType | None] = {}
        self._priors: dict[tuple[object, ...], Mapping[BatteryType, RuntimePrior]] = {}

    def forget(self) -> None:
        """What is expected of packs has changed."""
        self._made.clear()
        self._types.clear()
        self._priors.clear()

    def keep_only(self, refs: set[ChannelRef]) -> None:
        """Forget all other channels."""
        self._made = {ref: made for ref, made in self._made.items() if ref in refs}

    def is_due(self, ref: ChannelRef, trace: PackTrace, now: float) -> bool:
        made = self._made.get(ref)
        return made is None or made.trace != trace or not 0.0 <= now - made.at < EVERY_S

    def trace(
        self,
        record: PackRecord,
        receiver_model: str | None,
        discharges: Sequence[Discharge],
        cell_types: Mapping[str, BatteryType],
    ) -> PackTrace | None:
        """What the forecast is made of, with the type that a person or a discharge vouches for."""
        kind = kind_of_pack(record.model, receiver_model)
        vouched = None if kind is None else cell_types.get(kind)
        return trace_of(record, vouched or self._learn_type(record, discharges))

    def make(
        self,
        ref: ChannelRef,
        record: PackRecord,
        trace: PackTrace,
        receiver_model: str | None,
        discharges: Sequence[Discharge],
        now: float,
    ) -> BatteryForecast | None:
        key = (record.model, record.serial, record.power, record.type, receiver_model)
        if (priors := self._priors.get(key)) is None:
            if len(self._priors) >= MAX_PRIORS:
                self._priors.clear()
            priors = self._priors[key] = expected_runtimes(record, receiver_model, discharges)
        self._made[ref] = _Made(now, trace)
        return forecast_battery(trace, priors, now)

    def _learn_type(self, record: PackRecord, discharges: Sequence[Discharge]) -> BatteryType | None:
        key = (record.model, record.serial)
        if key not in self._types:
            if len(self._types) >= MAX_PRIORS:
                self._types.clear()
            self._types[key] = learn_type(record, discharges)
        return self._types[key]
