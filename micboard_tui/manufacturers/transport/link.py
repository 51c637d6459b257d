"""What a driver needs from a transport: a link to send over, and a listener for what arrives."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.wire import Dial, Link, Listener

__all__ = ["Dial", "Link", "Listener", "resolution_error"]


def resolution_error(host: str, kind: str = "address") -> DeviceError:
    """For a host name that cannot be resolved."""
    return DeviceError(
        ErrorCode.HOST_NOT_RESOLVED,
        f"No {kind} is known for {host}",
        hint="Check the spelling, or use the address from the device's network menu",
    )
