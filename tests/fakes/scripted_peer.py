"""The other end of a link, as a script: what is sent to it decides what it answers."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import Link, Listener

MessageT = TypeVar("MessageT")
ReplyT = TypeVar("ReplyT")


class ScriptedPeer(ABC, Generic[MessageT, ReplyT]):
    """Answers through the real codec of its protocol, later in the loop as a network would."""

    def __init__(self, answer: Callable[[MessageT], Iterable[ReplyT]]) -> None:
        self.answer = answer
        self.requests: list[MessageT] = []
        """All that was sent to it."""
        self.listener: Listener | None = None
        self.is_open = False
        self.connections = 0

    @abstractmethod
    def decode(self, data: bytes) -> Iterable[MessageT]: ...

    @abstractmethod
    def encode(self, reply: ReplyT) -> bytes:
        """A reply as it travels; empty: it is not sent."""

    def connect(self) -> None:
        """Called with every new connection."""

    def send(self, data: bytes) -> None:
        for message in self.decode(data):
            self.requests.append(message)
            for reply in self.answer(message):
                if encoded := self.encode(reply):
                    self.say(encoded)

    def cut(self) -> None:
        self.is_open = False

    def say(self, data: bytes) -> None:
        """Let the other end receive ``data`` soon."""
        asyncio.get_running_loop().call_soon(self._deliver, data)

    def _deliver(self, data: bytes) -> None:
        if self.is_open and self.listener is not None:
            self.listener.data_received(data)

    def hang_up(self, reason: str = "closed the connection") -> None:
        assert self.listener is not None
        self.is_open = False
        self.listener.link_lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, reason))

    def dial(self, listener: Listener) -> AbstractAsyncContextManager[Link]:
        """A ``Dial`` that reaches it."""
        return self._dial(listener)

    @asynccontextmanager
    async def _dial(self, listener: Listener) -> AsyncGenerator[Link]:
        self.listener, self.is_open = listener, True
        self.connections += 1
        self.connect()
        try:
            yield self
        finally:
            self.is_open = False
