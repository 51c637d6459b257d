"""``devices``: registering, listing, changing and commanding devices."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.device_move import move_device
from micboard_tui.cli.device_names import write_names
from micboard_tui.cli.device_set import set_device
from micboard_tui.cli.discover import discover
from micboard_tui.cli.options import DeviceName, Fingerprint, Json, OnlyManufacturer, Port, Yes, Zone
from micboard_tui.cli.plugin_help import NamesManufacturers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.device import DeviceQuery
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.alarm_list import AlarmList
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import LocationId

app = CommandGroup(
    "Receivers and chargers: add, list, change, command.\n\n"
    'micboard-tui devices add shure 192.168.1.20 --location "Main Stage"'
)


@app.command(cls=NamesManufacturers)
def add(
    manufacturer: Annotated[
        str, typer.Argument(metavar="MANUFACTURER", help="The code of its manufacturer; see below.")
    ],
    host: Annotated[str, typer.Argument(metavar="HOST", help="Its address or host name.")],
    driver: Annotated[str | None, typer.Option(help="Its driver; left out: detected.")] = None,
    port: Port = None,
    location: Annotated[str | None, typer.Option(help="Its location; created if there is none.")] = None,
    name: Annotated[str | None, typer.Option(help="Your name for it; left out: its own.")] = None,
    fingerprint: Fingerprint = None,
    zone: Zone = None,
    as_json: Json = False,
) -> None:
    """Register a device. It need not be switched on.

    Without --driver the device is probed for one; when it does not answer, the usual one is taken, and a
    note says so. A password, or your consent to its certificate, is asked for in a terminal.

      micboard-tui devices add sennheiser 192.168.1.30 --name "IEM rack"

      micboard-tui devices add shure 192.168.1.20 --location "Main Stage"
    """
    import sys

    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.prompts import complete_registration
    from micboard_tui.contracts.documents.devices import registered_device_entry
    from micboard_tui.domain.device import device_title

    host, port = split_port(host, port)

    async def register(services: "Services") -> None:
        device = data_of(
            await services.devices.register(
                manufacturer,
                host,
                driver=driver,
                port=port,
                name=name,
                location=location,
                fingerprint=fingerprint,
                zone=zone,
                actor=current_operator(),
            )
        )
        if as_json:
            print_json({"device": registered_device_entry(device)})
        else:
            print_line(f"Added {device_title(device)} on port {device.port} as {device.id}.")
        await complete_registration(services, device, interactive=sys.stdin.isatty() and not as_json)

    run_with_services(register)


def split_port(host: str, port: int | None) -> tuple[str, int | None]:
    """Host and port of an address as it is printed, ``192.168.1.20:2202``; another text is the host alone."""
    name, _, digits = host.strip().rpartition(":")
    is_bracketed = name.startswith("[") and name.endswith("]")
    if not name or not (digits.isascii() and digits.isdecimal()) or (":" in name and not is_bracketed):
        return host, port
    if port not in {None, int(digits)}:
        raise typer.BadParameter(f"the address says port {digits}, not {port}", param_hint="--port")
    return name, int(digits)


@app.command("list")
def list_devices(
    manufacturer: OnlyManufacturer = None,
    location: Annotated[str | None, typer.Option(help="Only devices at this location or below.")] = None,
    online: Annotated[bool, typer.Option("--online", help="Only those that are online.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Only those that are offline.")] = False,
    low_battery: Annotated[
        int | None,
        typer.Option(
            help="Only channels whose last known battery is low, also of devices that are not heard now "
            "(--online leaves those out); the number is the limit where percent decides.",
            min=0,
            max=100,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List registered devices with their last stored readings. Asks no device.

    micboard-tui devices list --offline

    micboard-tui devices list --location "Main Stage" --low-battery 20 --json
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.status import print_snapshots
    from micboard_tui.config.threshold_settings import thresholds_of

    if online and offline:
        raise typer.BadParameter("no device is both --online and --offline", param_hint="--online")
    is_online = online if online or offline else None

    async def query_devices(
        services: "Services",
    ) -> "tuple[Sequence[DeviceSnapshot], Sequence[DeviceSnapshot], AlarmList]":
        """Those that match, and all: a channel may be in conflict with one that is not listed."""
        location_id = None if location is None else data_of(await services.locations.find(location)).id
        if manufacturer is not None:
            data_of(services.manufacturers.find(manufacturer))
        query = _query_of(manufacturer, location_id, is_online)
        if low_battery is not None:
            thresholds = thresholds_of(load_context().settings.thresholds)
            query = query.low_battery(low_battery, thresholds.battery)
        listed = data_of(await services.devices.list_devices(query))
        alarms = data_of(await services.alarms.list_alarms())
        return listed, data_of(await services.devices.list_devices()), alarms

    snapshots, rack, alarms = run_with_services(query_devices)
    is_filtered = any(option is not None for option in (manufacturer, location, is_online, low_battery))
    empty_note = "No device matches. All of them:  micboard-tui devices list" if is_filtered else None
    print_snapshots(snapshots, as_json=as_json, empty_note=empty_note, rack=rack, alarms=alarms)


def _query_of(
    manufacturer: str | None, location_id: "LocationId | None", online: bool | None
) -> "DeviceQuery":
    from micboard_tui.contracts.device import ALL_DEVICES

    query = ALL_DEVICES if manufacturer is None else ALL_DEVICES.of(manufacturer)
    query = query if location_id is None else query.at(location_id)
    if online is None:
        return query
    return query.online() if online else query.offline()


@app.command()
def show(device: DeviceName, as_json: Json = False) -> None:
    """Print all that is known of one device. Its raw properties stand below, those of empty slots left out.

    micboard-tui devices show "Rack A"
    """
    import time

    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.devices_table import print_device, print_raw
    from micboard_tui.cli.output import print_json
    from micboard_tui.contracts.documents.devices import devices_document
    from micboard_tui.contracts.documents.rack_context import RackContext, conflicts_among

    async def read_status(
        services: "Services",
    ) -> "tuple[DeviceSnapshot, Sequence[DeviceSnapshot], AlarmList]":
        chosen = data_of(await services.devices.find(device))
        status = data_of(await services.devices.get_device_status(chosen.id))
        alarms = data_of(await services.alarms.list_alarms())
        return status, data_of(await services.devices.list_devices()), alarms

    snapshot, rack, alarms = run_with_services(read_status)
    if as_json:
        context = RackContext(time.time(), conflicts_among(rack), alarms)
        print_json(devices_document([snapshot], context))
        return
    print_device(snapshot, rack)
    print_raw(snapshot)


app.command("set")(set_device)
app.command("names")(write_names)
app.command("move")(move_device)


@app.command()
def identify(
    device: DeviceName, channel: Annotated[int | None, typer.Option(help="Only this channel.", min=1)] = None
) -> None:
    """Have a device flash, so that you find it in the rack.

    micboard-tui devices identify "Rack A" --channel 2
    """
    from micboard_tui.cli.armed_commands import armed_control
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.command import Identify

    async def flash(services: "Services") -> str:
        chosen, operator = data_of(await services.devices.find(device)), current_operator()
        async with armed_control(services.users, operator):
            data_of(await services.control.execute(chosen.id, Identify(channel), actor=operator))
        return data_of(await services.devices.get_device_status(chosen.id)).title

    print_line(f"{run_with_services(flash)} is flashing.")


@app.command()
def trust(device: DeviceName, fingerprint: Fingerprint = None) -> None:
    """Accept the certificate of a device, so that it can be connected. Shows it first, and asks.

    Compare the fingerprint with what the device or its manufacturer's program shows. A device whose
    certificate differs from the accepted one is not connected.

      micboard-tui devices trust "Rack A"
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.prompts import accept_certificate

    async def accept(services: "Services") -> None:
        await accept_certificate(services, data_of(await services.devices.find(device)), fingerprint)

    run_with_services(accept)


@app.command()
def remove(device: DeviceName, yes: Yes = False) -> None:
    """Remove a device and its last readings. Asks first. Nothing changes on the device.

    micboard-tui devices remove "Rack A" --yes
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent

    async def remove_device(services: "Services") -> str:
        chosen = data_of(await services.devices.find(device))
        title = data_of(await services.devices.get_device_status(chosen.id)).title
        await require_consent(f"Remove {title} and its last readings", yes=yes)
        data_of(await services.devices.remove(chosen.id, actor=current_operator()))
        return title

    print_line(f"Removed {run_with_services(remove_device)}. To bring it back:  micboard-tui undo")


app.command()(discover)
