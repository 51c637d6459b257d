"""Listens for services that announce themselves by DNS-SD over multicast DNS; zeroconf does the work."""

import errno
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import structlog

from micboard_tui.manufacturers.transport.interfaces import list_interfaces

if TYPE_CHECKING:
    # Loading it costs 60 ms, and only a search needs it.
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

PORT = 5353
MAX_SERVICES = 256
RESOLVE_AT_ONCE = 8
RESOLVE_TIMEOUT_S = 3.0
CLOSE_TIMEOUT_S = 2.0
MAX_TEXT = 128

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """One service of one host."""

    kind: str
    """As ``_ssc._udp.local.``"""
    name: str
    """Of the instance, without its kind."""
    address: str
    port: int
    text_record: Mapping[str, str]
    """Of its TXT record; names in small letters."""


async def browse(
    kinds: Sequence[str],
    report: Callable[[Service], None],
    interface: str | None,
    timeout_s: float,
    limit: int = MAX_SERVICES,
) -> None:
    """Call ``report`` with every service of these kinds that has an address. Raises nothing.

    Asks and listens on the interface with the own address ``interface``; None: on all. Ends in time and
    leaves nothing open.
    """
    from zeroconf import InterfaceChoice, IPVersion  # noqa: PLC0415 - slow to load, seldom needed
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf  # noqa: PLC0415 - slow to load, seldom needed

    chosen = InterfaceChoice.All if interface is None else [interface]
    try:
        _check_interface(interface)
        responder = AsyncZeroconf(interfaces=chosen, ip_version=IPVersion.V4Only)
    except (OSError, RuntimeError) as error:
        log.warning("not_listening", address=interface or "any", port=PORT, reason=str(error))
        return
    resolver = _Resolver(report, limit)
    try:
        with anyio.move_on_after(timeout_s):
            AsyncServiceBrowser(responder.zeroconf, list(kinds), handlers=[resolver.service_changed])
            await resolver.resolve(responder)
    finally:
        with anyio.move_on_after(CLOSE_TIMEOUT_S, shield=True):
            await responder.async_close()


def _check_interface(address: str | None) -> None:
    """Raises OSError where there is nothing to listen on: zeroconf would leave a socket open there."""
    if address is not None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attempt:
            attempt.bind((address, 0))
    elif not list_interfaces():
        raise OSError(errno.ENODEV, "No network interface has an IPv4 address")


class _Resolver:
    """Resolves names of services to addresses; a limited number in all, and at once."""

    def __init__(self, report: Callable[[Service], None], limit: int) -> None:
        self._report = report
        self._limit = limit
        self._send, self._receive = anyio.create_memory_object_stream[tuple[str, str]](limit)
        self._known: set[tuple[str, str]] = set()

    def service_changed(
        self, zeroconf: "Zeroconf", service_type: str, name: str, state_change: "ServiceStateChange"
    ) -> None:
        """Called by zeroconf, which knows these names and no others."""
        del zeroconf, state_change
        if len(self._known) < self._limit and (service_type, name) not in self._known:
            self._known.add((service_type, name))
            self._send.send_nowait((service_type, name))

    async def resolve(self, responder: "AsyncZeroconf") -> None:
        """Ask for address and port of every name that was reported, until cancelled."""
        with self._send, self._receive:
            try:
                async with anyio.create_task_group() as group:
                    for _ in range(RESOLVE_AT_ONCE):
                        group.start_soon(self._resolve, responder)
            finally:
                # Zeroconf goes on reporting names until it is closed.
                self._limit = 0

    async def _resolve(self, responder: "AsyncZeroconf") -> None:
        async for kind, name in self._receive:
            service = await _resolve_service(responder, kind, name)
            if service is not None:
                self._report(service)
            else:
                # It may be announced again.
                self._known.discard((kind, name))


async def _resolve_service(
    responder: "AsyncZeroconf", kind: str, name: str, timeout_s: float = RESOLVE_TIMEOUT_S
) -> Service | None:
    from zeroconf import Error  # noqa: PLC0415 - slow to load, seldom needed
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - slow to load, seldom needed

    try:
        info = AsyncServiceInfo(kind, name)
        if not await info.async_request(responder.zeroconf, timeout_s * 1000):
            return None
    except Error:
        # A name that cannot be one.
        return None
    return _service_of(kind, name, info)


def _service_of(kind: str, name: str, info: "AsyncServiceInfo") -> Service | None:
    # IPv4 first, which zeroconf sees to.
    addresses = info.parsed_scoped_addresses()
    if not addresses or not info.port:
        return None
    text_record = {
        _decode(key).lower(): _decode(value) for key, value in info.properties.items() if value is not None
    }
    return Service(kind, name.removesuffix(f".{kind}")[:MAX_TEXT], addresses[0], info.port, text_record)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")[:MAX_TEXT]
