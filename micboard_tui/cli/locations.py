"""``locations``: stages, rooms and buildings."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.contracts.location import LocationSummary

app = typer.Typer(
    help="Stages, rooms and buildings: a tree, ordered by hand.", no_args_is_help=True, rich_markup_mode=None
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The location's name.")]


@app.command("list")
def list_locations(as_json: Json = False) -> None:
    """List all locations, those within others below them."""
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.domain.location import in_order

    known = list(in_order(data_of(ask(lambda container: container.locations.list_locations()))))
    if as_json:
        entries = [
            {"location_id": each.id, "name": each.name, "parent_id": each.parent_id, "depth": depth}
            for depth, each in known
        ]
        print_json({"schema": 1, "locations": entries})
    elif known:
        print_table(("location", "id"), [("  " * depth + each.name, each.id) for depth, each in known])
    else:
        _note('There is no location yet. Add one:  micboard-tui locations add "Main Stage"')


@app.command()
def add(
    name: Name, within: Annotated[str | None, typer.Option(help="The location it stands in.")] = None
) -> None:
    """Add a location.

    micboard-tui locations add "Choir" --within "Main Hall"
    """
    from micboard_tui.cli.context import ask, data_of

    made = data_of(ask(lambda container: container.locations.create(name, parent=within)))
    _say(f"Added {made.name}.")


@app.command()
def rename(name: Name, to: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
    """Give a location another name."""
    from micboard_tui.cli.context import ask, data_of

    async def act(container: "Container") -> None:
        location = data_of(await container.locations.find(name))
        data_of(await container.locations.rename(location.id, to))

    ask(act)
    _say(f"{name} is now {to}.")


@app.command()
def move(
    name: Name,
    within: Annotated[str | None, typer.Option(help="The location to stand in; left out: the top.")] = None,
    position: Annotated[
        int | None, typer.Option(help="Its place there, from 1; left out: last.", min=1)
    ] = None,
) -> None:
    """Move a location within another, or to another place in the order."""
    from micboard_tui.cli.context import ask, data_of

    async def act(container: "Container") -> None:
        location = data_of(await container.locations.find(name))
        parent = None if within is None else data_of(await container.locations.find(within)).id
        place = None if position is None else position - 1
        data_of(await container.locations.move(location.id, parent=parent, position=place))

    ask(act)
    _say(f"Moved {name}.")


@app.command()
def remove(name: Name) -> None:
    """Remove a location in which nothing stands."""
    from micboard_tui.cli.context import ask, data_of

    async def act(container: "Container") -> None:
        location = data_of(await container.locations.find(name))
        data_of(await container.locations.remove(location.id))

    ask(act)
    _say(f"Removed {name}.")


@app.command()
def assign(
    device: Annotated[str, typer.Argument(help="A device: its id, name or address.")],
    location: Annotated[str | None, typer.Argument(help="A location; left out: nowhere.")] = None,
) -> None:
    """Put a device at a location.

    micboard-tui locations assign "Rack A" "Main Stage"
    """
    from micboard_tui.cli.context import ask, data_of

    async def act(container: "Container") -> str:
        chosen = data_of(await container.devices.find(device))
        place = None if location is None else data_of(await container.locations.find(location)).id
        data_of(await container.locations.assign_device(chosen.id, place))
        return chosen.name or chosen.host

    _say(f"{ask(act)} is at {location or 'no location'} now.")


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Count what stands at a location and below: devices, channels by state, low and unknown batteries."""
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_json, print_table

    async def act(container: "Container") -> "LocationSummary":
        location = data_of(await container.locations.find(name))
        return data_of(await container.locations.get_location_summary(location.id))

    summary = ask(act)
    counts = {
        "devices": summary.devices,
        "devices_online": summary.devices_online,
        "channels": summary.channels,
        **{state.value: count for state, count in summary.by_link_state.items()},
        "low_battery": summary.low_battery,
        "unknown_battery": summary.unknown_battery,
    }
    if as_json:
        print_json({"schema": 1, "location": summary.location.name, "counts": counts})
    else:
        print_table(
            (summary.location.name, ""), [(key, str(count)) for key, count in counts.items()], right=("",)
        )


def _say(text: str) -> None:
    from micboard_tui.cli.output import say

    say(text)


def _note(text: str) -> None:
    from micboard_tui.cli.output import note

    note(text)
