"""What certificate a device shows now, before anybody trusts it."""

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.contracts.ports import DriverSpec, SessionOptions
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import fingerprint_from


async def shown_fingerprint(spec: DriverSpec, device: Device, options: SessionOptions) -> str:
    """Raises MicboardError COMMAND_NOT_SUPPORTED, and what the device fails with."""
    where = f"{device.host}:{device.port}"
    if spec.certificate is None:
        raise MicboardError(
            ErrorCode.COMMAND_NOT_SUPPORTED,
            f"{where} is spoken to by {spec.name}, where no device has a certificate",
            hint="There is nothing to trust",
        )
    limit_s = options.connect_timeout_s
    try:
        with anyio.fail_after(2 * limit_s):
            shown = await spec.certificate(device.host, device.port, limit_s)
    except (OSError, TimeoutError) as error:
        raise DeviceError(
            ErrorCode.DEVICE_UNREACHABLE,
            f"{where} shows no certificate",
            hint="Check that it is switched on, its cable, and that this machine is in its network",
        ) from error
    if (fingerprint := fingerprint_from(shown)) is None:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"The driver {spec.name} tells no fingerprint of {where}",
            hint="Update the plugin that brings it",
        )
    return fingerprint
