"""``assign`` and ``unassign``: who has which channel."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json
from micboard_tui.domain.assignment import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.assignment import Assignment
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef

Channel = Annotated[
    str,
    typer.Argument(
        metavar="CHANNEL", help='A device and the number of its channel: "Rack A/2", 192.168.1.20/2.'
    ),
]


def assign(
    channel: Channel,
    performer: Annotated[
        str | None,
        typer.Argument(
            metavar="PERFORMER",
            help="The performer; a new name is added. None, with --role spare: for all.",
        ),
    ] = None,
    role: Annotated[Role, typer.Option("--role", "--use", help="The role of the channel.")] = Role.PRIMARY,
    note: Annotated[str | None, typer.Option(help="A note about the assignment.")] = None,
    pack: Annotated[
        str | None, typer.Option(help="The name or serial number of the pack that belongs to it; '' for any.")
    ] = None,
    shared_pack: Annotated[
        bool | None,
        typer.Option(help="It receives the very pack that another channel of the performer receives."),
    ] = None,
    pack_model: Annotated[str | None, typer.Option(help="The model of that pack; '' for any.")] = None,
    as_json: Json = False,
) -> None:
    """Give a channel to a performer. Warns when it was live with another performer, and of conflicts.

    With --pack a certain pack belongs to it: any other raises a warning on the board, and this one is
    recognized in a charger. With --shared-pack two receivers may be tuned to one pack.

      micboard-tui assign "Rack A/2" "Ada"

      micboard-tui assign "Rack A/2" "Ada" --role backup --pack "Pack 7"

      micboard-tui assign "Rack B/2" "Ada" --role backup --shared-pack

      micboard-tui assign "Rack B/3" --role spare
    """
    from micboard_tui.cli.assignment_texts import describe_assignment
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.assignments import assignment_entry

    if performer is None and (role is not Role.SPARE or note is not None or shared_pack is not None):
        raise typer.BadParameter("Name the performer; only a spare for all has none", param_hint="PERFORMER")

    async def assign_channel(services: "Services") -> "tuple[Assignment, Sequence[DeviceSnapshot]]":
        assignments = services.assignments
        ref = data_of(await assignments.find_channel(channel))
        if performer is None:
            given = await assignments.mark([ref], role=role, actor=current_operator())
        else:
            given = await assignments.assign(
                [ref], performer, role=role, note=note, shared_pack=shared_pack, actor=current_operator()
            )
        assignment = data_of(given)[0]
        if pack is not None or pack_model is not None:
            model = assignment.planned_model if pack_model is None else pack_model
            name = assignment.planned_pack if pack is None else pack
            assignment = data_of(
                await assignments.plan_pack(ref, model=model, name=name, actor=current_operator())
            )
        return assignment, data_of(await services.devices.list_devices())

    assignment, devices = run_with_services(assign_channel)
    if as_json:
        print_json({"assignment": assignment_entry(assignment, devices)})
    else:
        print_line(f"{describe_assignment(assignment, devices)}.")


def unassign(channel: Channel) -> None:
    """Take a channel from its performer. Its mic number and its pack stay.

    micboard-tui unassign "Rack A/2"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def unassign_channel(services: "Services") -> "Sequence[ChannelRef]":
        ref = data_of(await services.assignments.find_channel(channel))
        return data_of(await services.assignments.unassign([ref], actor=current_operator()))

    print_line(f"{channel} is free{' now' if run_with_services(unassign_channel) else ' already'}.")
