"""Single records as JSON, as they are read and compared by ``If-Match``; what is not there is an ApiError."""

from collections.abc import Sequence

from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.contracts.documents.assignments import assignment_entry, performer_entry
from micboard_tui.contracts.documents.devices import registered_device_entry
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.locations import locations_document
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.services import Services
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.location import Location


async def performer_document(services: Services, performer_id: str) -> JsonObject:
    """A performer with their channels. Raises ApiError PERFORMER_NOT_FOUND."""
    performers = data_of(await services.assignments.list_performers())
    performer = next((each for each in performers if each.id == performer_id), None)
    if performer is None:
        raise _missing_error(ErrorCode.PERFORMER_NOT_FOUND, "No performer has that id", "performers")
    assignments = data_of(await services.assignments.list_assignments())
    return {"performer": performer_entry(performer, assignments, services.live.snapshot())}


async def assignment_document(services: Services, channel: ChannelRef) -> JsonObject:
    """Who has a channel, and its marks. Raises ApiError CHANNEL_NOT_FOUND."""
    stored = data_of(await services.assignments.list_assignments())
    found = next((each for each in stored if each.channel == channel), None)
    if found is None:
        require_channel(services.live, channel)
    return describe_assignment(services, found or Assignment(channel))


def describe_assignment(services: Services, assignment: Assignment) -> JsonObject:
    """The document of an assignment that is known already."""
    return {"assignment": assignment_entry(assignment, _devices_of(services, [assignment]))}


def describe_assignments(services: Services, assignments: Sequence[Assignment]) -> JsonObject:
    """Several of them."""
    devices = _devices_of(services, assignments)
    return {"assignments": [assignment_entry(each, devices) for each in assignments]}


async def location_document(services: Services, location_id: str) -> JsonObject:
    """A location as in the list of all. Raises ApiError LOCATION_NOT_FOUND."""
    return describe_location(data_of(await services.locations.list_locations()), location_id)


def describe_location(locations: Sequence[Location], location_id: str) -> JsonObject:
    """One of all locations. Raises ApiError LOCATION_NOT_FOUND."""
    entries = locations_document(locations)["locations"]
    assert isinstance(entries, list)  # noqa: S101 - it is made so
    for entry in entries:
        if isinstance(entry, dict) and entry["location_id"] == location_id:
            return {"location": entry}
    raise _missing_error(ErrorCode.LOCATION_NOT_FOUND, "No location has that id", "locations")


async def registration_document(services: Services, device_id: str) -> JsonObject:
    """How a device is registered. Raises ApiError DEVICE_NOT_FOUND."""
    known = data_of(await services.devices.get_device_status(DeviceId(device_id)))
    return describe_registration(known.device)


def describe_registration(device: Device) -> JsonObject:
    """The document of a device that is known already."""
    return {"device": registered_device_entry(device)}


def require_channel(live: LiveContract, channel: ChannelRef) -> DeviceSnapshot:
    """The device of a channel that is there. Raises ApiError CHANNEL_NOT_FOUND."""
    device = live.device(channel.device_id)
    if device is None or live.channel(channel) is None:
        raise _missing_error(ErrorCode.CHANNEL_NOT_FOUND, "There is no such channel", "devices")
    return device


def _devices_of(services: Services, assignments: Sequence[Assignment]) -> Sequence[DeviceSnapshot]:
    found = (services.live.device(device) for device in {each.channel.device_id for each in assignments})
    return [device for device in found if device is not None]


def _missing_error(code: ErrorCode, message: str, listed_at: str) -> ApiError:
    return ApiError(ErrorInfo(code, message, hint=f"/api/v1/{listed_at} lists them all"))
