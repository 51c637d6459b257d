"""The problems of all channels and devices, and since when each of them lasts.

A problem that goes away and comes back within ``DROP_OUT_S`` lasts since it was first seen: a link that drops
for a second does not make it a new one. So what ended is remembered for that long.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from micboard_tui.domain.battery import Battery, estimate_minutes
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts, find_conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem, find_device_problems
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode, Severity, find_problems
from micboard_tui.tui.arrange.arrangement import LineRef

DROP_OUT_S = 5.0
Urgency: TypeAlias = tuple[float, float, float]
"""For sorting, the most urgent first: by code and so by severity, by minutes of battery left, by age."""
NO_PROBLEM: Urgency = (float(len(ProblemCode)), 0.0, 0.0)
"""Of a channel or device without one."""
_BATTERY = frozenset({ProblemCode.BATTERY_CRITICAL, ProblemCode.BATTERY_LOW})
_SINCE_LINK_CHANGE = frozenset({ProblemCode.RF_LOST, ProblemCode.OFFLINE, ProblemCode.REFUSED})


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that a channel has now."""

    code: ProblemCode
    state: ChannelState
    since: float

    @property
    def ref(self) -> ChannelRef:
        return self.state.ref

    @property
    def urgency(self) -> Urgency:
        """What is to be looked after first: the worse, then what ends sooner, then what lasts longer."""
        return _urgency(self.code, self.state.battery, self.since)


@dataclass(frozen=True, slots=True)
class OpenDeviceProblem:
    """A problem that a device itself has now."""

    problem: DeviceProblem
    device: DeviceSnapshot
    since: float

    @property
    def code(self) -> ProblemCode:
        return self.problem.code

    @property
    def ref(self) -> DeviceId:
        return self.device.device.id

    @property
    def urgency(self) -> Urgency:
        """As that of channels, so that all of them can be sorted together."""
        bay = self.problem.bay
        return _urgency(self.code, None if bay is None else bay.battery, self.since)


AnyProblem: TypeAlias = OpenProblem | OpenDeviceProblem
_ProblemKey: TypeAlias = tuple[LineRef, ProblemCode, int]
"""Of which channel or device, which one, and of a device in which bay."""


class ProblemWatch:
    """Judges everything a few times a second, and remembers since when each problem lasts."""

    def __init__(self) -> None:
        self._since: dict[_ProblemKey, float] = {}
        self._ended: dict[_ProblemKey, tuple[float, float]] = {}
        """Since when what has just ended had lasted, and when it ended."""
        self._urgencies: dict[LineRef, Urgency] = {}
        self._of_devices: Sequence[OpenDeviceProblem] = ()
        self.problems: Mapping[ChannelRef, tuple[ProblemCode, ...]] = {}
        """The problems of every channel that has any; another object after each judgement."""
        self.device_problems: Mapping[DeviceId, tuple[DeviceProblem, ...]] = {}
        """Those of every device that has any itself, worst first."""
        self.conflicts: Conflicts = NO_CONFLICTS
        """Those of them that channels have with each other."""
        self.worst: AnyProblem | None = None
        """The problem to look at first."""

    def judge(
        self, states: Sequence[ChannelState], now: float, devices: Iterable[DeviceSnapshot] = ()
    ) -> None:
        """Judge all channels and devices, which are given in rack order."""
        since: dict[_ProblemKey, float] = {}
        found: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        between = self.conflicts = find_conflicts(states)
        urgencies: dict[LineRef, Urgency] = {}
        worst: AnyProblem | None = None
        for state in states:
            # As a rule there is no conflict, and then nothing is looked up.
            codes = find_problems(state, now, conflicts=between.get(state.ref, ()) if between else ())
            if not codes:
                continue
            ref = state.ref
            found[ref] = codes
            for code in codes:
                known_since = self._known_since((ref, code, 0), now)
                since[ref, code, 0] = _start(code, state, now) if known_since is None else known_since
            problem = OpenProblem(codes[0], state, since[ref, codes[0], 0])
            urgency = urgencies[ref] = problem.urgency
            if worst is None or urgency < urgencies[worst.ref]:
                worst = problem
        self._of_devices = of_devices = self._judge_devices(devices, now, since)
        for device_problem in of_devices:
            urgency, ref_of_device = device_problem.urgency, device_problem.ref
            urgencies[ref_of_device] = min(urgency, urgencies.get(ref_of_device, urgency))
            if worst is None or urgency < worst.urgency:
                worst = device_problem
        self._note_ended(since, now)
        self._since, self._urgencies, self.problems, self.worst = since, urgencies, found, worst

    def _judge_devices(
        self, devices: Iterable[DeviceSnapshot], now: float, since: dict[_ProblemKey, float]
    ) -> Sequence[OpenDeviceProblem]:
        judged = ((device, find_device_problems(device)) for device in devices)
        of_devices: list[OpenDeviceProblem] = []
        by_device: dict[DeviceId, tuple[DeviceProblem, ...]] = {}
        for device, problems in judged:
            if problems:
                by_device[device.device.id] = problems
            for problem in problems:
                key = device.device.id, problem.code, problem.number
                known_since = self._known_since(key, now)
                start = device.state.status_since if problem.code in _SINCE_LINK_CHANGE else None
                since[key] = (now if start is None else start) if known_since is None else known_since
                of_devices.append(OpenDeviceProblem(problem, device, since[key]))
        self.device_problems = by_device
        return of_devices

    def _known_since(self, problem: _ProblemKey, now: float) -> float | None:
        """Since when it lasts that was there at the last judgement, or a moment before."""
        if (since := self._since.get(problem)) is not None:
            return since
        since, ended = self._ended.get(problem, (None, now))
        return since if 0 <= now - ended <= DROP_OUT_S else None

    def _note_ended(self, since: Mapping[_ProblemKey, float], now: float) -> None:
        ended = {problem: old for problem, old in self._ended.items() if 0 <= now - old[1] <= DROP_OUT_S}
        ended |= {problem: (start, now) for problem, start in self._since.items() if problem not in since}
        self._ended = ended

    def urgency(self, ref: LineRef) -> Urgency:
        """For sorting: the most urgent first; those without a problem are equal."""
        return self._urgencies.get(ref, NO_PROBLEM)

    def open_problems(self, states: Mapping[ChannelRef, ChannelState]) -> list[AnyProblem]:
        """The worst problem of every channel that has any and all of devices, the most urgent first."""
        found: list[AnyProblem] = [
            OpenProblem(codes[0], states[ref], self._since[ref, codes[0], 0])
            for ref, codes in self.problems.items()
        ]
        return sorted([*found, *self._of_devices], key=lambda problem: problem.urgency)

    @property
    def lines_with_problem(self) -> frozenset[LineRef]:
        return frozenset(self._urgencies)

    def critical_lines(self) -> set[LineRef]:
        """The channels and devices whose worst problem is critical."""
        channels = {ref for ref, codes in self.problems.items() if codes[0].severity is Severity.CRITICAL}
        return channels | {
            problem.ref for problem in self._of_devices if problem.code.severity is Severity.CRITICAL
        }


def next_problem_line(
    refs: Sequence[LineRef], with_problem: Container[LineRef], selected: LineRef | None, direction: int
) -> LineRef | None:
    """The next line with a problem after (1) or before (-1) the selected one, around the ends."""
    candidates = [(index, ref) for index, ref in enumerate(refs) if ref in with_problem]
    if not candidates:
        return None
    start = refs.index(selected) if selected in refs else -1
    ordered = candidates[::direction]
    ahead = [ref for index, ref in ordered if (index - start) * direction > 0]
    return ahead[0] if ahead else ordered[0][1]


def _urgency(code: ProblemCode, battery: Battery | None, since: float) -> Urgency:
    minutes = estimate_minutes(battery) if code in _BATTERY else None
    return float(code.rank), inf if minutes is None else minutes, since


def _start(code: ProblemCode, state: ChannelState, now: float) -> float:
    """When a problem that was not there a moment ago has begun."""
    if code in _SINCE_LINK_CHANGE:
        return now if state.link_since is None else state.link_since
    if code is ProblemCode.STALE and (since := state.meters_awaited_since) is not None:
        return since
    return now
