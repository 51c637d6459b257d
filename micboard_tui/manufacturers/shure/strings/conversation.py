"""One connection with a device: keeps all values that it sends, and reports what they mean as they change.

The session calls, and so moves ``Stage`` along:

``IDENTIFYING``  Nothing is known; the handshake asks what the device is. Whatever arrives only shows that it
                 is alive. ``use_dialect`` ends it.
``LISTING``      The handshake has the device list everything. A channel that was not seen before is taken in.
                 Nothing is reported before all is known, so that no report of half a list, or of a change
                 that comes unasked, replaces facts that were whole. ``finish_listing`` ends it and reports
                 the device.
``LISTENING``    The session meters and listens; other channels are ignored. ``restart_listing``, called when
                 the receiver changed how many channels it has, leads back to LISTING.

``data_received`` is called by the link for every chunk and never waits: samples become meters at once,
reports are kept as values, and at the end of the chunk the facts of every channel whose values changed are
made anew from all of them (docs/adr/0007). Between calls it remembers the values of the device and of each
channel, how many samples came, how often meters were asked for, and one pending question. ``REP ERR`` does
not say what it answers, so nothing else is sent while a question is pending
(docs/reference/protocols/shure.md 1.6).
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from micboard_tui.contracts.ports import Report
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, MetersHeard, Observation
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.shure.strings import mapping, meter_mapping, psm1000_mapping
from micboard_tui.manufacturers.shure.strings.dialect import Dialect, encode_message
from micboard_tui.manufacturers.shure.strings.observation_mapping import observation_of
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set

PACE_S = 0.02
"""Between two commands; units have dropped what came faster (docs/reference/protocols/shure.md 1.7)."""
MAX_PROPERTIES = 512
"""Kept of a channel; an Axient channel has about 170."""
_INDEXED = frozenset({"RSSI", "RSSI_LED_BITMAP"})
_NUMBERED = frozenset({"BATT_MODULE_TYPE"})
"""With an index of their own kind: the modules of a charger (docs/reference/protocols/shure.md 11)."""
_MICROPHONES = {"PRI": "", "SEC": " SEC"}
"""The first and second microphone of one channel (docs/reference/protocols/shure.md 10)."""


class Stage(Enum):
    """How far a conversation has come."""

    IDENTIFYING = auto()
    LISTING = auto()
    LISTENING = auto()


@dataclass(slots=True)
class ChannelValues:
    """What a channel has sent, by property."""

    values: dict[str, str] = field(default_factory=dict)
    read_sample: meter_mapping.ReadSample | None = None
    """None while the device lists what it knows, and where samples cannot be read."""
    samples: int = 0
    sampled_at: float = 0.0
    antenna_at: float = 0.0
    """When its antennas were reported, where no sample contains them."""
    facts_changed: bool = False
    meters_changed: bool = False
    wants_reading: bool = False
    """Whether to ask for everything again, since another transmitter may be there now.

    Source: docs/reference/protocols/shure.md 10.
    """


class Conversation(LinkConversation):
    """Implements ``Listener``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._decoder = Decoder()
        self._questions: Questions[Rep | Err] = Questions(self._turn, clock, self._report_round_trip)
        self._device_changed = False
        self._meter_interval_s: float | None = None
        self.dialect: Dialect | None = None
        self.device_values: dict[str, str] = {}
        self.channels: dict[int, ChannelValues] = {}
        self.stage = Stage.IDENTIFYING
        self.reps = 0
        """Reports received, levels left out."""
        self.seen_properties: set[str] = set()
        """Reported while it was not known what speaks."""

    def data_received(self, data: bytes) -> None:
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
                if self.stage is Stage.IDENTIFYING and len(self.seen_properties) < MAX_PROPERTIES:
                    self.seen_properties.add(message.property)
                self._take_report(message, now)
        if self._questions.pending is not None:
            self._offer_answers(messages)
        if self._device_changed or len(observations) < len(messages):
            self._collect_changes(observations)
        self._report(observations or (Alive(),))

    def _take_sample(self, sample: Sample, now: float, observations: list[Observation]) -> None:
        channel = self.channels.get(sample.channel)
        if channel is None or channel.read_sample is None:
            return
        meters = channel.read_sample(sample.values)
        if meters is not None:
            observations.append(MetersHeard(sample.channel, meters))
            channel.sampled_at = now
            channel.samples += 1

    def _offer_answers(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, Rep | Err):
                self._questions.take(message)

    def _take_report(self, rep: Rep, now: float) -> None:
        key, value = _key_and_value(rep)
        number = self._channel_of(rep)
        if number is None:
            if self.device_values.get(key) != value and len(self.device_values) < MAX_PROPERTIES:
                self.device_values[key] = value
                self._device_changed = True
        elif (channel := self._channel(number)) is not None:
            if rep.property in meter_mapping.METERED:
                self._take_level(channel, rep, now)
            elif (before := channel.values.get(key)) != value:
                channel.facts_changed = True
                if self.dialect is not None and key == self.dialect.reread_on and before is not None:
                    channel.wants_reading = value == "YES"
            if key in channel.values or len(channel.values) < MAX_PROPERTIES:
                channel.values[key] = value

    def _take_level(self, channel: ChannelValues, rep: Rep, now: float) -> None:
        if self.dialect is not None and self.dialect.has_links and rep.property == "ANTENNA_STATUS":
            channel.antenna_at = now
            channel.read_sample = channel.read_sample and meter_mapping.slxd_reader(*rep.values)
            # Levels that were listed long ago are no meters of now.
            channel.meters_changed = channel.meters_changed or not channel.samples
            return
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

    def _channel(self, number: int) -> ChannelValues | None:
        if number not in self.channels and self._is_plausible(number):
            is_inear = self.dialect is not None and self.dialect.kind is DeviceKind.IEM_TRANSMITTER
            # As long as it answers it transmits, whether it sends levels or not.
            self.channels[number] = ChannelValues(meters_changed=is_inear)
            self._device_changed = True
        return self.channels.get(number)

    def _is_plausible(self, number: int) -> bool:
        if self.dialect is None or not 1 <= number <= self.dialect.max_channels:
            return False
        # Bases with more bays can be joined to a charger at any time (docs/reference/protocols/shure.md 11).
        return self.stage is Stage.LISTING or self.dialect.kind is DeviceKind.CHARGER

    def _collect_changes(self, observations: list[Observation]) -> None:
        """Add the device if it changed, and the channels whose values changed."""
        if self.dialect is None or self.stage is not Stage.LISTENING:
            return
        reports_device = self._device_changed
        if reports_device and self.channels:
            observations.insert(0, mapping.device_of(self.dialect, self.device_values, max(self.channels)))
        for number, channel in self.channels.items():
            if channel.facts_changed or reports_device:
                observations.append(
                    observation_of(
                        self.dialect, number, channel.values, self.device_values, self._meter_interval_s
                    )
                )
            if channel.meters_changed:
                meters = meter_mapping.meters_of_values(self.dialect.family, channel.values)
                if meters is not None:
                    observations.append(MetersHeard(number, meters))
            channel.facts_changed = channel.meters_changed = False
        self._device_changed = False

    def finish_listing(self, meter_interval_s: float | None = None) -> None:
        """The device has listed all its channels: report it, and ignore further ones.

        ``meter_interval_s``: meters are asked for so often from now on, whatever another controller makes of
        it; 0: not at all; None: there will be one sample at most.
        """
        self.stage = Stage.LISTENING
        self._meter_interval_s = meter_interval_s
        for channel in self.channels.values():
            channel.read_sample = self._sample_reader(channel)
        self._device_changed = True
        observations: list[Observation] = []
        self._collect_changes(observations)
        self._report(observations)

    def use_dialect(self, dialect: Dialect) -> None:
        """Read what arrives as this dialect, and take channels as the device lists them."""
        self.dialect = dialect
        self.stage = Stage.LISTING
        self._device_changed = True

    def _sample_reader(self, channel: ChannelValues) -> meter_mapping.ReadSample | None:
        if self.dialect is None:
            return None
        if self.dialect.has_links and "ANTENNA_STATUS" in channel.values:
            return meter_mapping.slxd_reader(channel.values["ANTENNA_STATUS"])
        return meter_mapping.READERS.get(self.dialect.family)

    def forget_antennas(self, older_than_s: float) -> None:
        """Of channels that have not reported them for so long."""
        for channel in self.channels.values():
            is_old = self._clock() - channel.antenna_at > older_than_s
            if is_old and channel.values.pop("ANTENNA_STATUS", None) is not None:
                channel.read_sample = self._sample_reader(channel)

    def restart_listing(self) -> None:
        """Take the channels anew, after the receiver changed how many it has."""
        self.channels.clear()
        self.stage = Stage.LISTING
        self._device_changed = True

    def keep_channels(self, numbers: Container[int]) -> None:
        """Forget listed channels that the receiver cannot use."""
        self.channels = {number: values for number, values in self.channels.items() if number in numbers}

    def close(self) -> None:
        """The session ends: no question is answered any more, and none keeps the goodbye waiting."""
        self._questions.close()

    async def send(self, message: Get | Set) -> None:
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
        await self._send_paced(encode_message(message, self.dialect))


def _key_and_value(rep: Rep) -> tuple[str, str]:
    """Where slots, links and antennas have a second index, it becomes part of the key.

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
        # Without braces a name may be split into several values (docs/reference/protocols/shure.md 8.2).
        return name, " ".join(values)
    if len(values) > 1 and values[-1] in _MICROPHONES:
        return f"{name}{_MICROPHONES[values[-1]]}", ",".join(values[:-1])
    # Some ULX-D send a group as two values and not with a comma (docs/reference/protocols/shure.md 3.2).
    return name, ",".join(values)
