"""Pages of events from the newest back, and the cursor that says where a page ended."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.contracts.documents.events import describe_subject
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.events import MAX_EVENTS, EventContract, EventPlace, EventQuery
from micboard_tui.domain.event import Event

MAX_BATCHES = 4
"""So many times events are read for one page, so that a text that is hardly there costs no more."""
_CURSOR = re.compile(r"(\d{1,12}(?:\.\d{1,17})?)-(\d{1,15})")


class EventPage(NamedTuple):
    events: Sequence[Event]
    """The newest first."""
    last: EventPlace | None
    """Where it ended; None: there are no more."""


class EventText:
    """A text that is looked for in events, capitals ignored; None: all events have it.

    ``titles``: what registered devices are called now, by id.
    """

    def __init__(self, text: str | None, titles: Mapping[str, str]) -> None:
        self._text, self._titles = (text or "").casefold(), titles

    @property
    def is_empty(self) -> bool:
        return not self._text

    def is_in(self, event: Event) -> bool:
        """Whether what happened, what it is about or who did it has the text."""
        texts = (event.text, describe_subject(event, self._titles), event.actor)
        return any(self._text in text.casefold() for text in texts if text is not None)


async def read_page(events: EventContract, query: EventQuery, limit: int, text: EventText) -> EventPage:
    """The newest events of a query that have a text, ``limit`` at most.

    Raises ApiError when they cannot be read.
    """
    size = min(limit + 1, MAX_EVENTS) if text.is_empty else MAX_EVENTS
    found: list[Event] = []
    place = query.before
    for _ in range(MAX_BATCHES):
        batch = data_of(await events.list_events(replace(query, before=place, limit=size)))
        for event in reversed(batch):
            if len(found) == limit:
                return EventPage(found, place)
            place = EventPlace(event.at, event.id or 0)
            if text.is_in(event):
                found.append(event)
        if len(batch) < size:
            return EventPage(found, None)
    return EventPage(found, place)


def write_place(place: EventPlace | None) -> str | None:
    """The cursor for what comes next."""
    return None if place is None else f"{place.at!r}-{place.id}"


def read_place(cursor: str | None) -> EventPlace | None:
    """Where a cursor says that a page ended. Raises ApiError INVALID_VALUE."""
    if cursor is None:
        return None
    if (parts := _CURSOR.fullmatch(cursor)) is None:
        raise ApiError(
            ErrorInfo(
                ErrorCode.INVALID_VALUE,
                "That is no cursor of a page of events",
                {"cursor": "not known"},
                "Read the list again from its beginning",
            )
        )
    return EventPlace(float(parts[1]), int(parts[2]))
