"""Judges the same channels and devices again and again, and looks only at what may be judged otherwise. Pure.

Theory of operation. ``judge`` gives exactly what ``judge_problems`` gives for all that was handed over.
``begin`` hands over other channels and devices, which are then judged whole; ``take`` newer states of some
of them. Remembered of each channel is what its problems were found from (``_JudgedChannel``). They hold for a
newer state as long as all of it is the same: the facts, the assignment, the link state, the thresholds and
the zone by identity, and of the meters what they say by these thresholds. Otherwise the channel is judged
whole. So it is, although nothing of it is new,

* when its meters are overdue: each channel waits in a queue for the moment at which that may be so
  (``_DueTimes``), which is looked up again there, since it moves with every meter that comes;
* when its conflicts are others. These are looked for again, among all, only when something of a channel or
  device changed that they depend on (``conflict_inputs``);
* when the clock went back. Then everything is judged whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from math import inf

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_spacing import find_spacing
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts, conflict_inputs, find_conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem, find_device_problems
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement, find_device_start, find_start, is_heard_since
from micboard_tui.domain.problem import ProblemCode, find_problems, find_signal_problems
from micboard_tui.domain.problem_start import ProblemKey, ProblemStarts
from micboard_tui.domain.thresholds import STALE_AFTER_S

EARLY_S = 0.001
"""So long before it may be due something is looked at: more than a calculated moment can be wrong by."""


class _JudgedChannel:
    """A state that was judged whole, as far as its problems depend on it, and what was found."""

    __slots__ = ("codes", "due_at", "inputs", "is_stale", "signal", "state")

    def __init__(self) -> None:
        self.state: ChannelState | None = None
        self.is_stale = False
        self.signal: Sequence[ProblemCode] = ()
        self.inputs: tuple[object, ...] = ()
        self.codes: tuple[ProblemCode, ...] = ()
        self.due_at = inf
        """For which moment it waits in the queue; infinite: for none."""

    def holds_for(self, state: ChannelState, now: float) -> bool:
        """Whether a newer state certainly has the same problems and the same part in conflicts."""
        judged = self.state
        return (
            judged is not None
            and state.facts is judged.facts
            and state.link_state is judged.link_state
            and state.assignment is judged.assignment
            and state.thresholds is judged.thresholds
            and state.rf_zone is judged.rf_zone
            and (state.expected_period_s is not None and state.is_stale(now)) is self.is_stale
            and find_signal_problems(state) == self.signal
        )


class _DueTimes:
    """When channels are to be looked at again, unless meters come."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, ChannelRef]] = []

    def clear(self) -> None:
        self._queue.clear()

    def add(self, state: ChannelState, judged: _JudgedChannel) -> None:
        """Let a channel wait whose meters are not overdue, unless it waits for an earlier moment already."""
        moment = state.stale_from
        if not judged.is_stale and moment is not None and moment < judged.due_at:
            judged.due_at = moment
            heappush(self._queue, (moment, state.ref))

    def take(self, now: float, channels: Mapping[ChannelRef, _JudgedChannel]) -> list[ChannelRef]:
        """Those that may be due at ``now``; they wait no more."""
        due, queue = list[ChannelRef](), self._queue
        while queue and queue[0][0] - EARLY_S <= now:
            moment, ref = heappop(queue)
            if channels[ref].due_at == moment:
                channels[ref].due_at = inf
                due.append(ref)
        return due


class ContinuousJudge:
    def __init__(self) -> None:
        self._now = -inf
        self._due = _DueTimes()
        self._conflicts: Conflicts = NO_CONFLICTS
        self._starts: dict[ProblemKey, float] = {}
        """Of each problem that is there, since when it lasts if it was not there before."""
        self.begin({}, {})

    def begin(
        self, states: Mapping[ChannelRef, ChannelState], devices: Mapping[DeviceId, DeviceSnapshot]
    ) -> None:
        """Judge these from now on, whole at first; both in rack order."""
        self.states, self.devices = states, devices
        self._newer, self._newer_devices = dict(states), dict(devices)
        self._places = {ref: place for place, ref in enumerate(states)}
        self._device_places = {device_id: place for place, device_id in enumerate(devices)}
        self._judged = {ref: _JudgedChannel() for ref in states}
        self._due.clear()
        self._spacings_khz: dict[DeviceId, int] = {}
        self._conflicts = NO_CONFLICTS
        self._problems: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        self._device_problems: dict[DeviceId, tuple[DeviceProblem, ...]] = {}
        self._starts.clear()

    def take(self, states: Iterable[ChannelState], devices: Iterable[DeviceSnapshot]) -> None:
        """These are newer; no channel or device is another one."""
        newer = {state.ref: state for state in states}
        newer_devices = {device.device.id: device for device in devices}
        # An update keeps the order.
        self.states, self.devices = {**self.states, **newer}, {**self.devices, **newer_devices}
        # As a rule all of it is judged before anything else comes.
        self._newer = {**self._newer, **newer} if self._newer else newer
        self._newer_devices = {**self._newer_devices, **newer_devices}

    def judge(self, now: float, before: ProblemStarts) -> Judgement:
        """All problems at ``now``; ``before`` are the starts of the judgement before."""
        if now < self._now:
            self.begin(self.states, self.devices)
        self._now = now
        outdated = self._find_outdated()
        has_other_inputs = self._note_inputs(outdated)
        if self._take_spacings() or has_other_inputs:
            outdated |= self._find_conflicts()
        self._judge_channels(outdated)
        self._judge_devices()
        self._newer, self._newer_devices = {}, {}
        starts = before.follow(self._starts, now, partial(is_heard_since, self.states, self.devices))
        problems, device_problems = dict(self._problems), dict(self._device_problems)
        return Judgement(self.states, self.devices, problems, device_problems, self._conflicts, starts)

    def _find_outdated(self) -> dict[ChannelRef, ChannelState]:
        """The channels that are to be judged whole, for what is new of them or for the time."""
        outdated = self._find_others(self._newer)
        due = {ref: self.states[ref] for ref in self._due.take(self._now, self._judged)}
        return outdated | self._find_others(due)

    def _find_others(self, states: Mapping[ChannelRef, ChannelState]) -> dict[ChannelRef, ChannelState]:
        """Those that may have other problems; the rest is looked at when time goes by."""
        now, judged_channels, others = self._now, self._judged, dict[ChannelRef, ChannelState]()
        for ref, state in states.items():
            judged = judged_channels[ref]
            if not judged.holds_for(state, now):
                others[ref] = state
            elif (period_s := state.expected_period_s) is not None:
                since = state.meters_at
                # As a rule it waits already, and meters that came have only put it off.
                if since is None or since + period_s + STALE_AFTER_S < judged.due_at:
                    self._due.add(state, judged)
        return others

    def _note_inputs(self, outdated: Mapping[ChannelRef, ChannelState]) -> bool:
        """Whether any of these channels may be in another conflict, or bring others into one."""
        has_others = False
        for ref, state in outdated.items():
            judged, inputs = self._judged[ref], conflict_inputs(state)
            if judged.inputs != inputs:
                judged.inputs, has_others = inputs, True
        return has_others

    def _take_spacings(self) -> bool:
        """Whether the carriers of any device have to keep another distance now."""
        before = self._spacings_khz
        newer = {
            device_id: khz
            for device_id, device in self._newer_devices.items()
            if (khz := find_spacing(device.state.model)) != before.get(device_id, 0)
        }
        self._spacings_khz = (
            {ref: khz for ref, khz in {**before, **newer}.items() if khz} if newer else before
        )
        return bool(newer)

    def _find_conflicts(self) -> dict[ChannelRef, ChannelState]:
        """The channels whose conflicts are others now."""
        before = self._conflicts
        now = self._conflicts = find_conflicts(self.states.values(), self._spacings_khz)
        refs = before.keys() | now.keys()
        return {ref: self.states[ref] for ref in refs if before.get(ref) != now.get(ref)}

    def _judge_channels(self, outdated: Mapping[ChannelRef, ChannelState]) -> None:
        now, problems, has_more = self._now, self._problems, False
        for ref, state in outdated.items():
            judged = self._judged[ref]
            judged.state, judged.is_stale = state, state.is_stale(now)
            judged.signal = find_signal_problems(state)
            self._due.add(state, judged)
            before = judged.codes
            codes = judged.codes = find_problems(state, now, conflicts=self._conflicts.get(ref, ()))
            if codes == before:
                continue
            for code in before:
                del self._starts[ProblemKey(ref.device_id, ref.number, code)]
            for code in codes:
                self._starts[ProblemKey(ref.device_id, ref.number, code)] = find_start(code, state, now)
            has_more = has_more or ref not in problems
            problems[ref] = codes
            if not codes:
                del problems[ref]
        if has_more:
            self._problems = {ref: problems[ref] for ref in sorted(problems, key=self._places.__getitem__)}

    def _judge_devices(self) -> None:
        found, has_more = self._device_problems, False
        for device_id, device in self._newer_devices.items():
            problems, before = find_device_problems(device), found.get(device_id, ())
            if problems == before:
                continue
            for problem in before:
                del self._starts[_key(device_id, problem)]
            for problem in problems:
                start = find_device_start(problem, device.state, self._now)
                self._starts[_key(device_id, problem)] = start
            has_more = has_more or device_id not in found
            found[device_id] = problems
            if not problems:
                del found[device_id]
        if has_more:
            places = self._device_places
            self._device_problems = {ref: found[ref] for ref in sorted(found, key=places.__getitem__)}


def _key(device_id: DeviceId, problem: DeviceProblem) -> ProblemKey:
    return ProblemKey(device_id, None, problem.code, problem.number)
