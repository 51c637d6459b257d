"""Keeps the meters of a receiver running at our rate, and leaves them as other controllers had them.

The rate belongs to the channel and not to us: any client may change it, and all get the samples
(docs/reference/protocols/shure.md 1.8, 19). A session that stays calls ``assert_rate`` every second, one that
looks once calls ``take_samples``, and both call ``stop`` when they leave.

``OtherRates`` remembers for each channel the rate that is not ours and was reported last: before ours was
set, or by a controller that insists on its own. ``stop`` puts it back. It belongs to the driver and is
forgotten only when it was put back: a session that lost its connection could not, and the next one finds our
own rate. A program that was killed could not either, so what is changed is kept in a ``MeterRateMemory``
before it is changed, and the first session asks it: a channel that still has the rate that was ours then is
to have the one from before.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import anyio

from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.changed_rate import ChangedRate
from micboard_tui.manufacturers.shure.strings.conversation import ChannelValues, Conversation
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.values import parse_number
from micboard_tui.protocols.shure_strings.messages import Set

MIN_INTERVAL_MS, MAX_INTERVAL_MS = 100, 65535
"""Least of all families, and most of all families (docs/reference/protocols/shure.md 1.8)."""
HIGHEST_RATE_MS = 99_999
"""Of any family."""
FIRST_RETRY_S, MAX_RETRY_S = 1.0, 10.0
"""Between two attempts to get our rate back: another controller may insist as much as we do."""
LATE_S = 2.0
"""Meters that fail to come for so long beyond their interval are asked for again."""
CONFIRM_S = 1.0
"""A channel that has not confirmed its rate within so long did not understand."""
LOOKS_AN_INTERVAL = 5
INTERVALS = 3
"""A device that gives no meters within three intervals gives none."""
OTHER_SAMPLE_S = 6.0
"""So long a single look waits for the next sample of another controller; a common rate is 5 s."""

SILENCE_SHARE = 0.8
"""Of the silence limit: a device that is there has been asked before, and has answered."""

OtherRates: TypeAlias = dict[int, int]
"""By channel, in milliseconds: the rate to be left behind."""


@dataclass(slots=True)
class _RateRequest:
    """What we asked of one channel."""

    next_at: float = 0.0
    retry_s: float = FIRST_RETRY_S


class Metering:
    """The meters of one session."""

    def __init__(
        self, conversation: Conversation, dialect: Dialect, options: SessionOptions, rates: OtherRates
    ) -> None:
        interval_s = options.meter_interval_s
        wanted = dialect.meter_interval_s if interval_s is None else interval_s
        wanted = wanted if dialect.has_meters else 0.0
        self._conversation = conversation
        self._dialect = dialect
        self._rates = rates
        self._memory = options.meter_rates
        self._kept: Mapping[int, ChangedRate] = {}
        """What the memory holds of this session."""
        self._left: dict[int, int] | None = None
        """Our rates of a program that was killed, by channel; None: the memory was not asked yet."""
        self.interval_ms = round(wanted * 1000) and min(
            MAX_INTERVAL_MS, max(MIN_INTERVAL_MS, round(wanted * 1000))
        )
        self._silence_s = options.silence_limit_s * SILENCE_SHARE
        self._requests: dict[int, _RateRequest] = {}
        self._tried_all = False

    @property
    def interval_s(self) -> float:
        """What we ask for; 0: no meters."""
        return self.interval_ms / 1000

    async def assert_rate(self) -> None:
        """Request our rate for channels with another one or without meters. Cheap when there are none."""
        await self._recall()
        if not self.interval_ms:
            return
        now = self._conversation.now()
        self._remember_other_rates()
        channels = self._conversation.channels
        wrong = [number for number, channel in channels.items() if self._is_wrong(channel, now)]
        await self._keep(self._requests.keys() | set(wrong))
        if self._is_everywhere(wrong) and not self._tried_all:
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

    async def take_samples(self) -> None:
        """Wait for a sample of each channel: the next one where another controller meters, else at our rate.

        A rate that runs is not changed (docs/reference/protocols/shure.md 19), unless its next sample may be
        too long in coming.
        """
        left = await self._recall()
        if not self.interval_ms:
            return
        self._remember_other_rates()
        channels = self._conversation.channels
        running = [number for number in channels if number not in left and self._is_running(number)]
        idle = [number for number in channels if number not in running]
        if idle:
            await self._keep(idle)
        self._requests |= {number: _RateRequest() for number in idle}
        if self._is_everywhere(idle):
            await self._set(0, self.interval_ms)
            await self._wait(idle, CONFIRM_S, self._has_our_rate)
        for number in idle:
            channel = channels[number]
            if not channel.samples and not self._has_our_rate(channel):
                await self._set(number, self.interval_ms)
        await self._wait(idle, INTERVALS * self.interval_s)
        slowest_s = max((self._rates[number] for number in running), default=0) / 1000
        await self._wait(running, min(OTHER_SAMPLE_S, slowest_s * INTERVALS))

    async def stop(self) -> None:
        """Put back the rates that we changed, channel by channel: not every model takes index 0.

        Source: docs/reference/protocols/shure.md 7.3.
        """
        for number in sorted(self._requests):
            await self._set(number, self._rates.get(number, 0))
        if self._is_lost():
            if self._kept:
                await self._memory.leave_behind()
            return
        self._rates.clear()
        if self._kept:
            await self._memory.forget()

    def _is_lost(self) -> bool:
        """Whether the device has hardly heard what was sent last, though the connection may seem to stand."""
        return self._conversation.is_lost or self._conversation.silence_s > self._silence_s

    async def _recall(self) -> Collection[int]:
        """The channels that still have the rate that a killed program of ours has set. Asked for once.

        Without meters of our own they are put in order at once.
        """
        if self._left is not None:
            return self._left.keys()
        changed = await self._memory.recall()
        channels = self._conversation.channels
        left = {
            number: rate
            for number, rate in changed.items()
            if number in channels and _rate_of(channels[number]) == rate.ours_ms != rate.before_ms
        }
        self._left = {number: rate.ours_ms for number, rate in left.items()}
        # They are ours to put back, even if their meters come in time and nothing has to be asked for.
        lost = {
            number for number in self._rates.keys() & channels.keys() if self._has_our_rate(channels[number])
        }
        if self.interval_ms:
            self._requests |= {number: _RateRequest() for number in lost | left.keys()}
        for number, rate in left.items():
            self._rates.setdefault(number, rate.before_ms)
            if not self.interval_ms:
                await self._set(number, self._rates[number])
        if changed and not (left and self.interval_ms):
            await self._memory.forget()
        return self._left.keys()

    async def _keep(self, numbers: Collection[int]) -> None:
        """Keep the rates of channels that are about to be changed. Cheap when they are kept already."""
        changed = {number: ChangedRate(self.interval_ms, self._rates.get(number, 0)) for number in numbers}
        if changed != self._kept:
            # Before it is written, which may be cut short and have happened all the same.
            self._kept = changed
            await self._memory.keep(changed)

    def _remember_other_rates(self) -> None:
        left = self._left or {}
        for number, channel in self._conversation.channels.items():
            rate_ms = _rate_of(channel)
            if rate_ms is None or rate_ms == self.interval_ms or rate_ms == left.get(number):
                self._rates.setdefault(number, rate_ms or 0)
            else:
                self._rates[number] = rate_ms
                left.pop(number, None)

    def _is_everywhere(self, numbers: Collection[int]) -> bool:
        """Whether these are all of several channels, so that index 0 may stand for them."""
        return len(numbers) == len(self._conversation.channels) > 1 and self._dialect.answers_index_0

    def _is_running(self, number: int) -> bool:
        """Whether another controller has the channel metered so often that a single look can wait for it."""
        return 0 < self._rates[number] <= OTHER_SAMPLE_S * 1000

    def _is_wrong(self, channel: ChannelValues, now: float) -> bool:
        late = now - channel.sampled_at > self.interval_s + LATE_S
        return late or not self._has_our_rate(channel)

    def _has_our_rate(self, channel: ChannelValues) -> bool:
        return _rate_of(channel) == self.interval_ms

    async def _wait(
        self,
        numbers: Collection[int],
        limit_s: float,
        is_enough: Callable[[ChannelValues], bool] = lambda _: False,
    ) -> None:
        """Wait until each channel has sent a sample, or until what it has sent is enough."""
        channels = [self._conversation.channels[number] for number in numbers]
        step_s = min(CONFIRM_S, self.interval_s) / LOOKS_AN_INTERVAL
        for _ in range(math.ceil(limit_s / step_s)):
            if all(channel.samples or is_enough(channel) for channel in channels):
                break
            await anyio.sleep(step_s)

    async def _set(self, number: int, interval_ms: int) -> None:
        await self._conversation.send(Set(number, "METER_RATE", (f"{interval_ms:05d}",)))


def _rate_of(channel: ChannelValues) -> int | None:
    return parse_number(channel.values.get("METER_RATE"), HIGHEST_RATE_MS)
