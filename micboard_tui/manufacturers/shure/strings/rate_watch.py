"""Watches the meter rates of a receiver without setting any, for who asks why its meters come and go.

The rate belongs to the channel and not to us, so that a change by another program is reported to all
(docs/reference/protocols/shure.md 1.8).
"""

import time

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.domain.channel import ChannelFacts
from micboard_tui.domain.meter_rate_watch import MeterRateWatch
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.handshake import identify
from micboard_tui.manufacturers.shure.strings.metering import HIGHEST_RATE_MS
from micboard_tui.manufacturers.shure.values import parse_number
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.tcp import dialer
from micboard_tui.protocols.shure_strings.codec import Decoder
from micboard_tui.protocols.shure_strings.messages import Get, Rep

RATE = "METER_RATE"


async def watch_rates(host: str, port: int, watch_s: float, timeout_s: float) -> MeterRateWatch:
    """Implements ``WatchRates``."""
    return await watch_rates_over(dialer(host, port, timeout_s), watch_s, timeout_s)


async def watch_rates_over(dial: Dial, watch_s: float, timeout_s: float) -> MeterRateWatch:
    """The same over any link."""
    conversation = Conversation(ignore_report, time.monotonic)
    listener = _RateListener(conversation)
    async with dial(listener) as link, conversation.hold(link):
        dialect = await identify(conversation)
        for number in range(1, dialect.max_channels + 1):
            if await conversation.ask(Get(number, RATE), _is_rate, timeout_s) is None:
                # It does not have so many channels, and says nothing about that.
                break
        await anyio.sleep(watch_s)
    return MeterRateWatch(listener.first_ms, listener.last_ms, listener.changes, watch_s)


def find_rate(facts: ChannelFacts) -> int | None:
    """The rate in milliseconds that a channel reported last; None: none."""
    return parse_number(dict(facts.raw).get(RATE), HIGHEST_RATE_MS)


def _is_rate(rep: Rep) -> bool:
    return rep.property == RATE


class _RateListener:
    """Implements ``Listener``: hands all on, and counts what the channels report of their rates."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._decoder = Decoder()
        self.first_ms: dict[int, int] = {}
        self.last_ms: dict[int, int] = {}
        self.changes = 0

    def data_received(self, data: bytes) -> None:
        for message in self._decoder.feed(data):
            if isinstance(message, Rep) and message.property == RATE and message.channel is not None:
                rate_ms = parse_number(" ".join(message.values), HIGHEST_RATE_MS)
                if rate_ms is not None:
                    self._note(message.channel, rate_ms)
        self._conversation.data_received(data)

    def link_lost(self, error: DeviceError) -> None:
        self._conversation.link_lost(error)

    def _note(self, number: int, rate_ms: int) -> None:
        self.changes += self.last_ms.get(number, rate_ms) != rate_ms
        self.first_ms.setdefault(number, rate_ms)
        self.last_ms[number] = rate_ms
