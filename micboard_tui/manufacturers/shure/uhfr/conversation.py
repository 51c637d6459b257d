"""One conversation with a UHF-R receiver over datagrams, any of which may be lost.

While it is not ``is_open`` the handshake asks for everything, and what arrives is kept but reported only as a
sign of life. ``open`` reports all of it at once. From then on ``data_received`` reports every change, and the
facts of a channel are made anew from all its values (docs/adr/0007). Between calls it remembers those values,
how many samples came, and one pending question, which is sent again until it is answered.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio

from micboard_tui.contracts.ports import Report as ReportObservations
from micboard_tui.domain.observation import Alive, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.shure.uhfr import mapping
from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import Get, Message, Meter, Report, Sample, Set

PACE_S = 0.02
"""Between two datagrams; no limit is known, so the one of the other families.

Source: docs/reference/protocols/shure.md 1.7.
"""
MAX_PROPERTIES = 64
"""Properties kept of a channel; some 16 are known."""
NO_TRANSMITTER = "U"
UNVERIFIED_PROPERTIES = ("TX_BAT_MINS", "TX_POWER")
"""One codebase knows them, unverified: asked once, and again only where they are answered.

Source: docs/reference/protocols/shure.md 9.2.
"""


@dataclass(slots=True)
class Channel:
    """What a channel has sent, by property."""

    values: dict[str, str] = field(default_factory=dict)
    receives: bool | None = None
    samples: int = 0
    sampled_at: float = -math.inf
    facts_changed: bool = True

    def set_value(self, name: str, value: str) -> None:
        """Keep a value. What is known of a transmitter ends with it, which the receiver does not report."""
        self.values[name] = value
        self.facts_changed = True
        if name == "TX_BAT" and value == NO_TRANSMITTER:
            for unverified in UNVERIFIED_PROPERTIES:
                self.values.pop(unverified, None)


class Conversation(LinkConversation):
    """Implements ``Listener``."""

    def __init__(self, report: ReportObservations, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._questions: Questions[Report] = Questions(anyio.Lock(), clock, self._report_round_trip)
        self.is_open = False
        """Whether all was asked for, so that what comes is reported."""
        self._reported_channels = 0
        self.channels: dict[int, Channel] = {}
        self.answered: set[str] = set()
        """Of the properties that only some receivers may have."""
        self.meter_interval_s = 0.0
        """What we ask for as long as the session stays; 0: no meters, or one look at them."""

    def data_received(self, data: bytes) -> None:
        messages = decode(data)
        if not messages:
            return
        self.messages += len(messages)
        self.heard_at = now = self._clock()
        observations: list[Observation] = []
        for message in messages:
            if isinstance(message, Sample):
                self._take_sample(message, now, observations)
            elif isinstance(message, Report):
                self._take_report(message)
        if self.is_open:
            observations = self._collect_changes() + observations
        self._report(observations or (Alive(),))

    def _take_sample(self, sample: Sample, now: float, observations: list[Observation]) -> None:
        channel = self._channel(sample.channel)
        meters = mapping.meters_of(sample.values)
        if channel is None or meters is None:
            return
        channel.samples += 1
        channel.sampled_at = now
        battery = sample.values[3]
        if meters.carrier is not channel.receives or channel.values.get("TX_BAT") != battery:
            channel.receives = meters.carrier
            channel.set_value("TX_BAT", battery)
        if self.is_open:
            observations.append(MetersHeard(sample.channel, meters))

    def _take_report(self, report: Report) -> None:
        channel = self._channel(report.channel)
        if channel is not None:
            value = ",".join(report.values)
            if channel.values.get(report.property) != value and (
                report.property in channel.values or len(channel.values) < MAX_PROPERTIES
            ):
                channel.set_value(report.property, value)
            if report.property in UNVERIFIED_PROPERTIES:
                self.answered.add(report.property)
        self._questions.take(report)

    def _channel(self, number: int) -> Channel | None:
        """A channel that sends something is there, even if its first answer was lost."""
        if number not in self.channels and 1 <= number <= mapping.MAX_CHANNELS:
            self.channels[number] = Channel()
        return self.channels.get(number)

    def _collect_changes(self) -> list[Observation]:
        """The device if it has another channel, and the facts of the channels whose values changed."""
        observations: list[Observation] = []
        if len(self.channels) != self._reported_channels:
            self._reported_channels = len(self.channels)
            observations.append(mapping.device_of(max(self.channels)))
        for number, channel in sorted(self.channels.items()):
            if channel.facts_changed:
                channel.facts_changed = False
                facts = mapping.facts_of(channel.values, self.meter_interval_s, receives=channel.receives)
                observations.append(FactsHeard(number, facts))
        return observations

    def open(self) -> None:
        """Everything was asked for: report it, and from now on every change."""
        self.is_open = True
        self._report(self._collect_changes())

    def set_meter_interval(self, meter_interval_s: float) -> None:
        """Meters come so often from now on."""
        self.meter_interval_s = meter_interval_s
        for channel in self.channels.values():
            channel.facts_changed = True

    @property
    def samples(self) -> int:
        """So many came."""
        return sum(channel.samples for channel in self.channels.values())

    async def send(self, *messages: Get | Set | Meter) -> None:
        """Send datagrams, at a pace that receivers can follow."""
        for message in messages:
            await self._send(message)

    async def ask(
        self, message: Get | Set, is_answer: Callable[[Report], bool], timeout_s: float, tries: int
    ) -> Report | None:
        """Send a datagram until it is answered, at most ``tries`` times; None when it never is.

        Sending it twice must do no harm.
        """
        return await self._questions.ask(lambda: self._send(message), is_answer, timeout_s, tries)

    def _report_round_trip(self, round_trip_s: float) -> None:
        self._report((Alive(round_trip_s),))

    async def _send(self, message: Message) -> None:
        async with self._turn:
            await self._send_paced(encode(message))
