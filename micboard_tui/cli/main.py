"""The front door: finds the command, runs it, and prints a "no" in one line."""

import errno
import sys
from typing import Annotated

import typer

from micboard_tui import __version__
from micboard_tui.cli import (
    alarms,
    config,
    devices,
    events,
    handover,
    locations,
    performers,
    secrets,
    show,
    thresholds,
    views,
    walk,
)
from micboard_tui.cli.assign import assign, unassign
from micboard_tui.cli.board_process import Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.demo import demo
from micboard_tui.cli.expected_off import expected_off
from micboard_tui.cli.health import health
from micboard_tui.cli.line_check import line_check
from micboard_tui.cli.mic_number import mic_number
from micboard_tui.cli.model_help import NamesModels
from micboard_tui.cli.output import drop_answer, output_error, print_error, print_line
from micboard_tui.cli.plan import plan
from micboard_tui.cli.poll import poll
from micboard_tui.cli.recap import recap
from micboard_tui.cli.record import record
from micboard_tui.cli.replay import replay
from micboard_tui.cli.run import run
from micboard_tui.cli.show_choice import ShowChoice
from micboard_tui.cli.simulate import simulate
from micboard_tui.cli.standard_streams import repair_streams
from micboard_tui.cli.status import status
from micboard_tui.cli.swap import swap
from micboard_tui.cli.undo import redo, undo
from micboard_tui.cli.watch import watch
from micboard_tui.contracts.errors import MicboardError

OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO})

app = CommandGroup(
    "A live board for wireless microphones, in the terminal.",
    name="micboard-tui",
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
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
    chosen_show: ShowChoice = None,
) -> None:
    if context.invoked_subcommand is None:
        run(theme, fps, low_bandwidth, plain, colors, chosen_show)
    elif theme or fps or low_bandwidth or plain or colors != "auto" or chosen_show:
        context.fail(
            f"Options of the board stand behind 'run' or 'demo', not before '{context.invoked_subcommand}'"
        )


app.command()(run)
app.command()(demo)
app.command(cls=NamesModels)(simulate)
app.command()(poll)
app.command()(status)
app.command()(watch)
app.add_typer(alarms.app, name="alarms")
app.add_typer(events.app, name="events")
app.add_typer(walk.app, name="walk")
app.add_typer(show.app, name="show")
app.command()(plan)
app.command()(recap)
app.command()(line_check)
app.add_typer(handover.app, name="handover")
app.command()(record)
app.command()(replay)
app.add_typer(thresholds.app, name="thresholds")
app.command()(health)
app.add_typer(devices.app, name="devices")
app.add_typer(locations.app, name="locations")
app.add_typer(performers.app, name="performers")
app.command()(assign)
app.command()(unassign)
app.command()(swap)
app.command()(expected_off)
app.command()(mic_number)
app.command()(undo)
app.command()(redo)
app.add_typer(views.app, name="views")
app.add_typer(secrets.app, name="secrets")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 the answer is no, 2 wrong usage."""
    repair_streams()
    try:
        app()
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
