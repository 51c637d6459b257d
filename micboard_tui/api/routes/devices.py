"""Devices with their channels, in the words of the JSON document."""

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer_written
from micboard_tui.api.context import Context
from micboard_tui.api.device_filters import ALL_DEVICES
from micboard_tui.api.errors import ApiError
from micboard_tui.api.paging import LongPaged
from micboard_tui.api.parameters import DeviceIdPath
from micboard_tui.api.published_schemas import NEXT_CURSOR, NO_SUCH, extends
from micboard_tui.api.rack_queries import DeviceQuery
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

ROUTER = APIRouter(prefix="/api/v1/devices", tags=["devices"])
_ANSWERS = extends("Devices", {"next_cursor": NEXT_CURSOR})


@ROUTER.get("", responses={**_ANSWERS, **NO_SUCH}, summary="Devices with their channels")
async def list_devices(
    request: Request, context: Context, _: Watcher, wanted: DeviceQuery, paging: LongPaged
) -> Response:
    """All devices in rack order, or those that fit every filter; a second old at most."""
    everything = await context.documents.read_in_parts()
    found, keys = everything.devices, list(everything.by_id)
    # What most clients ask for, and again and again, takes no look at each device.
    if wanted != ALL_DEVICES:
        found = [device for device in everything.devices if wanted.takes(device.snapshot)]
        keys = [device.key for device in found]
    page, next_cursor = paging.of(found, keys)
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
