"""Receivers in the words of the first plan of the API: ``battery_level``, ``signal_strength``."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import ApiError
from micboard_tui.api.models.receivers import LowBattery, Receivers
from micboard_tui.api.paging import LongPaged
from micboard_tui.api.parameters import DeviceIdPath
from micboard_tui.api.published_schemas import NO_SUCH
from micboard_tui.api.rack_queries import ReceiverQuery
from micboard_tui.contracts.documents.receivers import (
    list_receivers,
    low_battery_document,
    receivers_document,
)
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import DeviceId

USUAL_THRESHOLD = 20

ROUTER = APIRouter(prefix="/api/v1/receivers", tags=["receivers"])

Threshold = Annotated[
    int, Query(ge=0, le=100, description="What is low: a `battery_level` at or below so many percent.")
]
Unknown = Annotated[
    bool, Query(description="Also those with a pack whose `battery_level` is not known, which is never low.")
]


@ROUTER.get("", response_model=Receivers, responses={**NO_SUCH}, summary="Receivers")
async def get_receivers(
    request: Request,
    context: Context,
    _: Watcher,
    wanted: ReceiverQuery,
    paging: LongPaged,
) -> Response:
    """All receivers in rack order, or those that fit every filter; a second old at most.

    With `battery_level`, `signal_strength` and `is_online` of each, and of each of its channels.
    """
    live = context.services.live
    devices = list_receivers(context.documents.list_snapshots())
    found = [device for device in devices if wanted.takes(device)]
    page, next_cursor = paging.of(found, [device.device.id for device in found])
    return await answer(request, {**receivers_document(page, live.now()), "next_cursor": next_cursor})


@ROUTER.get(
    "/low_battery",
    response_model=LowBattery,
    responses={**NO_SUCH},
    summary="Receivers with a pack that is low",
)
@ROUTER.get(
    "/low-battery",
    response_model=LowBattery,
    responses={**NO_SUCH},
    summary="Receivers with a pack that is low, by another spelling",
    operation_id="get_low_battery_by_other_spelling",
)
async def get_low_battery(
    request: Request,
    context: Context,
    _: Watcher,
    wanted: ReceiverQuery,
    paging: LongPaged,
    threshold: Threshold = USUAL_THRESHOLD,
    unknown: Unknown = False,  # noqa: FBT002 - FastAPI gives it by name
) -> Response:
    """low_battery: the receivers with a `battery_level` at or below `threshold`, with these channels only.

    A pack of which no charge is known is not low; `unknown=1` lists it as well.
    """
    live = context.services.live
    found = [device for device in context.documents.list_snapshots() if wanted.takes(device)]
    document = low_battery_document(found, live.now(), threshold, with_unknown=unknown)
    receivers = document["receivers"]
    assert isinstance(receivers, list)  # noqa: S101 - as the document is
    keys = [str(receiver["id"]) for receiver in receivers if isinstance(receiver, dict)]
    page, next_cursor = paging.of(receivers, keys)
    paged = {"count": len(page), "receivers": list(page), "next_cursor": next_cursor}
    return await answer(request, {**document, **paged})


@ROUTER.get("/{device_id}", response_model=Receivers, responses={**NO_SUCH}, summary="One receiver")
async def get_receiver(request: Request, context: Context, _: Watcher, device_id: DeviceIdPath) -> Response:
    """One receiver, as a list with one entry."""
    live = context.services.live
    found = live.device(DeviceId(device_id))
    receivers: list[DeviceSnapshot] = [] if found is None else list_receivers([found])
    if not receivers:
        raise ApiError(
            ErrorInfo(
                ErrorCode.DEVICE_NOT_FOUND,
                "No registered receiver has that id",
                hint="/api/v1/receivers lists them all",
            )
        )
    return await answer(request, {**receivers_document(receivers, live.now()), "next_cursor": None})
