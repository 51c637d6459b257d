"""The front door: finds the command, runs it, and prints a "no" in one line."""

import sys
from typing import Annotated

import typer

from micboard_tui import __version__
from micboard_tui.cli import (
    assign,
    config,
    devices,
    health,
    locations,
    performers,
    poll,
    run,
    secrets,
    simulate,
)
from micboard_tui.cli.output import explain, say
from micboard_tui.contracts.errors import MicboardError

app = typer.Typer(
    name="micboard-tui",
    help="A live board for wireless microphones, in the terminal.",
    epilog="Without a command it opens the board. Start with:  micboard-tui demo",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        say(f"micboard-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _front(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        run.run()


run.add_to(app)
simulate.add_to(app)
poll.add_to(app)
health.add_to(app)
app.add_typer(devices.app, name="devices")
app.add_typer(locations.app, name="locations")
app.add_typer(performers.app, name="performers")
assign.add_to(app)
app.add_typer(secrets.app, name="secrets")
app.add_typer(config.app, name="config")


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 the answer is no, 2 wrong usage."""
    try:
        app()
    except MicboardError as error:
        explain(error.info)
        sys.exit(1)
