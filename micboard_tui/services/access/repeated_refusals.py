"""Refusals that come again and again, counted together: they must not push old entries out of the audit.

The first refusal of who asks for something from somewhere is an entry at once. Each further one within
``TOGETHER_S`` is counted, and the count is an entry when it comes to 10, 100, 1000 and so on, when the time
is over, and before the same is done at last: no number of tries hides how many there were, or a success after
them. When ``MAX_RUNS`` are counted, what comes from elsewhere is counted as one, since an attacker with many
addresses would else write as many entries as with none of this.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.audit import DONE, AuditEntry
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.origin import Origin
from micboard_tui.domain.local_time import format_time_of_day

TOGETHER_S = 3600.0
MAX_RUNS = 40
"""Counted apart at a time. With the counts between, some 100 entries an hour at most."""
COUNTED = frozenset(
    code.value
    for code in (
        ErrorCode.LOGIN_REFUSED,
        ErrorCode.PIN_REFUSED,
        ErrorCode.SHOW_LOCKED,
        ErrorCode.READ_ONLY,
        ErrorCode.CONTROL_NOT_ARMED,
    )
)
"""Results that cost nothing to bring about again."""


@dataclass(slots=True)
class _Run:
    """One refusal and those that are like it."""

    first: AuditEntry
    last: AuditEntry
    count: int = 1
    is_written: bool = True
    """Whether the last entry of it says how many there are."""


class RepeatedRefusals:
    def __init__(self) -> None:
        self._runs: dict[Hashable, _Run] = {}
        self._from_elsewhere: dict[Hashable, _Run] = {}

    def take(self, entry: AuditEntry) -> Sequence[AuditEntry]:
        """What is to be stored now, in its order, that ``entry`` has come."""
        if entry.result not in COUNTED:
            return (*self._end_before(entry), entry)
        key = (entry.call, entry.result, entry.actor, entry.origin, entry.subject)
        if (run := self._runs.get(key)) is not None:
            return _count(run, entry)
        if len(self._runs) < MAX_RUNS:
            self._runs[key] = _Run(entry, entry)
            return (entry,)
        return self._count_elsewhere(entry)

    def end_old(self, now: float) -> Sequence[AuditEntry]:
        """The counts whose time is over, also where the clock was set back. ``now``: since the epoch."""
        return [
            entry
            for runs in (self._runs, self._from_elsewhere)
            for key, run in [*runs.items()]
            if not 0.0 <= now - run.first.at < TOGETHER_S
            for entry in _end(runs, key)
        ]

    def end_all(self) -> Sequence[AuditEntry]:
        """The counts that are not written yet; nothing is counted any more."""
        return [
            entry
            for runs in (self._runs, self._from_elsewhere)
            for key in [*runs]
            for entry in _end(runs, key)
        ]

    def _end_before(self, entry: AuditEntry) -> Sequence[AuditEntry]:
        """Of the same that is done now, from the same place."""
        if entry.result != DONE:
            return ()
        return [
            count
            for key, run in [*self._runs.items()]
            if (run.first.call, run.first.origin) == (entry.call, entry.origin)
            for count in _end(self._runs, key)
        ]

    def _count_elsewhere(self, entry: AuditEntry) -> Sequence[AuditEntry]:
        """Without who and where, of which there are too many."""
        common = replace(entry, actor="", origin=Origin(entry.origin.front_end), subject="from many at once")
        key = (common.call, common.result, common.origin)
        if (run := self._from_elsewhere.get(key)) is not None:
            return _count(run, common)
        self._from_elsewhere[key] = _Run(common, common)
        return (common,)


def _count(run: _Run, entry: AuditEntry) -> Sequence[AuditEntry]:
    run.count, run.last, run.is_written = run.count + 1, entry, False
    return [*_write(run)] if run.count == 10 ** (len(str(run.count)) - 1) else ()


def _end(runs: dict[Hashable, _Run], key: Hashable) -> Iterator[AuditEntry]:
    return _write(runs.pop(key))


def _write(run: _Run) -> Iterator[AuditEntry]:
    if not run.is_written:
        run.is_written = True
        since = format_time_of_day(run.first.at)
        yield replace(run.last, text=f"{run.last.text}: refused {run.count} times since {since}")
