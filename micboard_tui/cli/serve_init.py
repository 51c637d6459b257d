"""``serve init``: writes all that several machines need: the bus, its key, systemd units, settings."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    from micboard_tui.bus.server.server_configuration import ServerAddress
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.cli.fleet_files import FleetPlaces
    from micboard_tui.domain.user import User

LOCAL, EVERYWHERE = "127.0.0.1:4222", "0.0.0.0:4222"
READABLE = 0o644


class _File(NamedTuple):
    path: Path
    text: str
    is_secret: bool = True


def init(
    directory: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Where the files are to lie, on every machine.")
    ],
    host: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How other machines reach this one. Left out: its name."),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Where the NATS server listens. Left out: port 4222."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="The TLS certificate of this machine, as PEM.", dir_okay=False)
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The key of the certificate, as PEM.", dir_okay=False)
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(help="What signed it, as PEM. Left out: itself, or a usual one.", dir_okay=False),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of the collectors. Left out: main.")
    ] = None,
    user: Annotated[
        str, typer.Option(metavar="NAME", help="The system's user that all run as.")
    ] = "micboard",
    force: Annotated[
        bool, typer.Option("--force", help="Write over existing files, but for the key.")
    ] = False,
) -> None:
    """Write what a fleet of machines needs: a NATS server's configuration, keys and systemd units.

    Into the directory go: `program.key`, which lets the programs of the site in; `nats`, the configuration of
    the server with all users of the database that have a key; `hub.env`, `collector.env` and `api.env`, the
    settings of each role; and `systemd`, a unit for each. It starts nothing, and prints what to do next.

    The database is that of the settings, MICBOARD_DATABASE_URL, and has to be on a PostgreSQL server. Without
    a certificate the NATS server takes clients of this machine alone.

      micboard-tui serve init /etc/micboard-tui --host rack.local --certificate rack.pem --key rack.key
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services, translated_config_errors
    from micboard_tui.cli.fleet_files import next_steps
    from micboard_tui.cli.output import print_line, print_note
    from micboard_tui.cli.serve_plan import check_record

    context = load_context()
    check_record(context.settings.database_url)
    address = _plan_address(listen, certificate, key)
    places = _plan_places(context, address, _Where(directory.absolute(), host, user, ca))
    zone = _read_zone(zone)
    with translated_config_errors():
        _check_free(places, force=force)
        users = data_of(run_with_services(lambda services: services.users.list_users()))
        files = list(_list_files(context, places, address, zone, users))
        if places.has_ca:
            files.append(_File(places.ca, _read_text(ca or certificate), is_secret=False))
        for file in files:
            _write(file)
    print_note(f"Wrote {len(files)} files to {places.directory}.")
    for line in next_steps(places, address.key).splitlines():
        print_line(line)


class _Where(NamedTuple):
    directory: Path
    host: str | None
    user: str
    ca: Path | None


def _plan_address(listen: str | None, certificate: Path | None, key: Path | None) -> "ServerAddress":
    """Where the NATS server listens. Raises StartError."""
    from micboard_tui.api.server import Listening, check_certificate
    from micboard_tui.bus.server.server_configuration import ServerAddress
    from micboard_tui.config.output_addresses import is_loopback, split_address

    if (certificate is None) != (key is None):
        raise _wrong(
            "TLS needs a certificate and its key, and only one is given", "Give --certificate and --key"
        )
    chosen = listen or (LOCAL if certificate is None else EVERYWHERE)
    try:
        host, port = split_address(chosen)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--listen") from error
    if certificate is None or key is None:
        if not is_loopback(host):
            raise _wrong(
                f"Other machines could reach {host}, and there is no certificate",
                "Give --certificate and --key",
            )
        return ServerAddress(host, port)
    check_certificate(Listening(host, port, certificate, key))
    return ServerAddress(host, port, certificate.absolute(), key.absolute())


def _plan_places(context: "CommandContext", address: "ServerAddress", where: _Where) -> "FleetPlaces":
    """Raises StartError: there is no nats-server that is new enough, or the certificate cannot be read."""
    import platform

    import anyio

    from micboard_tui.bus.given_bus import is_authority
    from micboard_tui.bus.server.server_program import find_program, usual_directories
    from micboard_tui.cli.fleet_files import FleetPlaces

    server = anyio.run(find_program, context.settings.bus.server, usual_directories())
    has_tls = address.certificate is not None
    host = where.host or (platform.node() if has_tls else address.host)
    host = f"[{host}]" if ":" in host else host
    return FleetPlaces(
        where.directory,
        Path(sys.argv[0]).absolute(),
        server.path.absolute(),
        where.user,
        f"{'tls' if has_tls else 'nats'}://{host}:{address.port}",
        context.settings.bus.site,
        where.ca is not None or (address.certificate is not None and is_authority(address.certificate)),
    )


def _check_free(places: "FleetPlaces", *, force: bool) -> None:
    """Raises ConfigError where something is there already: nothing is written then."""
    from micboard_tui.cli.fleet_files import list_paths
    from micboard_tui.config.start_error import ConfigError

    if force:
        return
    for path in list_paths(places):
        if path.exists():
            raise ConfigError(
                "INVALID_VALUE",
                f"{path} exists already, and nothing was written",
                hint="Choose another directory, or write over it with --force; program.key stays as it is",
            )


def _list_files(
    context: "CommandContext",
    places: "FleetPlaces",
    address: "ServerAddress",
    zone: str,
    users: Sequence["User"],
) -> Iterator[_File]:
    """The key is made where there is none. Raises ConfigError."""
    from micboard_tui.bus.server.key_pairs import load_program_key
    from micboard_tui.bus.server.server_configuration import (
        EVERYTHING,
        ServerUser,
        authorization_text,
        standalone_text,
    )
    from micboard_tui.bus.server.site_users import server_users
    from micboard_tui.bus.wire.subjects import Subjects
    from micboard_tui.cli.fleet_files import ApiFiles, nats_unit, role_unit, settings_text
    from micboard_tui.config.fleet_settings import Role

    programs = ServerUser(load_program_key(places.key).public_key, EVERYTHING)
    subjects, has_tls = Subjects(places.site), address.certificate is not None
    yield _File(
        places.configuration,
        standalone_text(
            f"micboard-{places.site}", address, places.nats / "store", places.pid_file, places.users_file.name
        ),
    )
    yield _File(places.users_file, authorization_text(server_users([programs], users, subjects)))
    yield _File(places.nats_unit, nats_unit(places), is_secret=False)
    api = ApiFiles(address.certificate, address.key) if address.certificate and address.key else None
    url = context.settings.database_url or ""
    for role in Role:
        yield _File(places.settings_of(role), settings_text(places, role, url, zone, serves_others=has_tls))
        yield _File(places.unit_of(role), role_unit(places, role, api), is_secret=False)


def _write(file: _File) -> None:
    """Raises ConfigError."""
    from micboard_tui.config.atomic_files import write_new
    from micboard_tui.config.start_error import not_written

    try:
        for directory in (file.path.parent.parent, file.path.parent):
            if not directory.is_dir():
                directory.mkdir(mode=0o755, parents=True)
        write_new(file.path, file.text, force=True)
        if not file.is_secret:
            file.path.chmod(READABLE)
    except OSError as error:
        raise not_written(f"{file.path} cannot be written", error) from error


def _read_text(file: Path | None) -> str:
    """Raises StartError."""
    from micboard_tui.config.small_files import read_small

    assert file is not None  # noqa: S101 - there is a CA only with a certificate
    try:
        return read_small(file).decode()
    except (OSError, ValueError) as error:
        raise _wrong(f"The certificate {file} cannot be read", "It is a file of PEM") from error


def _read_zone(zone: str | None) -> str:
    from micboard_tui.domain.zone import parse_zone

    if (parsed := parse_zone(zone or "")) is None:
        raise typer.BadParameter("should be of small letters, digits, - and _", param_hint="--zone")
    return parsed


def _wrong(message: str, hint: str) -> StartError:
    return StartError(ErrorCode.CONFIG_INVALID, message, hint=hint)
