"""Sennheiser devices that announce themselves by multicast DNS, for whichever driver they need.

Source: docs/reference/protocols/sennheiser.md 1.3.
"""

from collections.abc import Callable

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, SSC, SSCV2
from micboard_tui.manufacturers.transport.mdns import Service, browse

SERVICES = ("_ssc._udp.local.", "_ssc._tcp.local.")
USUAL_PORTS = (45, 443)
CHARGER_MODELS = ("CHG", "L 6000", "L6000")
RECEIVER_MODELS = ("EWDX", "EW-DX", "EM", "SLDW", "SL MCR", "SPECTERA")
ACCESS_OFF_MODELS = ("EWDX", "EW-DX", "EM 2", "EM 4", "SPECTERA", "BASE STATION")
"""Models whose access for others is off from the factory (docs/reference/protocols/sennheiser.md 6.1)."""


async def discover(found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float) -> None:
    """Implements ``Discover``."""
    await browse(SERVICES, lambda service: found(found_device_of(service)), interface, timeout_s)


def found_device_of(service: Service) -> FoundDevice:
    """The device whose service it is."""
    model = service.text_record.get("model", "").strip() or None
    # Only a device whose firmware knows the second version can announce one [inference].
    driver = SSCV2 if service.text_record.get("version", "").startswith("2") else SSC
    return FoundDevice(
        service.address,
        service.port,
        MANUFACTURER,
        driver,
        model,
        service.name or None,
        _kind_of(model),
        "mdns",
    )


async def explain_silence(found: FoundDevice, timeout_s: float) -> DeviceFault | None:
    """Why ``found``, which announces itself, may not have answered a probe.

    Source: docs/reference/protocols/sennheiser.md 10.
    """
    del timeout_s
    if found.model is not None and found.model.upper().startswith(ACCESS_OFF_MODELS):
        return DeviceFault(
            ErrorCode.DEVICE_REFUSED,
            "It announces itself, but its third-party access is off",
            "Switch third-party access on in Sennheiser Control Cockpit or WSM, and search again",
        )
    return DeviceFault(
        ErrorCode.DEVICE_SILENT,
        f"It announces itself but does not answer on port {found.port}",
        "Check that no switch or Wi-Fi isolation keeps this machine from it; EW-DX: third-party access",
    )


def _kind_of(model: str | None) -> DeviceKind | None:
    name = (model or "").upper()
    if name.startswith(CHARGER_MODELS):
        return DeviceKind.CHARGER
    return DeviceKind.RECEIVER if name.startswith(RECEIVER_MODELS) else None
