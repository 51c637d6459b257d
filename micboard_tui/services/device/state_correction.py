"""A reading that does not come from a session: what may be in it, and what it changes. Pure."""

import math
from dataclasses import dataclass, replace

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.known_channels import possible_channels

LOWEST_RF_DBM, HIGHEST_RF_DBM = -150.0, 20.0


@dataclass(frozen=True, slots=True)
class Correction:
    """New values; None leaves a value as it is."""

    channel: int
    battery_percent: int | None = None
    rf_dbm: float | None = None
    is_online: bool | None = None

    @property
    def reads_channel(self) -> bool:
        """Whether it has a reading of the channel itself."""
        return self.battery_percent is not None or self.rf_dbm is not None


def check_correction(correction: Correction, known: DeviceSnapshot) -> None:
    """Whether it can be true of ``known``. Raises MicboardError INVALID_VALUE."""
    percent, rf_dbm, channel = correction.battery_percent, correction.rf_dbm, correction.channel
    if percent is not None and not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise invalid_value_error(f"A battery of {percent} % is not possible", "Use 0 to 100")
    if rf_dbm is not None and not (math.isfinite(rf_dbm) and LOWEST_RF_DBM <= rf_dbm <= HIGHEST_RF_DBM):
        raise invalid_value_error(f"An RF level of {rf_dbm} dBm is not possible", "Use -150 to 20")
    numbers = possible_channels(known)
    # That a charger is online or offline is no matter of a channel.
    if channel not in numbers and (numbers or correction.reads_channel):
        raise invalid_value_error(
            f"{visible(known.title)} has no channel {channel}",
            f"It has {min(numbers)} to {max(numbers)}" if numbers else "It is a charger",
        )


def apply_correction(known: DeviceSnapshot, correction: Correction, now: float) -> DeviceSnapshot:
    """``known`` with the new values, and what follows from them; all else stays."""
    channels = {state.number: state for state in known.channels}
    if correction.reads_channel:
        number = correction.channel
        before = channels.get(number) or ChannelState(
            known.device.id, number, thresholds=known.state.thresholds
        )
        if correction.battery_percent is not None and before.link_state is LinkState.TRANSMITTER_OFF:
            before = replace(before, link_state=LinkState.UNKNOWN, link_since=now)
        channels[number] = replace(
            before,
            facts=_correct_facts(before.facts, correction),
            meters=_correct_meters(before.meters, correction),
            last_battery=None if correction.battery_percent is not None else before.last_battery,
            observed_at=now,
            meters_at=before.meters_at if correction.rf_dbm is None else now,
        )
    state = known.state
    status = _status(state.status, is_online=correction.is_online)
    if status is not state.status:
        link = LinkState.UNKNOWN if correction.is_online else LinkState.OFFLINE
        channels = {
            number: replace(each, link_state=link, link_since=now) for number, each in channels.items()
        }
        state = replace(state, status=status, status_since=now, fault=None)
    if correction.is_online:
        state = replace(state, last_seen_at=now, fault=None)
    ordered = tuple(channels[number] for number in sorted(channels))
    return replace(known, state=state, channels=ordered)


def _correct_facts(facts: ChannelFacts, correction: Correction) -> ChannelFacts:
    """A charge belongs to a transmitter: with the charge, the transmitter is known to be there."""
    if correction.battery_percent is None:
        return facts
    transmitter = facts.transmitter or Transmitter()
    battery = replace(transmitter.battery, percent=correction.battery_percent)
    return replace(facts, transmitter_present=True, transmitter=replace(transmitter, battery=battery))


def _correct_meters(meters: Meters, correction: Correction) -> Meters:
    return meters if correction.rf_dbm is None else meters._replace(rf_dbm=float(correction.rf_dbm))


def _status(status: DeviceStatus, *, is_online: bool | None) -> DeviceStatus:
    if is_online is None:
        return status
    return DeviceStatus.ONLINE if is_online else DeviceStatus.OFFLINE
