"""A NATS server that another program started: whether it will do, and what to do where it will not."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.nats_connection import MAX_STORE_BYTES, BusAddress, NatsConnection, ServerFacts, connect
from micboard_tui.bus.server.server_program import OLDEST
from micboard_tui.bus.site_stores import open_all_stores
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.errors import ErrorCode, StartError

PROGRAM_INBOX = "_INBOX_of_a_program"
"""An inbox to which no user has rights."""
ROOM = f"{2 * MAX_STORE_BYTES // 2**20} MB"
"""Two of the stores are in memory, and two in files."""
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})\b")


@dataclass(frozen=True, slots=True)
class GivenServer:
    """Where it is, and what lets us in."""

    url: str
    """``nats://host:port`` or ``tls://host:port``."""
    seed: str | None = field(default=None, repr=False)
    """The secret half of our key; None: none is shown."""
    ca: Path | None = None
    """None: the certificates that this computer trusts."""


def address_of(server: GivenServer) -> BusAddress:
    """How we connect to it. Raises StartError CONFIG_INVALID."""
    return BusAddress(server.url, server.seed, _tls_of(server), PROGRAM_INBOX)


async def connect_to(address: BusAddress, name: str, steady: Callable[[], float]) -> NatsConnection:
    """Connect. Raises StartError: BUS_LOST, NOT_ALLOWED; CONFIG_INVALID for a certificate without trust."""
    try:
        return await connect(address, name, steady)
    except BusError as error:
        raise _not_connected(address, str(error)) from error


async def check_server(connection: NatsConnection, url: str) -> ServerFacts:
    """Whether it will do; what it tells of itself. Raises StartError CONFIG_INVALID."""
    facts, oldest = await connection.ask_server(), ".".join(map(str, OLDEST))
    if not is_new_enough(facts.version):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The NATS server at {url} is {facts.version or 'of an unknown version'}, and {oldest} or newer"
            " is needed",
            hint=f"Run nats-server {oldest} or newer there; `micboard-tui serve init` configures it",
        )
    if not facts.has_streams:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The NATS server at {url} keeps no entries for us: JetStream is off, or not for our account",
            hint="Add `jetstream {}` to its configuration; `micboard-tui serve init` writes a whole one",
        )
    return facts


async def check_room(connection: NatsConnection, subjects: Subjects, url: str) -> None:
    """Have the entry stores made; each takes the room that it may need. Raises StartError CONFIG_INVALID."""
    try:
        await open_all_stores(connection, subjects)
    except BusError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The NATS server at {url} does not make the stores that we need ({error})",
            hint=f"It needs room for them: max_memory_store and max_file_store in its configuration, {ROOM}"
            " each, or the limits of our account; `micboard-tui serve init` writes a whole configuration",
        ) from error


def is_new_enough(version: str) -> bool:
    """Whether a server of this version has all that is needed."""
    match = _VERSION.match(version)
    return match is not None and (int(match[1]), int(match[2])) >= OLDEST


def is_authority(certificate: Path) -> bool:
    """Whether a file has what signed itself, so that who trusts it trusts what it signed. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate)
    return any(each["subject"] == each["issuer"] for each in context.get_ca_certs())


def _not_connected(address: BusAddress, reason: str) -> StartError:
    lowered = reason.casefold()
    if "authorization" in lowered or "nkey" in lowered:
        without = " without a key" if address.seed is None else " with this key"
        return StartError(
            ErrorCode.NOT_ALLOWED,
            f"The NATS server at {address.url} does not let us in{without}",
            hint="Copy program.key from the machine of the hub or of `serve init`; give it with --bus-key",
        )
    message = f"No connection to the NATS server at {address.url} ({reason})"
    if "certificate" in lowered:
        hint = "Give what signed its certificate with --bus-ca, and its address by a name in the certificate"
        return StartError(ErrorCode.CONFIG_INVALID, message, hint=hint)
    return StartError(ErrorCode.BUS_LOST, message, hint=_cure_of(address))


def _cure_of(address: BusAddress) -> str:
    if address.tls is None:
        return "Check the address and the network, and that it runs; where it has TLS the address is tls://…"
    return "Check the address and the network, and that it runs"


def _tls_of(server: GivenServer) -> ssl.SSLContext | None:
    if not server.url.startswith("tls:"):
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except OSError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The certificate {server.ca} cannot be read ({error.strerror or error})",
            hint="It is a file of PEM",
        ) from error
