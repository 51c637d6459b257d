"""The networks of zones, which their collectors are in, for the registration of devices."""

from micboard_tui.bus.routing.collectors import Collectors
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Manufacturer
from micboard_tui.contracts.result import Failure

_NOT_LOOKED_UP = frozenset({ErrorCode.NO_COLLECTOR, ErrorCode.NOT_SERVED, ErrorCode.BUS_LOST})


class ZoneNetwork:
    """Implements ``DeviceNetwork`` of the services."""

    def __init__(self, collectors: Collectors) -> None:
        self._collectors = collectors

    async def check_host(self, host: str, zone: str) -> str | None:
        found = self._collectors.of_zone(zone)
        answer = await found.data.devices.check_host(host) if found.success else found
        if answer.success:
            return None
        if answer.error.code in _NOT_LOOKED_UP:
            return f"{answer.error.message}. So it was not looked up whether {host} has an address"
        raise _error_of(answer)

    async def recognize(
        self, manufacturer: Manufacturer, host: str, port: int | None, zone: str
    ) -> FoundDevice | None:
        found = self._collectors.of_zone(zone)
        if not found.success:
            raise _error_of(found)
        answer = await found.data.devices.probe(manufacturer.code, host, port=port)
        if not answer.success:
            raise _error_of(answer)
        return answer.data


def _error_of(failure: Failure) -> MicboardError:
    info = failure.error
    return MicboardError(info.code, info.message, hint=info.hint, **info.details)
