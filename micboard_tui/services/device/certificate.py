"""Certificates of devices: which devices have one, and which one is shown now, before it is trusted."""

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import DriverSpec
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import parse_fingerprint


def require_certificate(spec: DriverSpec, where: str) -> None:
    """Raises COMMAND_NOT_SUPPORTED where devices of that driver have no certificate to trust."""
    if not spec.has_certificate:
        raise MicboardError(
            ErrorCode.COMMAND_NOT_SUPPORTED,
            f"{where} has the driver {spec.name}, whose devices have no certificate",
            hint="There is nothing to trust",
        )


async def fetch_fingerprint(spec: DriverSpec, device: Device, connect_timeout_s: float) -> str:
    """The certificate's SHA-256. Raises COMMAND_NOT_SUPPORTED, and what the device fails with."""
    require_certificate(spec, device.address)
    where = device.address
    if spec.certificate is None:
        raise MicboardError(
            ErrorCode.COMMAND_NOT_SUPPORTED,
            f"The driver {spec.name} of {where} cannot fetch its certificate",
            hint="Give the fingerprint that the device's own display or page shows",
        )
    try:
        with anyio.fail_after(2 * connect_timeout_s):
            shown = await spec.certificate(device.host, device.port, connect_timeout_s)
    except (OSError, TimeoutError) as error:
        raise DeviceError(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{where} shows no certificate",
            hint=hints.CHECK_REACHABILITY,
        ) from error
    if (fingerprint := parse_fingerprint(shown)) is None:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"The driver {spec.name} returns no fingerprint for {where}",
            hint="Update the plugin that brings it",
        )
    return fingerprint
