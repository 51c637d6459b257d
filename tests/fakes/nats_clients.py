"""Clients of a nats-server in tests, without anything of ours, and their keys."""

import os
import ssl

import nats
import nkeys  # type: ignore[import-untyped]
from nats.aio.client import Client


def new_key() -> tuple[str, str]:
    """The seed that a client keeps, and the public key that its server knows."""
    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return bytes(seed).decode(), bytes(nkeys.from_seed(bytearray(seed)).public_key).decode()


async def refusal(url: str, seed: str | None = None, tls: ssl.SSLContext | None = None) -> Exception | None:
    """Why a client does not come in; None: it does."""
    client = Client()

    async def ignore(_: Exception) -> None:
        """Else it is logged."""

    try:
        await client.connect(
            url,
            allow_reconnect=False,
            error_cb=ignore,
            nkeys_seed_str=seed,
            tls=tls,
            tls_handshake_first=tls is not None,
        )
    except (OSError, TimeoutError, nats.errors.Error) as error:
        # It leaves the connection open.
        if client._transport is not None:
            client._transport.close()  # type: ignore[no-untyped-call]
        return error
    await client.close()
    return None
