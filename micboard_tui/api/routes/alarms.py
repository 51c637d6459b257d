"""Alarms: what is wrong and has to be seen, and what became of it."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.alarm_documents import ALL_GROUPS, list_alarms
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.paging import LongPaged, Paged
from micboard_tui.api.published_schemas import NEXT_CURSOR, extends, lists
from micboard_tui.api.time_span import Since, Until, read_span
from micboard_tui.contracts.alarm_groups import AlarmGroup
from micboard_tui.contracts.documents.alarms import alarm_event_entry, alarms_document
from micboard_tui.domain.alarm_rules import AlarmKey

DAY_S = 86_400.0

ROUTER = APIRouter(prefix="/api/v1", tags=["alarms"])

StatusFilter = Annotated[
    list[AlarmGroup] | None,
    Query(max_length=len(AlarmGroup), description="Only these; can be repeated. None: all."),
]
_ANSWERS: dict[int | str, dict[str, Any]] = extends(
    "AlarmsList",
    {
        "next_cursor": NEXT_CURSOR,
        "is_read": {
            "type": "boolean",
            "description": "False for a moment after the start, while the stored alarms are not among them.",
        },
    },
)


@ROUTER.get("/alarms", responses=_ANSWERS, summary="The alarms of now")
@ROUTER.get(
    "/alerts",
    responses=_ANSWERS,
    summary="The alarms of now, by an older word",
    operation_id="get_alerts_api_v1_alerts_get",
)
async def get_alarms(
    request: Request, context: Context, _: Watcher, paging: LongPaged, status: StatusFilter = None
) -> Response:
    """The open alarms, and those that cleared unseen, the most urgent first.

    What is none by design, as of a channel that is expected to be off, is listed apart, on the first page.
    """
    live = context.services.live
    listing = list_alarms(live, context.documents.list_snapshots(), set(status or AlarmGroup))
    keys = [_write_key(alarm.key) for alarm in listing.alarms]
    page, next_cursor = paging.of(listing.alarms, keys)
    shown = replace(listing, alarms=page, suppressed=() if paging.cursor else listing.suppressed)
    is_read = live.findings.alarms.is_read
    document = {**alarms_document(shown, ALL_GROUPS), "next_cursor": next_cursor, "is_read": is_read}
    return await answer(request, document)


@ROUTER.get("/alarms/history", responses=lists("events", "AlarmsEvent"), summary="What happened to alarms")
async def list_history(
    request: Request,
    context: Context,
    _: Watcher,
    paging: Paged,
    since: Since = None,
    until: Until = None,
) -> Response:
    """That alarms were raised and cleared, and what people did, oldest first; without `since` of a day.

    Of a longer span the newest 5,000.
    """
    live = context.services.live
    span = read_span(since, until, live.now(), DAY_S)
    events = data_of(await context.services.alarms.list_history(span.start, span.end))
    keys = [f"{event.at!r} {event.kind.value} {_write_key(event.alarm.key)}" for event in events]
    page, next_cursor = paging.of(events, keys)
    places = list_alarms(live, context.documents.list_snapshots(), ()).places
    entries = [alarm_event_entry(event, places) for event in page]
    return await answer(request, {"next_cursor": next_cursor, "events": entries})


def _write_key(key: AlarmKey) -> str:
    parts = (key.cause.value, key.device_id, key.channel, key.part, key.location_id)
    return " ".join("" if part is None else str(part) for part in parts)
