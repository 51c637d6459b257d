"""``status``: what the database last knew."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.alarm_list import AlarmList
    from micboard_tui.domain.device import DeviceSnapshot

NOTHING_REGISTERED = "No device is registered. Add one:  micboard-tui devices add shure 192.168.1.20"


def status(as_json: Json = False) -> None:
    """Print the last stored readings. Asks no device; every value has its age.

    micboard-tui status

    micboard-tui status --json
    """
    from micboard_tui.cli.context import data_of, run_with_services

    async def read(services: "Services") -> "tuple[Sequence[DeviceSnapshot], AlarmList]":
        devices = data_of(await services.devices.list_devices())
        return devices, data_of(await services.alarms.list_alarms())

    snapshots, alarms = run_with_services(read)
    print_snapshots(snapshots, as_json=as_json, alarms=alarms)


def print_snapshots(
    snapshots: Sequence["DeviceSnapshot"],
    *,
    as_json: bool,
    empty_note: str | None = None,
    rack: Sequence["DeviceSnapshot"] = (),
    alarms: "AlarmList | None" = None,
    version: int | None = None,
) -> None:
    """Print the JSON document, or the table; for no device a note, by default that nothing is registered.

    ``rack`` are all devices where ``snapshots`` are only some: their channels may be in conflict with others.
    ``version``: of the live state that they are of; None: they are of none.
    """
    import time

    from micboard_tui.cli.devices_table import print_devices
    from micboard_tui.cli.output import print_json, print_note
    from micboard_tui.contracts.documents.devices import devices_document
    from micboard_tui.contracts.documents.rack_context import RackContext, conflicts_among

    if as_json:
        context = RackContext(time.time(), conflicts_among(rack or snapshots), alarms)
        print_json(devices_document(snapshots, context, version))
    elif snapshots:
        print_devices(snapshots, rack)
    else:
        print_note(empty_note or NOTHING_REGISTERED)
