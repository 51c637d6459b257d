"""Changes of performers and assignments, each a step of its user that `undo` takes back."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from micboard_tui.api.access import Caller, Watcher, Writer
from micboard_tui.api.answers import answer
from micboard_tui.api.changed_answers import IfMatch, answer_change, changes, shows, unchanged
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.assignment_requests import (
    MIC_NUMBER,
    PACK,
    AssignmentMarksRequest,
    NewAssignmentRequest,
    NewPerformerRequest,
    PerformerRequest,
    SwapRequest,
)
from micboard_tui.api.models.request_model import refs_of
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.rack_queries import ChannelPath
from micboard_tui.api.record_documents import (
    assignment_document,
    describe_assignment,
    describe_assignments,
    performer_document,
)
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.documents.assignments import performer_entry
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.identity import ChannelRef, PerformerId

ROUTER = APIRouter(prefix="/api/v1", tags=["assignments"], route_class=RepeatableRoute)

PerformerPath = Annotated[str, Path(max_length=MAX_TEXT, description="The `performer_id` of a performer.")]


@ROUTER.post(
    "/performers",
    status_code=201,
    responses=changes("performer", status=201, refuses=(409,)),
)
async def add_performer(context: Context, caller: Writer, body: NewPerformerRequest) -> Response:
    """Add a performer. Names are unique, capitals ignored."""
    result = await context.services.assignments.add_performer(
        body.name, part=body.role, note=body.note, actor=caller.name
    )
    performer = data_of(result)
    record = {"performer": performer_entry(performer, (), ())}
    return answer_change(record, result.warning, location=f"/api/v1/performers/{performer.id}")


@ROUTER.get("/performers/{performer_id}", responses=shows("performer"))
async def get_performer(
    request: Request, context: Context, _: Watcher, performer_id: PerformerPath
) -> Response:
    """A performer with their channels."""
    return await answer(request, await performer_document(context.services, performer_id))


@ROUTER.patch(
    "/performers/{performer_id}",
    responses=changes("performer", refuses=(404, 409, 412)),
)
async def change_performer(
    request: Request,
    context: Context,
    caller: Writer,
    performer_id: PerformerPath,
    body: PerformerRequest,
    _: IfMatch = None,
) -> Response:
    """Change what is given of a performer."""
    services = context.services
    async with unchanged(request, context, lambda: performer_document(services, performer_id)):
        result = await services.assignments.change_performer(
            PerformerId(performer_id), name=body.name, part=body.role, note=body.note, actor=caller.name
        )
    data_of(result)
    return answer_change(await performer_document(services, performer_id), result.warning)


@ROUTER.delete(
    "/performers/{performer_id}",
    responses=changes("performer", refuses=(404, 409, 412)),
)
async def remove_performer(
    request: Request, context: Context, caller: Writer, performer_id: PerformerPath, _: IfMatch = None
) -> Response:
    """Remove a performer, and take their channels from them. Answers the performer who was."""
    services = context.services
    async with unchanged(request, context, lambda: performer_document(services, performer_id)):
        result = await services.assignments.remove_performer(PerformerId(performer_id), actor=caller.name)
    return answer_change({"performer": performer_entry(data_of(result), (), ())}, result.warning)


@ROUTER.post("/assignments", responses=changes("assignments", is_list=True, refuses=(404, 409)))
async def assign(context: Context, caller: Writer, body: NewAssignmentRequest) -> Response:
    """Assign channels to a performer. One who is not known yet is added; the warning names conflicts."""
    services = context.services
    result = await services.assignments.assign(
        refs_of(body.channels),
        body.performer,
        role=body.role,
        note=body.note,
        shared_pack=body.shared_pack,
        actor=caller.name,
    )
    return answer_change(describe_assignments(services, data_of(result)), result.warning)


@ROUTER.get("/assignments/{device_id}/{number}", responses=shows("assignment"))
async def get_assignment(request: Request, context: Context, _: Watcher, channel: ChannelPath) -> Response:
    """Who has a channel, and its marks."""
    return await answer(request, await assignment_document(context.services, channel))


@ROUTER.delete(
    "/assignments/{device_id}/{number}",
    responses=changes("assignment", refuses=(404, 409, 412)),
)
async def unassign(
    request: Request,
    context: Context,
    caller: Writer,
    channel: ChannelPath,
    _: IfMatch = None,
) -> Response:
    """Take a channel from its performer. Its mic number and its marks stay."""
    services = context.services
    async with unchanged(request, context, lambda: assignment_document(services, channel)):
        result = await services.assignments.unassign([channel], actor=caller.name)
    data_of(result)
    return answer_change(await assignment_document(services, channel), result.warning)


@ROUTER.patch(
    "/assignments/{device_id}/{number}",
    responses=changes("assignment", refuses=(404, 409, 412)),
)
async def mark_channel(
    request: Request,
    context: Context,
    caller: Writer,
    channel: ChannelPath,
    body: AssignmentMarksRequest,
    _: IfMatch = None,
) -> Response:
    """Mark a channel, assigned or not; or give it a mic number; or plan its pack."""
    services = context.services
    async with unchanged(request, context, lambda: assignment_document(services, channel)):
        result = await _mark(context, caller, channel, body)
    data_of(result)
    return answer_change(await assignment_document(services, channel), result.warning)


async def _mark(
    context: ApiContext, caller: Caller, channel: ChannelRef, body: AssignmentMarksRequest
) -> ServiceResult[object]:
    assignments, actor = context.services.assignments, caller.name
    if body.group == MIC_NUMBER:
        return await assignments.number_channels([channel], body.mic_number or None, actor=actor)
    if body.group == PACK:
        before = await _find_planned(context, channel)
        given = body.model_fields_set
        return await assignments.plan_pack(
            channel,
            model=body.planned_model if "planned_model" in given else before.planned_model,
            name=body.planned_pack if "planned_pack" in given else before.planned_pack,
            actor=actor,
        )
    return await assignments.mark(
        [channel], role=body.role, expected_off=body.expected_off, note=body.note, actor=actor
    )


async def _find_planned(context: ApiContext, channel: ChannelRef) -> Assignment:
    stored = data_of(await context.services.assignments.list_assignments())
    return next((each for each in stored if each.channel == channel), Assignment(channel))


@ROUTER.post("/swap", responses=changes("assignment", refuses=(404, 409)))
async def swap(context: Context, caller: Writer, body: SwapRequest) -> Response:
    """Move the performer of a channel to a spare. Answers the spare; the old channel is expected off."""
    services = context.services
    result = await services.assignments.swap(body.channel.ref, body.spare.ref, actor=caller.name)
    return answer_change(describe_assignment(services, data_of(result)), result.warning)
