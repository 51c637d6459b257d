"""What is answered when something is asked for that is not there: one message and one hint for each kind."""

from collections.abc import Iterable

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.near_name import suggest
from micboard_tui.domain.safe_text import visible

LIST_LOCATIONS = "See all with: micboard-tui locations list"
LIST_SHOWS = "See all with: micboard-tui show list"
LIST_PERFORMERS = "See all with: micboard-tui performers list"


def unknown_device(name: str, known: Iterable[str | None]) -> MicboardError:
    """No device is called ``name``; those in ``known`` are."""
    message = f"No device is called '{visible(name)}'"
    return MicboardError(ErrorCode.DEVICE_NOT_FOUND, message, hint=suggest(hints.LIST_DEVICES, name, known))


def unknown_device_id(device_id: DeviceId, manufacturer: str | None = None) -> MicboardError:
    whose = f"No device of {manufacturer}" if manufacturer else "No device"
    message = f"{whose} has the id '{visible(device_id)}'"
    return MicboardError(ErrorCode.DEVICE_NOT_FOUND, message, hint=hints.LIST_DEVICES)


def location_not_found(message: str, name: str = "", known: Iterable[str] = ()) -> MicboardError:
    """``name`` is what was asked for, where it was a name, and ``known`` are those there are."""
    return MicboardError(ErrorCode.LOCATION_NOT_FOUND, message, hint=suggest(LIST_LOCATIONS, name, known))


def performer_not_found(message: str, name: str = "", known: Iterable[str] = ()) -> MicboardError:
    """``name`` is what was asked for, where it was a name, and ``known`` are those there are."""
    return MicboardError(ErrorCode.PERFORMER_NOT_FOUND, message, hint=suggest(LIST_PERFORMERS, name, known))


def show_not_found(name: str, known: Iterable[str]) -> MicboardError:
    message = f"There is no show '{visible(name.strip())}'"
    return MicboardError(ErrorCode.SHOW_NOT_FOUND, message, hint=suggest(LIST_SHOWS, name, known))


def channel_not_found(message: str, hint: str = hints.LIST_DEVICES) -> MicboardError:
    return MicboardError(ErrorCode.CHANNEL_NOT_FOUND, message, hint=hint)
