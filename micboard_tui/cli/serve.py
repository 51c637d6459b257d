"""``serve``: the HTTP API, a page for tablets and boards elsewhere, with the sessions but without a board."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.serve_init import init

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.settings import Settings
    from micboard_tui.config.threshold_settings import Section

PartT = TypeVar("PartT", bound="Section")

HELP = """Serve the HTTP API, a page for tablets, and other boards.

It keeps the sessions with the devices, judges, raises alarms and records as the board does, until Ctrl+C
or `systemctl stop`. The page is at the address that it prints, the documentation of the API below it at
/api/docs/. On this computer everybody may watch; who is to change something, or to watch from another
one, needs to be a user.

Boards attach to it where the extra `fleet` is installed: on this computer by themselves, from other ones
with the key of a user, over TLS.

While another computer reads the devices of this database, it serves what that one stored, and takes over
when that one has ended.

With --roles or --bus it is a part of a fleet: several machines read the devices, share one PostgreSQL
database, and reach each other by one NATS server. A collector has the sessions with devices of its zone, a
hub does all else, an api serves HTTP. A hub without --bus starts that server itself, and says which file lets
the other machines in.

micboard-tui users add Ada --role write

micboard-tui serve

micboard-tui serve --listen 0.0.0.0:8642 --certificate rack.pem --key rack.key

micboard-tui serve --bus-listen 0.0.0.0:4222 --certificate rack.pem --key rack.key

micboard-tui serve --roles hub,collector,api --bus-listen 0.0.0.0:4222 --certificate rack.pem --key rack.key

micboard-tui serve --roles collector --zone b --bus tls://rack.local --bus-key program.key --bus-ca rack.pem
"""
app = CommandGroup(HELP, no_args_is_help=False)
app.command()(init)


@app.callback(invoke_without_command=True)
def serve(
    call: typer.Context,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where to listen. Left out: 127.0.0.1:8642.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="The TLS certificate as PEM.", dir_okay=False)
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The key of the certificate as PEM.", dir_okay=False)
    ] = None,
    without_tls: Annotated[
        bool,
        typer.Option("--without-tls", help="Serve other computers without TLS, where a proxy adds it."),
    ] = False,
    bus_listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Where boards attach. Left out: from this computer alone."),
    ] = None,
    no_bus: Annotated[bool, typer.Option("--no-bus", help="Let no board attach.")] = False,
    roles: Annotated[
        str | None,
        typer.Option(metavar="ROLES", help="Be a part of a fleet: some of hub,collector,api."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of which devices are read. Left out: main.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of this collector. Left out: that of the computer."),
    ] = None,
    bus: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The NATS server of the fleet, as nats://host or tls://host."),
    ] = None,
    bus_key: Annotated[
        Path | None,
        typer.Option(help="What lets programs of the fleet in there, a file.", dir_okay=False),
    ] = None,
    bus_ca: Annotated[
        Path | None,
        typer.Option(help="What signed the certificate of tls://, as PEM.", dir_okay=False),
    ] = None,
) -> None:
    options: dict[str, tuple[str, object]] = {
        "--listen": ("api.listen", listen),
        "--certificate": ("api.certificate", certificate),
        "--key": ("api.key", key),
        "--without-tls": ("api.without_tls", without_tls or None),
        "--bus-listen": ("bus.listen", bus_listen),
        "--no-bus": ("bus.enabled", False if no_bus else None),
        "--roles": ("fleet.roles", roles),
        "--zone": ("fleet.zone", zone),
        "--name": ("fleet.name", name),
        "--bus": ("fleet.bus", bus),
        "--bus-key": ("fleet.key", bus_key),
        "--bus-ca": ("fleet.ca", bus_ca),
    }
    if call.invoked_subcommand is not None:
        if any(value is not None for _, value in options.values()):
            call.fail(f"Options of serve stand behind 'serve' alone, not before '{call.invoked_subcommand}'")
        return
    from micboard_tui.cli.context import load_context
    from micboard_tui.cli.serve_plan import is_fleet

    context = load_context()
    settings = _merge(context.settings, options)
    if is_fleet(settings.fleet):
        raise typer.Exit(_serve_fleet(context, settings, listens=listen is not None))
    raise typer.Exit(_serve_rack(context, settings))


def _serve_rack(context: "CommandContext", settings: "Settings") -> int:
    from micboard_tui.cli.context import exclusive_instance, run_until_stopped
    from micboard_tui.cli.output import print_note
    from micboard_tui.cli.serve_rack import plan_rack, serve_rack

    plan = plan_rack(settings.api, settings.bus, context.paths)
    with exclusive_instance(context, "serve"):
        exit_code = run_until_stopped(lambda: serve_rack(context, plan))
    print_note("Stopped serving; the devices are left as they were found.")
    return exit_code


def _serve_fleet(context: "CommandContext", settings: "Settings", *, listens: bool) -> int:
    from micboard_tui.cli.attached import find_missing_module
    from micboard_tui.cli.context import run_until_stopped, translated_config_errors
    from micboard_tui.cli.output import print_note
    from micboard_tui.cli.serve_fleet import serve_fleet
    from micboard_tui.cli.serve_plan import list_locks, plan_fleet
    from micboard_tui.config.instance_lock import hold_lock

    plan = plan_fleet(settings, context.paths, find_missing_module())
    if listens and plan.api is None:
        raise typer.BadParameter("is where an api serves, and --roles leaves it out", param_hint="--listen")
    with translated_config_errors(), ExitStack() as locks:
        for file, role in list_locks(context.paths, plan.roles):
            locks.enter_context(hold_lock(file, role))
        exit_code = run_until_stopped(lambda: serve_fleet(context, settings, plan))
    print_note("Stopped serving; the devices are left as they were found.")
    return exit_code


def _merge(settings: "Settings", options: Mapping[str, tuple[str, object]]) -> "Settings":
    """The settings, with what is given on the command line in their place.

    ``options``: the setting of each, as ``section.name``, and what was given; None: nothing.
    """
    sections: dict[str, Section] = {}
    for option, (key, value) in options.items():
        if value is not None:
            section, name = key.split(".")
            sections[section] = _replace(
                sections.get(section) or getattr(settings, section), name, value, option
            )
    return settings.model_copy(update=sections)


def _replace(section: PartT, name: str, value: object, option: str) -> PartT:
    from pydantic import ValidationError

    try:
        return type(section).model_validate({**section.model_dump(), name: value})
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise typer.BadParameter(reason, param_hint=option) from error
