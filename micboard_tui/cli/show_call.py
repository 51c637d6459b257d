"""``show start|pause|break|end|extend|next|prev|go|take-back``: what is called while a show is on."""

from typing import Annotated

import typer

from micboard_tui.cli.options import Json
from micboard_tui.domain.show_calls import ShowAction, ShowCall

ANY_NUMBER = {"ignore_unknown_options": True}
"""The settings of a command whose argument may begin with a minus."""


def start(as_json: Json = False) -> None:
    """Start the show, or go on after a pause or a break.

    micboard-tui show start
    """
    _call(ShowCall(ShowAction.START), as_json=as_json)


def pause(as_json: Json = False) -> None:
    """Stop the clock until `start`, when something holds the show up.

    micboard-tui show pause
    """
    _call(ShowCall(ShowAction.PAUSE), as_json=as_json)


def begin_break(as_json: Json = False) -> None:
    """Begin the break. `start` ends it.

    micboard-tui show break
    """
    _call(ShowCall(ShowAction.BREAK), as_json=as_json)


def end(as_json: Json = False) -> None:
    """End the show.

    micboard-tui show end
    """
    _call(ShowCall(ShowAction.END), as_json=as_json)


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


def next_scene(as_json: Json = False) -> None:
    """Go to the next scene.

    micboard-tui show next
    """
    _call(ShowCall(ShowAction.NEXT), as_json=as_json)


def previous_scene(as_json: Json = False) -> None:
    """Go back to the scene before.

    micboard-tui show prev
    """
    _call(ShowCall(ShowAction.PREVIOUS), as_json=as_json)


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


def take_back(as_json: Json = False) -> None:
    """Take the last change of the scene back, within 10 seconds.

    micboard-tui show take-back
    """
    _call(ShowCall(ShowAction.TAKE_BACK), as_json=as_json)


def _call(call: ShowCall, *, as_json: bool) -> None:
    import time

    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.show_document import progress_entry
    from micboard_tui.domain.show_calls import describe_call
    from micboard_tui.domain.show_clock import format_clock

    operator = load_context().operator
    progress = data_of(run_with_services(lambda services: services.shows.call(call, actor=operator)))
    if as_json:
        print_json({"progress": progress_entry(progress, time.time())})
    else:
        print_line(f"{describe_call(progress, call)}.  {format_clock(progress, time.time())}")
