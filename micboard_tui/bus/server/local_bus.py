"""The bus of one rack: our own server, the keys of all who come in, and where programs of this user find it.

Three kinds of keys come in. Ours is made anew with each start and lies on no disk. That of this computer lies
in a file that only this user can read, and lets their other programs attach by themselves. Each user has one
of their own. What each of them may do: ``access_rights``. Users are read anew every ``LOOK_S``, since other
programs change them in the database.

The server of a fleet lets in its programs on other machines, too, by a key that may do everything.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import anyio
import structlog

from micboard_tui.bus.nats_connection import BusAddress
from micboard_tui.bus.server.access_rights import computer_rights
from micboard_tui.bus.server.bus_server import BusServer, ServerOptions, client_tls, open_bus_server
from micboard_tui.bus.server.key_pairs import load_key_pair, load_program_key, make_key_pair
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerAddress, ServerUser
from micboard_tui.bus.server.site_users import UserList, server_users
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.bus_endpoint import RACK, BusEndpoint, published_endpoint
from micboard_tui.config.paths import Paths
from micboard_tui.config.start_error import ConfigError
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.user import Permission, User

LOOK_S = 1.0
_OUR_INBOX = "_INBOX_of_the_hub"
"""An inbox to which no user has rights."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LocalBusOptions:
    """How the bus of this rack is offered."""

    paths: Paths
    address: ServerAddress
    takes_free_port: bool = False
    """Whether another port will do where this one is taken."""
    program: Path | None = None
    """The nats-server; None: it is looked for."""
    subjects: Subjects = Subjects()  # noqa: RUF009 - it holds names only
    program_key: Path | None = None
    """The key of a fleet's programs on other machines, made where there is none; None: it is no fleet."""
    process: str = RACK
    """Under which role it is found on this computer."""


class LocalBus:
    """A bus that is open."""

    def __init__(
        self, server: BusServer, subjects: Subjects, fixed: Sequence[ServerUser], users: UserList
    ) -> None:
        """``fixed``: who comes in besides the users."""
        self._server, self._subjects, self._fixed, self._users = server, subjects, fixed, users
        self._known: Sequence[User] = ()

    @property
    def url(self) -> str:
        """Where programs on this computer find it."""
        return self._server.url

    @property
    def pid(self) -> int | None:
        """The process of the server; None: it died, and is about to be started again."""
        return self._server.pid

    def permissions(self) -> Mapping[str, Permission]:
        """What each user may do, by name."""
        return MappingProxyType({user.name: user.permission for user in self._known})

    async def look(self) -> None:
        """Let in who has a key now, with the rights that they have now. Raises StartError."""
        answer = await self._users.list_users()
        if not answer.success:
            # While the database is away no user is let in or put out.
            log.debug("bus_users_unknown", reason=answer.error.message)
            return
        await self._server.set_users(server_users(self._fixed, answer.data, self._subjects))
        self._known = answer.data

    async def follow_users(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except StartError as error:
                log.warning("bus_users_not_changed", reason=error.info.message)


@asynccontextmanager
async def open_local_bus(
    options: LocalBusOptions, users: UserList
) -> AsyncGenerator[tuple[LocalBus, BusAddress]]:
    """The bus, and how we attach to it with all rights. It is kept running, and ended in the end.

    Raises StartError as ``open_bus_server`` does; CONFIG_INVALID for a certificate that cannot be read.
    """
    ours, subjects, paths = make_key_pair(), options.subjects, options.paths
    with _translated_errors():
        computer = await asyncio.to_thread(load_key_pair, paths.bus_key_file)
        programs = [
            await asyncio.to_thread(load_program_key, file)
            for file in (options.program_key,)
            if file is not None
        ]
    fixed = [
        ServerUser(ours.public_key, EVERYTHING),
        ServerUser(computer.public_key, computer_rights(subjects)),
        *(ServerUser(each.public_key, EVERYTHING) for each in programs),
    ]
    server_options = ServerOptions(
        paths.bus_directory, options.address, options.takes_free_port, options.program
    )
    address = BusAddress("", ours.seed, client_tls(options.address), _OUR_INBOX)
    async with open_bus_server(server_options, fixed) as server:
        bus = LocalBus(server, subjects, fixed, users)
        await bus.look()
        endpoint = BusEndpoint(server.url, subjects.site, paths.bus_key_file, options.address.certificate)
        with _translated_errors(), published_endpoint(paths, endpoint, options.process):
            following = asyncio.create_task(bus.follow_users(), name="users of the bus")
            try:
                yield bus, replace(address, url=server.url)
            finally:
                following.cancel()
                with anyio.CancelScope(shield=True), contextlib.suppress(asyncio.CancelledError):
                    await following


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise StartError(ErrorCode(error.code), str(error), hint=error.hint) from error
