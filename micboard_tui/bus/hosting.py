"""What a program with the sessions does for boards elsewhere: it sends them the present and takes calls."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import randbelow

import anyio

from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.greeting import Greeter
from micboard_tui.bus.connection import BusError, Connection
from micboard_tui.bus.publishing.publisher import Publisher
from micboard_tui.bus.publishing.publisher_options import PublisherOptions
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.services import Services
from micboard_tui.domain.user import Permission

TRY_AGAIN_S = 0.5
MAX_RUN = 65_535


@dataclass(frozen=True, slots=True)
class Host:
    """Who we are on the bus."""

    name: str
    """A token that is the same after a restart."""
    version: str
    """Of the program."""
    permissions: Callable[[], Mapping[str, Permission]] = dict
    """What each user may do, by name. Who is not among them is on this computer, and may do everything."""


async def host_boards(
    connection: Connection,
    subjects: Subjects,
    services: Services,
    host: Host,
    steady: Callable[[], float],
) -> None:
    """Until cancelled. ``steady``: seconds that only grow."""
    options = PublisherOptions(
        publisher=host.name,
        run=randbelow(MAX_RUN) + 1,
        version=host.version,
        health=services.health.snapshot,
        walk=lambda: services.walks.running,
    )
    greeter = Greeter(
        host.version,
        platform.node(),
        services.manufacturers,
        lambda user: host.permissions().get(user, Permission.CONTROL),
    )
    publisher = Publisher(connection, subjects, services.live, options, steady)
    calls = CallServer(connection, subjects, services, greeter)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(publisher.run)
        tasks.start_soon(take_calls, calls)


async def take_calls(calls: CallServer) -> None:
    """Until cancelled, also where the connection is lost just when they are to be taken."""
    while True:
        try:
            await calls.run()
        except BusError:
            await anyio.sleep(TRY_AGAIN_S)
