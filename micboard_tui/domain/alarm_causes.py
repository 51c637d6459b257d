"""The causes of alarms that no single reading shows: of several channels, the show, this computer. Pure.

``find_causes`` gives each that is there, True, or within its deadband, False. One that is missing is not
there, if ``is_cause_observed`` says that it would have been found; else nothing is known of it now.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_deadbands import CLOCK_S, LAG_S, RUNTIME_MINUTES, SPARE_PACKS
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.bus_loss import LossReason
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_watch import Balance, ChannelWatches
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.intermodulation import GUARD_KHZ, ProductSearch
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, WITHOUT_CARRIER, LinkState
from micboard_tui.domain.problem import ProblemCode

RESERVE_MINUTES = 15.0
"""A pack is to last so much longer than to the next break."""
LEFT_ON_S = 600.0
"""So long after the end of the show, packs that are on were forgotten."""
LAG_LIMIT_S = 0.25
SKEW_S = 2.0
"""A device whose clock is off by more than this."""
POOR_QUALITY_PERCENT = 70
"""Below this, products of other carriers are looked for."""
Causes: TypeAlias = dict[AlarmKey, bool]
_Zone: TypeAlias = LocationId | None


class CauseInput(NamedTuple):
    """All that the rules look at."""

    judgement: Judgement
    context: AlarmContext
    watches: ChannelWatches

    def trusted_forecast(self, ref: ChannelRef) -> BatteryForecast | None:
        """None where none is known, or one that is only a guess."""
        forecast = self.context.forecasts.get(ref)
        return None if forecast is None or forecast.confidence is Confidence.GUESS else forecast

    def list_packs(self) -> Sequence[tuple[ChannelState, BatteryForecast]]:
        """Channels on the air that are meant to be, with forecasts that are more than a guess."""
        states, out_of_use, packs = self.judgement.states, self.context.out_of_use, []
        for ref, forecast in self.context.forecasts.items():
            if forecast.confidence is Confidence.GUESS or ref.device_id in out_of_use:
                continue
            if (state := states.get(ref)) is None:
                continue
            if state.link_state in ON_AIR and not state.expected_off:
                packs.append((state, forecast))
        return packs


Packs: TypeAlias = Sequence[tuple[ChannelState, BatteryForecast]]


def find_causes(given: CauseInput, packs: Packs) -> Causes:
    """All but those of devices that vanish together, of chargers and of frequencies."""
    return dict(
        chain(
            _of_show(given),
            _of_end(given),
            _of_packs(given, packs),
            _of_antennas(given),
            _of_clocks(given.judgement.devices),
            _of_program(given.context),
        )
    )


def _of_show(given: CauseInput) -> Iterator[tuple[AlarmKey, bool]]:
    context, states = given.context, given.judgement.states
    for ref in context.expected:
        state = states.get(ref)
        if state is not None and (cause := _judge_expected(state)) is not None:
            yield AlarmKey(cause, *ref), True
    for ref in given.watches.list_silent():
        if ref in context.expected and ref in states and not states[ref].expected_off:
            yield AlarmKey(ProblemCode.SILENT, *ref), True


def _of_end(given: CauseInput) -> Iterator[tuple[AlarmKey, bool]]:
    ended_for_s = given.context.ended_for_s
    if ended_for_s is not None and ended_for_s >= LEFT_ON_S:
        for ref, state in given.judgement.states.items():
            if state.link_state in ON_AIR and not state.expected_off:
                yield AlarmKey(ProblemCode.PACK_LEFT_ON, *ref), True


def _of_packs(given: CauseInput, packs: Packs) -> Iterator[tuple[AlarmKey, bool]]:
    context = given.context
    if context.minutes_to_break is not None:
        needed_minutes = context.minutes_to_break + RESERVE_MINUTES
        for state, forecast in packs:
            if forecast.p10 < needed_minutes + RUNTIME_MINUTES:
                yield AlarmKey(ProblemCode.WILL_NOT_LAST, *state.ref), forecast.p10 < needed_minutes
    to_end = context.minutes_to_end
    if to_end is not None:
        needed = sum(forecast.p10 < to_end and not _is_spare(state) for state, forecast in packs)
        if needed and (ready := _count_ready(given)) < needed + SPARE_PACKS:
            yield AlarmKey(ProblemCode.NO_SPARE), ready < needed


def _judge_expected(state: ChannelState) -> ProblemCode | None:
    """What is wrong with a channel because the scene has it on."""
    if state.link_state is LinkState.LIVE or state.expected_off:
        return None
    if state.link_state is LinkState.TRANSMITTER_OFF:
        return ProblemCode.SWITCHED_OFF
    pack = state.facts.transmitter
    is_muted = state.link_state is LinkState.MUTED and pack is not None and pack.muted is True
    return ProblemCode.PACK_MUTED if is_muted else None


def _count_ready(given: CauseInput) -> int:
    """Packs that could take over: charged ones, and spares on the air; none of what is out of service."""
    judgement, out_of_use = given.judgement, given.context.out_of_use
    charged = sum(
        bay.state is BayState.READY
        for device_id, device in judgement.devices.items()
        if device_id not in out_of_use
        for bay in device.state.bays
    )
    return charged + sum(
        _is_spare(state) and state.link_state in ON_AIR and ref.device_id not in out_of_use
        for ref, state in judgement.states.items()
    )


def _is_spare(state: ChannelState) -> bool:
    return state.assignment is not None and state.assignment.role is Role.SPARE


def _of_antennas(given: CauseInput) -> Iterator[tuple[AlarmKey, bool]]:
    devices = given.judgement.devices
    for device_id in {ref.device_id for ref in given.watches.list_uneven()}:
        if (device := devices.get(device_id)) is None:
            continue
        for antenna in (1, 2):
            balance = find_balance(device_id, device, given.watches, antenna)
            if balance is not None and balance is not Balance.EVEN:
                key = AlarmKey(ProblemCode.ANTENNA_FAULT, device_id, part=antenna)
                yield key, balance is Balance.WEAK


def find_balance(
    device_id: DeviceId, device: DeviceSnapshot, watches: ChannelWatches, antenna: int
) -> Balance | None:
    """How weak an antenna of a device is on enough of its channels; None: too few are known."""
    enough = min(2, len(device.channels))
    known = weak = weaker = 0
    for channel in device.channels:
        watch = watches.find(ChannelRef(device_id, channel.number))
        if watch is None or (balance := watch.balance(antenna)) is None:
            continue
        known += 1
        weak += balance is Balance.WEAK
        weaker += balance is not Balance.EVEN
    if known < enough:
        return None
    if weak >= enough:
        return Balance.WEAK
    return Balance.BETWEEN if weaker >= enough else Balance.EVEN


def _of_clocks(devices: Mapping[DeviceId, DeviceSnapshot]) -> Iterator[tuple[AlarmKey, bool]]:
    for device_id, device in devices.items():
        offset_s = device.state.clock_offset_s
        if offset_s is not None and abs(offset_s) > SKEW_S - CLOCK_S and device.state.is_online:
            yield AlarmKey(ProblemCode.CLOCK_SKEW, device_id), abs(offset_s) > SKEW_S


def _of_program(context: AlarmContext) -> Iterator[tuple[AlarmKey, bool]]:
    lag_s = context.loop_lag_s
    if lag_s is not None and lag_s > LAG_LIMIT_S - LAG_S:
        yield AlarmKey(ProblemCode.OWN_LOAD), lag_s > LAG_LIMIT_S
    if context.is_stored is False:
        yield AlarmKey(ProblemCode.NOT_STORED), True
    if context.lost is not None and context.lost.reason is LossReason.COLLECTOR:
        yield AlarmKey(ProblemCode.COLLECTOR_LOST), True


class FrequencyWatch:
    """Products of other carriers, of every RF zone, for the channels in trouble there."""

    def __init__(self) -> None:
        self._searches: dict[_Zone, ProductSearch] = {}

    def find(self, judgement: Judgement) -> Collection[ChannelRef]:
        """The channels that are hit, and have trouble."""
        victims: dict[_Zone, list[tuple[ChannelRef, tuple[int, int]]]] = {}
        for ref, state in judgement.states.items():
            quality = state.meters.quality_percent
            is_poor = quality is not None and quality < POOR_QUALITY_PERCENT
            if (is_poor or state.facts.interference) and state.link_state in ON_AIR:
                device, khz = judgement.devices.get(ref.device_id), state.facts.frequency_khz
                guard = None if device is None else GUARD_KHZ.get(device.device.manufacturer)
                if guard is not None and khz is not None:
                    victims.setdefault(state.rf_zone, []).append((ref, (khz, guard)))
        if not victims:
            return ()
        carriers: dict[_Zone, list[int]] = {}
        for state in judgement.states.values():
            if state.link_state in ON_AIR and state.facts.frequency_khz is not None:
                carriers.setdefault(state.rf_zone, []).append(state.facts.frequency_khz)
        found = []
        for zone, of_zone in victims.items():
            search = self._searches.setdefault(zone, ProductSearch())
            hits = search.find([victim for _, victim in of_zone], carriers[zone])
            found += [ref for (ref, _), is_hit in zip(of_zone, hits, strict=True) if is_hit]
        return found


def is_cause_observed(key: AlarmKey, given: CauseInput) -> bool:
    """Whether the cause would have been found if it were there."""
    check = _OBSERVED.get(key.cause)
    if check is not None:
        return check(key, given)
    if key.device_id is None:
        return True
    device = given.judgement.devices.get(key.device_id)
    if device is None:
        return True
    if key.channel is None or not device.state.is_online:
        return device.state.is_online
    state = given.judgement.states.get(ChannelRef(key.device_id, key.channel))
    return state is None or state.link_state not in (*OUT_OF_REACH, LinkState.UNKNOWN)


def _is_runtime_known(key: AlarmKey, given: CauseInput) -> bool:
    state = _state_of(key, given)
    if state is None or state.expected_off or given.context.minutes_to_break is None:
        return True
    if state.link_state in ON_AIR:
        return given.trusted_forecast(state.ref) is not None
    return state.link_state is LinkState.DOCKED


def _is_balance_known(key: AlarmKey, given: CauseInput) -> bool:
    device = None if key.device_id is None else given.judgement.devices.get(key.device_id)
    if device is None:
        return True
    return find_balance(device.device.id, device, given.watches, key.part) is not None


def _is_carrier_known(key: AlarmKey, given: CauseInput) -> bool:
    """A pack that is still away is as empty as it was."""
    state = _state_of(key, given)
    return (
        state is None
        or state.link_state in ON_AIR
        or state.link_state in WITHOUT_CARRIER - {LinkState.RF_LOST}
    )


def _is_quality_known(key: AlarmKey, given: CauseInput) -> bool:
    state = _state_of(key, given)
    if state is None or state.link_state in WITHOUT_CARRIER:
        return True
    return state.link_state in ON_AIR and state.meters.quality_percent is not None


def _state_of(key: AlarmKey, given: CauseInput) -> ChannelState | None:
    if key.device_id is None or key.channel is None:
        return None
    return given.judgement.states.get(ChannelRef(key.device_id, key.channel))


_OBSERVED: Mapping[ProblemCode, Callable[[AlarmKey, CauseInput], bool]] = {
    ProblemCode.WILL_NOT_LAST: _is_runtime_known,
    ProblemCode.ANTENNA_FAULT: _is_balance_known,
    ProblemCode.BATTERY_EMPTY: _is_carrier_known,
    ProblemCode.INTERMODULATION: _is_quality_known,
    ProblemCode.OWN_LOAD: lambda _, given: given.context.loop_lag_s is not None,
    ProblemCode.NOT_STORED: lambda _, given: given.context.is_stored is not None,
    ProblemCode.COLLECTOR_LOST: lambda _, given: given.context.lost is None or given.context.lost.is_partial,
}
