"""A connection over TLS that fails, or comes back, whatever answers at the address meanwhile."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.server.key_pairs import KeyPair, make_key_pair
from micboard_tui.bus.server.server_configuration import EVERYTHING, ServerUser
from micboard_tui.services.steady_clock import steady_s
from tests.fakes.links import UNHURRIED_S, until
from tests.fakes.nats_server import HOST, NatsServer

pytestmark = pytest.mark.integration
SOON_S = 15.0
"""For what takes a moment; a connection that hangs takes for ever."""


FOREIGN_S = 1.5
"""Enough for two attempts to connect."""


@dataclass
class Site:
    server: NatsServer
    key: KeyPair
    tls: ssl.SSLContext


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site]:
    authority, key = trustme.CA(), make_key_pair()
    issued, tls = authority.issue_cert(HOST), ssl.create_default_context()
    authority.configure_trust(tls)
    certificate, secret = tmp_path / "rack.pem", tmp_path / "rack.key"
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(secret)
    users = [ServerUser(key.public_key, EVERYTHING)]
    server = NatsServer(tmp_path / "nats", users, certificate=certificate, key=secret)
    try:
        await server.start()
        yield Site(server, key, tls)
    finally:
        await server.end()


async def test_a_certificate_that_is_not_trusted_is_told_soon(site: Site) -> None:
    address = BusAddress(site.server.url, site.key.seed, ssl.create_default_context())
    with pytest.raises(BusError, match="certificate verify failed"):
        async with asyncio.timeout(SOON_S):
            await connect(address, "test", steady_s)


async def test_a_key_that_is_not_known_is_told_as_such(site: Site) -> None:
    address = BusAddress(site.server.url, make_key_pair().seed, site.tls)
    with pytest.raises(BusError, match=r"(?i)authorization"):
        async with asyncio.timeout(SOON_S):
            await connect(address, "test", steady_s)


async def test_it_comes_back_also_when_another_certificate_stood_there_meanwhile(
    site: Site, tmp_path: Path
) -> None:
    connection = await connect(BusAddress(site.server.url, site.key.seed, site.tls), "test", steady_s)
    await site.server.kill()
    await until(lambda: connection.lost_since is not None)
    stranger = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(HOST).configure_cert(stranger)
    async with await asyncio.start_server(_answer_nothing, HOST, site.server.address.port, ssl=stranger):
        await asyncio.sleep(FOREIGN_S)
    await site.server.start()
    async with asyncio.timeout(UNHURRIED_S):
        await until(lambda: connection.lost_since is None)
    await connection.publish("alive", b"")
    await connection.close()


async def _answer_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
