"""Which registered device is meant, and whether an address is free. Pure."""

from collections.abc import Sequence

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible

SHORTEST_PREFIX = 3
"""So many characters of an id are enough when they are unique."""


def check_free(known: Sequence[Device], host: str, port: int, *, besides: DeviceId | None = None) -> None:
    for device in known:
        if (device.host, device.port) == (host, port) and device.id != besides:
            raise MicboardError(
                ErrorCode.DEVICE_EXISTS,
                f"{host}:{port} is registered already",
                hint=f"It is device {device.id}; remove that one first",
                device_id=device.id,
            )


def found(known: Sequence[DeviceSnapshot], words: str) -> Device:
    """The one that ``words`` name. Raises MicboardError DEVICE_NOT_FOUND, INVALID_VALUE."""
    wanted = words.casefold()
    matching = [each for each in known if wanted in _names(each)]
    if not matching and len(wanted) >= SHORTEST_PREFIX:
        matching = [each for each in known if each.device.id.startswith(wanted)]
    exact = [each for each in known if each.device.id == wanted]
    if len(exact or matching) == 1:
        return (exact or matching)[0].device
    if not matching:
        raise not_found(f"No device is called '{visible(words)}'")
    raise MicboardError(
        ErrorCode.INVALID_VALUE,
        f"{len(matching)} devices are called '{visible(words)}'",
        hint="Name one by its id: "
        + ", ".join(f"{each.device.id} ({each.device.host}:{each.device.port})" for each in matching),
    )


def _names(snapshot: DeviceSnapshot) -> set[str]:
    device = snapshot.device
    names = {device.id, device.host, f"{device.host}:{device.port}", f"[{device.host}]:{device.port}"}
    names |= {name for name in (device.name, snapshot.state.own_name) if name}
    return {name.casefold() for name in names}


def not_found(message: str) -> MicboardError:
    return MicboardError(
        ErrorCode.DEVICE_NOT_FOUND, message, hint="See the registered ones with: micboard-tui devices list"
    )
