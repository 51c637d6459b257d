"""``serve``: the HTTP API, a page for tablets and boards elsewhere, with the sessions but without a board."""

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

if TYPE_CHECKING:
    from micboard_tui.api.options import ApiOptions
    from micboard_tui.api.server import Listener, Listening
    from micboard_tui.bus.server.local_bus import LocalBusOptions
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.api_settings import Api
    from micboard_tui.config.bus_settings import Bus
    from micboard_tui.config.paths import Paths
    from micboard_tui.config.threshold_settings import Section
    from micboard_tui.contracts.services import Services
    from micboard_tui.outputs.service_manager import ServiceManager

SettingsT = TypeVar("SettingsT", bound="Section")

LOOK_S = 1.0


def serve(
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
) -> None:
    """Serve the HTTP API, a page for tablets, and other boards.

    It keeps the sessions with the devices, judges, raises alarms and records as the board does, until Ctrl+C
    or `systemctl stop`. The page is at the address that it prints, the documentation of the API below it at
    /api/docs/. On this computer everybody may watch; who is to change something, or to watch from another
    one, needs to be a user.

    Boards attach to it where the extra `fleet` is installed: on this computer by themselves, from other ones
    with the key of a user, over TLS.

    While another computer reads the devices of this database, it serves what that one stored, and takes over
    when that one has ended.

      micboard-tui users add Ada --role write

      micboard-tui serve

      micboard-tui serve --listen 0.0.0.0:8642 --certificate rack.pem --key rack.key

      micboard-tui serve --bus-listen 0.0.0.0:4222 --certificate rack.pem --key rack.key
    """
    from micboard_tui.cli.context import exclusive_instance, load_context, run_until_stopped
    from micboard_tui.cli.output import print_note

    context = load_context()
    given = {"listen": listen, "certificate": certificate, "key": key, "without_tls": without_tls or None}
    settings = _merge(context.settings.api, given, "--listen")
    bus = {"listen": bus_listen, "enabled": False if no_bus else None}
    plan = _plan(settings, _merge(context.settings.bus, bus, "--bus-listen"), context.paths)
    with exclusive_instance(context, "serve"):
        exit_code = run_until_stopped(lambda: _serve(context, plan))
    print_note("Stopped serving; the devices are left as they were found.")
    raise typer.Exit(exit_code)


def _merge(settings: SettingsT, given: Mapping[str, object], hint: str) -> SettingsT:
    """The settings, with what is given on the command line in their place."""
    from pydantic import ValidationError

    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return type(settings).model_validate({**settings.model_dump(), **chosen})
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise typer.BadParameter(reason, param_hint=hint) from error


class ServePlan(NamedTuple):
    """Where to listen, and who may what."""

    listening: "Listening"
    options: "ApiOptions"
    bus: "LocalBusOptions | None"
    """None: no board can attach."""


def _plan(settings: "Api", bus: "Bus", paths: "Paths") -> ServePlan:
    """Raises StartError."""
    from micboard_tui.cli.attached import find_missing_module
    from micboard_tui.cli.serve_bus import plan_bus
    from micboard_tui.config.output_addresses import is_loopback, split_address
    from micboard_tui.contracts.errors import ErrorCode, StartError

    try:
        # What is missing is found before anything is opened.
        import micboard_tui.api.application  # noqa: F401
        from micboard_tui.api.options import ApiOptions, RateLimits
        from micboard_tui.api.server import Listening
    except ModuleNotFoundError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"What serves the API is not installed ({error.name})",
            hint="pip install 'micboard-tui[api]'",
        ) from error
    host, port = split_address(settings.listen)
    if (settings.certificate is None) != (settings.key is None):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            "TLS needs a certificate and its key, and only one of them is given",
            hint="Give both --certificate and --key",
        )
    is_local, has_tls = is_loopback(host), settings.certificate is not None
    if not (is_local or has_tls or settings.without_tls):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"{host} can be reached from other computers, and there is no certificate",
            hint="Give --certificate and --key; or --without-tls where a proxy adds TLS or no stranger is in"
            " the network",
        )
    watches = settings.watch_without_login
    options = ApiOptions(
        is_loopback=is_local,
        watch_without_login=is_local if watches is None else watches,
        is_secure=has_tls,
        metrics_from=settings.metrics_from or "",
        proxies=settings.proxies or "",
        rates=RateLimits(
            reads_per_second=settings.reads_per_second, live_connections=settings.live_connections
        ),
        with_micboard=settings.micboard,
    )
    listening = Listening(host, port, settings.certificate, settings.key)
    return ServePlan(listening, options, plan_bus(bus, settings, paths, find_missing_module()))


async def _serve(context: "CommandContext", plan: ServePlan) -> int:
    """Serve until stopped; the exit code. Raises StartError."""
    from micboard_tui.api.server import open_listener
    from micboard_tui.cli.context import data_of, open_services
    from micboard_tui.cli.output import print_error, print_note
    from micboard_tui.cli.serve_bus import offer_bus
    from micboard_tui.contracts.holder_texts import as_waiting

    # Before any device is spoken to: what cannot be served needs no session.
    listener = await open_listener(plan.listening)
    async with open_services(context) as services, offer_bus(plan.bus, services) as bus:
        started = await services.synchronization.start()
        if (holder := services.live.findings.holder) is None:
            data_of(started)
        elif not started.success:
            print_error(as_waiting(started.error, holder))
        if bus is not None:
            print_note(f"Boards attach at {bus.url}")
        await _answer(services, listener, plan.options)
    return 0


async def _answer(services: "Services", listener: "Listener", options: "ApiOptions") -> None:
    """Answer until cancelled, and let systemd and the user know."""
    import anyio

    from micboard_tui.api.application import build_application
    from micboard_tui.api.context import make_context
    from micboard_tui.api.server import serve
    from micboard_tui.cli.output import print_note
    from micboard_tui.outputs.service_manager import ServiceManager

    application, manager = build_application(make_context(services, options)), ServiceManager()
    # It stays to the end, as all that is loaded before: a collection over it would stop everything for 60 ms.
    gc.freeze()
    ready, url = anyio.Event(), listener.listening.url
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch_over, services, manager)
        tasks.start_soon(serve, application, listener, ready)
        await ready.wait()
        print_note(f"Serving {url} until Ctrl+C; the API is described at {url}api/docs/")
        await _print_without_users(services, options)
        manager.tell_ready(f"Serving {url}")
        try:
            await anyio.sleep_forever()
        finally:
            manager.tell_stopping()


async def _print_without_users(services: "Services", options: "ApiOptions") -> None:
    """Tell who can do what as long as no user is registered."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.output import print_note

    if data_of(await services.users.list_users()):
        return
    watches = options.watch_without_login
    who = "only this computer may watch" if options.is_loopback else "everybody may watch"
    print_note(
        f"There is no user yet: {who if watches else 'no user can log in'}, and no change is possible."
        " Add one:  micboard-tui users add NAME --role write"
    )


async def _watch_over(services: "Services", manager: "ServiceManager") -> None:
    """Print what fails, and give the watchdog its sign of life, which comes only while the loop runs."""
    import anyio

    from micboard_tui.cli.context import watch_health

    health = watch_health(services)
    interval = LOOK_S if manager.watchdog_s is None else min(LOOK_S, manager.watchdog_s / 3)
    while True:
        health.look()
        manager.tell_alive()
        await anyio.sleep(interval)
