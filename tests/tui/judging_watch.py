"""A problem watch that judges what it is given."""

from collections.abc import Iterable

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.problem_start import ProblemStarts
from micboard_tui.tui.arrange.problem_watch import ProblemWatch


class JudgingWatch(ProblemWatch):
    def __init__(self) -> None:
        super().__init__()
        self._starts = ProblemStarts()

    def judge(
        self, states: Iterable[ChannelState], now: float, devices: Iterable[DeviceSnapshot] = ()
    ) -> None:
        by_ref, by_id = {state.ref: state for state in states}, {each.device.id: each for each in devices}
        judgement = judge_problems(by_ref, by_id, now, self._starts)
        self._starts = judgement.starts
        self.take(judgement)
