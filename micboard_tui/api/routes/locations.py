"""Locations, and what stands at each."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.device_filters import find_location, find_locations
from micboard_tui.api.models.locations import Locations, LocationSummary
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.published_schemas import NO_SUCH
from micboard_tui.contracts.documents.locations import location_summary_document, locations_document
from micboard_tui.contracts.location import count_devices

ROUTER = APIRouter(prefix="/api/v1/locations", tags=["locations"])

LocationPath = Annotated[str, Path(max_length=MAX_TEXT, description="A location by its id or name.")]


@ROUTER.get("", response_model=Locations, summary="The tree of locations")
async def list_locations(request: Request, context: Context, _: Watcher) -> Response:
    """All locations, parents before children; `parent_id` and `depth` say where each lies."""
    return await answer(request, locations_document(context.services.live.locations()))


@ROUTER.get(
    "/{location}/summary",
    response_model=LocationSummary,
    responses={**NO_SUCH},
    summary="What is at a location",
)
async def get_summary(request: Request, context: Context, _: Watcher, location: LocationPath) -> Response:
    """Devices, channels and batteries at a location and everywhere below it, counted.

    A battery that is unknown is never counted as low.
    """
    live = context.services.live
    found = find_location(live, location)
    within = find_locations(live, found.id) or frozenset()
    snapshots = context.documents.list_snapshots()
    devices = (device for device in snapshots if device.device.location_id in within)
    return await answer(request, location_summary_document(count_devices(found, devices)))
