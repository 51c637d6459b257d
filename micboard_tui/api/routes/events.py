"""What happened: alarms, links, sessions, changes, markers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.event_pages import EventText, read_page, read_place, write_place
from micboard_tui.api.paging import MAX_CURSOR, Limit
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.published_schemas import lists
from micboard_tui.api.time_span import Since, Until, read_span
from micboard_tui.contracts.documents.events import event_entry
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.event import EventKind

DAY_S = 86_400.0

ROUTER = APIRouter(prefix="/api/v1", tags=["events"])

KindFilter = Annotated[
    list[EventKind] | None,
    Query(max_length=len(EventKind), description="Only of these kinds; can be repeated."),
]
EventTextFilter = Annotated[
    str | None,
    Query(
        max_length=MAX_TEXT,
        description="A part of what happened, of what it is about or of who did it; capitals are ignored.",
    ),
]
EventCursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`next_cursor` of the answer before; none: from the newest."),
]


@ROUTER.get("/events", responses=lists("events", "Event"), summary="What happened")
async def list_events(  # noqa: PLR0913, PLR0917 - one parameter a filter
    request: Request,
    context: Context,
    _: Watcher,
    since: Since = None,
    until: Until = None,
    kind: KindFilter = None,
    text: EventTextFilter = None,
    limit: Limit = 100,
    cursor: EventCursor = None,
) -> Response:
    """The events of a span, the newest first; without `since` of a day.

    With `text` a page may have fewer entries than asked for, or none, although there are more: go on while
    `next_cursor` is given.
    """
    services = context.services
    span = read_span(since, until, services.live.now(), DAY_S)
    titles: dict[str, str] = {each.device.id: each.title for each in context.documents.list_snapshots()}
    query = EventQuery(*span, tuple(kind or ()), before=read_place(cursor))
    page = await read_page(services.events, query, limit, EventText(text, titles))
    entries = [event_entry(event, titles) for event in page.events]
    return await answer(request, {"next_cursor": write_place(page.last), "events": entries})
