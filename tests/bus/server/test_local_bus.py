"""The bus of one rack, with users who come and go."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from nats.aio.client import Client

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.pinned_certificate import make_pinned_context
from micboard_tui.bus.server.key_pairs import KeyPair, key_pair_of, make_key_pair
from micboard_tui.bus.server.local_bus import LocalBus, LocalBusOptions, open_local_bus
from micboard_tui.bus.server.server_configuration import ServerAddress
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.bus_endpoint import find_endpoint
from micboard_tui.config.paths import Paths, make_directories, paths_under
from micboard_tui.contracts.call_rights import CallRight
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.user import Permission
from micboard_tui.services.steady_clock import steady_s
from tests.fakes.events import RecordedEvents
from tests.fakes.links import until
from tests.fakes.nats_clients import refusal
from tests.fakes.nats_server import HOST, NatsServer, find_program, free_port
from tests.fakes.stored_users import FastHasher, InMemoryUsers, build_users
from tests.services.results import data_of
from tests.services.stage import Clock

pytestmark = pytest.mark.integration
SUBJECTS = Subjects()


class Site:
    def __init__(self, directory: Path) -> None:
        self.paths: Paths = paths_under(directory)
        make_directories(self.paths)
        self.users = build_users(InMemoryUsers(), FastHasher(), RecordedEvents(), Clock())

    @asynccontextmanager
    async def bus(
        self, certificate: Path | None = None, key: Path | None = None
    ) -> AsyncGenerator[tuple[LocalBus, BusAddress]]:
        address = ServerAddress(HOST, free_port(), certificate, key)
        async with open_local_bus(
            LocalBusOptions(self.paths, address, program=find_program()), self.users
        ) as bus:
            yield bus

    async def add(self, name: str, permission: Permission) -> KeyPair:
        made = make_key_pair()
        data_of(await self.users.add_user(name, permission, actor="Pia"))
        data_of(await self.users.set_key(name, made.public_key, actor="Pia"))
        return made


async def _attach(address: BusAddress, seed: str | None = None) -> Client:
    client = Client()
    await client.connect(
        address.url,
        nkeys_seed_str=seed or address.seed,
        tls=address.tls,
        tls_handshake_first=address.tls is not None,
        inbox_prefix=address.inbox,
        allow_reconnect=False,
    )
    return client


async def test_users_come_in_and_are_out_as_they_are_changed(tmp_path: Path) -> None:
    site = Site(tmp_path)
    ada = await site.add("Ada", Permission.WATCH)
    async with site.bus() as (bus, address):
        assert bus.permissions() == {"Ada": Permission.WATCH}
        assert await refusal(bus.url, ada.seed) is None
        ben = await site.add("Ben", Permission.WRITE)
        assert await refusal(bus.url, ben.seed) is not None
        client = await _attach(address, ada.seed)
        await until(lambda: bus.permissions().get("Ben") is Permission.WRITE)
        assert await refusal(bus.url, ben.seed) is None
        data_of(await site.users.set_key("Ada", None, actor="Pia"))
        await until(lambda: client.is_closed)
        data_of(await site.users.remove_user("Ben", actor="Pia"))
        await bus.look()
        assert await refusal(bus.url, ben.seed) is not None


async def test_programs_of_this_user_find_it_and_come_in_and_no_one_afterwards(tmp_path: Path) -> None:
    site = Site(tmp_path)
    async with site.bus() as (bus, address):
        hub = await _attach(address)
        endpoint = find_endpoint(site.paths)
        assert endpoint is not None
        assert (endpoint.url, endpoint.site) == (bus.url, SUBJECTS.site)
        assert endpoint.key_file is not None
        seed = endpoint.key_file.read_text()
        client = await _attach(BusAddress(endpoint.url, seed, inbox=SUBJECTS.inbox("root")))
        heard = await hub.subscribe(SUBJECTS.calls)
        await hub.flush()
        await client.publish(SUBJECTS.call(CallRight.SECRET.value, "root", "UserContract", "list_users"))
        await heard.next_msg(10)
        await client.close()
        await hub.close()
    assert find_endpoint(site.paths) is None
    assert bus.pid is None
    async with site.bus() as (bus, address):
        assert await refusal(bus.url, seed) is None


async def test_a_user_with_the_key_of_this_computer_does_not_keep_the_others_out(tmp_path: Path) -> None:
    site = Site(tmp_path)
    ada = await site.add("Ada", Permission.WATCH)
    async with site.bus() as (bus, _):
        computer = key_pair_of(site.paths.bus_key_file.read_text())
        data_of(await site.users.add_user("Eve", Permission.WATCH, actor="Pia"))
        data_of(await site.users.set_key("Eve", computer.public_key, actor="Pia"))
        await bus.look()
        assert await refusal(bus.url, ada.seed) is None


async def test_by_tls_programs_of_this_computer_trust_its_certificate_whatever_it_names(
    tmp_path: Path,
) -> None:
    site, authority = Site(tmp_path), trustme.CA()
    certificate, key = tmp_path / "rack.pem", tmp_path / "rack.key"
    issued = authority.issue_cert("rack.local")
    certificate.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(certificate, append=True)
    async with site.bus(certificate, key) as (bus, address):
        assert bus.url.startswith("tls://127.0.0.1:")
        client = await _attach(address)
        await client.close()
        endpoint = find_endpoint(site.paths)
        assert endpoint is not None
        assert endpoint.certificate == certificate
        # Another one of the same authority stands for another computer.
        authority.issue_cert("rack.local").cert_chain_pems[0].write_to_path(tmp_path / "other.pem")
        other = make_pinned_context(tmp_path / "other.pem")
        assert isinstance(await refusal(bus.url, address.seed, other), ssl.SSLError)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path, content: str | None) -> None:
    certificate = tmp_path / "rack.pem"
    if content is not None:
        certificate.write_text(content)
    with pytest.raises(StartError, match=r"rack\.pem cannot be used") as refused:
        async with Site(tmp_path).bus(certificate, certificate):
            pass
    assert refused.value.code is ErrorCode.CONFIG_INVALID


async def test_over_tls_nothing_is_sent_to_what_says_that_there_is_no_tls(nats_server: NatsServer) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    url = nats_server.url.replace("nats://", "tls://")
    with pytest.raises(BusError):
        await connect(BusAddress(url, make_key_pair().seed, context), "test", steady_s)
