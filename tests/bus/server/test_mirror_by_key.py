"""A board with the key of a user who may only watch, on a real server: all that it needs is allowed."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, NatsConnection, connect
from micboard_tui.bus.server.access_rights import user_rights
from micboard_tui.bus.server.key_pairs import make_key_pair
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerUser
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.user import Permission
from micboard_tui.services.steady_clock import steady_s
from tests.bus.attached_site import Site, running
from tests.bus.test_mirror import LIVE, ONE, REF, open_rack, speak
from tests.fakes.links import until
from tests.fakes.nats_server import running_server

pytestmark = pytest.mark.integration
SUBJECTS = Subjects()


@asynccontextmanager
async def _connected(address: BusAddress, denied: list[str]) -> AsyncGenerator[NatsConnection]:
    connection = await connect(address, "test", steady_s)
    connection.on_denied(denied.append)
    try:
        yield connection
    finally:
        await connection.close()


async def test_who_may_watch_sees_everything_and_is_denied_nothing_also_after_the_server_was_killed(
    tmp_path: Path,
) -> None:
    hub, walter = make_key_pair(), make_key_pair()
    users = [
        ServerUser(hub.public_key, EVERYTHING),
        ServerUser(walter.public_key, user_rights(Permission.WATCH, "Walter", SUBJECTS)),
    ]
    site, denied = Site(), list[str]()
    open_rack(site)
    async with running_server(tmp_path / "nats", users) as server:
        board = BusAddress(server.url, walter.seed, inbox=SUBJECTS.inbox("Walter"))
        async with (
            _connected(BusAddress(server.url, hub.seed), denied) as ours,
            _connected(board, denied) as theirs,
        ):
            mirror = site.mirror(connection=theirs)
            async with running(site.publisher(connection=ours), mirror):
                await mirror.wait_complete()
                assert mirror.channel(REF) is not None
                mirror.device(ONE.id)
                await _shows(site, mirror, -41.0)
                await server.kill()
                await until(lambda: mirror.findings.lost is not None)
                await server.start()
                await until(lambda: mirror.findings.lost is None)
                await _shows(site, mirror, -42.0)
    assert not denied


async def _shows(site: Site, mirror: Mirror, rf_dbm: float) -> None:
    speak(site, meters=LIVE._replace(rf_dbm=rf_dbm))

    def shows() -> bool:
        mirror.changed_since(0, frozenset([REF]))
        channel = mirror.channel(REF)
        return channel is not None and channel.meters.rf_dbm == rf_dbm

    await until(shows)


async def test_a_board_whose_key_was_ended_is_not_sent_to_look_at_the_network(tmp_path: Path) -> None:
    hub, walter = make_key_pair(), make_key_pair()
    users = [
        ServerUser(hub.public_key, EVERYTHING),
        ServerUser(walter.public_key, user_rights(Permission.WATCH, "Walter", SUBJECTS)),
    ]
    async with running_server(tmp_path / "nats", users) as server:
        address = BusAddress(server.url, walter.seed, inbox=SUBJECTS.inbox("Walter"))
        async with _connected(address, []) as board:
            await server.set_users([users[0]])
            await until(lambda: board.lost_since is not None and board.is_refused)
