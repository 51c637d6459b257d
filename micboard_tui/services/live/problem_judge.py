"""Judges everything once for all who ask: the board, and where none runs the saver of states.

``judge`` reads what changed in the live state since the last judgement and judges that anew
(``domain.continuous_judgement``), unless the last judgement is young enough for who asks. So nothing is
judged twice. The starts of problems are remembered here (``domain.problem_start``): ``recall`` adds those
that were stored by the last program, ``unended`` gives those that are to be stored.
"""

from collections.abc import Iterable, Sequence

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.continuous_judgement import ContinuousJudge
from micboard_tui.domain.frozen_copy import copy_with
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem_start import ProblemStart, ProblemStarts


class ProblemJudge:
    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._version = self._layout_version = -1
        self._judge = ContinuousJudge()
        self._starts = ProblemStarts()
        self._last: Judgement | None = None

    def judge(self, max_age_s: float) -> Judgement:
        """The last judgement, which is no older than ``max_age_s``; 0: one of this moment."""
        now, last = self._live.now(), self._last
        if last is None or not 0.0 <= now - last.starts.at < max_age_s:
            self._read()
            last = self._last = self._judge.judge(now, self._starts)
            self._starts = last.starts
        return last

    def recall(self, stored: Iterable[ProblemStart]) -> None:
        """Let problems last on that were stored before the program started."""
        self._change_starts(self._starts.recall(stored, self._live.now()))

    def unended(self) -> Sequence[ProblemStart]:
        """The problems that are there, or may still be, as they were judged last."""
        return self._starts.unended()

    def shift_clock(self, correction_s: float) -> None:
        self._change_starts(self._starts.shift_clock(correction_s))

    def _change_starts(self, starts: ProblemStarts) -> None:
        self._starts, self._last = starts, None

    def _read(self) -> None:
        changes = self._live.changed_since(self._version)
        if changes.layout_version != self._layout_version:
            devices = self._live.snapshot()
            states = {state.ref: state for device in devices for state in device.channels}
            self._judge.begin(states, {device.device.id: device for device in devices})
            self._layout_version = changes.layout_version
        elif changes.version != self._version:
            devices_before = self._judge.devices
            newer = (copy_with(devices_before[state.device_id], state=state) for state in changes.devices)
            self._judge.take(changes.channels, newer)
        self._version = changes.version
