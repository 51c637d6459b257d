"""Control of devices: what can be set, what a command would do, and plans for several channels."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import Controller, Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.changed_answers import answer_change, refusals
from micboard_tui.api.context import Context
from micboard_tui.api.control_documents import (
    control_entry,
    plan_document,
    plan_result_entry,
    preview_entry,
)
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.command_requests import CommandRequest
from micboard_tui.api.models.control_models import (
    ControlsAnswer,
    PlanAnswer,
    PlanExecutionRequest,
    PlanRequest,
    PlanResultAnswer,
    PreviewAnswer,
)
from micboard_tui.api.models.request_model import refs_of
from micboard_tui.api.parameters import MAX_CHANNEL, DeviceIdPath
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.control import PlannedCommand
from micboard_tui.domain.command_words import parse_command
from micboard_tui.domain.identity import DeviceId

ROUTER = APIRouter(prefix="/api/v1", tags=["control"], route_class=RepeatableRoute)
ChannelQuery = Annotated[
    int | None, Query(ge=1, le=MAX_CHANNEL, description="A channel; left out: the device as a whole.")
]


@ROUTER.get("/devices/{device_id}/controls", response_model=ControlsAnswer, responses=refusals(404))
async def list_controls(
    request: Request, context: Context, _: Watcher, device_id: DeviceIdPath, channel: ChannelQuery = None
) -> Response:
    """What can be set on a device or channel, with the values now. Asks no device."""
    listed = data_of(await context.services.control.list_controls(DeviceId(device_id), channel))
    return await answer(request, {"controls": [control_entry(control) for control in listed]})


@ROUTER.post(
    "/devices/{device_id}/commands/preview",
    response_model=PreviewAnswer,
    responses=refusals(404, 405, 502, 504),
)
async def preview_command(
    request: Request, context: Context, _: Controller, device_id: DeviceIdPath, body: CommandRequest
) -> Response:
    """What would be sent for a command, and what it would do. Changes nothing, and asks no device."""
    command = parse_command(body.model_dump())
    preview = data_of(await context.services.control.preview(DeviceId(device_id), command))
    return await answer(request, {"preview": preview_entry(preview)})


@ROUTER.post("/control/plan", response_model=PlanAnswer, responses=refusals(404))
async def preview_plan(request: Request, context: Context, _: Controller, body: PlanRequest) -> Response:
    """Plan commands for several channels, and say what is left out and why. Changes nothing."""
    plan = data_of(await context.services.control.preview_plan(body.purpose, refs_of(body.channels)))
    return await answer(request, plan_document(plan))


@ROUTER.post("/control/plan/execute", response_model=PlanResultAnswer, responses=refusals(404, 405, 502, 504))
async def execute_plan(context: Context, caller: Controller, body: PlanExecutionRequest) -> Response:
    """Send commands one at a time; control must be armed. Stops at the first that fails. One step."""
    commands = [
        PlannedCommand(DeviceId(each.device_id), parse_command(each.command.model_dump()))
        for each in body.commands
    ]
    result = await context.services.control.execute_plan(commands, actor=caller.name)
    done = data_of(result)
    document = {"result": plan_result_entry(done), "is_complete": done.error is None}
    return answer_change(document, result.warning)
