"""Devices with their channels, in the words of the JSON document."""

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import Cursor, Limit, answer_written, page_of
from micboard_tui.api.context import Context
from micboard_tui.api.device_filters import DeviceFilter, find_locations
from micboard_tui.api.errors import ApiError
from micboard_tui.api.parameters import (
    DeviceIdPath,
    KindFilter,
    LocationFilter,
    ManufacturerFilter,
    OnlineFilter,
    TextFilter,
)
from micboard_tui.api.published_schemas import NEXT_CURSOR, NO_SUCH, extends
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

ROUTER = APIRouter(prefix="/api/v1/devices", tags=["devices"])
_ANSWERS = extends("Devices", {"next_cursor": NEXT_CURSOR})


@ROUTER.get("", responses={**_ANSWERS, **NO_SUCH}, summary="Devices with their channels")
async def list_devices(  # noqa: PLR0913, PLR0917 - one parameter a filter
    request: Request,
    context: Context,
    _: Watcher,
    manufacturer: ManufacturerFilter = None,
    location: LocationFilter = None,
    is_online: OnlineFilter = None,
    kind: KindFilter = None,
    q: TextFilter = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """All devices in rack order, or those that fit every filter; a second old at most."""
    everything = await context.documents.read_in_parts()
    wanted = DeviceFilter(manufacturer, find_locations(context.services.live, location), is_online, kind, q)
    found = [device for device in everything.devices if wanted.takes(device.snapshot)]
    page, next_cursor = page_of(found, [device.key for device in found], limit, cursor)
    return await answer_written(request, await everything.page("devices", page, next_cursor))


@ROUTER.get("/{device_id}", responses={**_ANSWERS, **NO_SUCH}, summary="One device")
async def get_device(request: Request, context: Context, _: Watcher, device_id: DeviceIdPath) -> Response:
    """One device, as a list with one entry."""
    everything = await context.documents.read_in_parts()
    if (device := everything.by_id.get(device_id)) is None:
        raise ApiError(
            ErrorInfo(
                ErrorCode.DEVICE_NOT_FOUND,
                "No registered device has that id",
                hint="/api/v1/devices lists them all",
            )
        )
    return await answer_written(request, await everything.page("devices", [device]))
