"""The installed manufacturers, found by entry point; ours are registered like anyone's."""

import errno
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points

import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import DriverSpec, Manufacturer, PluginState
from micboard_tui.domain.near_name import suggest

GROUP = "micboard_tui.manufacturers"
OURS = "micboard-tui"

_NO_HANDLES = frozenset({errno.EMFILE, errno.ENFILE})

log = structlog.get_logger(__name__)


class EntryPointRegistry:
    """Implements ``ManufacturerRegistry``: names without importing, one plugin when it is needed."""

    def __init__(self, points: Iterable[EntryPoint] | None = None) -> None:
        """``points``: None is what is installed."""
        found = _find_installed(tuple(sys.path)) if points is None else points
        rivals: dict[str, list[EntryPoint]] = {}
        for point in found:
            rivals.setdefault(point.name, []).append(point)
        self._points = {name: _choose(points) for name, points in rivals.items()}
        self._loaded: dict[str, Manufacturer] = {}
        self._errors: dict[str, MicboardError] = {}

    def codes(self) -> Sequence[str]:
        return sorted(self._points)

    def get(self, code: str) -> Manufacturer:
        if (known := self._loaded.get(code)) is not None:
            return known
        if code in self._errors:
            raise self._errors[code].with_traceback(None)
        if (point := self._points.get(code)) is None:
            raise MicboardError(
                ErrorCode.MANUFACTURER_NOT_SUPPORTED,
                f"There is no driver for the manufacturer '{code}'",
                hint=suggest(
                    f"Known are: {', '.join(self.codes()) or 'none (is micboard-tui installed?)'}",
                    code,
                    self.codes(),
                ),
                manufacturer=code,
            )
        try:
            return self._loaded.setdefault(code, _load(point))
        except MicboardError as error:
            # A module that failed once is not run again and again; what it wrote may still be there. One that
            # the system did not let us read, as without file handles, may be read the next time.
            if getattr(error.__cause__, "errno", None) not in _NO_HANDLES:
                self._errors[code] = error
            raise

    def plugins(self) -> Sequence[PluginState]:
        """Load all and tell how each is. Raises nothing."""
        return [self._state_of(code) for code in self.codes()]

    def _state_of(self, code: str) -> PluginState:
        package = _package_of(self._points[code])
        try:
            return PluginState(code, package, self.get(code))
        except MicboardError as error:
            return PluginState(code, package, None, error.info)


@cache
def _find_installed(_: tuple[str, ...]) -> Sequence[EntryPoint]:
    """Those on this search path, looked up once: a file of each installed package is read."""
    return tuple(entry_points(group=GROUP))


def _choose(points: Sequence[EntryPoint]) -> EntryPoint:
    """Of several with one name ours, else the order of the packages' names decides."""
    if len(points) == 1:
        return points[0]  # the name of its package need not be read, which takes longer than all else here
    first, *others = sorted(points, key=lambda point: (_name_of(point) != OURS, _name_of(point), point.value))
    for point in others:
        log.warning("plugin_ignored", plugin=point.name, package=_package_of(point))
    return first


def _load(point: EntryPoint) -> Manufacturer:
    """Raises MicboardError MANUFACTURER_NOT_SUPPORTED, whatever is wrong with the plugin."""
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:
        # Importing a foreign module may raise any exception.
        log.warning("plugin_broken", plugin=point.name, package=_package_of(point), exc_info=True)
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        raise _unusable_error(point, f"cannot be loaded ({type(error).__name__}: {reason})") from error
    if isinstance(loaded, Manufacturer):
        defect = _find_defect(point.name, loaded)
        if defect is None:
            return loaded
    else:
        defect = f"brings a {type(loaded).__name__} and no Manufacturer"
    log.warning("plugin_broken", plugin=point.name, package=_package_of(point), reason=defect)
    raise _unusable_error(point, defect)


def _find_defect(code: str, loaded: Manufacturer) -> str | None:
    """The first violation of the plugin contract, which no type checker may have checked; None: none."""
    if loaded.code != code:
        return f"brings the manufacturer '{loaded.code}' under another name"
    drivers: object = loaded.drivers
    if not isinstance(drivers, Mapping) or not drivers:
        return "brings no driver"
    for name, spec in drivers.items():
        if not isinstance(spec, DriverSpec) or spec.name != name:
            return f"brings something else than a driver as '{name}'"
    return None


def _unusable_error(point: EntryPoint, defect: str) -> MicboardError:
    return MicboardError(
        ErrorCode.MANUFACTURER_NOT_SUPPORTED,
        f"The plugin '{point.name}' ({point.value}) {defect}",
        hint=f"Update or uninstall the package {_package_of(point)}",
        manufacturer=point.name,
    )


def _name_of(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else ""


def _package_of(point: EntryPoint) -> str:
    """Its package and version, for people; what is known of it where that cannot be read."""
    if point.dist is None:
        return "that brings it"
    try:
        return f"{point.dist.name} {point.dist.version}"
    except OSError:
        # As when this program has no more file handles.
        return "that brings it"
