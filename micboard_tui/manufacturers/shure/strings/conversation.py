"""One connection with a receiver: asks, listens, keeps the words, and notices when it falls silent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, MetersHeard, Observation
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.shure.strings import mapping, meter_mapping, psm1000_mapping
from micboard_tui.manufacturers.shure.strings.channel_or_bay import part
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.protocols.shure_strings.codec import Decoder, encode, encode_line
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set

PACE_S = 0.02
"""Between two commands; units have dropped what came faster (docs/reference/protocols/shure.md 1.7)."""
MAX_WORDS = 512
"""Properties kept of a channel; an Axient channel has about 170."""
_INDEXED = frozenset({"RSSI", "RSSI_LED_BITMAP"})
_NUMBERED = frozenset({"BATT_MODULE_TYPE"})
"""With an index of their own kind: the modules of a charger (docs/reference/protocols/shure.md 11)."""
_MICROPHONES = {"PRI": "", "SEC": " SEC"}
"""The first and second microphone of one channel (docs/reference/protocols/shure.md 10)."""


@dataclass(slots=True)
class ChannelWords:
    """What a channel has said, in the vendor's words."""

    words: dict[str, str] = field(default_factory=dict)
    samples: int = 0
    sampled_at: float = 0.0
    facts_changed: bool = False
    meters_changed: bool = False
    wants_reading: bool = False
    """Whether to ask for everything again, since another transmitter may be there now.

    Source: docs/reference/protocols/shure.md 10.
    """


class Conversation(LinkConversation):
    """Implements ``Listener``. Every word of the device passes here once, in ``received``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._decoder = Decoder()
        # ``REP ERR`` does not say what it answers, so nothing else is sent meanwhile
        # (docs/reference/protocols/shure.md 1.6).
        self._questions: Questions[Rep | Err] = Questions(self._turn, clock, self._report_round_trip)
        self._read_sample: meter_mapping.ReadSample | None = None
        self._device_changed = False
        self.dialect: Dialect | None = None
        self.device_words: dict[str, str] = {}
        self.channels: dict[int, ChannelWords] = {}
        self.takes_channels = True
        """Whether a channel not seen before is believed: only while the device lists all it has."""
        self.reps = 0

    # What the link tells.

    def received(self, data: bytes) -> None:
        messages = self._decoder.feed(data)
        if not messages:
            return
        self.messages += len(messages)
        self.heard_at = now = self._clock()
        observations: list[Observation] = []
        for message in messages:
            if type(message) is Sample:
                self._take_sample(message, now, observations)
            elif type(message) is Rep:
                # Levels never end, so that they belong to no list (docs/reference/protocols/shure.md 8.3).
                self.reps += message.property not in psm1000_mapping.LEVELS
                self._take(message, now)
        if self._questions.pending is not None:
            self._take_answer(messages)
        if self._device_changed or len(observations) < len(messages):
            self._gather(observations)
        self._report(observations or (Alive(),))

    def _take_sample(self, sample: Sample, now: float, observations: list[Observation]) -> None:
        channel = self.channels.get(sample.channel)
        if channel is None or self._read_sample is None:
            return
        meters = self._read_sample(sample.words)
        if meters is not None:
            observations.append(MetersHeard(sample.channel, meters))
            channel.sampled_at = now
            channel.samples += 1

    def _take_answer(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, Rep | Err):
                self._questions.take(message)

    def _take(self, rep: Rep, now: float) -> None:
        key, value = _key_and_value(rep)
        number = self._channel_of(rep)
        if number is None:
            if self.device_words.get(key) != value and len(self.device_words) < MAX_WORDS:
                self.device_words[key] = value
                self._device_changed = True
        elif (channel := self._channel(number)) is not None:
            if rep.property in meter_mapping.METERED:
                self._take_level(channel, now)
            elif (before := channel.words.get(key)) != value:
                channel.facts_changed = True
                if self.dialect is not None and key == self.dialect.reread_on and before is not None:
                    channel.wants_reading = value == "YES"
            if key in channel.words or len(channel.words) < MAX_WORDS:
                channel.words[key] = value

    def _take_level(self, channel: ChannelWords, now: float) -> None:
        channel.meters_changed = True
        if self.dialect is not None and self.dialect.meters_by_report:
            channel.sampled_at = now
            channel.samples += 1

    def _channel_of(self, rep: Rep) -> int | None:
        """QLX-D prints some properties of its only channel without an index.

        Source: docs/reference/protocols/shure.md 4.
        """
        if rep.property in _NUMBERED:
            return None
        alone = self.dialect is not None and self.dialect.max_channels == 1
        if rep.channel is None and alone and rep.property.startswith(("TX_", "BATT_")):
            return 1
        return rep.channel

    def _channel(self, number: int) -> ChannelWords | None:
        if number not in self.channels and self._believes(number):
            is_inear = self.dialect is not None and self.dialect.kind is DeviceKind.IEM_TRANSMITTER
            # As long as it answers it sends, whether it tells levels or not.
            self.channels[number] = ChannelWords(meters_changed=is_inear)
            self._device_changed = True
        return self.channels.get(number)

    def _believes(self, number: int) -> bool:
        if self.dialect is None or not 1 <= number <= self.dialect.max_channels:
            return False
        # Bases with more bays can be joined to a charger at any time (docs/reference/protocols/shure.md 11).
        return self.takes_channels or self.dialect.kind is DeviceKind.CHARGER

    def _gather(self, observations: list[Observation]) -> None:
        """Add what the words now say of the device and of the channels that they changed."""
        if self.dialect is None or (self.takes_channels and any(self.dialect.asks)):
            # What is asked word by word is told when all of it is known.
            return
        tells_device = self._device_changed and not self.takes_channels
        if tells_device and self.channels:
            observations.insert(0, mapping.device(self.dialect, self.device_words, max(self.channels)))
        for number, channel in self.channels.items():
            if channel.facts_changed or tells_device:
                observations.append(part(self.dialect, number, channel.words, self.device_words))
            if channel.meters_changed:
                meters = meter_mapping.from_words(self.dialect.family, channel.words)
                if meters is not None:
                    observations.append(MetersHeard(number, meters))
            channel.facts_changed = channel.meters_changed = False
        if tells_device:
            self._device_changed = False

    # What the session does.

    def close_list(self) -> None:
        """The device has listed all its channels: report it, and believe in no further ones."""
        self.takes_channels = False
        self._device_changed = True
        observations: list[Observation] = []
        self._gather(observations)
        self._report(observations)

    def speak(self, dialect: Dialect) -> None:
        """From now on read what comes as this dialect."""
        self.dialect = dialect
        self._read_sample = meter_mapping.READERS.get(dialect.family)
        self._device_changed = True

    def forget_channels(self) -> None:
        """Take the channels anew, after the receiver changed how many it has."""
        self.channels.clear()
        self.takes_channels = True
        self._device_changed = True

    def close(self) -> None:
        """The session ends: no question is answered any more, and none keeps the goodbye waiting."""
        self._questions.close()

    async def say(self, message: Get | Set) -> None:
        """Send one command, at the pace that devices can follow."""
        async with self._turn:
            await self._send(message)

    async def ask(
        self, message: Get | Set, is_answer: Callable[[Rep], bool], timeout_s: float
    ) -> Rep | Err | None:
        """Send one command and wait for its answer, for ``REP ERR``, or in vain (None)."""
        return await self._questions.ask(
            lambda: self._send(message),
            lambda answer: isinstance(answer, Err) or is_answer(answer),
            timeout_s,
        )

    def _report_round_trip(self, round_trip_s: float) -> None:
        self._report((Alive(round_trip_s),))

    async def _send(self, message: Get | Set) -> None:
        # Line ends are ignored by all, and without them PSM1000 answers nothing
        # (docs/reference/protocols/shure.md 1.1, 8.1).
        has_line_ends = self.dialect is None or not self.dialect.has_braces
        await self._send_paced(encode_line(message) if has_line_ends else encode(message))


def _key_and_value(rep: Rep) -> tuple[str, str]:
    """Slots, links and antennas carry a second index, which becomes part of the name.

    Source: docs/reference/protocols/shure.md 1.2.
    """
    values = rep.values
    name = rep.property
    if name in _NUMBERED and rep.channel is not None:
        return f"{name} {rep.channel}", ",".join(values)
    indexed = name.startswith(("SLOT_", "LINK_")) or name in _INDEXED
    if indexed and len(values) > 1 and values[0].isdigit():
        return f"{name} {int(values[0])}", ",".join(values[1:])
    if name.endswith("_NAME"):
        # Where there are no braces a name may be several words (docs/reference/protocols/shure.md 8.2).
        return name, " ".join(values)
    if len(values) > 1 and values[-1] in _MICROPHONES:
        return f"{name}{_MICROPHONES[values[-1]]}", ",".join(values[:-1])
    # Some ULX-D print a group as two words and not with a comma (docs/reference/protocols/shure.md 3.2).
    return name, ",".join(values)
