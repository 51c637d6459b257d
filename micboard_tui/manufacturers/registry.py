"""The installed manufacturers, found by entry point; ours are registered like anyone's."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import Manufacturer

GROUP = "micboard_tui.manufacturers"


class EntryPointRegistry:
    """Implements ``ManufacturerRegistry``: names without importing, one plugin when it is needed."""

    def __init__(self) -> None:
        self._points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=GROUP)}
        self._loaded: dict[str, Manufacturer] = {}

    def codes(self) -> Sequence[str]:
        return sorted(self._points)

    def get(self, code: str) -> Manufacturer:
        if (known := self._loaded.get(code)) is not None:
            return known
        if (point := self._points.get(code)) is None:
            raise MicboardError(
                ErrorCode.MANUFACTURER_NOT_SUPPORTED,
                f"No driver speaks to the manufacturer '{code}'",
                hint=f"Known are: {', '.join(self.codes()) or 'none (is micboard-tui installed?)'}",
                manufacturer=code,
            )
        loaded = point.load()
        if not isinstance(loaded, Manufacturer):
            raise MicboardError(
                ErrorCode.MANUFACTURER_NOT_SUPPORTED,
                f"The plugin {point.value} for '{code}' is no manufacturer",
                hint="Update or uninstall the package that brings it",
                manufacturer=code,
            )
        self._loaded[code] = loaded
        return loaded
