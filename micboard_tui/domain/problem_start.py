"""Since when problems last, over drop-outs, devices that fall silent and restarts of the program. Pure.

A problem is in one of three states:

* **open**: it was there at the last judgement. It keeps its start as long as it is found.
* **gone**: it was there before and is not found now. It comes back with its old start while it may have
  lasted: for ``DROP_OUT_S`` once its channel or device is heard without it, so that a link that drops for a
  second makes no new problem; and for ``LONGEST_PAUSE_S`` while nothing is heard of these, since then it
  is not known to have ended.
* **ended**: forgotten; when it is found again, it is a new one.

``ProblemStarts.follow`` takes a judgement and returns the next value. What a program leaves behind when it
ends (``unended``) is stored, and is gone until its successor finds it (``recall``): the same rule, and the
same bounds. What no clock can have seen (a start in the future) is never taken over.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self, TypeAlias

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.thresholds import DROP_OUT_S, LONGEST_PAUSE_S, SETTLE_S


class ProblemKey(NamedTuple):
    """What tells one problem from all others."""

    device_id: DeviceId
    channel: int | None
    """None: it is one of the device itself."""
    code: ProblemCode
    part: int = 0
    """Of a device the bay, or the channel that it lacks; 0: it is about all of it."""

    @classmethod
    def of_channel(cls, ref: ChannelRef, code: ProblemCode) -> Self:
        """One of a channel; the same as by its fields, and quicker, since hundreds are asked for at once."""
        return tuple.__new__(cls, (ref.device_id, ref.number, code, 0))


class ProblemStart(NamedTuple):
    """A problem that is there, or may still be: what is stored of it. Seconds since the epoch."""

    key: ProblemKey
    since: float
    seen_at: float
    """When it was there for certain."""

    def may_last(self, now: float) -> bool:
        """Whether it may have lasted until ``now``, as far as its age tells."""
        return 0.0 < self.since <= self.seen_at <= now <= self.seen_at + LONGEST_PAUSE_S + SETTLE_S


@dataclass(frozen=True, slots=True)
class GoneProblem:
    """What was there, and may come back with its old start."""

    start: ProblemStart
    ended_at: float | None = None
    """When its channel or device was first heard without it; None: not yet."""

    def may_last(self, now: float) -> bool:
        has_ended = self.ended_at is not None and not 0.0 <= now - self.ended_at <= DROP_OUT_S
        return not has_ended and self.start.may_last(now)


IsHeard: TypeAlias = Callable[[ProblemKey, float], bool]
"""Whether what a problem is about was heard after a moment, so that it would have been found."""


@dataclass(frozen=True, slots=True)
class ProblemStarts:
    """The start of every problem that is there or may still be."""

    at: float = 0.0
    """When all was judged."""
    open: Mapping[ProblemKey, float] = field(default_factory=dict)
    """Since when each lasts that was there then."""
    gone: Mapping[ProblemKey, GoneProblem] = field(default_factory=dict)
    """What was there before."""

    def follow(self, found: Mapping[ProblemKey, float], now: float, is_heard: IsHeard) -> "ProblemStarts":
        """The starts at ``now``, when ``found`` is there; it says since when each would last if it is new."""
        if self.open.keys() == found.keys():
            # What is open is not gone at the same time.
            return ProblemStarts(now, self.open, _still_gone(self.gone, now, is_heard))
        gone = dict(self.gone)
        for key, since in self.open.items():
            if key not in found:
                gone[key] = GoneProblem(ProblemStart(key, since, self.at))
        since_of = {}
        for key, start in found.items():
            past = gone.pop(key, None)
            if (known := self.open.get(key)) is None and past is not None and past.may_last(now):
                known = past.start.since
            since_of[key] = min(start, now) if known is None else known
        return ProblemStarts(now, since_of, _still_gone(gone, now, is_heard))

    def recall(self, stored: Iterable[ProblemStart], now: float) -> "ProblemStarts":
        """With what was stored before the program started and may still last."""
        open_, gone = dict(self.open), dict(self.gone)
        for start in stored:
            if not start.may_last(now):
                continue
            if (since := open_.get(start.key)) is None:
                gone[start.key] = GoneProblem(start)
            else:
                open_[start.key] = min(since, start.since)
        return replace(self, open=open_, gone=gone)

    def unended(self) -> tuple[ProblemStart, ...]:
        """What is there, and what is gone and not known to have ended."""
        open_ = (ProblemStart(key, since, self.at) for key, since in self.open.items())
        return (*open_, *(past.start for past in self.gone.values() if past.ended_at is None))

    def shift_clock(self, correction_s: float) -> "ProblemStarts":
        """With every stamp moved after the machine's clock was set."""
        return ProblemStarts(
            self.at + correction_s,
            {key: since + correction_s for key, since in self.open.items()},
            {key: _shift(past, correction_s) for key, past in self.gone.items()},
        )


def _still_gone(
    gone: Mapping[ProblemKey, GoneProblem], now: float, is_heard: IsHeard
) -> Mapping[ProblemKey, GoneProblem]:
    still = {}
    for key, past in gone.items():
        ended_at = None
        if is_heard(key, past.start.seen_at):
            ended_at = now if past.ended_at is None else past.ended_at
        kept = past if ended_at == past.ended_at else replace(past, ended_at=ended_at)
        if kept.may_last(now):
            still[key] = kept
    return still


def _shift(past: GoneProblem, correction_s: float) -> GoneProblem:
    key, since, seen_at = past.start
    return GoneProblem(
        ProblemStart(key, since + correction_s, seen_at + correction_s),
        None if past.ended_at is None else past.ended_at + correction_s,
    )
