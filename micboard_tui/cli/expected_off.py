"""``expected-off``: channels that are meant to be silent."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.assignment import Assignment
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef


def expected_off(
    channels: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CHANNEL", help='Devices and the numbers of their channels: "Rack A/2" "Rack A/3".'
        ),
    ] = None,
    on: Annotated[
        bool, typer.Option("--on/--clear", help="Mark them, or take the mark away. Left out: mark.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Mark channels that are meant to be off. They raise no problem then.

    Without a channel it lists those that are marked. The mark stays until it is cleared, the channel gets a
    performer, or it is live with sound again.

      micboard-tui expected-off

      micboard-tui expected-off "Rack A/2" "Rack A/3"

      micboard-tui expected-off "Rack A/2" --clear
    """
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.contracts.documents.assignments import assignment_entry

    if not channels and not on:
        raise typer.BadParameter("Give the channels whose mark is to be cleared")

    async def mark_channels(
        services: "Services",
    ) -> "tuple[Sequence[Assignment], Sequence[DeviceSnapshot], set[ChannelRef]]":
        assignments = services.assignments
        known = data_of(await assignments.list_assignments())
        marked = {assignment.channel for assignment in known if assignment.expected_off}
        if channels:
            refs = [data_of(await assignments.find_channel(name)) for name in channels]
            listed = data_of(await assignments.mark(refs, expected_off=on, actor=current_operator()))
        else:
            listed = [assignment for assignment in known if assignment.expected_off]
        return listed, data_of(await services.devices.list_devices()), marked

    listed, devices, marked = run_with_services(mark_channels)
    title_of = channel_titles(devices)
    if as_json:
        print_json({"assignments": [assignment_entry(assignment, devices) for assignment in listed]})
    elif not listed:
        print_note('No channel is expected off. To mark one:  micboard-tui expected-off "Rack A/2"')
    else:
        for assignment in listed:
            outcome = _describe_outcome(on=on, was_marked=assignment.channel in marked)
            print_line(f"{title_of(assignment.channel)} {outcome}.")


def _describe_outcome(*, on: bool, was_marked: bool) -> str:
    if on:
        return "is expected off and raises no problem"
    return "is not expected off any more" if was_marked else "was not expected off; nothing has changed"
