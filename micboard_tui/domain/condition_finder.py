"""The conditions of all alarms at one moment: from problems, from causes over time, from the show. Pure.

``ConditionFinder.find`` is called at the pace of the alarm service with the judgement of the moment. It
begins with what is wrong at this moment (``alarm_conditions``) and then, in this order,

1. judges anew what takes more than a moment: clipping, quality, batteries;
2. adds the causes that no reading shows (``alarm_causes``, ``outage``, ``charge_watch``);
3. lets an open alarm stand while its value is within the deadband (``alarm_deadbands``);
4. takes away what is suppressed by design: by the profile, or because its device is out of use.

A condition is True, False, or missing: it was not observed, so its alarm neither comes nor goes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from micboard_tui.domain.alarm_causes import (
    CauseInput,
    Causes,
    FrequencyWatch,
    find_causes,
    is_cause_observed,
)
from micboard_tui.domain.alarm_conditions import find_conditions
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_deadbands import is_bay_within_deadband, is_within_deadband
from micboard_tui.domain.alarm_life import ActiveShow, WatchedAlarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority, lower_priority
from micboard_tui.domain.alarm_suppression import (
    Suppressed,
    SuppressedCondition,
    SuppressionWatch,
    find_expected_off,
    find_reason,
)
from micboard_tui.domain.battery_conditions import BatteryConditions
from micboard_tui.domain.battery_steps import find_minutes_steps
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.channel_watch import ChannelWatches
from micboard_tui.domain.charge_watch import ChargeWatch
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.outage import find_lost_antennas, find_network_losses
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ProblemCode

FINE_RF_DB = 5.0
"""So far above RF low a poor quality is no matter of the antennas."""


class Conditions(NamedTuple):
    """Of one moment, as ``AlarmDesk.follow`` takes them."""

    by_key: dict[AlarmKey, bool]
    groups: Mapping[DeviceId, AlarmKey]
    """For devices that became unreachable together the one alarm that stands for all of them."""
    priorities: Mapping[AlarmKey, AlarmPriority]
    """Of conditions that are there and less urgent than their rule says."""
    minutes_steps: Mapping[AlarmKey, int]
    """How far the batteries of conditions that are there went down."""
    active: ActiveShow | None
    """The active profile and show; None: not known yet."""


class ConditionFinder:
    """Remembers what shows only over time."""

    def __init__(self) -> None:
        self._watches = ChannelWatches()
        self._charges = ChargeWatch()
        self._frequencies = FrequencyWatch()
        self._batteries = BatteryConditions()
        self._suppressions = SuppressionWatch()
        self._expected_off: Suppressed = {}
        """What is wrong with channels that are expected off, as it was sampled last."""
        self._causes: Causes = {}
        """As they were sampled last."""

    def find(
        self, judgement: Judgement, context: AlarmContext, watched: Mapping[AlarmKey, WatchedAlarm]
    ) -> Conditions:
        """All that is true, and of the alarms that the desk has all that is known."""
        given = CauseInput(judgement, context, self._watches)
        if self._watches.observe(judgement.states, judgement.devices, context.expected, judgement.starts.at):
            self._causes = self._sample(given)
        open_keys = {key for key, entry in watched.items() if entry.alarm is not None and entry.alarm.is_open}
        found = find_conditions(judgement, watched)
        _judge_quality(found, judgement)
        self._judge_clipping(found, given)
        ended = self._batteries.judge(found, given)
        in_use = {key: device for key, device in judgement.devices.items() if key not in context.out_of_use}
        losses = find_network_losses(in_use, open_keys)
        causes = dict(self._causes)
        causes.update((loss.key, True) for loss in losses)
        causes.update((key, True) for key in self._find_outages(judgement, open_keys))
        for key, is_there in causes.items():
            found[key] = is_there or key in open_keys
        _end_causes(found, causes, watched, given)
        for key in open_keys.difference(causes, ended):
            if found.get(key) is False and _is_held(key, judgement):
                found[key] = True
        suppressed = dict(self._expected_off)
        priorities = _limit(found, context, suppressed)
        for key in open_keys.intersection(suppressed):
            # It is an alarm still, until its off-delay is over.
            del suppressed[key]
        self._suppressions.follow(suppressed, judgement.starts.at)
        _end_out_of_use(found, watched, context.out_of_use)
        groups = {device_id: loss.key for loss in losses for device_id in loss.devices}
        steps = find_minutes_steps(found, given)
        return Conditions(found, groups, priorities, steps, context.active)

    @property
    def suppressed(self) -> Sequence[SuppressedCondition]:
        """What was suppressed by design last; the same object while nothing changes."""
        return self._suppressions.listed

    def _sample(self, given: CauseInput) -> Causes:
        """What lasts for seconds at least, and so is looked for once a second."""
        judgement, packs = given.judgement, given.list_packs()
        self._expected_off = find_expected_off(judgement.states, given.context, judgement.starts.at)
        self._batteries.sample(packs, judgement)
        causes = find_causes(given, packs)
        causes.update(
            (AlarmKey(ProblemCode.NOT_CHARGING, device_id, part=number), True)
            for device_id, number in self._charges.observe(judgement.devices, judgement.starts.at)
        )
        causes.update(
            (AlarmKey(ProblemCode.INTERMODULATION, *ref), True) for ref in self._frequencies.find(judgement)
        )
        return causes

    def _find_outages(self, judgement: Judgement, open_keys: Collection[AlarmKey]) -> Iterator[AlarmKey]:
        """Carriers that went together, or with their batteries."""
        lost = [
            judgement.states[ref]
            for ref, codes in judgement.problems.items()
            if codes[0] is ProblemCode.RF_LOST
        ]
        for device_id in find_lost_antennas(lost, open_keys):
            yield AlarmKey(ProblemCode.ANTENNA_SYSTEM, device_id)
        for state in lost:
            key = AlarmKey(ProblemCode.BATTERY_EMPTY, *state.ref)
            if key in open_keys or self._batteries.is_empty(state):
                yield key

    def _judge_clipping(self, found: dict[AlarmKey, bool], given: CauseInput) -> None:
        """What the device reports counts at once, peaks only if there are several."""
        states = given.judgement.states
        for key in _list_true(found, ProblemCode.AUDIO_CLIP):
            state = _find_state(key, states)
            if state is not None and not _is_overload_reported(state):
                found[key] = False
        for ref in self._watches.list_clipping(given.judgement.starts.at):
            if ref in states and states[ref].link_state in ON_AIR and not states[ref].expected_off:
                found[AlarmKey(ProblemCode.AUDIO_CLIP, *ref)] = True


def _judge_quality(found: dict[AlarmKey, bool], judgement: Judgement) -> None:
    """A poor quality is one of its own only where the signal is not weak; unknown RF is not weak."""
    for key in _list_true(found, ProblemCode.QUALITY_LOW):
        state = _find_state(key, judgement.states)
        dbm = None if state is None else state.meters.rf_dbm
        if state is not None and dbm is not None and dbm < state.thresholds.rf_low_dbm + FINE_RF_DB:
            found[key] = False


def _list_true(found: Mapping[AlarmKey, bool], cause: ProblemCode) -> list[AlarmKey]:
    return [key for key, is_there in found.items() if is_there and key.cause is cause]


def _find_state(key: AlarmKey, states: Mapping[ChannelRef, ChannelState]) -> ChannelState | None:
    if key.device_id is None or key.channel is None:
        return None
    return states.get(ChannelRef(key.device_id, key.channel))


def _is_overload_reported(state: ChannelState) -> bool:
    return state.meters.overload or DeviceWarning.AUDIO_PEAK in state.facts.device_warnings


def _end_causes(
    found: dict[AlarmKey, bool], causes: Causes, watched: Collection[AlarmKey], given: CauseInput
) -> None:
    """Of causes that were there: what is not found ended, if it was looked for."""
    for key in watched:
        if key.cause in ONLY_OF_ALARMS and key not in causes:
            found.pop(key, None)
            if is_cause_observed(key, given):
                found[key] = False


def _is_held(key: AlarmKey, judgement: Judgement) -> bool:
    """Whether the value of an open alarm is still within the deadband."""
    if key.device_id is None:
        return False
    if key.channel is None:
        device = judgement.devices.get(key.device_id)
        return device is not None and any(
            is_bay_within_deadband(key.cause, bay, device.state.thresholds.battery)
            for bay in device.state.bays
            if bay.number == key.part
        )
    state = _find_state(key, judgement.states)
    return (
        state is not None
        and not state.expected_off
        and state.link_state in ON_AIR
        and is_within_deadband(key.cause, state)
    )


def _end_out_of_use(
    found: dict[AlarmKey, bool], watched: Collection[AlarmKey], out_of_use: Collection[DeviceId]
) -> None:
    """What is open of a device that is out of use ends, also while the device cannot be read."""
    if out_of_use:
        found.update((key, False) for key in watched if key.device_id in out_of_use)


def _limit(
    found: dict[AlarmKey, bool], context: AlarmContext, suppressed: Suppressed
) -> Mapping[AlarmKey, AlarmPriority]:
    """End what is suppressed by design and put it down; answer what is less urgent than its rule."""
    priorities = {}
    for key, is_there in found.items():
        if not is_there:
            continue
        if (reason := find_reason(key, context)) is not None:
            found[key] = False
            suppressed[key] = reason
        elif (priority := lower_priority(key, context.profile, is_idle=_is_idle(key, context))) is not None:
            priorities[key] = priority
    return priorities


def _is_idle(key: AlarmKey, context: AlarmContext) -> bool:
    """Whether it is of a channel that the scene of now does not have."""
    if not context.expected or key.device_id is None or key.channel is None:
        return False
    return ChannelRef(key.device_id, key.channel) not in context.expected
