"""Changes of locations, each a step of its user that `undo` takes back."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from micboard_tui.api.access import Watcher, Writer
from micboard_tui.api.answers import answer
from micboard_tui.api.changed_answers import IfMatch, answer_change, changes, shows, unchanged
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.rack_requests import LocationRequest, NewLocationRequest
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.record_documents import describe_location, location_document
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location

ROUTER = APIRouter(prefix="/api/v1/locations", tags=["locations"], route_class=RepeatableRoute)

LocationIdPath = Annotated[str, Path(max_length=MAX_TEXT, description="The `location_id` of a location.")]


@ROUTER.post("", status_code=201, responses=changes("location", status=201, refuses=(404, 409)))
async def add_location(context: Context, caller: Writer, body: NewLocationRequest) -> Response:
    """Add a location, below another or at the top. Names are unique among those below the same one."""
    locations = context.services.locations
    result = await locations.create(body.name, parent=body.parent, actor=caller.name)
    made = data_of(result)
    record = await location_document(context.services, made.id)
    return answer_change(record, result.warning, location=f"/api/v1/locations/{made.id}")


@ROUTER.get("/{location_id}", responses=shows("location"))
async def get_location(
    request: Request, context: Context, _: Watcher, location_id: LocationIdPath
) -> Response:
    """A location, as in the list of all."""
    return await answer(request, await location_document(context.services, location_id))


@ROUTER.patch("/{location_id}", responses=changes("location", refuses=(404, 409, 412)))
async def change_location(
    request: Request,
    context: Context,
    caller: Writer,
    location_id: LocationIdPath,
    body: LocationRequest,
    _: IfMatch = None,
) -> Response:
    """Change a location. Its name, its place in the tree, and whether it is an RF zone or out of service."""
    services = context.services
    async with unchanged(request, context, lambda: location_document(services, location_id)):
        result = await _change(services.locations, LocationId(location_id), body, caller.name)
    data_of(result)
    return answer_change(await location_document(services, location_id), result.warning)


async def _change(
    locations: LocationContract, location_id: LocationId, body: LocationRequest, actor: str
) -> ServiceResult[Location]:
    if body.name is not None:
        return await locations.rename(location_id, body.name, actor=actor)
    if body.is_rf_zone is not None:
        return await locations.mark_rf_zone(location_id, is_rf_zone=body.is_rf_zone, actor=actor)
    if body.is_out_of_service is not None:
        return await locations.mark_out_of_service(
            location_id, out_of_service=body.is_out_of_service, actor=actor
        )
    parent = None if body.parent_id is None else LocationId(body.parent_id)
    if "parent_id" not in body.model_fields_set:
        known = data_of(await locations.list_locations())
        parent = next((each.parent_id for each in known if each.id == location_id), None)
    return await locations.move(location_id, parent=parent, position=body.position, actor=actor)


@ROUTER.delete("/{location_id}", responses=changes("location", refuses=(404, 409, 412)))
async def remove_location(
    request: Request, context: Context, caller: Writer, location_id: LocationIdPath, _: IfMatch = None
) -> Response:
    """Remove a location at which nothing is. Answers the location that was."""
    services = context.services
    before = data_of(await services.locations.list_locations())
    async with unchanged(request, context, lambda: location_document(services, location_id)):
        result = await services.locations.remove(LocationId(location_id), actor=caller.name)
    data_of(result)
    return answer_change(describe_location(before, location_id), result.warning)
