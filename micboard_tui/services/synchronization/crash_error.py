"""The error that is shown when a driver crashes: a bug, and not an answer of the device."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode


def crash_error(error: Exception) -> DeviceError:
    return DeviceError(
        ErrorCode.API_ERROR,
        f"It sent something that could not be read ({type(error).__name__})",
        hint=hints.REPORT_WITH_MODEL,
    )
