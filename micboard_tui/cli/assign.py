"""``assign``, ``unassign``, ``undo`` and ``redo``."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.domain.assignment import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.container import Container
    from micboard_tui.contracts.assignment import Step
    from micboard_tui.domain.assignment import Assignment
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef

Channel = Annotated[
    str, typer.Argument(help='A device and the number of its channel: "Rack A/2", 192.168.1.20/2.')
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def assign(
    channel: Channel,
    performer: Annotated[str, typer.Argument(help="Their name; who is not known yet is added.")],
    use: Annotated[Role, typer.Option(help="What the channel is for them.")] = Role.PRIMARY,
    note: Annotated[str | None, typer.Option(help="What else to know of it.")] = None,
    pack: Annotated[
        str | None, typer.Option(help="The name or serial number of the pack that belongs to it; '' for any.")
    ] = None,
    pack_model: Annotated[str | None, typer.Option(help="The model of that pack; '' for any.")] = None,
    as_json: Json = False,
) -> None:
    """Give a channel to a performer. Warns when it was live with somebody else, or what conflicts.

    Another pack than the planned one is told on the board, and a planned one is known again in a charger.

      micboard-tui assign "Rack A/2" "Ada" --use backup --pack "Pack 7"
    """
    from micboard_tui.cli.assignment_document import assignment_entry, titles
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_json, say

    async def act(container: "Container") -> "tuple[Assignment, Sequence[DeviceSnapshot]]":
        ref = data_of(await container.assignments.find_channel(channel))
        given = data_of(await container.assignments.assign([ref], performer, role=use, note=note))[0]
        if pack is not None or pack_model is not None:
            model = given.planned_model if pack_model is None else pack_model
            name = given.planned_pack if pack is None else pack
            given = data_of(await container.assignments.plan_pack(ref, model=model, name=name))
        return given, data_of(await container.devices.list_devices())

    given, devices = ask(act)
    if as_json:
        print_json({"schema": 1, "assignment": assignment_entry(given, devices)})
    else:
        name = given.performer.name if given.performer else ""
        say(f"{name} has {titles(devices)(given.channel)} as {given.role.value}.")


def unassign(channel: Channel) -> None:
    """Take a channel from whoever has it.

    micboard-tui unassign "Rack A/2"
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say

    async def act(container: "Container") -> "Sequence[ChannelRef]":
        ref = data_of(await container.assignments.find_channel(channel))
        return data_of(await container.assignments.unassign([ref]))

    say(f"{channel} is free{' now' if ask(act) else ' already'}.")


def undo() -> None:
    """Take the last step back: an assignment, a swap, a move, an import, a removal.

    The last 100 steps can be taken back one after the other, also those made on the board.

    micboard-tui undo
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say

    step: Step = data_of(ask(lambda container: container.assignments.undo()))
    say(f"Taken back: {step.words}.")


def redo() -> None:
    """Do the step again that `undo` took back.

    micboard-tui redo
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say

    step: Step = data_of(ask(lambda container: container.assignments.redo()))
    say(f"Done again: {step.words}.")


def add_to(app: typer.Typer) -> None:
    for command in (assign, unassign, undo, redo):
        app.command()(command)
