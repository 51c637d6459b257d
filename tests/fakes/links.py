"""The other end of a link with command strings, as a script; and waiting for what other tasks do."""

from collections.abc import Callable, Iterable

import anyio

from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.scripted_peer import ScriptedPeer

Answer = Callable[[Message], Iterable[bytes]]


class StringsPeer(ScriptedPeer[Message, bytes]):
    """A Shure device that speaks command strings."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._decoder = Decoder()

    def connect(self) -> None:
        self._decoder = Decoder()

    def decode(self, data: bytes) -> Iterable[Message]:
        return self._decoder.feed(data)

    def encode(self, reply: bytes) -> bytes:
        return reply

    @property
    def sets(self) -> list[tuple[int | None, str, tuple[str, ...]]]:
        return [(each.channel, each.property, each.values) for each in self.requests if isinstance(each, Set)]

    @property
    def gets(self) -> list[tuple[int | None, str]]:
        return [(message.channel, message.property) for message in self.requests if isinstance(message, Get)]


UNHURRIED_S = 100.0
"""A limit for what comes within a moment, unless the machine is busy: only a test that fails waits for it."""


async def until(true: Callable[[], bool], timeout_s: float = UNHURRIED_S) -> None:
    """Wait for something that another task brings about."""
    with anyio.fail_after(timeout_s):
        while not true():  # noqa: ASYNC110 - a test watches from outside and has no event to wait for
            await anyio.sleep(0.005)


def frames(*texts: str) -> list[bytes]:
    """One chunk with all of them, as receivers send."""
    return ["".join(f"< {text} >" for text in texts).encode()]
