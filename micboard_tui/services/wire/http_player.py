"""Answers requests as a recorded session over HTTP did. Implements ``HttpPlay``.

A request gets the answer that the same one had last, by the clock of the recording: the newest before now, or
else the first after it; one that was never recorded is answered with 404. Streams of events and WebSockets
are taken one after the other. While the driver finds out what the device is, an event waits until the driver
has asked as much as was asked before it, or for a moment where the driver asks less. After the end of the
session nothing is answered.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

import anyio

from micboard_tui.contracts.wire import HttpRequest, PlayedAnswer
from micboard_tui.services.wire.wire_file import ENDLESS, WireConnection, WireExchange

HANDSHAKE_S = 10.0
"""From the opening of a recorded session on."""
WAIT_FOR_REQUEST_S = 1.0
LONGEST_ANSWER_S = 2.0
NOT_FOUND = 404

Clock = Callable[[], float]


class PlayedSession:
    """One recorded session."""

    def __init__(self, connection: WireConnection, speed: float, clock: Clock) -> None:
        self._speed, self._clock, self._began_at = speed, clock, clock()
        self._opened_at, self._ended_at = connection.opened_at, connection.ended_at
        self._asked_at = sorted(exchange.asked_at for exchange in connection.exchanges.values())
        self._asks, self._is_asked = 0, anyio.Event()
        self._answers: dict[HttpRequest, list[WireExchange]] = defaultdict(list)
        self._answers_of_path: dict[tuple[str, str], list[WireExchange]] = defaultdict(list)
        self._streams: dict[str, deque[WireExchange]] = defaultdict(deque)
        for exchange in sorted(connection.exchanges.values(), key=lambda exchange: exchange.asked_at):
            method, path, _ = exchange.request
            if exchange.content_type in ENDLESS:
                self._streams[path].append(exchange)
            else:
                self._answers[exchange.request].append(exchange)
                self._answers_of_path[method, path].append(exchange)

    async def ask(self, request: HttpRequest) -> PlayedAnswer | None:
        self._asks += 1
        self._is_asked.set()
        self._is_asked = anyio.Event()
        if self._position_s >= self._ended_at:
            return None
        exchange = self._take_stream(request) or self._find_answer(request)
        if exchange is None:
            return PlayedAnswer(NOT_FOUND, "", _Pieces([]))
        if exchange.answered_at is None:
            return None
        took_s = min(LONGEST_ANSWER_S, exchange.answered_at - exchange.asked_at)
        await anyio.sleep(took_s / self._speed)
        if exchange.content_type not in ENDLESS:
            return PlayedAnswer(exchange.status, "", _Pieces([exchange.body]))
        return PlayedAnswer(exchange.status, exchange.content_type, _Events(self, exchange))

    async def wait_until(self, at: float) -> None:
        """Until the clock of the recording is there."""
        await anyio.sleep(max(0.0, (at - self._position_s) / self._speed))

    async def wait_for_requests(self, at: float) -> None:
        """Until the driver has asked what was asked before ``at``, or for a moment."""
        if at - self._opened_at > HANDSHAKE_S:
            return
        count = bisect_left(self._asked_at, at)
        with anyio.move_on_after(WAIT_FOR_REQUEST_S):
            while self._asks < count:
                await self._is_asked.wait()

    def end_of(self, exchange: WireExchange) -> float:
        """When an answer without an end came to its end."""
        return self._ended_at if exchange.closed_at is None else exchange.closed_at

    @property
    def _position_s(self) -> float:
        """Where the clock of the recording is."""
        return self._opened_at + (self._clock() - self._began_at) * self._speed

    def _take_stream(self, request: HttpRequest) -> WireExchange | None:
        streams = self._streams.get(request.path)
        return streams.popleft() if streams else None

    def _find_answer(self, request: HttpRequest) -> WireExchange | None:
        known = self._answers.get(request) or self._answers_of_path.get((request.method, request.path))
        if not known:
            return None
        before = [exchange for exchange in known if exchange.asked_at <= self._position_s]
        return before[-1] if before else known[0]


class _Pieces:
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = deque(pieces)

    async def receive(self) -> bytes | None:
        return self._pieces.popleft() if self._pieces else None


class _Events:
    """Those of one stream or WebSocket, each when it came."""

    def __init__(self, session: PlayedSession, exchange: WireExchange) -> None:
        self._session, self._exchange = session, exchange
        self._next = 0

    async def receive(self) -> bytes | None:
        events = self._exchange.events
        if self._next == len(events):
            await self._session.wait_until(self._session.end_of(self._exchange))
            return None
        at, data = events[self._next]
        await self._session.wait_for_requests(at)
        await self._session.wait_until(at)
        self._next += 1
        return data
