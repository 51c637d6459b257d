"""``swap``: a spare takes over from a channel that fails."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.assign import Channel
from micboard_tui.cli.options import Json, Yes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from micboard_tui.contracts.assignment import Spare
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.assignment import Assignment
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef

SHOWN_SPARES = 3
"""So many are named where none is ready."""


def swap(
    channel: Channel,
    to: Annotated[
        str | None,
        typer.Option(metavar="CHANNEL", help="The channel that takes over; left out: the best one."),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Move a performer from a channel that fails to a spare one. Shows which, and asks.

    Without --to it takes the best spare that is ready: live and silent, with a good battery and signal, as
    far as a board or `poll` has stored it last. The old channel is then expected to be off. Nothing changes
    on a receiver.

      micboard-tui swap "Rack A/2"

      micboard-tui swap "Rack A/2" --to "Rack B/1" --yes
    """
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_note
    from micboard_tui.cli.prompts import require_consent

    async def move_performer(services: "Services") -> "tuple[Assignment, Sequence[DeviceSnapshot]]":
        assignments = services.assignments
        failing = data_of(await assignments.find_channel(channel))
        chosen = None if to is None else data_of(await assignments.find_channel(to))
        spares = data_of(await assignments.find_spares(failing))
        devices = data_of(await services.devices.list_devices())
        title_of = channel_titles(devices)
        target = chosen or choose_spare(spares, title_of(failing), title_of)
        data_of(await assignments.check_swap(failing, target))
        spare = next((spare for spare in spares if spare.state.ref == target), None)
        about = f": {', '.join(spare.reasons)}" if spare else ""
        print_note(f"{title_of(failing)} -> {title_of(target)}{about}")
        has_sound = spare is not None and spare.state.has_sound()
        await require_consent(f"{'It has sound on it. ' * has_sound}Move the performer there", yes=yes)
        return data_of(await assignments.swap(failing, target, actor=current_operator())), devices

    taken, devices = run_with_services(move_performer)
    _print_taken(taken, devices, as_json=as_json)


def _print_taken(taken: "Assignment", devices: "Sequence[DeviceSnapshot]", *, as_json: bool) -> None:
    from micboard_tui.cli.assignment_texts import describe_assignment
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.contracts.documents.assignments import assignment_entry

    if as_json:
        print_json({"assignment": assignment_entry(taken, devices)})
    else:
        print_line(f"{describe_assignment(taken, devices)} now.")
        print_note("To move them back:  micboard-tui undo")


def choose_spare(
    spares: "Sequence[Spare]", failing: str, title_of: "Callable[[ChannelRef], str]"
) -> "ChannelRef":
    """The best one that is ready. Raises MicboardError INVALID_VALUE that names others."""
    from micboard_tui.contracts.errors import invalid_value_error
    from micboard_tui.domain.link_state import LinkState

    for spare in spares:
        if spare.is_ready:
            return spare.state.ref
    if not spares:
        raise invalid_value_error(
            f"No channel could take over from {failing}",
            "Unassign one, or add a receiver; then read it with: micboard-tui poll --once",
        )
    others = "; ".join(
        f"{title_of(spare.state.ref)}: {', '.join(spare.reasons)}" for spare in spares[:SHOWN_SPARES]
    )
    is_heard = any(spare.state.link_state is not LinkState.UNKNOWN for spare in spares)
    first = "" if is_heard else "Read the devices first (micboard-tui poll --once), or c"
    raise invalid_value_error(
        f"No spare is ready to take over from {failing}", f"{first or 'C'}hoose one with --to ({others})"
    )
