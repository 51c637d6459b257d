"""Which driver a new device is registered with: the one that was named, or the one that the device knows."""

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import DriverSpec, Manufacturer
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.discovery.network_search import recognize


def spec_of(maker: Manufacturer, driver: str | None) -> DriverSpec:
    """The driver of that name, or the usual one. Raises MicboardError DRIVER_NOT_SUPPORTED."""
    if (spec := maker.drivers.get(driver or next(iter(maker.drivers)))) is None:
        raise MicboardError(
            ErrorCode.DRIVER_NOT_SUPPORTED,
            f"{maker.title} devices have no driver '{visible(driver or '')}'",
            hint=f"Known are: {', '.join(maker.drivers)}",
        )
    return spec


async def as_it_says(maker: Manufacturer, host: str, port: int | None) -> tuple[DriverSpec, int, str | None]:
    """The driver and port of what answers at ``host``, and what its user should know of it."""
    found = await recognize(maker, host, port)
    spec = None if found is None else maker.drivers.get(found.driver or "")
    if found is None or spec is None:
        usual = spec_of(maker, None)
        warning = (
            f"{host} does not say which driver speaks to it; {usual.name} was taken. "
            f"Known are: {', '.join(maker.drivers)}"
        )
        return usual, usual.default_port if port is None else port, warning
    fault = found.fault
    told = None if fault is None else f"{fault.message}. {fault.hint}"
    return spec, found.port if port is None else port, told
