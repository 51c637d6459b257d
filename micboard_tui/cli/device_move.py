"""``devices move``: the order of devices on the board."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from micboard_tui.cli.options import DeviceName, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import DeviceId


class Move(NamedTuple):
    """From which place among the devices of its location to which one, from 0."""

    device: "DeviceSnapshot"
    old: int
    new: int
    total: int

    def __str__(self) -> str:
        where = f" at {self.device.location}" if self.device.location else ""
        text = f"{self.device.title} is number {self.new + 1} of {self.total}{where}"
        return f"{text} now." if self.new != self.old else f"{text} already; nothing has moved."


def move_device(
    device: DeviceName,
    up: Annotated[bool, typer.Option("--up", help="One place up.")] = False,
    down: Annotated[bool, typer.Option("--down", help="One place down.")] = False,
    before: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="To the place before this device.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="To the place after this device.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Move a device in rack order, the order of the board.

    It moves among the devices of its location. `micboard-tui locations assign` puts it at another one.

      micboard-tui devices move "Rack B" --up

      micboard-tui devices move "Rack B" --before "Rack A"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line

    if sum((up, down, before is not None, after is not None)) != 1:
        raise typer.BadParameter("Give one of --up, --down, --before and --after")

    other = before or after

    async def move(services: "Services") -> Move:
        chosen = data_of(await services.devices.find(device))
        target = None if other is None else data_of(await services.devices.find(other)).id
        rack = data_of(await services.devices.list_devices())
        neighbours = neighbours_of(rack, chosen.id)
        ids = [snapshot.device.id for snapshot in neighbours]
        place = ids.index(chosen.id)
        distance = -1 if up else 1
        if target is not None:
            _check_neighbour(rack, chosen.id, target)
            distance = distance_to(ids, chosen.id, target, is_after=after is not None)
        new = data_of(await services.locations.move_device(chosen.id, distance, actor=current_operator()))
        return Move(neighbours[place], place, new, len(neighbours))

    done = run_with_services(move)
    if as_json:
        place = {"device_id": done.device.device.id, "location": done.device.location, "place": done.new + 1}
        print_json({"moved": done.new != done.old, **place})
    else:
        print_line(str(done))


def neighbours_of(rack: "Sequence[DeviceSnapshot]", device_id: "DeviceId") -> "list[DeviceSnapshot]":
    """The devices of its location in rack order, itself included."""
    location = next(other.device.location_id for other in rack if other.device.id == device_id)
    return [other for other in rack if other.device.location_id == location]


def distance_to(
    ids: "Sequence[DeviceId]", device_id: "DeviceId", other: "DeviceId", *, is_after: bool
) -> int:
    """By how many places ``device_id`` moves to stand just before or after ``other``."""
    old, target = ids.index(device_id), ids.index(other)
    if old == target:
        return 0
    # Without the device itself, those below it move up by one.
    return target - (old < target) + is_after - old


def _check_neighbour(rack: "Sequence[DeviceSnapshot]", device_id: "DeviceId", other: "DeviceId") -> None:
    """Raises MicboardError INVALID_VALUE when the two stand at different locations."""
    from micboard_tui.contracts.errors import invalid_value_error
    from micboard_tui.domain.safe_text import visible

    by_id = {snapshot.device.id: snapshot for snapshot in rack}
    here, there = by_id[device_id], by_id[other]
    if here.device.location_id != there.device.location_id:
        place = visible(there.location or "no location")
        raise invalid_value_error(
            f"{visible(there.title)} is at {place}, and {visible(here.title)} is not",
            "Order is among the devices of a location; micboard-tui locations assign puts a device elsewhere",
        )
