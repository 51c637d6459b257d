"""What is answered when something is asked for that is not there: one message and one hint for each kind."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible


def device_not_found(message: str) -> MicboardError:
    return MicboardError(ErrorCode.DEVICE_NOT_FOUND, message, hint=hints.LIST_DEVICES)


def unknown_device_id(device_id: DeviceId) -> MicboardError:
    return device_not_found(f"No device has the id '{visible(device_id)}'")


def location_not_found(message: str) -> MicboardError:
    return MicboardError(
        ErrorCode.LOCATION_NOT_FOUND, message, hint="See all with: micboard-tui locations list"
    )


def performer_not_found(message: str) -> MicboardError:
    return MicboardError(
        ErrorCode.PERFORMER_NOT_FOUND, message, hint="See all with: micboard-tui performers list"
    )


def channel_not_found(message: str) -> MicboardError:
    return MicboardError(ErrorCode.CHANNEL_NOT_FOUND, message, hint=hints.LIST_DEVICES)
