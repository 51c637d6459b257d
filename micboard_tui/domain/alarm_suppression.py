"""What would be an alarm and is none because a person or the profile does not want it: by design. Pure.

``find_suppressed`` finds it at one moment, ``SuppressionWatch`` lists what lasts for the delay of its alarm.
What another suppressed condition says already, as of the channels of a device that is out of service and
gone, is not repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.alarm_conditions import find_conditions
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_rules import ALLOWED, AlarmKey, AlarmPriority, find_rule, list_sources
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import find_problems


class SuppressionReason(StrEnum):
    EXPECTED_OFF = "expected_off"
    """The channel is marked as expected off."""
    PROFILE = "profile"
    """The active profile leaves its cause out."""
    OUT_OF_SERVICE = "out_of_service"
    """The device, or the location that it stands at, is out of service."""


class SuppressedCondition(NamedTuple):
    key: AlarmKey
    reason: SuppressionReason
    since: float
    """When it was found first, seconds since the epoch."""


Suppressed: TypeAlias = dict[AlarmKey, SuppressionReason]


def find_reason(key: AlarmKey, context: AlarmContext) -> SuppressionReason | None:
    """Why a condition that is there is no alarm; None: it is one."""
    if key.device_id in context.out_of_use:
        return SuppressionReason.OUT_OF_SERVICE
    return None if key.cause in ALLOWED[context.profile] else SuppressionReason.PROFILE


def find_expected_off(
    states: Mapping[ChannelRef, ChannelState], context: AlarmContext, now: float
) -> Suppressed:
    """What would be wrong with the channels that are expected off if they were not."""
    return {
        AlarmKey(cause, *ref): SuppressionReason.OUT_OF_SERVICE
        if ref.device_id in context.out_of_use
        else SuppressionReason.EXPECTED_OFF
        for ref, state in states.items()
        if (assignment := state.assignment) is not None and assignment.expected_off
        for cause in find_problems(replace(state, assignment=replace(assignment, expected_off=False)), now)
    }


def find_suppressed(judgement: Judgement, context: AlarmContext) -> Sequence[SuppressedCondition]:
    """By the readings of one moment, without delays: for a process that does not follow conditions."""
    now = judgement.starts.at
    found = find_expected_off(judgement.states, context, now)
    for key in find_conditions(judgement, {}):
        if (reason := find_reason(key, context)) is not None:
            found[key] = reason
    return _list({key: (reason, now) for key, reason in found.items()})


class SuppressionWatch:
    """Since when conditions are suppressed."""

    def __init__(self) -> None:
        self._since: dict[AlarmKey, float] = {}
        self.listed: Sequence[SuppressedCondition] = ()
        """The worst first; the same object while nothing changes."""

    def follow(self, found: Suppressed, now: float) -> Sequence[SuppressedCondition]:
        """Those that have lasted for the on-delays of their alarms."""
        if not found and not self._since:
            return self.listed
        # A clock that is put back begins their delays anew.
        self._since = {key: min(now, self._since.get(key, now)) for key in found}
        lasting = {
            key: (found[key], since)
            for key, since in self._since.items()
            if now - since >= find_rule(key).on_delay_s
        }
        listed = _list(lasting)
        if listed != self.listed:
            self.listed = listed
        return self.listed


def _list(found: Mapping[AlarmKey, tuple[SuppressionReason, float]]) -> Sequence[SuppressedCondition]:
    shown = [
        SuppressedCondition(key, *entry)
        for key, entry in found.items()
        if find_rule(key).priority < AlarmPriority.JOURNAL
        and not any(source in found for source in list_sources(key))
    ]
    return tuple(sorted(shown, key=lambda entry: (find_rule(entry.key).priority, entry.key.cause.rank)))
