"""One session's exchange of lines with an MCP device: questions, answers, and blocks of meters.

Theory of operation. ``data_received`` takes every line once. A device answers a question with a line of the
same keyword or with a refusal of it, so one question at a time is pending (``Questions``), and sending waits
for its answer. Everything else it sends of its own accord:

- Meters come as a block of lines, ``Config`` last. The block is read when that line is there, when a line of
  the next block shows that the last one was lost, or when a datagram had several lines.
- Settings come one by one. ``Config`` counts their changes: when it has moved, one may have been lost, and
  ``settings_missed`` asks the session to read all of them. ``missing`` knows which have not come.

Before ``start_reporting`` lines are only kept: the handshake finds out by them what the device is. From then
on each datagram is reported: the device and its facts when a line of theirs or the promised interval has
changed, then its meters. Remembered between calls: the last line of each keyword, the lines of the block that
is coming in, and the switches as last reported, since blocks carry them as well.
"""

from collections.abc import Callable

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions
from micboard_tui.manufacturers.sennheiser.mcp import mapping
from micboard_tui.manufacturers.sennheiser.mcp.missing_settings import MissingSettings
from micboard_tui.manufacturers.sennheiser.mcp.subscription import Subscription
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.protocols.mcp.codec import encode, read
from micboard_tui.protocols.mcp.messages import Line, Message, Refusal

PACE_S = 0.02
"""Between two instructions; bursts at the start have been lost.

Source: docs/reference/protocols/sennheiser.md 10.
"""
CHANNEL = 1
_LAST_OF_BLOCK = "Config"
# The overview example of an in-ear transmitter's block is spelled Af (docs/reference/protocols/sennheiser.md
# 5.5).
_KEYWORDS = {
    keyword: keyword
    for keyword in (*mapping.BLOCK_KEYWORDS, *mapping.SETTING_KEYWORDS, *mapping.DEVICE_KEYWORDS)
} | {"Af": "AF"}
_DESCRIBING_DEVICE = frozenset({"Name", *mapping.DEVICE_KEYWORDS})


def _is_known(message: Message) -> bool:
    """Whether it is of the protocol as far as we speak it: of one of its keywords, or a refusal of one."""
    line = message.instruction if isinstance(message, Refusal) else message
    return line.keyword in _KEYWORDS or line.keyword == "Push"


class Conversation(LinkConversation):
    """Implements ``Listener``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._questions: Questions[Message] = Questions(self._turn, clock, self._report_round_trip)
        self._block: set[str] = set()
        self._facts_changed = self._device_changed = False
        self._switches = mapping.Switches()
        self._reported_interval_s: float | None = None
        self._subscription: Subscription | None = None
        self._echoes = 0
        self.missing = MissingSettings()
        self.refused_push: list[str] | None = None
        """The arguments of the last ``Push`` that the device refused."""
        self.kind: DeviceKind | None = None
        """None until reports begin."""
        self.lines: dict[str, str] = {}
        """The last line of each keyword, without it."""
        self.blocks = 0
        self.block_at = self.data_at = self.heard_at
        """When the last block came, and the last line that is neither an echo nor a refusal."""
        self.settings_missed = False
        """The device counts more changes of its settings than before; they may have been lost on the way."""

    # Called by the link.

    def data_received(self, data: bytes) -> None:
        lines = read(data)
        self.messages += len(lines)
        messages = [message for message in lines if _is_known(message)]
        if not messages:
            # Something answers; what is no MCP is no sign of life of a device.
            return
        self.heard_at = self._clock()
        observations: list[Observation] = []
        for message in messages:
            if isinstance(message, Line):
                self._keep(message, observations)
            else:
                self._note_refusal(message)
            self._questions.take(message)
        if len(messages) > 1:
            self._close_block(observations)
        self._prepend_changes(observations)
        self._report(observations or (Alive(),))

    def _note_refusal(self, refusal: Refusal) -> None:
        instruction = refusal.instruction
        if instruction.keyword in _KEYWORDS and not instruction.rest:
            self.missing.note_refusal(instruction.keyword)
        if instruction.keyword != "Push":
            return
        self.refused_push = instruction.arguments
        if self._subscription is not None:
            self._subscription.handle_refusal(refusal)

    def _note_echo(self, echo: Line) -> None:
        self._echoes += 1
        if self._subscription is not None:
            self._subscription.handle_echo(echo)

    def _keep(self, line: Line, observations: list[Observation]) -> None:
        keyword = _KEYWORDS.get(line.keyword)
        if keyword is None:
            if line.keyword == "Push":
                self._note_echo(line)
            return
        self.data_at = self.heard_at
        is_of_block = keyword in mapping.BLOCK_KEYWORDS
        if not is_of_block:
            self.missing.note(keyword)
        if is_of_block and keyword in self._block:
            # The last line of the block before was lost.
            self._close_block(observations)
        before = self.lines.get(keyword)
        if before != line.rest:
            self.lines[keyword] = line.rest
            self._facts_changed = self._facts_changed or keyword in mapping.FACT_KEYWORDS
            self._device_changed = self._device_changed or keyword in _DESCRIBING_DEVICE
            self.settings_missed = self.settings_missed or (keyword == _LAST_OF_BLOCK and before is not None)
        if is_of_block:
            self._block.add(keyword)
            if keyword == _LAST_OF_BLOCK:
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
        switches = mapping.switches_of(self.kind, self.lines)
        if switches != self._switches:
            self._switches = switches
            self._facts_changed = True
        observations.append(MetersHeard(CHANNEL, mapping.meters_of(self.kind, self.lines)))

    def _prepend_changes(self, observations: list[Observation]) -> None:
        """Put the device and the facts, as far as they have changed, before the meters."""
        if self.kind is None:
            return
        interval_s = None if self._subscription is None else self._subscription.interval_s
        changes: list[Observation] = []
        if self._device_changed:
            changes.append(mapping.device_of(self.kind, self.lines))
        if self._facts_changed or interval_s != self._reported_interval_s:
            self._reported_interval_s = interval_s
            changes.append(FactsHeard(CHANNEL, mapping.facts_of(self.kind, self.lines, interval_s)))
        self._device_changed = self._facts_changed = False
        observations[:0] = changes

    def _report_round_trip(self, round_trip_s: float) -> None:
        self._report((Alive(round_trip_s),))

    # Called by the session.

    def use_subscription(self, subscription: Subscription) -> None:
        """Hand over every echo and refusal of a ``Push`` from now on."""
        self._subscription = subscription

    def start_reporting(self, kind: DeviceKind) -> None:
        """The device has been identified: report it, and from now on all that changes."""
        self.kind = kind
        self._switches = mapping.switches_of(kind, self.lines)
        self._device_changed = self._facts_changed = True
        observations: list[Observation] = []
        if self.blocks:
            observations.append(MetersHeard(CHANNEL, mapping.meters_of(kind, self.lines)))
        self._prepend_changes(observations)
        self._report(observations)

    @property
    def only_echoes(self) -> bool:
        """Whether nothing but our own ``Push`` has come back."""
        return 0 < self._echoes == self.messages

    @property
    def since_block_s(self) -> float:
        """Since the last block of meters."""
        return self._clock() - self.block_at

    async def send(self, line: Line) -> None:
        """Send one instruction, at the pace that devices can follow."""
        async with self._turn:
            await self._send(line)

    async def ask(self, line: Line, timeout_s: float, tries: int = 1) -> Message | None:
        """Send one instruction, again when nothing comes, and wait for its answer; None: in vain."""
        return await self._questions.ask(lambda: self._send(line), _answers(line), timeout_s, tries)

    async def ask_last(self, line: Line, timeout_s: float, tries: int) -> Message | None:
        """The same, and nothing is asked any more: what still waits for an answer gets none."""
        return await self._questions.ask_last(lambda: self._send(line), _answers(line), timeout_s, tries)

    async def _send(self, line: Line) -> None:
        await self._send_paced(encode([line]))


def _answers(line: Line) -> Callable[[Message], bool]:
    """Whether a message answers ``line``: by its keyword, or by a refusal of it."""

    def is_answer(message: Message) -> bool:
        answered = message.instruction if isinstance(message, Refusal) else message
        return answered.keyword == line.keyword

    return is_answer
