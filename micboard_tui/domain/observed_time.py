"""When a program watched the devices, by the list of events and what was recorded. Pure.

A program writes when it starts and when it ends. One that was killed, or lost its power, wrote no end: it was
there until what it wrote last, an event that happens by itself or a recorded column.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.recording.recorded_span import RecordedSpan

_BY_ITSELF = frozenset({EventKind.LINK, EventKind.SESSION, EventKind.PROGRAM})
"""People write the others also where no program watches."""


class Run(NamedTuple):
    """A program that watched."""

    start: float
    """-inf: from before the first event."""
    end: float
    killed_before: float | None = None
    """When the next one started, where this one wrote no end."""


def find_runs(events: Iterable[Event], end: float) -> list[Run]:
    """All, one after the other; the last lasts to ``end`` where it wrote none."""
    runs: list[Run] = []
    start, seen_at, is_on = -inf, -inf, True
    for event in events:
        happened = event.details.get("program") if event.kind is EventKind.PROGRAM else None
        if happened == "started":
            if is_on and seen_at > -inf:
                runs.append(Run(start, min(seen_at, event.at), event.at))
            start, is_on = event.at, True
        elif happened == "ended" and is_on:
            runs.append(Run(start, event.at))
            is_on = False
        elif not is_on and event.kind in _BY_ITSELF:
            # Another program watched beside the one that ended.
            start, is_on = event.at, True
        if event.kind in _BY_ITSELF:
            seen_at = max(seen_at, event.at)
    return [*runs, Run(start, end)] if is_on else runs


def extend_run(run: Run, spans: Iterable[RecordedSpan]) -> Run:
    """Of a program that was killed: it was there still when something was recorded after its last event."""
    if (before := run.killed_before) is None:
        return run
    return run._replace(end=max([run.end, *(_find_last(span, run.end, before) for span in spans)]))


def _find_last(span: RecordedSpan, after: float, before: float) -> float:
    """The end of the last column with readings between two moments; -inf: there is none."""
    index = min(len(span.columns), int((before - span.start) / span.column_s)) - 1
    while index >= 0 and (end := span.start + (index + 1) * span.column_s) > after:
        if span.columns[index].readings:
            return end
        index -= 1
    return -inf


def split_by_runs(events: Sequence[Event], runs: Sequence[Run]) -> list[Sequence[Event]]:
    """The events of each run; what is stamped between two belongs to the next."""
    parts: list[list[Event]] = [[] for _ in runs]
    index = 0
    for event in events:
        while index + 1 < len(runs) and event.at > runs[index].end:
            index += 1
        parts[index].append(event)
    return list(parts)
