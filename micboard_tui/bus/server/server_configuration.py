"""The configuration of a nats-server of ours. Pure.

It is written as JSON, of which the server's own format is a superset, so that no name or path can be taken
for anything else.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micboard_tui.bus.connection import MAX_PAYLOAD

MIB = 1024 * 1024
MAX_PENDING = MAX_PAYLOAD + MIB
"""What waits for a client that does not read; then it is disconnected. The largest message has to fit."""
WRITE_LIMIT = "2s"
PING_INTERVAL, MOST_PINGS = "1s", 3
"""A client is asked for a sign of life so often, and may leave out so many: one that stands still is gone
when another one takes its place, so that no calls go to it any more."""
LOGIN_LIMIT_S = 5
"""For TLS and for the proof of a key, each."""
MAX_CLIENTS = 512
MAX_MEMORY_STORE, MAX_FILE_STORE = 256 * MIB, 512 * MIB
"""Each store reserves what it may grow to (``MAX_STORE_BYTES``), be it used or not."""


@dataclass(frozen=True, slots=True)
class AccessRights:
    """To which subjects a client may publish and subscribe; ``*`` is any part and ``>`` any rest."""

    publish: Sequence[str]
    subscribe: Sequence[str]


EVERYTHING = AccessRights((">",), (">",))


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who comes in with a key."""

    public_key: str
    rights: AccessRights


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the server listens; by TLS where both files are given."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


def configuration_text(
    name: str, address: ServerAddress, store: Path, users: Iterable[ServerUser] | None
) -> str:
    """The content of the configuration file.

    ``users`` None: everybody comes in and may do everything, for a server of tests. Raises ValueError for no
    user at all: the server takes that for None.
    """
    values: dict[str, Any] = {
        "server_name": name,
        "host": address.host,
        "port": address.port,
        # The log that it goes into has the times.
        "logtime": False,
        "jetstream": {
            "store_dir": str(store),
            "max_memory_store": MAX_MEMORY_STORE,
            "max_file_store": MAX_FILE_STORE,
            # By default two minutes, which a power cut would take.
            "sync_interval": "1s",
        },
        "max_payload": MAX_PAYLOAD,
        "max_pending": MAX_PENDING,
        "max_connections": MAX_CLIENTS,
        "write_deadline": WRITE_LIMIT,
        "ping_interval": PING_INTERVAL,
        "ping_max": MOST_PINGS,
    }
    if address.certificate is not None and address.key is not None:
        values["tls"] = {
            "cert_file": str(address.certificate),
            "key_file": str(address.key),
            "timeout": LOGIN_LIMIT_S,
            # Nothing is said in the clear. Else who sits in between could say that there is no TLS here, and
            # the client would go on without.
            "handshake_first": True,
        }
    if users is not None:
        values |= _authorization(users)
    return _written(values)


def authorization_text(users: Iterable[ServerUser]) -> str:
    """The content of a file that another configuration includes: who may come in, and nothing else.

    Raises ValueError for no user at all.
    """
    return f"{_written(_authorization(users))}\n"


def standalone_text(name: str, address: ServerAddress, store: Path, pid_file: Path, users_file: str) -> str:
    """The configuration of a server that is started by itself, for people to read and to change.

    ``users_file``: where it finds who may come in, beside the configuration.
    """
    tls = ""
    if address.certificate is not None and address.key is not None:
        tls = f"""
tls {{
  cert_file: {_quoted(address.certificate)}
  key_file: {_quoted(address.key)}
  timeout: {LOGIN_LIMIT_S}
  # Nothing is said in the clear, not even a greeting.
  handshake_first: true
}}
"""
    return f"""\
# A NATS server for micboard-tui. Written by `micboard-tui serve init`; change it as you like.
server_name: {_quoted(name)}
host: {_quoted(address.host)}
port: {address.port}
pid_file: {_quoted(pid_file)}

jetstream {{
  store_dir: {_quoted(store)}
  max_memory_store: {MAX_MEMORY_STORE}
  max_file_store: {MAX_FILE_STORE}
  # By default two minutes, which a power cut would take.
  sync_interval: "1s"
}}

max_payload: {MAX_PAYLOAD}
# What waits for a client that does not read; then it is disconnected, and begins anew.
max_pending: {MAX_PENDING}
write_deadline: "{WRITE_LIMIT}"
max_connections: {MAX_CLIENTS}
ping_interval: "{PING_INTERVAL}"
ping_max: {MOST_PINGS}
{tls}
# Who may come in: the hub writes it as users change.
include {_quoted(users_file)}
"""


def _quoted(value: Path | str) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _authorization(users: Iterable[ServerUser]) -> dict[str, Any]:
    entries = [_user_entry(each) for each in users]
    if not entries:
        raise ValueError("a server without users lets everybody in")
    return {"authorization": {"timeout": LOGIN_LIMIT_S, "users": entries}}


def _written(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, indent=1)


def _user_entry(user: ServerUser) -> dict[str, Any]:
    rights = user.rights
    permissions = {"publish": _allow(rights.publish), "subscribe": _allow(rights.subscribe)}
    return {"nkey": user.public_key, "permissions": permissions}


def _allow(subjects: Sequence[str]) -> dict[str, Any]:
    # An empty list would allow everything.
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}
