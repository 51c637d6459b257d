"""Requests that fit into a datagram: many addresses become as few messages as devices can take."""

from collections.abc import Callable, Iterator, Sequence

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import encode
from micboard_tui.protocols.ssc.messages import Message, Subscription, Terms

MAX_REQUEST = 1399
"""Bytes; "keep requests below 1400" (docs/reference/protocols/sennheiser.md 1.2)."""


def gets(addresses: Sequence[str], most: int | None = None) -> list[bytes]:
    """Datagrams that ask for ``addresses``, with ``most`` of them in each."""
    return list(_pieces(addresses, lambda some: encode(Message(dict.fromkeys(some), {})), most))


def subscribes(addresses: Sequence[str], terms: Terms) -> list[bytes]:
    """Datagrams that subscribe ``addresses``, each with its own ``#``, or cancel them.

    Source: docs/reference/protocols/sennheiser.md 1.7.
    """
    return list(
        _pieces(addresses, lambda some: encode(Message({}, {}, (Subscription(tuple(some), terms),))), None)
    )


def _pieces(
    addresses: Sequence[str], written: Callable[[Sequence[str]], bytes], most: int | None
) -> Iterator[bytes]:
    rest = list(addresses)
    while rest:
        size = min(most or len(rest), len(rest))
        while len(datagram := written(rest[:size])) > MAX_REQUEST:
            if size == 1:
                raise ProtocolError(f"{rest[0]!r} does not fit into a request")
            size -= max(1, size // 8)
        yield datagram
        del rest[:size]
