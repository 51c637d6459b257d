"""The bus that ``serve`` offers: where boards attach, and by which certificate."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    from micboard_tui.bus.nats_connection import BusAddress, NatsConnection
    from micboard_tui.bus.server.local_bus import LocalBus, LocalBusOptions
    from micboard_tui.bus.server.server_configuration import ServerAddress
    from micboard_tui.config.api_settings import Api
    from micboard_tui.config.bus_settings import Bus
    from micboard_tui.config.paths import Paths
    from micboard_tui.contracts.services import Services


def plan_bus(
    settings: "Bus",
    api: "Api",
    paths: "Paths",
    missing: str | None = None,
    *,
    has_signals: bool = sys.platform != "win32",
) -> "LocalBusOptions | None":
    """How the bus is offered; None: it is not. Raises StartError.

    ``missing``: a module that is not installed; ``has_signals``: those by which a server is asked to read its
    users anew. Without either it is not offered, unless an address is set, which asks for it.
    """
    if not settings.enabled or ((missing or not has_signals) and settings.listen is None):
        return None
    if missing is not None:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"What lets boards attach is not installed ({missing})",
            hint="pip install 'micboard-tui[fleet]'",
        )
    if not has_signals:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            "No boards attach to a 'serve' on Windows, whose NATS server takes no signals",
            hint="Leave out bus.listen, or run 'serve' on Linux or macOS",
        )
    from micboard_tui.bus.server.local_bus import LocalBusOptions
    from micboard_tui.bus.wire.subjects import Subjects

    return LocalBusOptions(
        paths, _address(settings, api), settings.listen is None, settings.server, Subjects(settings.site)
    )


def _address(settings: "Bus", api: "Api") -> "ServerAddress":
    from micboard_tui.bus.server.server_configuration import ServerAddress
    from micboard_tui.config.bus_settings import DEFAULT_LISTEN
    from micboard_tui.config.output_addresses import is_loopback, split_address

    host, port = split_address(settings.listen or DEFAULT_LISTEN)
    certificate, key = _certificate(settings, api)
    if (certificate is None) != (key is None):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            "TLS of the bus needs a certificate and its key, and only one of them is given",
            hint="Set both bus.certificate and bus.key, or --certificate and --key for API and bus",
        )
    if certificate is None and not is_loopback(host):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"Boards could attach at {host} from other computers, and there is no certificate",
            hint="Give --certificate and --key, or let boards attach from this computer alone",
        )
    return ServerAddress(host, port, certificate, key)


def _certificate(settings: "Bus", api: "Api") -> "tuple[Path | None, Path | None]":
    """That of the bus, or of the API where an address is set; without one it is for this computer alone."""
    if settings.certificate is not None or settings.key is not None or settings.listen is None:
        return settings.certificate, settings.key
    return api.certificate, api.key


@asynccontextmanager
async def offer_bus(
    options: "LocalBusOptions | None", services: "Services"
) -> AsyncGenerator["LocalBus | None"]:
    """Let boards attach, until the end; None: they cannot. Raises StartError."""
    if options is None:
        yield None
        return
    from micboard_tui import __version__
    from micboard_tui.bus.hosting import Host, host_boards
    from micboard_tui.bus.server.local_bus import open_local_bus
    from micboard_tui.services.background import BackgroundTasks
    from micboard_tui.services.steady_clock import steady_s

    async with open_local_bus(options, services.users) as (bus, address):
        connection = await _connect(address)
        host = Host("serve", __version__, bus.permissions)
        tasks = BackgroundTasks()
        tasks.start(lambda: host_boards(connection, options.subjects, services, host, steady_s), "bus")
        try:
            yield bus
        finally:
            with anyio.CancelScope(shield=True):
                tasks.cancel()
                await tasks.end()
                await connection.close()


async def _connect(address: "BusAddress") -> "NatsConnection":
    from micboard_tui.bus.connection import BusError
    from micboard_tui.bus.nats_connection import connect
    from micboard_tui.services.steady_clock import steady_s

    try:
        return await connect(address, "serve", steady_s)
    except BusError as error:
        raise StartError(
            ErrorCode.BUS_LOST,
            f"serve does not reach its own server at {address.url} ({error})",
            hint="Start it again, or go without boards that attach: --no-bus",
        ) from error
