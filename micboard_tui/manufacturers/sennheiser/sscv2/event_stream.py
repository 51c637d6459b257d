"""The stream of events that an SSCv2 session is: opened by a GET that never ends.

Source: docs/reference/protocols/sennheiser.md 6.2.

Theory of operation. ``follow_events`` is a task of the session, beside the one that makes requests. It sends
one GET, checks that the answer is a stream of events at all, and hands every readable event to ``handle``:
first ``Opened``, which names the session, then ``News`` with changed resources, at last ``Closed``. The
stream has no read timeout, since events can be absent for minutes; the driver watches its silence. It never
returns: however the stream ends, DeviceError says why. Nothing is remembered but the number of bytes since
the last event, so that an event without an end cannot fill the memory, and what was taken in this second: a
device that floods is read as fast as its budgets of events, bytes and time allow, and is named in the log.
"""

import time
from collections.abc import Callable
from typing import NoReturn

import anyio
import httpx

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.http_errors import translate_errors
from micboard_tui.manufacturers.transport.peer_budget import SteadyBudget
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2.event_decoder import EventDecoder, ServerEvent
from micboard_tui.protocols.sscv2.message import Closed, Event, read_event
from micboard_tui.protocols.sscv2.path import SUBSCRIPTIONS

MAX_EVENT_BYTES = 256 * 1024
"""The list of all packs of a base station is the biggest real one, some 40 kB."""
TURN_S, MICROSECONDS_A_SECOND = 0.005, 250_000
"""So long one device may take at once, and so much of every second."""
EVENTS_A_SECOND = 4000
BYTES_A_SECOND = 4 * 1024 * 1024
"""A full base station with levels of all its channels sends less of both.

Source: docs/reference/protocols/sennheiser.md 6.4.
"""
PIECE_BYTES = 16 * 1024
"""Taken apart at once: lines without any event cost time too."""
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
    events_left, bytes_left = (
        SteadyBudget(address, limit, clock) for limit in (EVENTS_A_SECOND, BYTES_A_SECOND)
    )
    decoder, turn = EventDecoder(), _Turn(address, clock)
    async for chunk in response.aiter_raw():
        turn.begin()
        await turn.pause(bytes_left.count(len(chunk)))
        for first in range(0, len(chunk), PIECE_BYTES):
            for server_event in decoder.feed(chunk[first : first + PIECE_BYTES]):
                event = _read_event(server_event)
                if event is not None:
                    handle(event)
                if isinstance(event, Closed):
                    return
                # What comes meanwhile waits in the device, whose window is closed.
                await turn.pause(events_left.count())
            if decoder.pending_bytes > MAX_EVENT_BYTES:
                raise DeviceError(
                    ErrorCode.API_ERROR,
                    f"{address} sends an event without an end",
                    hint="Restart the device; if it stays so, check what really answers there",
                )
            await turn.pause(0.0)
        await turn.end()


class _Turn:
    """What this stream takes of the event loop: so much before others have their turn, and a share of all."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._clock = clock
        self._budget = SteadyBudget(address, MICROSECONDS_A_SECOND, clock)
        self._began = 0.0

    def begin(self) -> None:
        """Something has come."""
        self._began = self._clock()

    async def pause(self, seconds: float) -> None:
        """Let others have their turn for so long; for 0 only when this one was long enough."""
        if seconds or self._clock() - self._began >= TURN_S:
            await anyio.sleep(max(seconds, self._spend()))
            self.begin()

    async def end(self) -> None:
        """All that had come was taken."""
        if seconds := self._spend():
            await anyio.sleep(seconds)

    def _spend(self) -> float:
        """For how many seconds nothing more may be taken."""
        return self._budget.count(round((self._clock() - self._began) * 1_000_000))


def _read_event(server_event: ServerEvent) -> Event | None:
    """The event; None where it cannot be read, which is no reason to lose the others."""
    try:
        return read_event(server_event.name, server_event.data)
    except ProtocolError:
        return None


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
