"""Keeps the meters of a receiver running at our rate, and switches off what we switched on."""

from dataclasses import dataclass

from micboard_tui.manufacturers.shure.strings.conversation import ChannelValues, Conversation
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.values import parse_count
from micboard_tui.protocols.shure_strings.messages import Set

MIN_INTERVAL_MS, MAX_INTERVAL_MS = 100, 65535
"""Least of all families, and most of all families (docs/reference/protocols/shure.md 1.8)."""
FIRST_RETRY_S, MAX_RETRY_S = 1.0, 60.0
"""Between two attempts to get our rate back: another controller may insist as much as we do."""
LATE_S = 2.0
"""Meters that fail to come for so long beyond their interval are asked for again."""


@dataclass(slots=True)
class _RateRequest:
    """What we asked of one channel."""

    next_at: float = 0.0
    retry_s: float = FIRST_RETRY_S


class Metering:
    """The rate belongs to the channel and not to us: any client may change it.

    Source: docs/reference/protocols/shure.md 1.8.
    """

    def __init__(self, conversation: Conversation, dialect: Dialect, interval_s: float | None) -> None:
        wanted = dialect.meter_interval_s if interval_s is None else interval_s
        wanted = wanted if dialect.has_meters else 0.0
        self._conversation = conversation
        self._dialect = dialect
        self.interval_ms = round(wanted * 1000) and min(
            MAX_INTERVAL_MS, max(MIN_INTERVAL_MS, round(wanted * 1000))
        )
        self._requests: dict[int, _RateRequest] = {}
        self._tried_all = False

    async def assert_rate(self) -> None:
        """Request our rate for channels with another one or without meters. Cheap when there are none."""
        if not self.interval_ms:
            return
        now = self._conversation.now()
        wrong = [
            number for number, channel in self._conversation.channels.items() if self._is_wrong(channel, now)
        ]
        everywhere = len(wrong) == len(self._conversation.channels) > 1 and self._dialect.answers_index_0
        if everywhere and not self._tried_all:
            self._tried_all = True
            self._requests |= {number: _RateRequest(now + FIRST_RETRY_S) for number in wrong}
            await self._set(0, self.interval_ms)
            return
        for number in wrong:
            request = self._requests.setdefault(number, _RateRequest())
            if now >= request.next_at:
                request.next_at = now + request.retry_s
                request.retry_s = min(MAX_RETRY_S, request.retry_s * 2)
                await self._set(number, self.interval_ms)
        for number in self._requests.keys() - set(wrong):
            if now > self._requests[number].next_at + MAX_RETRY_S:
                self._requests[number] = _RateRequest()

    async def stop(self) -> None:
        """Switch off what we switched on, channel by channel: not every model takes index 0.

        Source: docs/reference/protocols/shure.md 7.3.
        """
        for number in sorted(self._requests):
            await self._set(number, 0)

    def _is_wrong(self, channel: ChannelValues, now: float) -> bool:
        rate_ms = parse_count(channel.values.get("METER_RATE"))
        late = now - channel.sampled_at > self.interval_ms / 1000 + LATE_S
        return late or rate_ms != self.interval_ms

    async def _set(self, number: int, interval_ms: int) -> None:
        await self._conversation.send(Set(number, "METER_RATE", (f"{interval_ms:05d}",)))
