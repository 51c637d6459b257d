"""Calls over a real nats-server, with keys and rights, on real services with a database and a rack."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.bus.calls.call_client import SILENCE_S, CallClient
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.remote_services import RemoteServices, attach_services
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.server.access_rights import user_rights
from micboard_tui.bus.server.key_pairs import KeyPair, make_key_pair
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerUser
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container
from micboard_tui.contracts.device import Findings, Search
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.services import Services
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.user import Permission
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from tests.fakes.links import until
from tests.fakes.nats_server import NatsServer, running_server
from tests.fakes.recorded_services import KnownSigns, RecordedServices, greeter

pytestmark = pytest.mark.integration

SUBJECTS = Subjects()
ADA, BOB, CARL = "Ada Lovelace", "Bob", "Carl"
AT_ONCE_S = SILENCE_S - 1.0
"""Not only when nothing came for too long, on a busy machine either."""
START_S = 10.0


@asynccontextmanager
async def serving(server: NatsServer, services: Services, key: KeyPair | None = None) -> AsyncGenerator[None]:
    """A program that takes calls."""
    address = BusAddress(server.url, key.seed if key else None)
    connection = await connect(address, "hub", steady_s)
    async with anyio.create_task_group() as group:
        group.start_soon(CallServer(connection, SUBJECTS, services, greeter()).run)
        yield
        group.cancel_scope.cancel()
    await connection.close()


@asynccontextmanager
async def attached(
    server: NatsServer, user: str, key: KeyPair | None = None
) -> AsyncGenerator[RemoteServices]:
    """The services as a user elsewhere has them."""
    address = BusAddress(server.url, key.seed if key else None, inbox=SUBJECTS.inbox(user))
    connection = await connect(address, user, steady_s)
    client, live = CallClient(connection, SUBJECTS, user), LiveState(SteadyClock())
    try:
        with anyio.fail_after(START_S):
            # The program that takes calls may be a moment later.
            while not (result := await attach_services(client, live, KnownSigns())).success:
                assert result.error.code is ErrorCode.NOT_SERVED, result.error
                await anyio.sleep(0.05)
        yield result.data
    finally:
        await connection.close()


class Festival(NamedTuple):
    """A receiver, and three people with boards elsewhere."""

    host: str
    port: int
    ada: RemoteServices
    bob: RemoteServices
    carl: RemoteServices
    """May only watch."""


@asynccontextmanager
async def festival(home: Path) -> AsyncGenerator[Festival]:
    paths = paths_under(home / "home")
    make_directories(paths)
    hub, ada_key, bob_key, carl_key = (make_key_pair() for _ in range(4))
    users = [
        ServerUser(hub.public_key, EVERYTHING),
        ServerUser(ada_key.public_key, user_rights(Permission.WRITE, ADA, SUBJECTS)),
        ServerUser(bob_key.public_key, user_rights(Permission.WRITE, BOB, SUBJECTS)),
        ServerUser(carl_key.public_key, user_rights(Permission.WATCH, CARL, SUBJECTS)),
    ]
    async with (
        open_rack(RackOptions(receivers=1, scenario="calm", port=0, address="127.0.8.2")) as rack,
        open_container(Options(), paths) as services,
        running_server(home / "nats", users) as server,
        serving(server, services, hub),
        attached(server, ADA, ada_key) as ada,
        attached(server, BOB, bob_key) as bob,
        attached(server, CARL, carl_key) as carl,
    ):
        yield Festival(rack.devices[0].host, rack.devices[0].port, ada, bob, carl)


@pytest.mark.usefixtures("answers")
async def test_two_people_undo_their_own_steps_and_a_third_may_only_watch(tmp_path: Path) -> None:
    async with festival(tmp_path) as at:
        added = await at.ada.devices.register("shure", at.host, port=at.port, actor=ADA)
        assert added.success
        assert (await at.bob.devices.sync_device("shure", added.data.id)).success
        one, two = (ChannelRef(added.data.id, number) for number in (1, 2))

        assert (await at.ada.assignments.assign([one], "Maria Callas", actor=ADA)).success
        # The name that a board gives counts for nothing.
        assert (await at.bob.assignments.assign([two], "Kathleen Ferrier", actor=ADA)).success
        assert await undo(at.ada) == ADA
        left = await at.carl.assignments.list_assignments()
        assert [each.channel for each in left.data or ()] == [two]
        assert await undo(at.bob) == BOB

        began_at = time.monotonic()
        refused = await at.carl.assignments.assign([one], "Maria Callas", actor=ADA)
        assert refused.error is not None
        assert refused.error.code is ErrorCode.NOT_ALLOWED
        assert time.monotonic() - began_at < AT_ONCE_S
        assert (await at.carl.health.check()).success
        await cancel_search(at.ada)


async def undo(services: RemoteServices) -> str | None:
    """Who had made the step that is undone."""
    undone = await services.assignments.undo(actor="")
    assert undone.success, undone.error
    return undone.data.actor


async def cancel_search(remote: RemoteServices) -> None:
    """A search that is shown and given up ends where it runs, too."""
    reports: list[Findings] = []
    search = Search(("127.0.8.0/24",), timeout_s=60.0)
    with capture_logs() as logs:
        async with anyio.create_task_group() as group:
            group.start_soon(remote.devices.discover, search, reports.append)
            await until(lambda: len(reports) > 0)
            group.cancel_scope.cancel()
        await until(lambda: any(entry.get("result") == "cancelled" for entry in logs))


async def test_where_no_program_takes_calls_that_is_known_at_once(nats_server: NatsServer) -> None:
    fake = RecordedServices()
    async with serving(nats_server, fake.services), attached(nats_server, ADA) as remote:
        pass
    connection = await connect(BusAddress(nats_server.url, inbox=SUBJECTS.inbox(ADA)), "board", steady_s)
    began_at = time.monotonic()
    result = await attach_services(CallClient(connection, SUBJECTS, ADA), remote.live, KnownSigns())
    assert result.error is not None
    assert result.error.code is ErrorCode.NOT_SERVED
    assert time.monotonic() - began_at < AT_ONCE_S
    await connection.close()


async def test_a_change_goes_on_while_the_server_is_killed_and_started_again(nats_server: NatsServer) -> None:
    fake, done = RecordedServices(), list[int]()

    async def change(**_: object) -> Success[None]:
        await anyio.sleep(1.5)
        done.append(1)
        return Success(None)

    fake.answers["AssignmentContract.forget_steps"] = change
    async with serving(nats_server, fake.services), attached(nats_server, ADA) as remote:
        async with anyio.create_task_group() as group:
            group.start_soon(kill_and_start, nats_server)
            assert (await remote.assignments.forget_steps(actor=ADA)).success
        assert done == [1]
        fake.answer("AssignmentContract.list_performers", Success(()))
        assert (await remote.assignments.list_performers()).success


async def kill_and_start(server: NatsServer) -> None:
    await anyio.sleep(0.3)
    await server.kill()
    await server.start()
