"""One session's talk with a device: asks, listens, keeps the words, and notices when it falls silent."""

import anyio

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.link_session import Clock, Talk
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.subscription import Subscription
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Line, Message, Refusal

PACE_S = 0.02
"""Between two instructions; bursts at the start have been lost.

Source: docs/reference/protocols/sennheiser.md 10.
"""
CHANNEL = 1
_LAST = "Config"
# The overview example of an in-ear transmitter's block is spelled Af (docs/reference/protocols/sennheiser.md
# 5.5).
_KNOWN = {each: each for each in (*mapping.CYCLIC, *mapping.SETTINGS, *mapping.OF_DEVICE)} | {"Af": "AF"}
_TELLS_DEVICE = frozenset({"Name", *mapping.OF_DEVICE})


class _Waiting:
    """A question on its way: answered by its keyword, or by a refusal of it."""

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        self.answer: Message | None = None
        self.event = anyio.Event()

    def hear(self, message: Message) -> None:
        about = message.instruction if isinstance(message, Refusal) else message
        if self.answer is None and about.keyword == self.keyword:
            self.answer = message
            self.event.set()


class Conversation(Talk):
    """Implements ``Listener``. Every line of the device passes here once, in ``received``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._waiting: _Waiting | None = None
        self._is_leaving = False
        self._block: set[str] = set()
        self._facts_changed = self._device_changed = False
        self._switches = mapping.Switches()
        self._promised_s: float | None = None
        self.kind: DeviceKind | None = None
        """Known once the device has been read; reports begin then."""
        self.subscription: Subscription | None = None
        self.words: dict[str, str] = {}
        self.messages = 0
        self.blocks = 0
        self.block_at = self.heard_at
        self.settings_missed = False
        """The device counts more changes of its settings than before; they may have been lost on the way."""

    # What the link tells.

    def received(self, data: bytes) -> None:
        messages = read(data)
        if not messages:
            return
        self.messages += len(messages)
        self.heard_at = self._clock()
        observations: list[Observation] = []
        for message in messages:
            if isinstance(message, Line):
                self._take(message, observations)
            elif message.instruction.keyword == "Push" and self.subscription is not None:
                self.subscription.refused(message)
            if self._waiting is not None:
                self._waiting.hear(message)
        if len(messages) > 1:
            self._close_block(observations)
        self._gather(observations)
        self._report(observations or (Alive(),))

    def _take(self, line: Line, observations: list[Observation]) -> None:
        if line.keyword == "Push" and self.subscription is not None:
            self.subscription.echoed(line)
        keyword = _KNOWN.get(line.keyword)
        if keyword is None:
            return
        is_cyclic = keyword in mapping.CYCLIC
        if is_cyclic and keyword in self._block:
            # The last line of the block before was lost.
            self._close_block(observations)
        before = self.words.get(keyword)
        if before != line.rest:
            self.words[keyword] = line.rest
            self._facts_changed = self._facts_changed or keyword in mapping.TELLING
            self._device_changed = self._device_changed or keyword in _TELLS_DEVICE
            self.settings_missed = self.settings_missed or (keyword == _LAST and before is not None)
        if is_cyclic:
            self._block.add(keyword)
            if keyword == _LAST:
                self._close_block(observations)

    def _close_block(self, observations: list[Observation]) -> None:
        """All lines of a block are here: its meters can be read."""
        if not self._block:
            return
        self._block.clear()
        self.blocks += 1
        self.block_at = self.heard_at
        if self.kind is None:
            return
        switches = mapping.switches(self.kind, self.words)
        if switches != self._switches:
            self._switches = switches
            self._facts_changed = True
        observations.append(MetersHeard(CHANNEL, mapping.meters(self.kind, self.words)))

    def _gather(self, observations: list[Observation]) -> None:
        """Put what the words now say of the device and its channel before the meters."""
        if self.kind is None:
            return
        promised_s = None if self.subscription is None else self.subscription.interval_s
        news: list[Observation] = []
        if self._device_changed:
            news.append(mapping.device(self.kind, self.words))
        if self._facts_changed or promised_s != self._promised_s:
            self._promised_s = promised_s
            news.append(FactsHeard(CHANNEL, mapping.facts(self.kind, self.words, promised_s)))
        self._device_changed = self._facts_changed = False
        observations[:0] = news

    # What the session does.

    def open(self, kind: DeviceKind) -> None:
        """The device has told what it is: report it, and from now on all that it says."""
        self.kind = kind
        self._switches = mapping.switches(kind, self.words)
        self._device_changed = self._facts_changed = True
        observations: list[Observation] = []
        if self.blocks:
            observations.append(MetersHeard(CHANNEL, mapping.meters(kind, self.words)))
        self._gather(observations)
        self._report(observations)

    @property
    def without_block_s(self) -> float:
        return self._clock() - self.block_at

    async def say(self, line: Line) -> None:
        """Send one instruction, at the pace that devices can follow."""
        async with self._turn:
            await self._send(line)

    async def ask(self, line: Line, timeout_s: float, tries: int = 1) -> Message | None:
        """Send one instruction, again when nothing comes, and wait for its answer; None: in vain."""
        async with self._turn:
            return None if self._is_leaving else await self._ask(line, timeout_s, tries)

    async def leave(self, goodbye: Line, timeout_s: float, tries: int) -> None:
        """Say the last word, as ``ask`` does.

        Whoever still waits for another answer gets none, so that nothing keeps the last word waiting.
        """
        self._is_leaving = True
        if self._waiting is not None:
            self._waiting.event.set()
        async with self._turn:
            await self._ask(goodbye, timeout_s, tries)

    async def _ask(self, line: Line, timeout_s: float, tries: int) -> Message | None:
        self._waiting = waiting = _Waiting(line.keyword)
        try:
            for _ in range(tries):
                await self._send(line)
                asked_at = self._clock()
                with anyio.move_on_after(timeout_s):
                    await waiting.event.wait()
                    if waiting.answer is not None:
                        self._report((Alive(max(0.0, self.heard_at - asked_at)),))
                    break
        finally:
            self._waiting = None
        return waiting.answer

    async def _send(self, line: Line) -> None:
        await self._send_paced(encode([line]))
