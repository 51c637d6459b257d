"""Which channel takes over best when one fails. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.battery import Battery, BatteryLevel, battery_level, estimate_minutes
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId, bay_label
from micboard_tui.domain.link_state import OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import judge_battery
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.signal_level import SignalLevel, rf_level
from micboard_tui.domain.units import DASH, format_charge, format_duration

_ON_AIR = {LinkState.LIVE: 0, LinkState.MUTED: 1}
_CHARGED, _OTHERWISE = 2, 3
_BY_BATTERY = {
    BatteryLevel.OK: 0,
    BatteryLevel.LOW: 1,
    BatteryLevel.UNKNOWN: 2,
    BatteryLevel.CRITICAL: 3,
}


@dataclass(frozen=True, slots=True)
class SpareCandidate:
    """A channel that could take over, with short texts of what is for and against it."""

    state: ChannelState
    reasons: tuple[str, ...]
    is_ready: bool
    """Live and silent for a while, with a battery that is known to last and a good signal.

    Where no audio level is reported, only what was put aside as a spare counts as silent.
    """


class _Wanted(NamedTuple):
    ref: ChannelRef
    performer: PerformerId | None
    band: str | None
    now: float
    out_of_service: Collection[DeviceId]


def rank_spares(failing: ChannelRef, devices: Sequence[DeviceSnapshot], now: float) -> list[SpareCandidate]:
    """All that could take over from ``failing`` at ``now``, the best first.

    Channels with sound on them come last, put aside or not, and before them those with sound a moment
    ago; among equals those come first that have been silent for longer, and those last that report no level.
    Those that were put aside as spares come first: the performer's own backup, and spares without a
    performer. Then other channels without a performer. A channel of another performer is never among them,
    and neither is one that is out of service, or whose pack is in a charger that is.
    """
    band, performer, kind = None, None, None
    for device in devices:
        for state in device.channels:
            if state.ref == failing:
                band, performer, kind = device.state.rf_band, state.performer, device.state.kind
    out_of_service = {device.device.id for device in devices if device.is_out_of_service}
    wanted = _Wanted(failing, performer.id if performer else None, band, now, out_of_service)
    # A singer cannot go on with an in-ear transmitter.
    devices = [device for device in devices if kind in {None, device.state.kind}]
    ranked = sorted(_ranked(wanted, devices), key=lambda each: each[0])
    return [candidate for _, candidate in ranked]


def _ranked(
    wanted: _Wanted, devices: Sequence[DeviceSnapshot]
) -> Iterator[tuple[tuple[float, ...], SpareCandidate]]:
    place = 0
    for device in devices:
        for state in device.channels:
            place += 1
            if _may_take_over(state, wanted):
                same_band = wanted.band is not None and device.state.rf_band == wanted.band
                ready = is_ready(state, wanted.now)
                rank = (
                    state.has_sound(),
                    not state.is_quiet(wanted.now),
                    not _is_put_aside(state),
                    not ready,
                    _rank_of_link(state),
                    state.link_state is LinkState.LIVE and not _is_sound_known(state),
                    _BY_BATTERY[_battery_level(state)],
                    not _is_strong(state),
                    not same_band,
                    state.performer is None,
                    state.sound_at or 0.0,
                    -(estimate_minutes(_battery(state)) or 0.0),
                    place,
                )
                yield (
                    rank,
                    SpareCandidate(state, tuple(_reasons(state, wanted.now, same_band=same_band)), ready),
                )


def is_ready(state: ChannelState, now: float) -> bool:
    """Whether it can take over this moment, as far as anything is known of it."""
    return (
        state.link_state is LinkState.LIVE
        and not state.is_stale(now)
        and judge_battery(state) is BatteryLevel.OK
        and _is_strong(state)
        and state.is_quiet(now)
        and (_is_sound_known(state) or _is_put_aside(state))
    )


def _rank_of_link(state: ChannelState) -> int:
    """On air first; then what waits in a charger, full."""
    charged = state.dock is not None and state.dock.bay.state is BayState.READY
    return _ON_AIR.get(state.link_state, _CHARGED if charged else _OTHERWISE)


def _battery_level(state: ChannelState) -> BatteryLevel:
    if state.battery is not None:
        return judge_battery(state)
    return battery_level(_battery(state), state.thresholds.battery)


def _battery(state: ChannelState) -> Battery | None:
    """Of the pack on air, or in the bay of a charger."""
    return state.dock.bay.battery if state.battery is None and state.dock is not None else state.battery


def _may_take_over(state: ChannelState, wanted: _Wanted) -> bool:
    if state.ref == wanted.ref or state.expected_off or state.link_state in OUT_OF_REACH:
        return False
    if state.device_id in wanted.out_of_service or _is_docked_in(state, wanted.out_of_service):
        return False
    given = state.assignment
    if given is None or given.performer is None:
        return True
    return given.performer.id == wanted.performer and given.role is not Role.PRIMARY


def _is_docked_in(state: ChannelState, chargers: Collection[DeviceId]) -> bool:
    return (
        state.link_state is LinkState.DOCKED and state.dock is not None and state.dock.device_id in chargers
    )


def _is_put_aside(state: ChannelState) -> bool:
    """A channel that is called spare on the receiver is one, unless it is marked otherwise."""
    given = state.assignment
    if given is not None and (given.performer is not None or given.role is Role.SPARE):
        return True
    return fold_name(state.facts.name or "").startswith("spare")


def _is_sound_known(state: ChannelState) -> bool:
    """Some devices report no audio level, so a microphone of theirs may be in use."""
    return state.meters.audio_dbfs is not None or state.audio_peak_dbfs is not None


def _is_strong(state: ChannelState) -> bool:
    """A level that is not known is not good."""
    return rf_level(state.meters, state.thresholds) is SignalLevel.OK


def _reasons(state: ChannelState, now: float, *, same_band: bool) -> Iterator[str]:
    given = state.assignment
    if _is_put_aside(state):
        yield f"own {given.role.value}" if given is not None and given.performer is not None else "spare"
    if state.dock is not None and state.link_state is LinkState.DOCKED:
        bay = state.dock.bay
        charged = "charged" if bay.state is BayState.READY else "docked"
        yield f"{charged} in {bay_label(visible(state.dock.charger), bay.number)}"
    else:
        yield state.link_state.text
    if state.has_sound():
        yield "sound on it"
    elif state.sound_at is not None and state.link_state is LinkState.LIVE:
        yield f"last sound {format_duration(now - state.sound_at)} ago"
    elif state.link_state is LinkState.LIVE and not _is_sound_known(state):
        yield f"sound {DASH}"
    yield f"battery {format_charge(_battery(state))}"
    if state.link_state in _ON_AIR and state.meters.rf_dbm is not None:
        yield f"RF {state.meters.rf_dbm:.0f} dBm"
    if same_band:
        yield "same band"
