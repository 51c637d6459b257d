"""The front door: finds the command, runs it, and prints a "no" in one line."""

import errno
import gc
import sys
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from typing import Annotated, Any

import typer

from micboard_tui import __version__
from micboard_tui.cli.board_process import Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.command_group import CommandGroup, CommandSource, Group, LazyCommands
from micboard_tui.cli.model_help import NamesModels
from micboard_tui.cli.output import drop_answer, output_error, print_error, print_line
from micboard_tui.cli.show_choice import ShowChoice
from micboard_tui.cli.standard_streams import repair_streams
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.origin import FrontEnd, set_origin

OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO})

COMMANDS = {
    "run": CommandSource("run", "run"),
    "demo": CommandSource("demo", "demo"),
    "simulate": CommandSource("simulate", "simulate", NamesModels),
    "poll": CommandSource("poll", "poll"),
    "serve": CommandSource("serve"),
    "status": CommandSource("status", "status"),
    "watch": CommandSource("watch", "watch"),
    "plan": CommandSource("plan"),
    "recap": CommandSource("recap", "recap"),
    "line-check": CommandSource("line_check"),
    "record": CommandSource("record", "record"),
    "replay": CommandSource("replay", "replay"),
    "health": CommandSource("health", "health"),
    "doctor": CommandSource("doctor", "doctor"),
    "assign": CommandSource("assign", "assign"),
    "unassign": CommandSource("assign", "unassign"),
    "swap": CommandSource("swap", "swap"),
    "expected-off": CommandSource("expected_off", "expected_off"),
    "mic-number": CommandSource("mic_number", "mic_number"),
    "audit": CommandSource("audit", "audit"),
    "lock": CommandSource("lock", "lock"),
    "unlock": CommandSource("lock", "unlock"),
    "undo": CommandSource("undo", "undo"),
    "redo": CommandSource("undo", "redo"),
    "alarms": CommandSource("alarms"),
    "events": CommandSource("events"),
    "walk": CommandSource("walk"),
    "show": CommandSource("show"),
    "handover": CommandSource("handover"),
    "thresholds": CommandSource("thresholds"),
    "devices": CommandSource("devices"),
    "locations": CommandSource("locations"),
    "performers": CommandSource("performers"),
    "views": CommandSource("views"),
    "secrets": CommandSource("secrets"),
    "users": CommandSource("users"),
    "config": CommandSource("config"),
    "backup": CommandSource("backup", "backup"),
    "restore": CommandSource("restore", "restore"),
}


class MainGroup(Group):
    """The commands of the program."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - all that a group takes is passed on
        super().__init__(**options)
        self.commands = LazyCommands(COMMANDS)


app = CommandGroup(
    "A live board for wireless microphones, in the terminal.",
    name="micboard-tui",
    cls=MainGroup,
    epilog="Without a command it opens the board. Start with:  micboard-tui demo",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        print_line(f"micboard-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _run_without_command(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    only_reads: Annotated[
        bool, typer.Option("--read-only", help="Refuse everything that changes something.")
    ] = False,
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
    chosen_show: ShowChoice = None,
) -> None:
    from micboard_tui.cli.own_origin import find_own_origin

    set_origin(find_own_origin(FrontEnd.COMMAND))
    if only_reads:
        from micboard_tui.cli.context import let_only_read

        let_only_read()
    if context.invoked_subcommand is None:
        from micboard_tui.cli.run import run

        run(theme, fps, low_bandwidth, plain, colors, chosen_show)
    elif theme or fps or low_bandwidth or plain or colors != "auto" or chosen_show:
        context.fail(
            f"Options of the board stand behind 'run' or 'demo', not before '{context.invoked_subcommand}'"
        )


@cache
def _get_command() -> Callable[[], object]:
    """It is put together once in a process."""
    return typer.main.get_command(app)


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 130 Ctrl+C at a question."""
    # What is loaded stays: to look for garbage in it takes an eighth of a start. Commands enable it again.
    gc.disable()
    repair_streams()
    try:
        # What a command sets for itself ends with it.
        copy_context().run(_get_command())
    except MicboardError as error:
        print_error(error.info)
        sys.exit(1)
    except OSError as error:
        # A usage, which the library prints.
        if error.errno not in OUTPUT_ERRORS or error.filename is not None:
            raise
        drop_answer()
        print_error(output_error(error).info)
        sys.exit(1)
    finally:
        gc.enable()
