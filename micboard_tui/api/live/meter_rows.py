"""Meters as rows, each written once however many clients watch its channel. Pure."""

from collections.abc import Collection, Iterable

from micboard_tui.api.live.written_json import dump
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef


class MeterRows:
    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._rows: dict[ChannelRef, tuple[int, str]] = {}

    def rows_since(self, version: int, channels: Iterable[ChannelRef]) -> tuple[str, int]:
        """The rows of those channels that changed after ``version``, and the version to ask with next time.

        Rows are JSON, without the brackets around all of them; empty: none changed.
        """
        changes = self._live.changed_since(version, channels)
        return ",".join([self._row_of(state) for state in changes.channels]), changes.version

    def forget(self, channels: Collection[ChannelRef]) -> None:
        """Keep rows of these channels only."""
        self._rows = {ref: row for ref, row in self._rows.items() if ref in channels}

    def _row_of(self, state: ChannelState) -> str:
        ref = ChannelRef(state.device_id, state.number)
        known = self._rows.get(ref)
        if known is not None and known[0] == state.version:
            return known[1]
        row = _write_row(state)
        self._rows[ref] = (state.version, row)
        return row


def _write_row(state: ChannelState) -> str:
    meters = state.meters
    return dump(
        (
            state.device_id,
            state.number,
            meters.rf_dbm,
            meters.rf_a_dbm,
            meters.rf_b_dbm,
            meters.rf_a_percent,
            meters.rf_b_percent,
            meters.audio_dbfs,
            state.audio_peak_dbfs,
            meters.quality_percent,
            meters.antenna or None,
        )
    )
