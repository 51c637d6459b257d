"""A channel's state from its part of an entry and its last row of meters."""

from micboard_tui.bus.wire.device_entry import ChannelEntry
from micboard_tui.bus.wire.meter_row import MeterRow
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.thresholds import Thresholds


def read_state(
    ref: ChannelRef, channel: ChannelEntry, thresholds: Thresholds, row: MeterRow, at: float, version: int
) -> ChannelState:
    """The state as it was published, without what the device sent as it came, with a version of ours.

    ``at``: the moment of the frame in which the row came.
    """
    observed_at, meters_at, sound_at = row.read_moments(at)
    return ChannelState.of_values(
        {
            "ref": ref,
            "device_id": ref.device_id,
            "number": ref.number,
            "version": version,
            "link_state": channel.link_state,
            "link_since": channel.link_since,
            "facts": channel.facts,
            "meters": row.read_meters(),
            "audio_peak_dbfs": row.read_peak(),
            "rf_low_dbm": row.read_dip(),
            "last_battery": channel.last_battery,
            "observed_at": observed_at,
            "meters_at": meters_at,
            "expected_period_s": channel.expected_period_s,
            "assignment": channel.assignment,
            "rf_zone": channel.rf_zone,
            "dock": channel.dock,
            "fault_code": channel.fault_code,
            "sound_at": sound_at,
            "thresholds": thresholds,
        }
    )
