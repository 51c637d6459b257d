"""The stream of events that an SSCv2 session is: opened by a GET that never ends.

Source: docs/reference/protocols/sennheiser.md 6.2.

Theory of operation. ``follow_events`` is a task of the session, beside the one that makes requests. It sends
one GET, checks that the answer is a stream of events at all, and hands every readable event to ``handle``:
first ``Opened``, which names the session, then ``News`` with changed resources, at last ``Closed``. The
stream has no read timeout, since events can be absent for minutes; the driver watches its silence. It never
returns: however the stream ends, DeviceError says why. Nothing is remembered but the number of bytes since
the last event, so that an event without an end cannot fill the memory, and what came in this second and in
this turn: a device that floods is read as fast as its budgets of events and bytes allow, and is named in the
log.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import NoReturn

import anyio
import anyio.lowlevel
import httpx
from httpx_sse import EventSource

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.http_errors import translate_errors
from micboard_tui.manufacturers.transport.peer_budget import SteadyBudget
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2.message import Closed, Event, read_event
from micboard_tui.protocols.sscv2.path import SUBSCRIPTIONS

MAX_EVENT_BYTES = 256 * 1024
"""The list of all packs of a base station is the biggest real one, some 40 kB."""
EVENTS_A_TURN, TURN_S = 64, 0.005
"""After so many, or so long, others have their turn."""
EVENTS_A_SECOND = 4000
BYTES_A_SECOND = 4 * 1024 * 1024
"""A full base station with levels of all its channels sends less of both.

Source: docs/reference/protocols/sennheiser.md 6.4.
"""
PIECE_BYTES = 2048
"""Taken apart at once, then others have their turn: lines without any event cost time too."""
_CONTENT_TYPE = "text/event-stream"
_HEADERS = {"accept": _CONTENT_TYPE, "cache-control": "no-store"}


async def follow_events(
    requests: RequestQueue, handle: Callable[[Event], None], clock: Clock = time.monotonic
) -> NoReturn:
    """Open a session and hand over its events until it ends, which always raises DeviceError.

    CREDENTIALS_REFUSED, DEVICE_REFUSED when it has no session left, DEVICE_UNREACHABLE when it ends or
    breaks, API_ERROR when what comes is no stream of events.
    """
    client = requests.client
    timeout = httpx.Timeout(client.timeout.connect, read=None)
    with translate_errors(requests.address):
        async with client.stream("GET", SUBSCRIPTIONS, headers=_HEADERS, timeout=timeout) as response:
            _check_response(requests, response)
            await _read_events(requests.address, response, handle, clock)
    raise _session_ended_error(requests.address)


async def _read_events(
    address: str, response: httpx.Response, handle: Callable[[Event], None], clock: Clock
) -> None:
    body = _BoundedBody(address, response, SteadyBudget(address, BYTES_A_SECOND, clock))
    budget, taken, turn_ends_at = SteadyBudget(address, EVENTS_A_SECOND, clock), 0, clock() + TURN_S
    source = EventSource(
        httpx.Response(response.status_code, headers={"content-type": _CONTENT_TYPE}, stream=body)
    )
    async with aclosing(source.aiter_sse()) as events:
        async for server_event in events:
            body.bytes_since_event = 0
            taken += 1
            if (pause_s := budget.count()) or taken >= EVENTS_A_TURN or clock() >= turn_ends_at:
                # What comes meanwhile waits in the device, whose window is closed.
                await anyio.sleep(pause_s)
                taken, turn_ends_at = 0, clock() + TURN_S
            try:
                event = read_event(server_event.event, server_event.data)
            except ProtocolError:
                # One unreadable event is no reason to lose the others.
                continue
            if event is not None:
                handle(event)
            if isinstance(event, Closed):
                return


class _BoundedBody(httpx.AsyncByteStream):
    """The body as it comes, given up when an event has no end: its reader would keep all of it."""

    def __init__(self, address: str, response: httpx.Response, budget: SteadyBudget) -> None:
        self.bytes_since_event = 0
        self._address = address
        self._response = response
        self._budget = budget

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        async for chunk in self._response.aiter_raw():
            self.bytes_since_event += len(chunk)
            if self.bytes_since_event > MAX_EVENT_BYTES:
                raise DeviceError(
                    ErrorCode.API_ERROR,
                    f"{self._address} sends an event without an end",
                    hint="Restart the device; if it stays so, check what really answers there",
                )
            if pause_s := self._budget.count(len(chunk)):
                await anyio.sleep(pause_s)
            for first in range(0, len(chunk), PIECE_BYTES):
                if first:
                    await anyio.lowlevel.checkpoint()
                yield chunk[first : first + PIECE_BYTES]


def _check_response(requests: RequestQueue, response: httpx.Response) -> None:
    status = response.status_code
    requests.check_status(status)
    if not httpx.codes.is_success(status):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"{requests.address} opens no session (HTTP {status})",
            hint="It serves only a few controllers: close another one, or restart the device",
            status=status,
        )
    if response.headers.get("content-type", "").partition(";")[0].strip() != _CONTENT_TYPE:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"{requests.address} answers a subscription with something else",
            hint=hints.CHECK_ADDRESS,
        )


def _session_ended_error(address: str) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{address} ended the session",
        hint=hints.RECONNECTS,
    )
