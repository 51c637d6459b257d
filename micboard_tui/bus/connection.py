"""A connection to the bus, as the rest of the bus needs it: subjects, and stores of entries.

``nats_connection`` implements it with NATS; tests have one in memory. After the connection was lost it comes
back by itself, with all subscriptions. What is published meanwhile is lost, except in an entry store.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, Protocol, TypeAlias

MAX_PAYLOAD = 8 * 1024 * 1024
"""Bytes of one message."""


class BusError(Exception):
    """The bus did not do it: the connection is lost, or the server refused or did not answer in time."""


class EntryChangedError(BusError):
    """An entry is not as the one who writes it knows it."""


class Message(NamedTuple):
    subject: str
    payload: bytes
    reply: str = ""
    """Where an answer is to be published; empty: none is expected."""
    has_no_responders: bool = False
    """It comes from the server: there is no subscriber to what was published with ``reply``."""


Handler: TypeAlias = Callable[[Message], Awaitable[None]]
"""Gets the messages of a subscription one after the other, in the order in which they came."""


class Subscription(Protocol):
    async def end(self) -> None:
        """Get no more messages. Raises nothing."""
        ...


class Entry(NamedTuple):
    """A value in an entry store."""

    key: str
    value: bytes | None
    """None: it was deleted, or ended by itself."""
    revision: int
    """Grows with every change in the store."""


class EntryStore(Protocol):
    """Entries by key, kept by the server. All methods raise BusError."""

    async def put(self, key: str, value: bytes) -> int:
        """Write an entry, be it new or there already; the revision of the new one."""
        ...

    async def create(self, key: str, value: bytes) -> int:
        """Write an entry that is not there. Raises EntryChangedError: it is."""
        ...

    async def update(self, key: str, value: bytes, revision: int) -> int:
        """Write an entry whose revision is known. Raises EntryChangedError: it has another one."""
        ...

    async def delete(self, key: str) -> None:
        """Delete an entry; does nothing where there is none."""
        ...

    async def get(self, key: str) -> Entry | None:
        """An entry as it is now; None: there is none."""
        ...

    def watch(self) -> AsyncIterator[Entry | None]:
        """All entries, then None, then every change as it comes.

        It ends when the connection was lost or the iterator is closed. Whoever watches calls it again then:
        all entries come again, with other revisions where the server lost its own, and what does not come
        before None is gone. Raises BusError: there is no such store, or no connection, at this moment.
        """
        ...


EndCalls: TypeAlias = Callable[[], object]
"""Ends what was asked for with ``on_change`` or ``on_denied``; does nothing the second time."""


class Connection(Protocol):
    @property
    def lost_since(self) -> float | None:
        """Since when the connection is lost, by ``steady_s``; None: it stands."""
        ...

    @property
    def is_refused(self) -> bool:
        """Whether the connection is lost since the server does not let us in any more."""
        ...

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        """Call this whenever the connection was lost, or came back. It must not wait."""
        ...

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        """Call this with each subject to which the server did not let us publish or subscribe.

        Nothing else shows it: what was published is dropped. It must not wait.
        """
        ...

    def new_inbox(self) -> str:
        """A subject to which only we listen, for answers."""
        ...

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        """Send a message to all who listen; it is on its way when this returns.

        With ``reply`` the server sends a message there that ``has_no_responders`` without a subscriber.
        Raises BusError: the connection is lost, or the message is too large.
        """
        ...

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        """Get all messages to a subject, in which ``*`` stands for a part and ``>`` for the rest.

        Of the subscriptions with one ``queue`` only one gets each message. A subscriber that is too slow
        loses messages.
        """
        ...

    async def open_store(
        self, name: str, *, lifetime_s: float | None = None, is_kept: bool = False
    ) -> EntryStore:
        """The entry store of that name, made where it is not there. Raises BusError.

        ``lifetime_s``: an entry that is not written for so long ends by itself, and watchers are told; None:
        it stays. ``is_kept``: the store outlives the server; else it is empty after the server's end, and is
        made again as soon as the connection is back.
        """
        ...

    def find_store(self, name: str) -> EntryStore:
        """The entry store that another program opens, to be read."""
        ...

    async def close(self) -> None:
        """Send what is on its way, and end. Raises nothing."""
        ...
