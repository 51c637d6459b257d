"""The problems of all channels, and since when each of them lasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.conflict import NO_CONFLICTS, Conflicts, find_conflicts
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.problem import ProblemCode, Severity, find_problems

NO_PROBLEM_RANK = len(ProblemCode)
_SINCE_LINK_CHANGE = frozenset({ProblemCode.RF_LOST, ProblemCode.OFFLINE, ProblemCode.REFUSED})


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that a channel has now."""

    code: ProblemCode
    state: ChannelState
    since: float


class ProblemWatch:
    """Judges all channels a few times a second, and remembers since when each problem lasts."""

    def __init__(self) -> None:
        self._since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        self.problems: Mapping[ChannelRef, tuple[ProblemCode, ...]] = {}
        """The problems of every channel that has any; another object after each judgement."""
        self.conflicts: Conflicts = NO_CONFLICTS
        """Those of them that channels have with each other."""
        self.worst: OpenProblem | None = None
        """The problem to look at first; of equals the first in rack order."""

    def judge(self, states: Sequence[ChannelState], now: float) -> None:
        """Judge all channels, which are given in rack order."""
        since: dict[tuple[ChannelRef, ProblemCode], float] = {}
        found: dict[ChannelRef, tuple[ProblemCode, ...]] = {}
        between = self.conflicts = find_conflicts(states)
        worst: OpenProblem | None = None
        for state in states:
            # As a rule there is no conflict, and then nothing is looked up.
            codes = find_problems(state, now, conflicts=between.get(state.ref, ()) if between else ())
            if not codes:
                continue
            ref = state.ref
            found[ref] = codes
            for code in codes:
                known_since = self._since.get((ref, code))
                since[ref, code] = _start(code, state, now) if known_since is None else known_since
            if worst is None or codes[0].rank < worst.code.rank:
                worst = OpenProblem(codes[0], state, since[ref, codes[0]])
        self._since, self.problems, self.worst = since, found, worst

    def rank(self, state: ChannelState) -> int:
        """For sorting: 0 is the worst, channels without a problem are equal."""
        codes = self.problems.get(state.ref)
        return codes[0].rank if codes else NO_PROBLEM_RANK

    def open_problems(self, states: Mapping[ChannelRef, ChannelState]) -> list[OpenProblem]:
        """The worst problem of every channel that has any, the worst first, of equals in rack order."""
        found = [
            OpenProblem(codes[0], states[ref], self._since[ref, codes[0]])
            for ref, codes in self.problems.items()
        ]
        return sorted(found, key=lambda problem: problem.code.rank)

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
