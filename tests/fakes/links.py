"""The other end of a link, as a script: what is asked decides what is answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Link, Listener
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set

Answer = Callable[[Message], Iterable[bytes]]


class ScriptedPeer:
    """Answers through the real codec, later in the loop as a network would."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[Message] = []
        self.listener: Listener | None = None
        self.is_open = False
        self.connections = 0
        self._decoder = Decoder()

    def send(self, data: bytes) -> None:
        for message in self._decoder.feed(data):
            self.heard.append(message)
            for reply in self.answer(message):
                self.say(reply)

    def say(self, data: bytes) -> None:
        """Let the other end receive ``data`` soon."""
        asyncio.get_running_loop().call_soon(self._deliver, data)

    def _deliver(self, data: bytes) -> None:
        if self.is_open and self.listener is not None:
            self.listener.received(data)

    def hang_up(self) -> None:
        assert self.listener is not None
        self.is_open = False
        self.listener.lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "closed the connection"))

    def dial(self, listener: Listener) -> AbstractAsyncContextManager[Link]:
        return self._dial(listener)

    @asynccontextmanager
    async def _dial(self, listener: Listener) -> AsyncGenerator[Link]:
        self.listener, self.is_open = listener, True
        self.connections += 1
        self._decoder = Decoder()
        try:
            yield self
        finally:
            self.is_open = False

    @property
    def sets(self) -> list[tuple[int | None, str, tuple[str, ...]]]:
        return [(each.channel, each.property, each.values) for each in self.heard if isinstance(each, Set)]

    @property
    def gets(self) -> list[tuple[int | None, str]]:
        return [(message.channel, message.property) for message in self.heard if isinstance(message, Get)]


async def until(true: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait for something that another task brings about."""
    with anyio.fail_after(timeout_s):
        while not true():  # noqa: ASYNC110 - a test watches from outside and has no event to wait for
            await anyio.sleep(0.005)


def frames(*texts: str) -> list[bytes]:
    """One chunk with all of them, as receivers send."""
    return ["".join(f"< {text} >" for text in texts).encode()]
