"""Plays a wire recording to the real drivers. Implements ``Wire``.

The clock of the recording begins with the first connection and runs ``speed`` times as fast. A driver that
connects gets the next connection of its device: before that was opened, and after the last one, the device
cannot be reached. Once connected, what the device sent comes when it came in the recording, in two phases:

* While the driver finds out what the device is, an answer waits until the driver has sent what was sent
  before it, or for a moment where the driver sends something else.
* After that, time alone decides; a question that was recorded once is answered with what followed it then,
  with the question's own ``xid``.

A session over HTTP has requests with answers instead: ``http_player.py``.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.wire import Dial, HttpPlay, Link, Listener
from micboard_tui.services.wire.http_player import PlayedSession
from micboard_tui.services.wire.wire_file import WireConnection, WireRecording

HANDSHAKE_S = 10.0
"""From the opening of a recorded connection on."""
WAIT_FOR_QUESTION_S = 1.0
ANSWER_WITHIN_S = 2.0
"""What comes later than so after a question is no answer to it."""

CONNECTS_WITHIN_S = 2.0
"""A connection that comes so soon is waited for."""

_XID = re.compile(rb'("xid"\s*:\s*)(\d+)')
Clock = Callable[[], float]


class WirePlayer:
    def __init__(self, recording: WireRecording, speed: float = 1.0, clock: Clock = time.monotonic) -> None:
        self._recording, self._speed, self._clock = recording, speed, clock
        self._began_at: float | None = None
        self._connections = {
            (device.host, device.port): list(recording.connections.get(number, ()))
            for number, device in recording.devices.items()
        }
        self._open = 0

    @property
    def position_s(self) -> float:
        """Where the clock of the recording is."""
        return 0.0 if self._began_at is None else (self._clock() - self._began_at) * self._speed

    @property
    def is_over(self) -> bool:
        """Whether all was played."""
        return self._began_at is not None and not self._open and self.position_s >= self._recording.length_s

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        del dial  # No device is ever spoken to.
        connections = self._connections.get((host, port), [])

        def dial_played(listener: Listener) -> AbstractAsyncContextManager[Link]:
            return self._dial(connections, listener)

        return dial_played

    def check_http(self, host: str, port: int) -> None:
        del host, port

    def record_http(self, host: str, port: int) -> None:
        del host, port

    def play_http(self, host: str, port: int) -> AbstractAsyncContextManager[HttpPlay]:
        return self._play_http(self._connections.get((host, port), []))

    @asynccontextmanager
    async def _dial(self, connections: list[WireConnection], listener: Listener) -> AsyncGenerator[Link]:
        link = PlayedLink(await self._take_connection(connections), listener, self._speed, self._clock)
        self._open += 1
        playing = asyncio.create_task(link.play(), name="wire player")
        try:
            yield link
        finally:
            self._open -= 1
            playing.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait({playing})

    @asynccontextmanager
    async def _play_http(self, connections: list[WireConnection]) -> AsyncGenerator[HttpPlay]:
        session = PlayedSession(await self._take_connection(connections), self._speed, self._clock)
        self._open += 1
        try:
            yield session
        finally:
            self._open -= 1

    async def _take_connection(self, connections: list[WireConnection]) -> WireConnection:
        """The one that is open now, or is soon. Raises DeviceError DEVICE_UNREACHABLE."""
        if self._began_at is None:
            self._began_at = self._clock()
            first = min((each[0].opened_at for each in self._connections.values() if each), default=0.0)
            self._began_at -= first / self._speed
        while connections and connections[0].ended_at < self.position_s:
            connections.pop(0)
        wait_s = (connections[0].opened_at - self.position_s) / self._speed if connections else 0.0
        if 0.0 < wait_s <= CONNECTS_WITHIN_S:
            await anyio.sleep(wait_s)
        elif not connections or wait_s > 0.0:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE,
                "The recording has no connection with this device now",
                hint="It was off, or the recording is at its end",
            )
        return connections.pop(0)


class PlayedLink:
    """One recorded connection."""

    def __init__(self, connection: WireConnection, listener: Listener, speed: float, clock: Clock) -> None:
        self._connection, self._listener = connection, listener
        self._speed, self._clock = speed, clock
        self._sent: list[bytes] = []
        self._sends = anyio.Event()
        self._is_handshake = True
        self._answers = _answers_of(connection)

    def send(self, data: bytes) -> None:
        if self._is_handshake:
            self._sent.append(_without_xid(data))
            self._sends.set()
        elif (answer := self._answers.get(_without_xid(data))) is not None:
            if (xid := _XID.search(data)) is not None:
                answer = _XID.sub(rb"\g<1>" + xid[2], answer)
            # Later in the loop, as a network would.
            asyncio.get_running_loop().call_soon(self._listener.data_received, answer)

    def cut(self) -> None:
        self._answers = {}

    async def play(self) -> None:
        """Give the listener what the device sent, when it sent it; lose the link where it was lost."""
        began_at, opened_at = self._clock(), self._connection.opened_at
        for chunk in self._connection.chunks:
            if self._is_handshake and chunk.at - opened_at > HANDSHAKE_S:
                self._is_handshake = False
            if chunk.is_sent:
                if self._is_handshake:
                    await self._wait_for(_without_xid(chunk.data))
                continue
            late_s = self._clock() - began_at
            await anyio.sleep(max(0.0, (chunk.at - opened_at) / self._speed - late_s))
            self._listener.data_received(chunk.data)
        left_s = (self._connection.ended_at - opened_at) / self._speed - (self._clock() - began_at)
        self._is_handshake = False
        await anyio.sleep(max(0.0, left_s))
        self._listener.link_lost(
            DeviceError(ErrorCode.DEVICE_UNREACHABLE, "The recorded connection ended here")
        )

    async def _wait_for(self, question: bytes) -> None:
        with anyio.move_on_after(WAIT_FOR_QUESTION_S):
            while question not in self._sent:
                self._sends = anyio.Event()
                await self._sends.wait()
            self._sent.remove(question)


def _answers_of(connection: WireConnection) -> dict[bytes, bytes]:
    """What the device sent next after each question; the last time counts."""
    answers: dict[bytes, bytes] = {}
    asked: tuple[float, bytes] | None = None
    for chunk in connection.chunks:
        if chunk.is_sent:
            asked = (chunk.at, _without_xid(chunk.data))
        elif asked is not None and chunk.at - asked[0] <= ANSWER_WITHIN_S:
            answers[asked[1]] = chunk.data
            asked = None
    return answers


def _without_xid(data: bytes) -> bytes:
    return _XID.sub(rb"\g<1>0", data)
