"""``status``: what the database last knew."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.domain.device import DeviceSnapshot

NOTHING_REGISTERED = "No device is registered. Add one:  micboard-tui devices add shure 192.168.1.20"


def status(as_json: Json = False) -> None:
    """Print the last stored readings. Asks no device; every value has its age.

    micboard-tui status

    micboard-tui status --json
    """
    from micboard_tui.cli.context import data_of, run_with_services

    snapshots = data_of(run_with_services(lambda services: services.devices.list_devices()))
    print_snapshots(snapshots, as_json=as_json)


def print_snapshots(
    snapshots: Sequence["DeviceSnapshot"],
    *,
    as_json: bool,
    empty_note: str | None = None,
    rack: Sequence["DeviceSnapshot"] = (),
) -> None:
    """Print the JSON document, or the table; for no device a note, by default that nothing is registered.

    ``rack`` as for ``document``.
    """
    import time

    from micboard_tui.cli.devices_table import print_devices
    from micboard_tui.cli.output import print_json, print_note
    from micboard_tui.contracts.documents.devices import devices_document

    if as_json:
        print_json(devices_document(snapshots, time.time(), rack))
    elif snapshots:
        print_devices(snapshots, rack)
    else:
        print_note(empty_note or NOTHING_REGISTERED)
