"""``mic-number``: the show's own number of a channel."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.assign import Channel
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.assignment import Assignment
    from micboard_tui.domain.device import DeviceSnapshot


def mic_number(
    channel: Channel,
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help='The number, as 7 or "IEM 3"; 8 cells at most.')
    ] = None,
    count: Annotated[
        int,
        typer.Option(min=1, help="Number this channel and the next ones of the device, counting up."),
    ] = 1,
    clear: Annotated[bool, typer.Option("--clear", help="Take the number away.")] = False,
    as_json: Json = False,
) -> None:
    """Give a channel the show's own number. The board shows it as #. Warns of one that is there twice.

    micboard-tui mic-number "Rack A/2" 7

    micboard-tui mic-number "Rack A/1" "IEM 1" --count 4
    """
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.assignments import assignment_entry
    from micboard_tui.domain.identity import ChannelRef

    if (number is None) is not clear:
        raise typer.BadParameter("Give a number, or --clear to take it away")

    async def number_channels(
        services: "Services",
    ) -> "tuple[Sequence[Assignment], Sequence[DeviceSnapshot]]":
        assignments = services.assignments
        device_id, first = data_of(await assignments.find_channel(channel))
        refs = [ChannelRef(device_id, first + step) for step in range(count)]
        numbered = data_of(await assignments.number_channels(refs, number, actor=current_operator()))
        return numbered, data_of(await services.devices.list_devices())

    numbered, devices = run_with_services(number_channels)
    if as_json:
        print_json({"assignments": [assignment_entry(assignment, devices) for assignment in numbered]})
        return
    title_of = channel_titles(devices)
    for assignment in numbered:
        title = title_of(assignment.channel)
        given = assignment.mic_number
        print_line(f"{title} has no mic number now." if given is None else f"{title} is number {given}.")
