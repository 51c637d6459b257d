"""The stream of events that a session is: opened by a GET that never ends.

Source: docs/reference/protocols/sennheiser.md 6.2.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import NoReturn

import httpx
from httpx_sse import EventSource

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import Desk
from micboard_tui.manufacturers.transport.http_errors import translated
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2.message import Closed, Event, read_event
from micboard_tui.protocols.sscv2.path import SUBSCRIPTIONS

MAX_EVENT_BYTES = 256 * 1024
"""The list of all packs of a base station is the biggest real one, some 40 kB."""
_HEADERS = {"accept": "text/event-stream", "cache-control": "no-store"}
_KIND = "text/event-stream"


async def follow(desk: Desk, heard: Callable[[Event], None]) -> NoReturn:
    """Open a session and tell its events until it ends, which always raises DeviceError.

    CREDENTIALS_REFUSED, DEVICE_REFUSED when it has no session left, DEVICE_UNREACHABLE when it ends or
    breaks, API_ERROR when what comes is no stream of events.
    """
    client = desk.client
    # Events can be absent for minutes; the driver asks in between, and knows when to give up.
    timeout = httpx.Timeout(client.timeout.connect, read=None)
    with translated(desk.address):
        async with client.stream("GET", SUBSCRIPTIONS, headers=_HEADERS, timeout=timeout) as response:
            _check(desk, response)
            await _read(desk.address, response, heard)
    raise _ended(desk.address)


async def _read(address: str, response: httpx.Response, heard: Callable[[Event], None]) -> None:
    bounded = _Bounded(address, response)
    source = EventSource(
        httpx.Response(response.status_code, headers={"content-type": _KIND}, stream=bounded)
    )
    async with aclosing(source.aiter_sse()) as events:
        async for each in events:
            bounded.since_event = 0
            try:
                event = read_event(each.event, each.data)
            except ProtocolError:
                # One unreadable event is no reason to lose the others.
                continue
            if event is not None:
                heard(event)
            if isinstance(event, Closed):
                return


class _Bounded(httpx.AsyncByteStream):
    """The body as it comes, given up when an event has no end: its reader would keep all of it."""

    def __init__(self, address: str, response: httpx.Response) -> None:
        self.since_event = 0
        self._address = address
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        async for chunk in self._response.aiter_raw():
            self.since_event += len(chunk)
            if self.since_event > MAX_EVENT_BYTES:
                raise DeviceError(
                    ErrorCode.API_ERROR,
                    f"{self._address} sends an event without an end",
                    hint="Restart the device; if it stays so, check what really answers there",
                )
            yield chunk


def _check(desk: Desk, response: httpx.Response) -> None:
    status = response.status_code
    desk.check(status)
    if not httpx.codes.is_success(status):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"{desk.address} opens no session (HTTP {status})",
            hint="It serves a few watchers only: close another one, or restart the device",
            status=status,
        )
    if response.headers.get("content-type", "").partition(";")[0].strip() != _KIND:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"{desk.address} answers a subscription with something else",
            hint="Check that the address and the port are those of the device",
        )


def _ended(address: str) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{address} ended the session",
        hint="It may be restarting; the connection is tried again by itself",
    )
