"""The bus of a fleet, open for all parts of this process: a server of our own, or one that runs already."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from micboard_tui.config.fleet_settings import Role
from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    from micboard_tui.bus.given_bus import GivenServer
    from micboard_tui.bus.nats_connection import BusAddress, NatsConnection
    from micboard_tui.bus.server.key_pairs import KeyPair
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.cli.serve_plan import FleetPlan, GivenBus, OwnBus
    from micboard_tui.container import Options

CONNECT_AGAIN_S = 1.0


class FleetBus:
    """Each part of the process has a connection of its own, with all rights."""

    def __init__(self, address: "BusAddress", name: str) -> None:
        """``name``: of this process, for people who look at the server."""
        self._address, self._name = address, name
        self._is_waiting = False
        """Whether it was told that there is no server."""

    @property
    def url(self) -> str:
        return self._address.url

    @asynccontextmanager
    async def connect(self, part: str) -> AsyncGenerator["NatsConnection"]:
        """A connection for a part, closed in the end; a server that is not there yet is waited for.

        Raises StartError where waiting is no use: NOT_ALLOWED, CONFIG_INVALID.
        """
        import anyio

        connection = await self._connect(f"{part} of {self._name}")
        try:
            yield connection
        finally:
            with anyio.CancelScope(shield=True):
                await connection.close()

    async def _connect(self, name: str) -> "NatsConnection":
        import anyio

        from micboard_tui.bus.given_bus import connect_to
        from micboard_tui.cli.output import print_error
        from micboard_tui.services.steady_clock import steady_s

        while True:
            try:
                return await connect_to(self._address, name, steady_s)
            except StartError as error:
                if error.code is not ErrorCode.BUS_LOST:
                    raise
                # Machines are switched on in any order.
                if not self._is_waiting:
                    self._is_waiting = True
                    print_error(error.info)
            await anyio.sleep(CONNECT_AGAIN_S)


def open_fleet_bus(
    context: "CommandContext", options: "Options", plan: "FleetPlan"
) -> AbstractAsyncContextManager[FleetBus]:
    """Entering it raises StartError, StorageError."""
    from micboard_tui.cli.serve_plan import OwnBus

    if isinstance(plan.bus, OwnBus):
        return _open_own(context, options, plan, plan.bus)
    return _open_given(context, options, plan, plan.bus)


@asynccontextmanager
async def _open_own(
    context: "CommandContext", options: "Options", plan: "FleetPlan", own: "OwnBus"
) -> AsyncGenerator[FleetBus]:
    """A server that this process keeps running, and what other machines need to come in."""
    from micboard_tui.bus.server.local_bus import open_local_bus
    from micboard_tui.cli.output import print_note
    from micboard_tui.record import open_recorded_users

    async with (
        open_recorded_users(options, context.paths) as users,
        open_local_bus(own.options, users) as (bus, address),
    ):
        print_note(f"Boards attach at {bus.url}, and machines of the fleet with the key {own.key}")
        yield FleetBus(address, plan.name)


@asynccontextmanager
async def _open_given(
    context: "CommandContext", options: "Options", plan: "FleetPlan", given: "GivenBus"
) -> AsyncGenerator[FleetBus]:
    from micboard_tui.bus.given_bus import GivenServer, address_of
    from micboard_tui.bus.server.key_pairs import read_program_key
    from micboard_tui.cli.context import translated_config_errors
    from micboard_tui.config.bus_endpoint import BusEndpoint, published_endpoint

    async with AsyncExitStack() as stack:
        with translated_config_errors():
            key = None if given.key is None else read_program_key(given.key)
        server = GivenServer(given.url, None if key is None else key.seed, given.ca)
        bus = FleetBus(address_of(server), plan.name)
        await _check(bus, server, plan)
        if given.users_file is not None and key is not None:
            await stack.enter_async_context(_writing_users(context, options, plan, given, key))
        endpoint = BusEndpoint(given.url, plan.subjects.site, given.key, ca=given.ca)
        with translated_config_errors():
            stack.enter_context(published_endpoint(context.paths, endpoint, plan.process))
        yield bus


async def _check(bus: FleetBus, server: "GivenServer", plan: "FleetPlan") -> None:
    """Raises StartError where that server will not do."""
    from micboard_tui.bus.given_bus import check_room, check_server
    from micboard_tui.cli.output import print_note

    async with bus.connect("check") as connection:
        facts = await check_server(connection, server.url)
        if plan.roles != {Role.API}:
            await check_room(connection, plan.subjects, server.url)
    if not facts.asks_for_keys:
        print_note(f"Note: {server.url} lets in whoever reaches it, and lets them do everything")


@asynccontextmanager
async def _writing_users(
    context: "CommandContext", options: "Options", plan: "FleetPlan", given: "GivenBus", key: "KeyPair"
) -> AsyncGenerator[None]:
    """Keep the file of that server's users as they are in the database."""
    import anyio

    from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerUser
    from micboard_tui.bus.server.users_file import UsersFile, UsersFileOptions
    from micboard_tui.cli.output import print_note
    from micboard_tui.record import open_recorded_users
    from micboard_tui.services.background import BackgroundTasks

    assert given.users_file is not None  # noqa: S101 - the caller looks
    fixed = [ServerUser(key.public_key, EVERYTHING)]
    async with open_recorded_users(options, context.paths) as users:
        file = UsersFile(
            UsersFileOptions(given.users_file, given.pid_file, fixed, plan.subjects), users, print_note
        )
        tasks = BackgroundTasks()
        tasks.start(file.follow, "users of the bus")
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                tasks.cancel()
                await tasks.end()
