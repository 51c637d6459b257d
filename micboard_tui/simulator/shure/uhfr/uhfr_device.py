"""A UHF-R receiver on its network: one UDP socket, the clients that asked for meters, and its faults.

There are no connections. A client that asks for the meters of a channel is a subscriber with its address
until it asks for none, is forgotten by a reboot, or is pushed out by too many others (``_subscriptions``,
oldest request first). Each tick sends the changes to those that meter often enough, and the meters that are
due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from micboard_tui.protocols.shure_uhfr.codec import decode, encode
from micboard_tui.protocols.shure_uhfr.messages import INTERVAL_UNIT_MS, Message, Meter
from micboard_tui.simulator.device.datagram_socket import Address, DatagramSocket
from micboard_tui.simulator.device.fault_switchboard import DatagramFaults, Switch, flood_messages
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import UhfrReceiver
from micboard_tui.simulator.stage.air import Air

MAX_SUBSCRIBERS = 16
"""Addresses; when more come, the one whose last request is oldest is forgotten."""
CHANGES_BELOW_MS = 12_000
"""A client that meters more seldom gets no changes (docs/reference/protocols/shure.md 9.3)."""
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


class UhfrDevice:
    """Implements ``SimulatedDevice``."""

    fingerprint = None
    mac = None
    lapsed = 0

    def __init__(self, receiver: UhfrReceiver, dice: Random) -> None:
        self.receiver = receiver
        self.faults = UhfrFaults()
        self._socket = DatagramSocket(self.receive)
        self._dice = dice
        self._subscriptions: dict[Address, dict[int, _Subscription]] = {}
        self._down_s = 0.0

    @property
    def airs(self) -> Sequence[Air]:
        return self.receiver.airs

    @property
    def connections(self) -> int:
        return len(self._subscriptions)

    async def open(self, host: str, port: int) -> int:
        return (await self._socket.bind(host, port))[1]

    async def aclose(self) -> None:
        self._subscriptions.clear()
        await self._socket.aclose()

    def receive(self, data: bytes, addr: Address) -> None:
        """Follow one datagram, as far as it gets here."""
        if self._is_away or self._is_lost:
            return
        for message in decode(data):
            if isinstance(message, Meter):
                self._subscribe(message, addr)
                continue
            answers, changes = self.receiver.answer(message)
            self._send(addr, answers)
            self._send_changes(changes, but=addr)
            # The asker gets them too, once, whether it meters or not.
            self._send(addr, changes)

    # What time brings.

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, send changes and the meters that are due."""
        self._down_s -= seconds
        if (down_s := self.faults.reboot.take()) is not None:
            self._down_s = down_s
            self._subscriptions.clear()
        if self.faults.forget.take():
            self._subscriptions.clear()
        changes = self.receiver.changes()
        if self._is_away:
            return
        self._send_changes(changes)
        for address, channels in self._subscriptions.items():
            for channel, subscription in channels.items():
                subscription.in_ms -= round(seconds * 1000)
                if subscription.in_ms <= 0:
                    subscription.in_ms = max(0, subscription.in_ms + subscription.every_ms)
                    self._send(address, [self.receiver.sample(channel)])
        if self.faults.flood:
            self._flood(flood_messages(seconds))

    def _flood(self, count: int) -> None:
        for address, channels in self._subscriptions.items():
            datagram = encode(self.receiver.sample(next(iter(channels))))
            for _ in range(count):
                self._socket.send(datagram, address)

    @property
    def _is_away(self) -> bool:
        return self.faults.silent or self._down_s > 0

    @property
    def _is_lost(self) -> bool:
        return self.faults.drop > 0 and self._dice.random() < self.faults.drop

    def _subscribe(self, meter: Meter, address: Address) -> None:
        if meter.channel not in self.receiver.channels:
            return
        if not meter.interval:
            channels = self._subscriptions.get(address, {})
            channels.pop(meter.channel, None)
            if not channels:
                self._subscriptions.pop(address, None)
            return
        channels = self._subscriptions.pop(address, {})
        while len(self._subscriptions) >= MAX_SUBSCRIBERS:
            del self._subscriptions[next(iter(self._subscriptions))]
        channels[meter.channel] = _Subscription(meter.interval * INTERVAL_UNIT_MS)
        self._subscriptions[address] = channels
        self._send(address, self.receiver.greeting(meter.channel))

    def _send_changes(self, changes: Sequence[Message], but: Address | None = None) -> None:
        for address, channels in self._subscriptions.items():
            if address != but and any(
                subscription.every_ms < CHANGES_BELOW_MS for subscription in channels.values()
            ):
                self._send(address, changes)

    def _send(self, address: Address, messages: Sequence[Message]) -> None:
        for message in messages:
            if self.faults.garbage:
                self._socket.send(self._dice.choice(_RUBBISH), address)
            if not self._is_lost:
                self._socket.send(encode(message), address)
