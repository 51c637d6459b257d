"""Keeps the meters of a UHF-R receiver running, and stops them (docs/reference/protocols/shure.md 9.3).

A session that stays calls ``renew`` every second, one that looks once calls ``take_samples``, and both call
``stop`` when they leave. Whether receivers meter each client by itself is not documented, and no property
tells a rate that could be put back. Samples that come before we asked belong to another controller
(docs/reference/protocols/shure.md 19): a single look takes the next of them, and nothing stops them. That is
not so after a program of ours was killed: a ``MeterRateMemory`` knows of the meters that it has left running.
"""

import math

import anyio

from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.changed_rate import ChangedRate
from micboard_tui.domain.thresholds import METER_INTERVAL_S
from micboard_tui.manufacturers.shure.uhfr.conversation import Conversation
from micboard_tui.protocols.shure_uhfr.messages import INTERVAL_UNIT_MS, MAX_INTERVAL, Meter

RENEW_S = 4.0
"""A receiver that was restarted has forgotten us, and does not say so."""
RETRY_S = 1.0
"""Where meters fail to come."""
LATE_S = 1.0
"""Beyond their interval."""
STOPS = 3
STOP_TRAVELS_S = 0.06
"""Meters that were on their way may still come for so long."""
STOP_WATCH_S = (0.15, 0.25)
"""At least and at most."""
HEARD_S = 3.0
"""A receiver that was silent for longer may not have heard the end of the meters."""
LOOKS = 20
LOOK_S = 0.1


class Metering:
    """Nothing says that a request has arrived but the meters themselves."""

    def __init__(self, conversation: Conversation, options: SessionOptions) -> None:
        interval_s = options.meter_interval_s
        wanted_s = METER_INTERVAL_S if interval_s is None else interval_s
        units = round(wanted_s * 1000 / INTERVAL_UNIT_MS)
        self._conversation = conversation
        self.units = min(MAX_INTERVAL, max(1, units)) if wanted_s else 0
        """Of 30 ms; 0: no meters."""
        self._memory = options.meter_rates
        self._next_at = 0.0
        self._has_asked = False
        self._is_shared = False
        """Whether samples came before we asked for any."""

    @property
    def interval_s(self) -> float:
        return self.units * INTERVAL_UNIT_MS / 1000

    async def renew(self) -> None:
        """Ask for the meters when it is time to, or where they do not come. Cheap otherwise."""
        now = self._conversation.now()
        if now < self._next_at:
            return
        if not self.units:
            self._next_at = math.inf
            await self._stop_left()
            return
        if not self._has_asked:
            await self._begin()
        is_late = any(
            now - channel.sampled_at > self.interval_s + LATE_S
            for channel in self._conversation.channels.values()
        )
        self._next_at = now + (RETRY_S if is_late else RENEW_S)
        await self._conversation.send(*(Meter(number, self.units) for number in self._conversation.channels))

    async def take_samples(self) -> None:
        """Wait for a sample of each channel: the next one where they come already, else at our rate."""
        channels = self._conversation.channels
        is_idle = not self._conversation.samples or bool(await self._memory.recall())
        before = {number: channel.samples for number, channel in channels.items()}
        for _ in range(LOOKS if self.units else 0):
            if is_idle:
                await self.renew()
            if all(channel.samples > before.get(number, 0) for number, channel in channels.items()):
                break
            await anyio.sleep(LOOK_S)

    async def stop(self) -> None:
        """Stop what we started, and look whether it did stop: a request may be lost."""
        if not self._has_asked or self._is_shared:
            return
        await self._stop()
        if self._conversation.silence_s < HEARD_S:
            await self._memory.forget()
        else:
            await self._memory.leave_behind()

    async def _begin(self) -> None:
        """Find out whose the meters are that come already, and keep that ours begin."""
        self._is_shared = self._conversation.samples > 0 and not await self._memory.recall()
        self._has_asked = True
        if not self._is_shared:
            interval_ms = self.units * INTERVAL_UNIT_MS
            await self._memory.keep(
                {number: ChangedRate(interval_ms, 0) for number in self._conversation.channels}
            )

    async def _stop_left(self) -> None:
        """Without meters of our own: stop those that a killed program has left running."""
        if await self._memory.recall():
            await self._stop()
            await self._memory.forget()

    async def _stop(self) -> None:
        least_s, most_s = STOP_WATCH_S
        watch_s = min(most_s, max(least_s, self.interval_s * 2.5))
        stops = [Meter(number, 0) for number in self._conversation.channels]
        for _ in range(STOPS):
            await self._conversation.send(*stops, *stops)
            await anyio.sleep(STOP_TRAVELS_S)
            before = self._conversation.samples
            await anyio.sleep(watch_s)
            if self._conversation.samples == before:
                return
