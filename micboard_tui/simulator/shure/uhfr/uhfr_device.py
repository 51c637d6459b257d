"""A UHF-R receiver on its network: one UDP socket, whoever asked for meters, and what goes wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import INTERVAL_UNIT_MS, Message, Meter
from micboard_tui.simulator.device.fault_switchboard import DatagramFaults, Switch
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import UhfrReceiver
from micboard_tui.simulator.stage.air import Air

Address: TypeAlias = tuple[str, int]

MAX_SUBSCRIBERS = 16
"""Addresses; when more come, whoever has not asked for longest is forgotten."""
NEWS_BELOW_MS = 12_000
"""Who meters more seldom is told no news (docs/reference/protocols/shure.md 9.3)."""
_RUBBISH = (b"*", b"* *", b"\x00\xff\x00", b"* REPORT 1 *", b"* SAMPLE 9 ALL AX *", b"x" * 1400)


@dataclass(slots=True)
class UhfrFaults(DatagramFaults):
    """Switches to be set while the device runs."""

    garbage: bool = False
    """Rubbish between the datagrams."""

    def temporary_faults(self) -> Mapping[str, Switch]:
        # No super(): a dataclass with slots is another class than the one that it would find.
        return {**DatagramFaults.temporary_faults(self), "garbage": self.toggle("garbage")}


@dataclass(slots=True)
class _Subscription:
    """What one address wants of one channel."""

    every_ms: int
    in_ms: int = 0


class UhfrDevice(asyncio.DatagramProtocol):
    """Implements ``SimulatedDevice``."""

    fingerprint = None
    lapsed = 0

    def __init__(self, receiver: UhfrReceiver, dice: Random) -> None:
        self.receiver = receiver
        self.faults = UhfrFaults()
        self._dice = dice
        self._transport: asyncio.DatagramTransport | None = None
        self._gone: asyncio.Future[None] | None = None
        self._wanted: dict[Address, dict[int, _Subscription]] = {}
        self._down_s = 0.0

    @property
    def airs(self) -> Sequence[Air]:
        return self.receiver.airs

    @property
    def connections(self) -> int:
        return len(self._wanted)

    async def open(self, host: str, port: int) -> int:
        """Listen; answers with the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._gone = loop.create_future()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = transport
        address: Address = transport.get_extra_info("sockname")
        return address[1]

    async def aclose(self) -> None:
        """Stop listening; nothing is left afterwards."""
        self._wanted.clear()
        if self._transport is not None and self._gone is not None:
            self._transport.abort()
            await self._gone

    # What the event loop tells.

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self._is_deaf or self._is_lost:
            return
        for message in decode(data):
            if isinstance(message, Meter):
                self._subscribe(message, addr)
                continue
            answers, news = self.receiver.hear(message)
            self._say(addr, answers)
            self._tell(news, but=addr)
            # Whoever asked is told too, once, whether it meters or not.
            self._say(addr, news)

    # What time brings.

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, tell news, send the meters that are due."""
        self._down_s -= seconds
        if (down_s := self.faults.reboot.take()) is not None:
            self._down_s = down_s
            self._wanted.clear()
        if self.faults.forget.take():
            self._wanted.clear()
        news = self.receiver.news()
        if self._is_deaf:
            return
        self._tell(news)
        for address, channels in self._wanted.items():
            for channel, subscription in channels.items():
                subscription.in_ms -= round(seconds * 1000)
                if subscription.in_ms <= 0:
                    subscription.in_ms = max(0, subscription.in_ms + subscription.every_ms)
                    self._say(address, [self.receiver.sample(channel)])

    @property
    def _is_deaf(self) -> bool:
        return self.faults.silent or self._down_s > 0

    @property
    def _is_lost(self) -> bool:
        return self.faults.drop > 0 and self._dice.random() < self.faults.drop

    def _subscribe(self, meter: Meter, address: Address) -> None:
        if meter.channel not in self.receiver.channels:
            return
        if not meter.interval:
            channels = self._wanted.get(address, {})
            channels.pop(meter.channel, None)
            if not channels:
                self._wanted.pop(address, None)
            return
        channels = self._wanted.pop(address, {})
        while len(self._wanted) >= MAX_SUBSCRIBERS:
            del self._wanted[next(iter(self._wanted))]
        channels[meter.channel] = _Subscription(meter.interval * INTERVAL_UNIT_MS)
        self._wanted[address] = channels
        self._say(address, self.receiver.greeting(meter.channel))

    def _tell(self, news: Sequence[Message], but: Address | None = None) -> None:
        for address, channels in self._wanted.items():
            if address != but and any(each.every_ms < NEWS_BELOW_MS for each in channels.values()):
                self._say(address, news)

    def _say(self, address: Address, messages: Sequence[Message]) -> None:
        if self._transport is None:
            return
        for message in messages:
            if self.faults.garbage:
                self._transport.sendto(self._dice.choice(_RUBBISH), address)
            if not self._is_lost:
                self._transport.sendto(encode(message), address)
