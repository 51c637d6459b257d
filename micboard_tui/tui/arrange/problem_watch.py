"""The problems of all channels and devices as they were judged last, and what is to be looked after first."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.battery import Battery, estimate_minutes
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import Conflicts
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import OF_LINK, ProblemCode, Severity
from micboard_tui.tui.arrange.arrangement import LineRef

Urgency: TypeAlias = tuple[float, float, float]
"""For sorting, the most urgent first: by code and so by severity, by minutes of battery left, by age."""
NO_PROBLEM: Urgency = (float(len(ProblemCode)), 0.0, 0.0)
"""Of a channel or device without one."""
_BATTERY = frozenset({ProblemCode.BATTERY_CRITICAL, ProblemCode.BATTERY_LOW})
NO_STATES: Mapping[ChannelRef, ChannelState] = {}


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


class OpenProblems(NamedTuple):
    """What is open, as far as there is room for it."""

    listed: Sequence[AnyProblem]
    total: int
    """How many there are, listed or not."""


class ProblemWatch:
    """Keeps the last judgement, and the urgency of each line in it."""

    def __init__(self) -> None:
        self._judgement = Judgement()
        self._urgencies: dict[LineRef, Urgency] = {}
        self._of_channels: Sequence[tuple[Urgency, ChannelRef]] = ()
        """The worst problem of each that has any."""
        self._of_devices: Sequence[OpenDeviceProblem] = ()
        self.lost_since: Mapping[ChannelRef, float] = {}
        """Since when each channel is offline, refused or without its carrier."""
        self.worst: AnyProblem | None = None
        """The problem to look at first."""

    @property
    def problems(self) -> Mapping[ChannelRef, tuple[ProblemCode, ...]]:
        """The problems of every channel that has any; another object after each judgement."""
        return self._judgement.problems

    @property
    def device_problems(self) -> Mapping[DeviceId, tuple[DeviceProblem, ...]]:
        """Those of every device that has any itself, worst first."""
        return self._judgement.device_problems

    @property
    def conflicts(self) -> Conflicts:
        """Those of them that channels have with each other."""
        return self._judgement.conflicts

    def take(self, judgement: Judgement) -> None:
        """Take a newer judgement."""
        urgencies: dict[LineRef, Urgency] = {}
        lost_since: dict[ChannelRef, float] = {}
        states, of_channels = judgement.states, list[tuple[Urgency, ChannelRef]]()
        for ref, codes in judgement.problems.items():
            code = codes[0]
            since = judgement.since(ref, code)
            urgency = urgencies[ref] = _urgency(
                code, states[ref].battery if code in _BATTERY else None, since
            )
            of_channels.append((urgency, ref))
            if code in OF_LINK:
                lost_since[ref] = since
        of_devices = [
            OpenDeviceProblem(
                problem, judgement.devices[device_id], judgement.device_since(device_id, problem)
            )
            for device_id, problems in judgement.device_problems.items()
            for problem in problems
        ]
        worst: AnyProblem | None = None
        if of_channels:
            worst = _open(judgement, min(of_channels, key=_first)[1])
        for device_problem in of_devices:
            urgency, ref_of_device = device_problem.urgency, device_problem.ref
            urgencies[ref_of_device] = min(urgency, urgencies.get(ref_of_device, urgency))
            if worst is None or urgency < worst.urgency:
                worst = device_problem
        self._judgement, self._of_channels, self._of_devices = judgement, of_channels, of_devices
        self._urgencies, self.lost_since, self.worst = urgencies, lost_since, worst

    def urgency(self, ref: LineRef) -> Urgency:
        """For sorting: the most urgent first; those without a problem are equal."""
        return self._urgencies.get(ref, NO_PROBLEM)

    def open_problems(self, states: Mapping[ChannelRef, ChannelState], most: int) -> OpenProblems:
        """The worst problem of every channel that has any and all of devices, the most urgent first.

        ``most`` are listed, in the order in which they were judged, with what is newer of their channels.
        """
        found: list[tuple[Urgency, ChannelRef | OpenDeviceProblem]] = [*self._of_channels]
        found += ((problem.urgency, problem) for problem in self._of_devices)
        found.sort(key=_first)
        listed = [
            problem if isinstance(problem, OpenDeviceProblem) else _open(self._judgement, problem, states)
            for _, problem in found[:most]
        ]
        return OpenProblems(listed, len(found))

    def title_of(self, device_id: DeviceId) -> str:
        """What a device of a problem was called when all was judged."""
        device = self._judgement.devices.get(device_id)
        return device_id if device is None else device.title

    @property
    def lines_with_problem(self) -> frozenset[LineRef]:
        return frozenset(self._urgencies)

    def critical_lines(self) -> set[LineRef]:
        """The channels and devices whose worst problem is critical."""
        critical = Severity.CRITICAL
        channels = {ref for ref, codes in self.problems.items() if codes[0].severity is critical}
        return channels | {problem.ref for problem in self._of_devices if problem.code.severity is critical}


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


_first: Callable[[tuple[Urgency, object]], Urgency] = itemgetter(0)


def _open(
    judgement: Judgement, ref: ChannelRef, states: Mapping[ChannelRef, ChannelState] = NO_STATES
) -> OpenProblem:
    """The worst problem of a channel that has any, with its newer state where there is one."""
    code = judgement.problems[ref][0]
    state = states.get(ref) or judgement.states[ref]
    return OpenProblem(code, state, judgement.since(ref, code))


def _urgency(code: ProblemCode, battery: Battery | None, since: float) -> Urgency:
    minutes = estimate_minutes(battery) if code in _BATTERY else None
    return float(code.rank), inf if minutes is None else minutes, since
