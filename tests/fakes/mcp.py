"""An MCP device as a script, with the lines of the reference's examples.

Source: docs/reference/protocols/sennheiser.md 5.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Link, Listener
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Code, Line, refusal

Answer = Callable[[Line], Iterable[bytes]]

SETTINGS = b"Name Vocal 1 \rFrequency 566500 2 10\rSquelch 7\rAfOut -18\rEqualizer 1\rMute 0\r"
BLOCK = b"RF1 25 65 1\rRF2 28 78 0\rStates 0 1\rRF 50 1 1\rAF 40 65 0\rBat 70\rMsg OK\rConfig 234\r"
SR_SETTINGS = (
    b"Name IEM 1   \rFrequency 566500 2 10\rSensitivity -21\rMode 0\rEqualizer 1 -5 3 0 -3 5\rMute 0\r"
)
SR_BLOCK = b"AF 15 25 40 38\rStates 0 0\rMsg OK\rConfig 555\r"


class McpPeer:
    """Answers through the real codec, later in the loop as a network would."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[Line] = []
        self.listener: Listener | None = None
        self.is_open = False

    def send(self, data: bytes) -> None:
        for line in read(data):
            assert isinstance(line, Line)
            self.heard.append(line)
            for reply in self.answer(line):
                self.say(reply)

    def say(self, data: bytes) -> None:
        """Let the other end receive ``data`` soon."""
        asyncio.get_running_loop().call_soon(self._deliver, data)

    def _deliver(self, data: bytes) -> None:
        if self.is_open and self.listener is not None:
            self.listener.received(data)

    def break_off(self) -> None:
        assert self.listener is not None
        self.listener.lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "the network is gone"))

    def dial(self, listener: Listener) -> AbstractAsyncContextManager[Link]:
        return self._dial(listener)

    @asynccontextmanager
    async def _dial(self, listener: Listener) -> AsyncGenerator[Link]:
        self.listener, self.is_open = listener, True
        try:
            yield self
        finally:
            self.is_open = False

    @property
    def pushes(self) -> list[str]:
        return [line.rest for line in self.heard if line.keyword == "Push"]


_TOLD = {
    "Name": b"Name Vocal 1 \r",
    "AfOut": b"AfOut -18\r",
    "FirmwareRevision": b"FirmwareRevision 1.20.1\r",
    "RfConfig": b"RfConfig 566000 608000 25\r",
}


def em(line: Line) -> Iterable[bytes]:
    """Answers as a receiver does; every wish is echoed."""
    match line:
        case Line("Push", "0 0 1"):
            return [SETTINGS, encode([line])]
        case Line("Push", "0 0 0"):
            return [encode([line])]
        case Line("Push"):
            return [BLOCK, encode([line])]
        case Line(keyword, ""):
            unknown = encode([refusal(Code.INVALID_COMMAND, line)])
            return [_TOLD.get(keyword, unknown)]
        case _:
            return [encode([line])]


def sr(line: Line) -> Iterable[bytes]:
    """Answers as an in-ear transmitter does, which knows no AfOut."""
    match line:
        case Line("Push", "0 0 1"):
            return [SR_SETTINGS, encode([line])]
        case Line("Push", "0 0 0"):
            return [encode([line])]
        case Line("Push"):
            return [SR_BLOCK, encode([line])]
        case Line("Sensitivity", ""):
            return [b"Sensitivity -21\r"]
        case Line("AfOut"):
            return [encode([refusal(Code.INVALID_COMMAND, line)])]
        case _:
            return em(line)


def nobody(line: Line) -> Iterable[bytes]:
    """Nothing answers: it is off, or its network control is."""
    return []
