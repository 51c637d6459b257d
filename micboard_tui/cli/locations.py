"""``locations``: stages, rooms and buildings."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import DeviceName, Json

if TYPE_CHECKING:
    from micboard_tui.contracts.location import LocationSummary
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.location import Location

app = CommandGroup(
    'Stages, rooms and buildings: a tree, ordered by hand.\n\nmicboard-tui locations add "Main Hall"'
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The location's name.")]


@app.command("list")
def list_locations(as_json: Json = False) -> None:
    """List all locations, those within others below them.

    micboard-tui locations list
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.contracts.documents.locations import locations_document
    from micboard_tui.domain.location import find_rf_zones, order_locations
    from micboard_tui.domain.out_of_service import find_closed_locations

    locations = data_of(run_with_services(lambda services: services.locations.list_locations()))
    known = list(order_locations(locations))
    zones, closed = find_rf_zones(locations), find_closed_locations(locations)
    names = {location.id: location.name for location in locations}
    if as_json:
        print_json(locations_document(locations))
    elif known:
        print_table(
            ("location", "RF zone", "service", "id"),
            [
                (
                    "  " * depth + location.name,
                    names[zones[location.id]],
                    "out of service" if location.id in closed else "",
                    location.id,
                )
                for depth, location in known
            ],
            spare=("id", "RF zone", "service"),
        )
    else:
        print_note('There is no location yet. Add one:  micboard-tui locations add "Main Stage"')


@app.command()
def add(
    name: Name,
    within: Annotated[
        str | None, typer.Option(metavar="LOCATION", help="The location that it is in; left out: the top.")
    ] = None,
) -> None:
    """Add a location, at the top or within another.

    micboard-tui locations add "Main Hall"

    micboard-tui locations add "Choir" --within "Main Hall"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    made = data_of(
        run_with_services(
            lambda services: services.locations.create(name, parent=within, actor=current_operator())
        )
    )
    print_line(f"Added {made.name}.")


@app.command()
def rename(name: Name, to: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name.")]) -> None:
    """Give a location another name.

    micboard-tui locations rename "Choir" "Gallery"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def rename_location(services: "Services") -> None:
        location = data_of(await services.locations.find(name))
        data_of(await services.locations.rename(location.id, to, actor=current_operator()))

    run_with_services(rename_location)
    print_line(f"{name} is now {to}.")


@app.command()
def move(
    name: Name,
    within: Annotated[
        str | None, typer.Option(metavar="LOCATION", help="The location that it is in; left out: the top.")
    ] = None,
    position: Annotated[
        int | None, typer.Option(help="Its position there, from 1; left out: last.", min=1)
    ] = None,
) -> None:
    """Move a location within another, or in the order.

    What stands at it and below moves with it.

      micboard-tui locations move "Choir" --within "Main Hall"

      micboard-tui locations move "Main Hall" --position 1
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def move_location(services: "Services") -> bool:
        location = data_of(await services.locations.find(name))
        parent = None if within is None else data_of(await services.locations.find(within)).id
        index = None if position is None else position - 1
        return (
            data_of(
                await services.locations.move(
                    location.id, parent=parent, position=index, actor=current_operator()
                )
            )
            != location
        )

    is_moved = run_with_services(move_location)
    print_line(f"Moved {name}." if is_moved else f"{name} stands there already; nothing has moved.")


@app.command("rf-zone")
def mark_rf_zone(
    name: Name,
    clear: Annotated[bool, typer.Option("--clear", help="Take the mark away.")] = False,
) -> None:
    """Mark a location within another as an RF zone.

    Its carriers do not meet those outside of it, so that channels of two zones may use one frequency without
    a warning. Locations at the top are RF zones in any case.

    micboard-tui locations rf-zone "Studio 2"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.location import find_rf_zones

    async def mark_location(services: "Services") -> "tuple[Location, Location]":
        location = data_of(await services.locations.find(name))
        data_of(
            await services.locations.mark_rf_zone(location.id, is_rf_zone=not clear, actor=current_operator())
        )
        known = data_of(await services.locations.list_locations())
        zone = find_rf_zones(known)[location.id]
        return location, next(other for other in known if other.id == zone)

    location, zone = run_with_services(mark_location)
    if zone.id != location.id:
        print_line(f"{location.name} is in the RF zone {zone.name} now.")
    elif clear:
        print_line(f"{location.name} stands at the top, and so stays an RF zone.")
    else:
        print_line(f"{location.name} is an RF zone now.")


@app.command("out-of-service")
def mark_out_of_service(
    name: Name,
    clear: Annotated[bool, typer.Option("--clear", help="Back in service.")] = False,
) -> None:
    """Take a location out of service, or back: it has no alarms.

    Nothing of what stands there, or below, is an alarm. It is a step, so undo takes it back. A single
    device:  devices set DEVICE --out-of-service

    micboard-tui locations out-of-service "Studio 2"

    micboard-tui locations out-of-service "Studio 2" --clear
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def mark_location(services: "Services") -> "Location":
        location = data_of(await services.locations.find(name))
        return data_of(
            await services.locations.mark_out_of_service(
                location.id, out_of_service=not clear, actor=current_operator()
            )
        )

    location = run_with_services(mark_location)
    if location.out_of_service:
        print_line(f"{location.name} is out of service now: nothing of what stands there is an alarm.")
    else:
        print_line(f"{location.name} is in service now.")


@app.command()
def remove(name: Name) -> None:
    """Remove an empty location. Devices and locations in it have to go first.

    micboard-tui locations remove "Choir"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def remove_location(services: "Services") -> None:
        location = data_of(await services.locations.find(name))
        data_of(await services.locations.remove(location.id, actor=current_operator()))

    run_with_services(remove_location)
    print_line(f"Removed {name}.")


@app.command()
def assign(
    device: DeviceName,
    location: Annotated[
        str | None, typer.Argument(metavar="LOCATION", help="The location; left out: taken out.")
    ] = None,
) -> None:
    """Put a device at a location, or take it out.

    micboard-tui locations assign "Rack A" "Main Stage"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def assign_device(services: "Services") -> str:
        chosen = data_of(await services.devices.find(device))
        location_id = None if location is None else data_of(await services.locations.find(location)).id
        data_of(await services.locations.assign_device(chosen.id, location_id, actor=current_operator()))
        return data_of(await services.devices.get_device_status(chosen.id)).title

    print_line(f"{run_with_services(assign_device)} is at {location or 'no location'} now.")


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Count what is at a location and below it.

    Devices, channels by what they do, low and unknown batteries.

      micboard-tui locations show "Main Stage"
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.contracts.documents.locations import location_summary_document

    async def summarize(services: "Services") -> "LocationSummary":
        location = data_of(await services.locations.find(name))
        return data_of(await services.locations.get_location_summary(location.id))

    summary = run_with_services(summarize)
    if as_json:
        print_json(location_summary_document(summary))
    else:
        rows = [
            ("devices", summary.devices),
            ("devices online", summary.devices_online),
            ("channels", summary.channels),
            *((state.text, count) for state, count in summary.by_link_state.items()),
            ("low battery", summary.low_battery),
            ("unknown battery", summary.unknown_battery),
        ]
        print_table((summary.location.name, ""), [(what, str(count)) for what, count in rows], right=("",))
