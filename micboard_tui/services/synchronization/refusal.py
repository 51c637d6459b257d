"""What it means for a device that its session ended so: whether it is refused, and who must act. Pure."""

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.device import DeviceStatus

NEEDS_PERSON = frozenset(
    {
        ErrorCode.CREDENTIALS_NEEDED,
        ErrorCode.CREDENTIALS_REFUSED,
        ErrorCode.CERTIFICATE_UNKNOWN,
        ErrorCode.CERTIFICATE_CHANGED,
        ErrorCode.SECRETS_UNREADABLE,
    }
)
"""Trying again would change nothing, or lock an account."""
REFUSALS = NEEDS_PERSON | {ErrorCode.DEVICE_REFUSED}


def status_after(code: ErrorCode) -> DeviceStatus:
    """What a device is after an attempt that ended with ``code``."""
    return DeviceStatus.REFUSED if code in REFUSALS else DeviceStatus.OFFLINE
