"""What a device counts as after an attempt to read it has failed. Pure."""

from micboard_tui.contracts.errors import REFUSALS, ErrorCode
from micboard_tui.domain.device import DeviceStatus


def status_after(code: ErrorCode) -> DeviceStatus:
    """What a device is after an attempt that ended with ``code``."""
    return DeviceStatus.REFUSED if code in REFUSALS else DeviceStatus.OFFLINE
