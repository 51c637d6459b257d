"""What users are told of an error in a driver that is not the device's answer but a bug."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode


def crash_error(error: Exception) -> DeviceError:
    return DeviceError(
        ErrorCode.API_ERROR,
        f"It sent something that could not be read ({type(error).__name__})",
        hint=hints.REPORT_WITH_MODEL,
    )
