"""A connection to NATS. Implements ``Connection``.

The server is asked every second whether it is there, so that one that is frozen or cut off is noticed after
three seconds; it is sought again every half second, for ever.
"""

import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import anyio
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import KeyValueConfig, StorageType
from nats.js.client import JetStreamContext

from micboard_tui.bus.connection import (
    MAX_PAYLOAD,
    BusError,
    EndCalls,
    EntryStore,
    Handler,
    Message,
    Subscription,
)
from micboard_tui.bus.connection_calls import ConnectionCalls
from micboard_tui.bus.nats_store import NatsStore
from micboard_tui.bus.nats_transport import EndingTransport

CONNECT_TIMEOUT_S = 5.0
ASK_TIMEOUT_S = 2.0
PING_EVERY_S = 1
UNANSWERED_PINGS = 2
SEEK_EVERY_S = 0.5
MAX_WAITING_BYTES = 16 * 1024 * 1024
"""Of a subscription whose handler is slower than what comes; what comes beyond is lost."""
MAX_STORE_BYTES = 32 * 1024 * 1024
_NO_RESPONDERS = "503"
_DENIED = re.compile(r'permissions violation for (?:publish|subscription) to "([^"]+)"', re.IGNORECASE)

log = structlog.get_logger(__name__)


class ServerFacts(NamedTuple):
    """What a server tells of itself."""

    version: str
    has_streams: bool
    """Whether we may use JetStream, which keeps entries."""
    asks_for_keys: bool


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where the bus is, and what lets us in."""

    url: str
    """``nats://host:port`` or ``tls://host:port``."""
    seed: str | None = field(default=None, repr=False)
    """The secret half of our key, as NATS writes it; None: the server asks for none."""
    tls: ssl.SSLContext | None = None
    inbox: str = "_INBOX"
    """The first part of the subjects to which we are answered."""


async def connect(address: BusAddress, name: str, steady: Callable[[], float]) -> "NatsConnection":
    """Connect within ``CONNECT_TIMEOUT_S``. Raises BusError with the reason."""
    connection = NatsConnection(steady)
    await connection.open(address, name)
    return connection


class NatsConnection:
    def __init__(self, steady: Callable[[], float]) -> None:
        """``steady`` counts the seconds since the connection was lost."""
        self._steady = steady
        self._client = Client()
        self._client._transport = EndingTransport()  # type: ignore[no-untyped-call] # noqa: SLF001 - no other way
        self._streams: JetStreamContext | None = None
        self._stores: dict[str, NatsStore] = {}
        self._made: dict[str, KeyValueConfig] = {}
        """The stores that are ours to make."""
        self._calls = ConnectionCalls()
        self._fault = ""
        """Why it does not connect, or lately did not."""
        self._was_open = False
        self._is_closing = False
        self.lost_since: float | None = None
        self.is_refused = False

    async def open(self, address: BusAddress, name: str) -> None:
        """Connect. Raises BusError."""
        try:
            with anyio.fail_after(CONNECT_TIMEOUT_S):
                await self._client.connect(
                    address.url,
                    name=name,
                    nkeys_seed_str=address.seed,
                    tls=address.tls,
                    # Else it goes on without TLS where what answers says that there is none.
                    tls_handshake_first=address.url.startswith("tls:"),
                    inbox_prefix=address.inbox,
                    error_cb=self._take_error,
                    disconnected_cb=self._take_loss,
                    reconnected_cb=self._take_return,
                    closed_cb=self._take_loss,
                    ping_interval=PING_EVERY_S,
                    max_outstanding_pings=UNANSWERED_PINGS,
                    reconnect_time_wait=SEEK_EVERY_S,  # type: ignore[arg-type] # it sleeps for so long
                    max_reconnect_attempts=1,
                )
        except (NatsError, OSError, TimeoutError) as error:
            await self._give_up()
            raise BusError(self._fault or str(error) or type(error).__name__) from error
        self._was_open = True
        # From now on for ever.
        self._client.options["max_reconnect_attempts"] = -1
        self._streams = self._client.jetstream(timeout=ASK_TIMEOUT_S)

    async def _give_up(self) -> None:
        await self._client.close()
        # Of a server that refused us the client closes nothing, since it counts as closed.
        if (transport := self._client._transport) is not None:  # noqa: SLF001 - there is no other way
            transport.close()  # type: ignore[no-untyped-call] # of the library

    def on_change(self, call: Callable[[], None]) -> EndCalls:
        return self._calls.on_change(call)

    def on_denied(self, call: Callable[[str], None]) -> EndCalls:
        return self._calls.on_denied(call)

    def new_inbox(self) -> str:
        return self._client.new_inbox()

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        # The client would keep it, and send what is out of date after the connection is back.
        if self.lost_since is not None:
            raise BusError("the connection is lost")
        if len(payload) > MAX_PAYLOAD:
            raise BusError(f"{len(payload)} bytes are too many for one message")
        try:
            await self._client.publish(subject, payload, reply)
        except (NatsError, OSError) as error:
            raise BusError(str(error) or type(error).__name__) from error

    async def subscribe(self, subject: str, handler: Handler, queue: str = "") -> Subscription:
        async def take(message: Msg) -> None:
            has_no_responders = (
                message.headers is not None and message.headers.get("Status") == _NO_RESPONDERS
            )
            await handler(Message(message.subject, message.data, message.reply, has_no_responders))

        try:
            found = await self._client.subscribe(
                subject, queue=queue, cb=take, pending_bytes_limit=MAX_WAITING_BYTES
            )
        except (NatsError, OSError) as error:
            raise BusError(str(error) or type(error).__name__) from error
        return _NatsSubscription(found)

    async def open_store(
        self, name: str, *, lifetime_s: float | None = None, is_kept: bool = False
    ) -> EntryStore:
        self._made[name] = KeyValueConfig(
            bucket=name,
            ttl=lifetime_s,
            limit_marker_ttl=lifetime_s,
            max_bytes=MAX_STORE_BYTES,
            storage=StorageType.FILE if is_kept else StorageType.MEMORY,
            direct=True,
        )
        await self._make_store(self._made[name])
        return self.find_store(name)

    def find_store(self, name: str) -> EntryStore:
        if (store := self._stores.get(name)) is None:
            store = self._stores[name] = NatsStore(
                self._open_streams, name, lambda: self.lost_since is not None
            )
        return store

    async def ask_server(self) -> ServerFacts:
        """What the server is that we are connected to."""
        info = self._client._server_info  # noqa: SLF001 - there is no other way
        return ServerFacts(
            str(info.get("version", "")), await self._has_streams(), bool(info.get("auth_required"))
        )

    async def _has_streams(self) -> bool:
        try:
            await self._open_streams.account_info()
        except (NatsError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        self._is_closing = True
        for store in self._stores.values():
            await store.end_watching()
        with suppress(NatsError, OSError, TimeoutError), anyio.move_on_after(ASK_TIMEOUT_S):
            if self.lost_since is None:
                await self._client.flush()
        with suppress(NatsError, OSError):
            await self._client.close()

    @property
    def _open_streams(self) -> JetStreamContext:
        if self._streams is None:
            raise BusError("the connection is not open")
        return self._streams

    async def _make_store(self, config: KeyValueConfig) -> None:
        try:
            await self._open_streams.create_key_value(config)
        except (NatsError, OSError, TimeoutError) as error:
            raise BusError(str(error) or type(error).__name__) from error

    async def _take_loss(self) -> None:
        if self.lost_since is None and self._was_open:
            self.lost_since = self._steady()
            if not self._is_closing:
                log.warning("bus_lost")
            self._calls.tell_change()
        self._note_refusal(self._client.last_error)

    def _note_refusal(self, error: Exception | None) -> None:
        if self._was_open and not self.is_refused and error is not None and _is_refusal(error):
            self.is_refused = True
            log.warning("bus_refuses_us", reason=str(error))
            self._calls.tell_change()

    async def _take_return(self) -> None:
        for config in self._made.values():
            try:
                await self._make_store(config)
            except BusError as error:
                log.warning("store_not_made", store=config.bucket, reason=str(error))
        self.lost_since, self.is_refused = None, False
        log.info("bus_found")
        for store in self._stores.values():
            await store.end_watching()
        self._calls.tell_change()

    async def _take_error(self, error: Exception) -> None:
        reason = str(error) or type(error).__name__
        self._note_refusal(error)
        # A server that refuses us says so, and then also cuts us off.
        if not self._fault or _is_refusal(error):
            self._fault = reason
        if not self._was_open and _is_final(error):
            # The client would try again and again, until the time is over.
            self._client.options["allow_reconnect"] = False
        if (denied := _DENIED.search(reason)) is None:
            log.debug("bus_error", reason=reason)
            return
        log.info("bus_denied", subject=denied[1])
        self._calls.tell_denied(denied[1])


def _is_final(error: Exception) -> bool:
    """Whether the server does not want us, or is not the one that we want."""
    return isinstance(error, ssl.SSLError) or _is_refusal(error)


def _is_refusal(error: Exception) -> bool:
    """Whether the server does not let us in: our key is not known, or not any more."""
    reason = str(error).casefold()
    return "authorization violation" in reason or "authentication" in reason


class _NatsSubscription:
    def __init__(self, found: "_Ending") -> None:
        self._found = found

    async def end(self) -> None:
        with suppress(NatsError, OSError):
            await self._found.unsubscribe()


class _Ending(Protocol):
    async def unsubscribe(self, limit: int = 0) -> None:
        """End it."""
        ...
