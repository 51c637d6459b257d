"""``show start|pause|break|end|next|prev|take-back|extend|go``: what is called while a show is on."""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json
from micboard_tui.domain.show_calls import ShowAction, ShowCall


class PlainCall(NamedTuple):
    """A command without arguments."""

    command: str
    action: ShowAction
    help: str


PLAIN_CALLS = (
    PlainCall("start", ShowAction.START, "Start the show, or go on after a pause or a break."),
    PlainCall("pause", ShowAction.PAUSE, "Stop the clock until `start`, when something holds the show up."),
    PlainCall("break", ShowAction.BREAK, "Begin the break. `start` ends it."),
    PlainCall("end", ShowAction.END, "End the show."),
    PlainCall("next", ShowAction.NEXT, "Go to the next scene."),
    PlainCall("prev", ShowAction.PREVIOUS, "Go back to the scene before."),
    PlainCall(
        "take-back", ShowAction.TAKE_BACK, "Take the last change of the scene back, within 10 seconds."
    ),
)
ANY_NUMBER = {"ignore_unknown_options": True}
"""The settings of a command whose argument may begin with a minus."""


def add_calls(app: CommandGroup) -> None:
    """Add all of these commands."""
    for call in PLAIN_CALLS:
        example = f"micboard-tui show {call.command}"
        app.command(call.command, help=f"{call.help}\n\n{example}")(_caller(call.action))
    app.command(context_settings=ANY_NUMBER)(extend)
    app.command()(go)


def _caller(action: ShowAction) -> Callable[[bool], None]:
    def call(as_json: Json = False) -> None:
        _call(ShowCall(action), as_json=as_json)

    return call


def extend(
    minutes: Annotated[str, typer.Argument(metavar="MINUTES", help="By how much; -5 makes it shorter.")],
    as_json: Json = False,
) -> None:
    """Let what is on, or the break, take longer. The next break and the end move along.

    micboard-tui show extend 5

    micboard-tui show extend -5
    """
    from micboard_tui.domain.show_plan import parse_minutes

    if (span := parse_minutes(minutes.removeprefix("-"))) is None:
        raise typer.BadParameter(f"'{minutes}' is no number of minutes. Write 5, 2.5, 1h15 or -5")
    _call(ShowCall(ShowAction.EXTEND, -span if minutes.startswith("-") else span), as_json=as_json)


def go(
    scene: Annotated[str, typer.Argument(metavar="SCENE", help="Its number, its cue, or its name.")],
    as_json: Json = False,
) -> None:
    """Go to a scene by its number, cue or name.

    The beginning of a name will do.

    micboard-tui show go 1.5

    micboard-tui show go "Tybalt"
    """
    _call(ShowCall(ShowAction.GO, scene=scene), as_json=as_json)


def _call(call: ShowCall, *, as_json: bool) -> None:
    import time

    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.shows import progress_entry
    from micboard_tui.domain.show_calls import describe_call
    from micboard_tui.domain.show_clock import format_clock_after_name

    operator = load_context().operator
    progress = data_of(run_with_services(lambda services: services.shows.call(call, actor=operator)))
    if as_json:
        print_json({"progress": progress_entry(progress, time.time())})
    else:
        print_line(f"{describe_call(progress, call)}.{format_clock_after_name(progress, time.time())}")
