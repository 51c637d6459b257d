"""Which registered device is meant, and whether an address is free. Pure."""

from collections.abc import Sequence

from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.services.not_found import unknown_device

SHORTEST_PREFIX = 3
"""So many characters of an id are enough when they are unique."""


def find_device(known: Sequence[DeviceSnapshot], name: str) -> Device:
    """The one device that ``name`` means: its id or the start of it, its name, host or host:port.

    Raises MicboardError DEVICE_NOT_FOUND, INVALID_VALUE when it means several.
    """
    wanted = fold_name(name)
    matching = [snapshot for snapshot in known if wanted in _names(snapshot)]
    if not matching and len(wanted) >= SHORTEST_PREFIX:
        matching = [snapshot for snapshot in known if snapshot.device.id.startswith(wanted)]
    exact = [snapshot for snapshot in known if snapshot.device.id == wanted]
    if len(exact or matching) == 1:
        return (exact or matching)[0].device
    if not matching:
        names = (name for snapshot in known for name in (snapshot.title, snapshot.device.host))
        raise unknown_device(name, names)
    candidates = ", ".join(
        f"{snapshot.device.id} ({snapshot.device.host}:{snapshot.device.port})" for snapshot in matching
    )
    raise invalid_value_error(
        f"{len(matching)} devices are called '{visible(name)}'",
        f"Name one by its id: {candidates}",
    )


def names_of_others(known: Sequence[DeviceSnapshot], device: Device) -> Sequence[str]:
    """The addresses of other devices that have the name of ``device``, however it is written."""
    if not device.name:
        return []
    wanted = fold_name(device.name)
    return [
        f"{snapshot.device.host}:{snapshot.device.port}"
        for snapshot in known
        if snapshot.device.id != device.id and fold_name(snapshot.title) == wanted
    ]


def check_address_is_free(
    rack: Sequence[Device], host: str, port: int, *, besides: DeviceId | None = None
) -> None:
    """Raises MicboardError DEVICE_EXISTS when a device other than ``besides`` is registered there."""
    for device in rack:
        if (device.host, device.port) == (host, port) and device.id != besides:
            raise MicboardError(
                ErrorCode.DEVICE_EXISTS,
                f"{host}:{port} is registered already",
                hint=f"It is device {device.id}; remove that one first",
                device_id=device.id,
            )


def _names(snapshot: DeviceSnapshot) -> set[str]:
    device = snapshot.device
    names = {device.id, device.host, f"{device.host}:{device.port}", f"[{device.host}]:{device.port}"}
    names |= {name for name in (device.name, snapshot.state.own_name) if name}
    return {fold_name(name) for name in names}
