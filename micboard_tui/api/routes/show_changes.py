"""What people call and write down while a show is on."""

from fastapi import APIRouter, Response

from micboard_tui.api.access import Writer
from micboard_tui.api.changed_answers import answer_change, changes
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.show_requests import HandoverRequest, MarkerRequest, ShowCallRequest
from micboard_tui.api.record_documents import require_channel
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.documents.events import event_entry
from micboard_tui.contracts.documents.handover import note_entry
from micboard_tui.contracts.documents.shows import progress_entry
from micboard_tui.domain.show_calls import ShowCall

ROUTER = APIRouter(prefix="/api/v1", tags=["show"], route_class=RepeatableRoute)


@ROUTER.post("/show/calls", responses=changes("progress", refuses=(409,)))
async def call_show(context: Context, caller: Writer, body: ShowCallRequest) -> Response:
    """Start, pause, break, end, extend; the next scene, the one before, or a scene by name.

    It is no step: a break that has begun has begun.
    """
    services = context.services
    call = ShowCall(body.action, body.minutes or 0.0, body.scene or "")
    result = await services.shows.call(call, actor=caller.name)
    return answer_change({"progress": progress_entry(data_of(result), services.live.now())}, result.warning)


@ROUTER.post("/events", status_code=201, responses=changes("event", status=201, refuses=(404,)))
async def add_marker(context: Context, caller: Writer, body: MarkerRequest) -> Response:
    """Write down that something happened: a marker, of a channel or of the show."""
    services = context.services
    channel = None if body.channel is None else body.channel.ref
    titles: dict[str, str] = {}
    if channel is not None:
        device = require_channel(services.live, channel)
        titles[device.device.id] = device.title
    at = None if body.at is None else body.at.timestamp()
    result = await services.events.add_marker(body.text, actor=caller.name, channel=channel, at=at)
    record = {"event": event_entry(data_of(result), titles)}
    return answer_change(record, result.warning, location="/api/v1/events")


@ROUTER.post("/handover", status_code=201, responses=changes("note", status=201))
async def write_handover(context: Context, caller: Writer, body: HandoverRequest) -> Response:
    """Keep a note for the next shift: a board shows it once when it starts next."""
    result = await context.services.handover.write(body.text, actor=caller.name)
    return answer_change({"note": note_entry(data_of(result))}, result.warning, location="/api/v1/handover")
