"""What front ends know of the plugins that are installed: implements ``ManufacturerContract``."""

from collections.abc import Sequence

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.manufacturers import DriverInfo, ManufacturerInfo
from micboard_tui.contracts.ports import DriverSpec, ManufacturerRegistry
from micboard_tui.contracts.result import Failure, ServiceResult, Success


class ManufacturerCatalog:
    def __init__(self, registry: ManufacturerRegistry) -> None:
        self._registry = registry
        self._known: dict[str, ManufacturerInfo] = {}

    def codes(self) -> Sequence[str]:
        return self._registry.codes()

    def find(self, code: str) -> ServiceResult[ManufacturerInfo]:
        if (known := self._known.get(code)) is not None:
            return Success(known)
        try:
            loaded = self._registry.get(code)
        except MicboardError as error:
            return Failure.of(error)
        drivers = {name: _describe(spec) for name, spec in loaded.drivers.items()}
        info = self._known[code] = ManufacturerInfo(loaded.code, loaded.title, drivers)
        return Success(info)


def _describe(spec: DriverSpec) -> DriverInfo:
    return DriverInfo(
        spec.name,
        spec.title,
        spec.default_port,
        spec.secret,
        spec.user,
        spec.never_reports,
        has_certificate=spec.has_certificate,
        shows_certificate=spec.certificate is not None,
    )
