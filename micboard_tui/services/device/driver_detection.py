"""Which driver a new device gets: the one that was named, or the one that the device answers to."""

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import DriverSpec, Manufacturer
from micboard_tui.domain.near_name import suggest
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.device_network import DeviceNetwork


def choose_driver(manufacturer: Manufacturer, name: str | None, port: int | None) -> DriverSpec:
    """The driver of that name; without one that whose port it is, else the usual one.

    Raises MicboardError DRIVER_NOT_SUPPORTED.
    """
    if not name:
        drivers = list(manufacturer.drivers.values())
        return next((spec for spec in drivers if spec.default_port == port), drivers[0])
    if (spec := manufacturer.drivers.get(name)) is None:
        raise MicboardError(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"{manufacturer.title} devices have no driver '{visible(name)}'",
            hint=suggest(f"Known are: {', '.join(manufacturer.drivers)}", name, manufacturer.drivers),
        )
    return spec


async def detect_driver(
    network: DeviceNetwork, manufacturer: Manufacturer, host: str, port: int | None, zone: str
) -> tuple[DriverSpec, int, str | None]:
    """The driver and port that ``host`` answers to, and a warning for the user."""
    found, reason = None, ""
    try:
        found = await network.recognize(manufacturer, host, port, zone)
    except MicboardError as error:
        reason = f"{error.info.message}. "
    spec = None if found is None else manufacturer.drivers.get(found.driver or "")
    if found is None or spec is None:
        usual = choose_driver(manufacturer, None, port)
        warning = (
            f"{reason}The driver of {host} could not be detected; {usual.name} is used. "
            f"Known are: {', '.join(manufacturer.drivers)}"
        )
        return usual, usual.default_port if port is None else port, warning
    fault = found.fault
    advice = None if fault is None else f"{fault.message}. {fault.hint}"
    return spec, found.port if port is None else port, advice
