"""One connection with a receiver: asks, listens, reports, and notices when it falls silent."""

import time
from collections.abc import Awaitable, Callable, Sequence

import anyio

from acme_micboard.mapping import observed
from acme_micboard.wire import Decoder, encode
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.observation import Alive, Observation
from micboard_tui.manufacturers.transport.link import Link

ANSWER_TIMEOUT_S = 2.0


def ignore(_: Sequence[Observation]) -> None:
    """A report for those who only ask something."""


class Conversation:
    """Implements ``Listener``: ``received`` and ``lost`` are called by the link, and never wait."""

    def __init__(self, report: Report, meter_interval_s: float) -> None:
        self._report, self.meter_interval_s = report, meter_interval_s
        self._decoder = Decoder()
        self._link: Link | None = None
        self._lost: DeviceError | None = None
        self._scope = anyio.CancelScope()
        self._expected: tuple[str, ...] = ()
        self._answer: list[str] = []
        self._answered = anyio.Event()
        self.heard_at = time.monotonic()
        self._metered: set[int] = set()
        self._meter_heard = anyio.Event()

    async def hold(self, link: Link, talk: Callable[[], Awaitable[None]]) -> None:
        """Run ``talk`` on ``link``. Raises DeviceError when the link is lost."""
        self._link = link
        if self._lost is None:
            with self._scope:
                await talk()
        if self._lost is not None:
            raise self._lost

    def lost(self, error: DeviceError) -> None:
        self._lost = error
        self._scope.cancel()

    def received(self, data: bytes) -> None:
        lines = self._decoder.feed(data)
        if not lines:
            return
        self.heard_at = time.monotonic()
        told = []
        for words in lines:
            if words[0] == "LEVEL" and len(words) > 1 and words[1].isdecimal():
                self._metered.add(int(words[1]))
                self._meter_heard.set()
            if (observation := observed(words, self.meter_interval_s)) is not None:
                told.append(observation)
            if words[0] in self._expected:
                self._answer = words
                self._answered.set()
        # Whatever it said, it is alive.
        self._report(told or [Alive()])

    def say(self, *words: object) -> None:
        """Send something that has no answer of its own."""
        if self._link is not None:
            self._link.send(encode(*words))

    async def ask(self, *words: object, answers: tuple[str, ...]) -> list[str]:
        """Send something and wait for a line that begins so. Raises DeviceError DEVICE_SILENT."""
        self._expected, self._answered = answers, anyio.Event()
        self.say(*words)
        with anyio.move_on_after(ANSWER_TIMEOUT_S):
            await self._answered.wait()
            return self._answer
        raise DeviceError(
            ErrorCode.DEVICE_SILENT,
            f"It does not answer {words[0]}",
            hint="Check that TinyLink is switched on in its network menu",
        )

    async def until_metered(self, channels: int) -> None:
        """Wait for a level of each of so many channels."""
        while len(self._metered) < channels:
            self._meter_heard = anyio.Event()
            await self._meter_heard.wait()
