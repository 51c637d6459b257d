"""The problems of all channels, and since when each of them lasts.

A problem that goes away and comes back within ``DROP_OUT_S`` lasts since it was first seen: a link that drops
for a second does not make it a new one. So what ended is remembered for that long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from micboard_tui.domain.battery import estimate_minutes
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts, find_conflicts
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode, Severity, find_problems

DROP_OUT_S = 5.0
Urgency: TypeAlias = tuple[float, float, float]
"""For sorting, the most urgent first: by code and so by severity, by minutes of battery left, by age."""
NO_PROBLEM: Urgency = (float(len(ProblemCode)), 0.0, 0.0)
"""Of a channel without one."""
_BATTERY = frozenset({ProblemCode.BATTERY_CRITICAL, ProblemCode.BATTERY_LOW})
_SINCE_LINK_CHANGE = frozenset({ProblemCode.RF_LOST, ProblemCode.OFFLINE, ProblemCode.REFUSED})


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that a channel has now."""

    code: ProblemCode
    state: ChannelState
    since: float

    @property
    def urgency(self) -> Urgency:
        """What is to be looked after first: the worse, then what ends sooner, then what lasts longer."""
        minutes = estimate_minutes(self.state.battery) if self.code in _BATTERY else None
        return float(self.code.rank), inf if minutes is None else minutes, self.since


class ProblemWatch:
    """Judges all channels a few times a second, and remembers since when each problem lasts."""

    def __init__(self) -> None:
        self._since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        self._ended: dict[tuple[ChannelRef, ProblemCode], tuple[float, float]] = {}
        """Since when what has just ended had lasted, and when it ended."""
        self._urgencies: dict[ChannelRef, Urgency] = {}
        self.problems: Mapping[ChannelRef, tuple[ProblemCode, ...]] = {}
        """The problems of every channel that has any; another object after each judgement."""
        self.conflicts: Conflicts = NO_CONFLICTS
        """Those of them that channels have with each other."""
        self.worst: OpenProblem | None = None
        """The problem to look at first."""

    def judge(self, states: Sequence[ChannelState], now: float) -> None:
        """Judge all channels, which are given in rack order."""
        since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        found: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        between = self.conflicts = find_conflicts(states)
        urgencies: dict[ChannelRef, Urgency] = {}
        worst: OpenProblem | None = None
        for state in states:
            # As a rule there is no conflict, and then nothing is looked up.
            codes = find_problems(state, now, conflicts=between.get(state.ref, ()) if between else ())
            if not codes:
                continue
            ref = state.ref
            found[ref] = codes
            for code in codes:
                known_since = self._known_since((ref, code), now)
                since[ref, code] = _start(code, state, now) if known_since is None else known_since
            problem = OpenProblem(codes[0], state, since[ref, codes[0]])
            urgency = urgencies[ref] = problem.urgency
            if worst is None or urgency < urgencies[worst.state.ref]:
                worst = problem
        self._note_ended(since, now)
        self._since, self._urgencies, self.problems, self.worst = since, urgencies, found, worst

    def _known_since(self, problem: tuple[ChannelRef, ProblemCode], now: float) -> float | None:
        """Since when it lasts that was there at the last judgement, or a moment before."""
        if (since := self._since.get(problem)) is not None:
            return since
        since, ended = self._ended.get(problem, (None, now))
        return since if 0 <= now - ended <= DROP_OUT_S else None

    def _note_ended(self, since: Mapping[tuple[ChannelRef, ProblemCode], float], now: float) -> None:
        ended = {problem: old for problem, old in self._ended.items() if 0 <= now - old[1] <= DROP_OUT_S}
        ended |= {problem: (start, now) for problem, start in self._since.items() if problem not in since}
        self._ended = ended

    def urgency(self, state: ChannelState) -> Urgency:
        """For sorting: the most urgent first; channels without a problem are equal."""
        return self._urgencies.get(state.ref, NO_PROBLEM)

    def open_problems(self, states: Mapping[ChannelRef, ChannelState]) -> list[OpenProblem]:
        """The worst problem of every channel that has any, the most urgent first."""
        found = [
            OpenProblem(codes[0], states[ref], self._since[ref, codes[0]])
            for ref, codes in self.problems.items()
        ]
        return sorted(found, key=lambda problem: problem.urgency)

    def critical_channels(self) -> set[ChannelRef]:
        """The channels whose worst problem is critical."""
        return {ref for ref, codes in self.problems.items() if codes[0].severity is Severity.CRITICAL}


def next_problem_channel(
    channels: Sequence[ChannelRef],
    problems: Mapping[ChannelRef, Sequence[ProblemCode]],
    selected: ChannelRef | None,
    direction: int,
) -> ChannelRef | None:
    """The next channel with a problem after (1) or before (-1) the selected one, around the ends."""
    candidates = [(index, ref) for index, ref in enumerate(channels) if ref in problems]
    if not candidates:
        return None
    start = channels.index(selected) if selected in channels else -1
    ordered = candidates[::direction]
    ahead = [ref for index, ref in ordered if (index - start) * direction > 0]
    return ahead[0] if ahead else ordered[0][1]


def _start(code: ProblemCode, state: ChannelState, now: float) -> float:
    """When a problem that was not there a moment ago has begun."""
    if code in _SINCE_LINK_CHANGE:
        return now if state.link_since is None else state.link_since
    if code is ProblemCode.STALE and (since := state.meters_awaited_since) is not None:
        return since
    return now
