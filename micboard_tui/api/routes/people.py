"""Performers, and who has which channel."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.people import Assignments, Performers
from micboard_tui.api.paging import Paged
from micboard_tui.api.parameters import PerformerFilter
from micboard_tui.contracts.documents.assignments import assignment_entry, assignments_of, performer_entry
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.safe_text import fold_name

ROUTER = APIRouter(prefix="/api/v1", tags=["performers"])


@ROUTER.get("/performers", response_model=Performers, summary="Performers with their channels")
async def list_performers(request: Request, context: Context, _: Watcher, paging: Paged) -> Response:
    """All people who may wear a transmitter, by name."""
    services = context.services
    performers = data_of(await services.assignments.list_performers())
    page, next_cursor = paging.of(performers, [each.id for each in performers])
    on_page = {performer.id for performer in page}
    # Only what stands on the page is looked through for each of its performers.
    assignments = [
        assignment
        for assignment in data_of(await services.assignments.list_assignments())
        if assignment.performer is not None and assignment.performer.id in on_page
    ]
    entries = []
    for performer in page:
        theirs = assignments_of(performer, assignments)
        entries.append(performer_entry(performer, theirs, _devices_of(services.live, theirs)))
    return await answer(request, {"next_cursor": next_cursor, "performers": entries})


@ROUTER.get("/assignments", response_model=Assignments, summary="Who has which channel")
async def list_assignments(
    request: Request,
    context: Context,
    _: Watcher,
    paging: Paged,
    performer: PerformerFilter = None,
) -> Response:
    """All channels that have a performer, a mic number or a mark, in rack order."""
    services = context.services
    wanted = None if performer is None else fold_name(performer)
    assignments = [
        assignment
        for assignment in data_of(await services.assignments.list_assignments())
        if wanted is None
        or (assignment.performer is not None and fold_name(assignment.performer.name) == wanted)
    ]
    keys = ["{}/{}".format(*assignment.channel) for assignment in assignments]
    page, next_cursor = paging.of(assignments, keys)
    entries = [assignment_entry(each, _devices_of(services.live, [each])) for each in page]
    return await answer(request, {"next_cursor": next_cursor, "assignments": entries})


def _devices_of(live: LiveContract, assignments: Sequence[Assignment]) -> list[DeviceSnapshot]:
    found = (live.device(assignment.channel.device_id) for assignment in assignments)
    return [device for device in found if device is not None]
