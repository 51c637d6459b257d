"""Of which spans a recap can be made: the shows that there were, and the last hours. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.contracts.recap import RecapQuery
from micboard_tui.domain.local_time import format_minute, format_time_of_day
from micboard_tui.domain.recap_shows import PastShow

HOURS = (1, 3, 12, 24)
FIRST_HOURS = 3
"""The last hours to begin with where there is no show."""
HOUR_S, DAY_S = 3600.0, 86_400.0
MOST_SHOWS = 20


class SpanChoice(NamedTuple):
    """A span that can be chosen."""

    title: str
    show: PastShow | None = None
    hours: float = 0.0
    """Without a show: so many, up to now."""

    def query(self, now: float) -> RecapQuery:
        """The span as it is at a moment."""
        if self.show is None:
            return RecapQuery(now - self.hours * HOUR_S, now)
        return RecapQuery(self.show.start, self.show.end or now, self.show.name or "A show")


def list_spans(shows: Sequence[PastShow]) -> Sequence[SpanChoice]:
    """The shows, given newest first, and then the last hours."""
    hours = [
        SpanChoice("the last hour" if count == 1 else f"the last {count} hours", None, count)
        for count in HOURS
    ]
    return [*(SpanChoice(describe_show(show), show) for show in shows[:MOST_SHOWS]), *hours]


def list_earlier(spans: Sequence[SpanChoice], chosen: RecapQuery) -> Sequence[tuple[str, RecapQuery | None]]:
    """What a span can be compared with: nothing, the shows before it, and the same time a day before."""
    found: list[tuple[str, RecapQuery | None]] = [("nothing", None)]
    if chosen.since is None or chosen.until is None:
        return found
    found += [
        (span.title, RecapQuery(span.show.start, span.show.end, span.show.name or "A show"))
        for span in spans
        if span.show is not None and span.show.end is not None and span.show.end <= chosen.since
    ]
    return [*found, ("the same time a day before", RecapQuery(chosen.since - DAY_S, chosen.until - DAY_S))]


def first_span(spans: Sequence[SpanChoice], started_at: float | None) -> int:
    """The one to begin with: the current show, where it has started, else some hours."""
    if started_at is not None and spans[0].show is not None:
        return 0
    return next(index for index, span in enumerate(spans) if span.hours == FIRST_HOURS)


def describe_show(show: PastShow) -> str:
    """Its name, and when it was."""
    until = "now" if show.end is None else format_time_of_day(show.end)
    return f"{show.name or 'A show'}, {format_minute(show.start)} to {until}"
