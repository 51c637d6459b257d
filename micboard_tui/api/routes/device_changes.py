"""Changes of how devices are registered, and commands to them."""

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Controller, Watcher, Writer
from micboard_tui.api.answers import answer
from micboard_tui.api.changed_answers import IfMatch, answer_change, refusals, unchanged
from micboard_tui.api.context import Context
from micboard_tui.api.control_documents import confirmation_entry
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.command_requests import CommandRequest
from micboard_tui.api.models.device_answers import (
    ChangedRegistrationAnswer,
    ConfirmationAnswer,
    RegistrationAnswer,
)
from micboard_tui.api.models.rack_requests import DeviceRequest, NewDeviceRequest, PlacementRequest
from micboard_tui.api.parameters import DeviceIdPath
from micboard_tui.api.record_documents import describe_registration, registration_document
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.device import DeviceChange
from micboard_tui.domain.command_words import parse_command
from micboard_tui.domain.identity import DeviceId, LocationId

ROUTER = APIRouter(prefix="/api/v1/devices", tags=["devices"], route_class=RepeatableRoute)


@ROUTER.post(
    "", status_code=201, response_model=ChangedRegistrationAnswer, responses=refusals(405, 409, 502, 504)
)
async def register_device(context: Context, caller: Writer, body: NewDeviceRequest) -> Response:
    """Register a device: a session with it opens at once. It need not answer yet."""
    result = await context.services.devices.register(
        body.manufacturer,
        body.host,
        driver=body.driver,
        port=body.port,
        name=body.name,
        location=body.location,
        fingerprint=body.fingerprint,
        zone=body.zone,
        actor=caller.name,
    )
    device = data_of(result)
    location = f"/api/v1/devices/{device.id}/registration"
    return answer_change(describe_registration(device), result.warning, location=location)


@ROUTER.get("/{device_id}/registration", response_model=RegistrationAnswer, responses=refusals(404))
async def get_registration(
    request: Request, context: Context, _: Watcher, device_id: DeviceIdPath
) -> Response:
    """How a device is registered: what people gave, without what it says itself. For `If-Match`."""
    return await answer(request, await registration_document(context.services, device_id))


@ROUTER.patch(
    "/{device_id}",
    response_model=ChangedRegistrationAnswer,
    responses=refusals(404, 405, 409, 412, 502, 504),
)
async def change_device(
    request: Request,
    context: Context,
    caller: Writer,
    device_id: DeviceIdPath,
    body: DeviceRequest,
    _: IfMatch = None,
) -> Response:
    """Change what is given of how a device is registered. `If-Match`: the ETag of its registration."""
    services = context.services
    async with unchanged(request, context, lambda: registration_document(services, device_id)):
        result = await services.devices.update(
            DeviceId(device_id), DeviceChange(**body.model_dump()), actor=caller.name
        )
    return answer_change(describe_registration(data_of(result)), result.warning)


@ROUTER.put(
    "/{device_id}/location",
    response_model=ChangedRegistrationAnswer,
    responses=refusals(404, 409, 412),
)
async def place_device(
    request: Request,
    context: Context,
    caller: Writer,
    device_id: DeviceIdPath,
    body: PlacementRequest,
    _: IfMatch = None,
) -> Response:
    """Put a device at a location, or take it out of its one."""
    services = context.services
    target = None if body.location_id is None else LocationId(body.location_id)
    async with unchanged(request, context, lambda: registration_document(services, device_id)):
        result = await services.locations.assign_device(DeviceId(device_id), target, actor=caller.name)
    return answer_change(describe_registration(data_of(result)), result.warning)


@ROUTER.delete("/{device_id}", response_model=ChangedRegistrationAnswer, responses=refusals(404, 409, 412))
async def remove_device(
    request: Request, context: Context, caller: Writer, device_id: DeviceIdPath, _: IfMatch = None
) -> Response:
    """Remove a device; `undo` brings it back with its assignments. Answers the device that was."""
    services = context.services
    async with unchanged(request, context, lambda: registration_document(services, device_id)):
        result = await services.devices.remove(DeviceId(device_id), actor=caller.name)
    return answer_change(describe_registration(data_of(result)), result.warning)


@ROUTER.post(
    "/{device_id}/commands",
    response_model=ConfirmationAnswer,
    responses=refusals(404, 405, 502, 504),
)
async def command_device(
    context: Context, caller: Controller, device_id: DeviceIdPath, body: CommandRequest
) -> Response:
    """Send a command to a device. Answers when it is confirmed; control must be armed.

    It is a step of this user, which `undo` sends back, where the value before was known.
    """
    command = parse_command(body.model_dump())
    result = await context.services.control.execute(DeviceId(device_id), command, actor=caller.name)
    return answer_change({"confirmation": confirmation_entry(data_of(result))}, result.warning)
