"""What stays of a channel and a device of which nothing is heard any more: what was known is past. Pure."""

from dataclasses import replace
from typing import NamedTuple

from micboard_tui.domain.battery import LastBattery
from micboard_tui.domain.bay import unknown_bays
from micboard_tui.domain.channel import NO_METERS, ChannelState
from micboard_tui.domain.device import DeviceFault, DeviceState, DeviceStatus
from micboard_tui.domain.link_state import LinkState


class Silence(NamedTuple):
    """Why nothing is heard of a device."""

    cause: object = None
    """Equal for equal reasons; None: it is heard, or nothing is heard of anything."""
    fault: DeviceFault | None = None
    since: float | None = None
    """Seconds since the epoch; None: it is not known."""


HEARD = Silence()


def past_channel(state: ChannelState, silence: Silence) -> ChannelState:
    """The channel as it can be shown: nothing of it is current, and nothing is overdue."""
    facts = replace(
        state.facts,
        transmitter_present=None,
        transmitter=None,
        slots=(),
        is_offline=False,
        meter_interval_s=None,
    )
    return replace(
        state,
        link_state=LinkState.UNKNOWN,
        link_since=silence.since,
        facts=facts,
        meters=NO_METERS,
        audio_peak_dbfs=None,
        rf_low_dbm=None,
        last_battery=_last_battery(state),
        meters_at=None,
        expected_period_s=None,
        dock=None,
        fault_code=None if silence.fault is None else silence.fault.code,
    )


def past_device(state: DeviceState, silence: Silence) -> DeviceState:
    """The same of a device itself."""
    return replace(
        state,
        status=DeviceStatus.UNKNOWN,
        status_since=silence.since,
        fault=silence.fault,
        bays=unknown_bays(len(state.bays)),
    )


def _last_battery(state: ChannelState) -> LastBattery | None:
    battery = state.battery
    if battery is None or not battery.is_known or (past := state.past_battery) is not None:
        return state.past_battery
    return past if state.observed_at is None else LastBattery(battery, state.observed_at)
