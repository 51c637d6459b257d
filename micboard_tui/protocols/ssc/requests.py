"""Requests that fit into a datagram: many addresses become as few messages as devices accept."""

from collections.abc import Callable, Iterator, Sequence

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import encode
from micboard_tui.protocols.ssc.messages import Message, Subscription, Terms, Value

MAX_REQUEST = 1399
"""Bytes; "keep requests below 1400" (docs/reference/protocols/sennheiser.md 1.2)."""


def encode_gets(addresses: Sequence[str], most: int | None = None) -> list[bytes]:
    """Datagrams that ask for ``addresses``, with at most ``most`` of them in each.

    Raises ProtocolError for an address that does not fit into a datagram.
    """
    return list(
        _split_requests(
            addresses, lambda batch: encode(Message(dict.fromkeys(batch), {})), most or len(addresses)
        )
    )


def encode_set(address: str, value: Value, xid: Value = None) -> bytes:
    """The datagram that sets a value; the answer to it has the same ``xid``. Raises ProtocolError."""
    return encode(Message({address: value}, {}, xid=xid))


def encode_subscriptions(addresses: Sequence[str], terms: Terms) -> list[bytes]:
    """Datagrams that subscribe ``addresses``, each with its own ``#``, or cancel them.

    Source: docs/reference/protocols/sennheiser.md 1.7.
    """
    return list(
        _split_requests(
            addresses,
            lambda batch: encode(Message({}, {}, (Subscription(tuple(batch), terms),))),
            len(addresses),
        )
    )


def _split_requests(
    addresses: Sequence[str], encode_batch: Callable[[Sequence[str]], bytes], most: int
) -> Iterator[bytes]:
    remaining = list(addresses)
    while remaining:
        size = min(most, len(remaining))
        while len(datagram := encode_batch(remaining[:size])) > MAX_REQUEST:
            if size == 1:
                raise ProtocolError(f"{remaining[0]!r} does not fit into a request")
            size -= max(1, size // 8)
        yield datagram
        del remaining[:size]
