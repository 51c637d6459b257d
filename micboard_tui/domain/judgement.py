"""What is wrong with all channels and devices at one moment, and since when. Pure.

``judge_problems`` finds the problems of each channel and device and of channels among each other, and lets
``ProblemStarts`` say since when each lasts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_spacing import spacings_of
from micboard_tui.domain.conflict import Conflicts, find_conflicts
from micboard_tui.domain.device import DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.device_problem import DeviceProblem, find_device_problems
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import OF_LINK, ProblemCode, find_problems
from micboard_tui.domain.problem_start import ProblemKey, ProblemStarts

_UNREACHABLE = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})
_OF_BATTERY = frozenset({ProblemCode.BATTERY_CRITICAL, ProblemCode.BATTERY_LOW})
_BETWEEN_CHANNELS = frozenset({ProblemCode.SAME_FREQUENCY, ProblemCode.PERFORMER_TWICE})


@dataclass(frozen=True, slots=True)
class Judgement:
    """The problems at one moment; a newer one replaces it."""

    states: Mapping[ChannelRef, ChannelState] = field(default_factory=dict)
    """All channels in rack order, as they were judged."""
    devices: Mapping[DeviceId, DeviceSnapshot] = field(default_factory=dict)
    """All devices in rack order; their own states are those that were judged."""
    problems: Mapping[ChannelRef, tuple[ProblemCode, ...]] = field(default_factory=dict)
    """Of every channel that has any, worst first, in rack order."""
    device_problems: Mapping[DeviceId, tuple[DeviceProblem, ...]] = field(default_factory=dict)
    """Of every device that has any itself, worst first, in rack order."""
    conflicts: Conflicts = field(default_factory=dict)
    """Those that channels have with each other."""
    starts: ProblemStarts = field(default_factory=ProblemStarts)
    """Since when each lasts."""

    def since(self, ref: ChannelRef, code: ProblemCode) -> float:
        """Since when a channel has a problem that it has."""
        return self.starts.open[ProblemKey.of_channel(ref, code)]

    def lost_since(self, ref: ChannelRef) -> float | None:
        """Since when a channel is offline, refused or without its carrier; None: it is not."""
        codes = self.problems.get(ref)
        return self.since(ref, codes[0]) if codes is not None and codes[0] in OF_LINK else None

    def is_heard(self, key: ProblemKey, seen_at: float) -> bool:
        """Whether what a problem is about was heard after ``seen_at``, so that it would have been found."""
        return is_heard_since(self.states, self.devices, key, seen_at)

    def device_since(self, device_id: DeviceId, problem: DeviceProblem) -> float:
        """The same of a device itself."""
        return self.starts.open[ProblemKey(device_id, None, problem.code, problem.number)]


def judge_problems(
    states: Mapping[ChannelRef, ChannelState],
    devices: Mapping[DeviceId, DeviceSnapshot],
    now: float,
    before: ProblemStarts,
) -> Judgement:
    """Judge all channels and devices, both in rack order; ``before`` are the starts of the last judgement."""
    conflicts = find_conflicts(states.values(), spacings_of(devices.values()))
    starts: dict[ProblemKey, float] = {}
    found = _judge_channels(states, conflicts, now, starts)
    of_devices = _judge_devices(devices, now, starts)

    is_heard = partial(is_heard_since, states, devices)
    return Judgement(states, devices, found, of_devices, conflicts, before.follow(starts, now, is_heard))


def is_heard_since(
    states: Mapping[ChannelRef, ChannelState],
    devices: Mapping[DeviceId, DeviceSnapshot],
    key: ProblemKey,
    seen_at: float,
) -> bool:
    """Whether what a problem is about was heard after ``seen_at``, so that it would have been found."""
    device = devices.get(key.device_id)
    if device is None:
        return True
    if key.code in _UNREACHABLE:
        return device.state.status is not DeviceStatus.UNKNOWN
    if key.channel is None:
        return _is_device_heard(key, device.state)
    if key.code in _BETWEEN_CHANNELS and _is_any_awaited(devices):
        return False
    return _is_channel_heard(key.code, states.get(ChannelRef(key.device_id, key.channel)), seen_at)


def _judge_channels(
    states: Mapping[ChannelRef, ChannelState],
    conflicts: Conflicts,
    now: float,
    starts: dict[ProblemKey, float],
) -> dict[ChannelRef, tuple[ProblemCode, ...]]:
    """The problems of channels; ``starts`` gets the moment at which each began if it is new."""
    found: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
    for ref, state in states.items():
        # As a rule there is no conflict, and then nothing is looked up.
        codes = find_problems(state, now, conflicts=conflicts.get(ref, ()) if conflicts else ())
        if codes:
            found[ref] = codes
            for code in codes:
                starts[ProblemKey(ref.device_id, ref.number, code)] = find_start(code, state, now)
    return found


def _judge_devices(
    devices: Mapping[DeviceId, DeviceSnapshot], now: float, starts: dict[ProblemKey, float]
) -> dict[DeviceId, tuple[DeviceProblem, ...]]:
    """The same of devices themselves."""
    found: dict[DeviceId, tuple[DeviceProblem, ...]] = {}
    for device_id, device in devices.items():
        if problems := find_device_problems(device):
            found[device_id] = problems
            for problem in problems:
                key = ProblemKey(device_id, None, problem.code, problem.number)
                starts[key] = find_device_start(problem, device.state, now)
    return found


def find_device_start(problem: DeviceProblem, state: DeviceState, now: float) -> float:
    """When a problem of a device itself that was not there a moment ago has begun."""
    return now if problem.code not in _UNREACHABLE or state.status_since is None else state.status_since


def find_start(code: ProblemCode, state: ChannelState, now: float) -> float:
    """When a problem that was not there a moment ago has begun."""
    if code in OF_LINK:
        return now if state.link_since is None else state.link_since
    if code is ProblemCode.STALE and (since := state.meters_awaited_since) is not None:
        return since
    return now


def _is_channel_heard(code: ProblemCode, state: ChannelState | None, seen_at: float) -> bool:
    """Whether a problem would have been found that was there at ``seen_at``; of no channel it has ended."""
    if state is None:
        return True
    link = state.link_state
    if link in OUT_OF_REACH:
        return False
    if link is LinkState.UNKNOWN:
        # Some devices never report whether a carrier is received.
        return state.observed_at is not None and state.observed_at > seen_at
    battery = state.battery
    return code not in _OF_BATTERY or battery is None or battery.is_known


def _is_device_heard(key: ProblemKey, state: DeviceState) -> bool:
    """The same of a device itself."""
    if not state.is_online:
        return False
    if key.code is ProblemCode.CHANNEL_MISSING or key.part == 0:
        return True
    # After a session was opened, the bays are known one after the other.
    if not state.bays:
        return False
    return all(bay.state is not BayState.UNKNOWN for bay in state.bays if bay.number == key.part)


def _is_any_awaited(devices: Mapping[DeviceId, DeviceSnapshot]) -> bool:
    """Whether it is not known of some device yet whether it can be read."""
    return any(device.state.status is DeviceStatus.UNKNOWN for device in devices.values())
