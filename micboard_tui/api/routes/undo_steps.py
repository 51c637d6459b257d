"""Taking back what a user did, and doing it again."""

from fastapi import APIRouter, Response

from micboard_tui.api.access import Writer
from micboard_tui.api.changed_answers import answer_change, refusals
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.step_models import StepAnswer
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.undo_steps import Step

ROUTER = APIRouter(prefix="/api/v1", tags=["steps"], route_class=RepeatableRoute)


@ROUTER.post("/undo", response_model=StepAnswer, responses=refusals(409))
async def undo(context: Context, caller: Writer) -> Response:
    """Undo the newest step of this user: of assignments, performers, locations, devices, shows."""
    result = await context.services.assignments.undo(actor=caller.name)
    return answer_change({"step": _step_entry(data_of(result))}, result.warning)


@ROUTER.post("/redo", response_model=StepAnswer, responses=refusals(409))
async def redo(context: Context, caller: Writer) -> Response:
    """Redo the step that this user undid last."""
    result = await context.services.assignments.redo(actor=caller.name)
    return answer_change({"step": _step_entry(data_of(result))}, result.warning)


def _step_entry(step: Step) -> JsonObject:
    return {"text": step.text, "at": format_timestamp(step.at), "actor": step.actor}
