"""One simulated SSC device on the network: its socket, its subscribers and its faults.

A datagram is answered at once: gets and sets by the tree of addresses, subscriptions by the ``Subscriber`` of
the client's address and port, which exists as long as something of it is in force. ``tick`` works the
switches, lets the time of the device pass, and sends each subscriber what is due. While the device is silent
or starts again, it does neither. All that leaves goes through ``_send``, where the faults split, garble and
lose it.
"""

from collections.abc import Callable, Iterable, Sequence
from random import Random

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import CLOSE, WHOLE, Code, Message, Subscription, Value
from micboard_tui.simulator.device.datagram_socket import Address, DatagramSocket
from micboard_tui.simulator.device.fault_switchboard import flood_messages
from micboard_tui.simulator.sennheiser.ssc.address_tree import AddressTree, make_fault
from micboard_tui.simulator.sennheiser.ssc.ssc_faults import SscFaults
from micboard_tui.simulator.sennheiser.ssc.subscriber import Subscriber
from micboard_tui.simulator.stage.air import Air

MAX_REPLY = 1400
"""Bytes; an answer that does not fit is split over several messages.

Source: docs/reference/protocols/sennheiser.md 1.2.
"""
METERS = ("/m/", "/mm")
PRODUCT = "/device/identity/product"


class SscDevice:
    """Implements ``SimulatedDevice``."""

    fingerprint = None
    mac = None

    def __init__(self, tree: AddressTree, airs: Sequence[Air], step: Callable[[float], None]) -> None:
        self.tree = tree
        self.airs = airs
        self.faults = SscFaults()
        self.socket = DatagramSocket(self.receive)
        self.subscribers: dict[Address, Subscriber] = {}
        self.received = 0
        """Datagrams that were sent here."""
        self.lapsed = 0
        """Subscriptions that ended although their client was there to renew them."""
        self._step = step
        self._now_s = 0.0
        self._down_s = 0.0
        self._datagrams = 0
        self._dice = Random("network")

    @property
    def connections(self) -> int:
        return len(self.subscribers)

    async def open(self, host: str, port: int) -> int:
        # What one loses, another does not.
        self._dice.seed(f"network {host}")
        return (await self.socket.bind(host, port))[1]

    async def aclose(self) -> None:
        self.subscribers.clear()
        await self.socket.aclose()

    def receive(self, data: bytes, addr: Address) -> None:
        """Answer one datagram, as far as it gets here."""
        self.received += 1
        if self._is_lost() or self.faults.silent or self._down_s > 0:
            return
        try:
            message = decode(data)
        except ProtocolError:
            self._send(addr, Message({}, {WHOLE: make_fault(Code.NOT_UNDERSTOOD)}))
            return
        if self.faults.locked:
            self._send(
                addr, Message({}, dict.fromkeys(message.values, make_fault(Code.FORBIDDEN)), (), message.xid)
            )
            return
        if message.values.get(CLOSE) is True:
            self.subscribers.pop(addr, None)
            self._send(addr, Message({CLOSE: True}, {}, (), message.xid))
            return
        for request in message.subscriptions:
            self._subscribe(addr, request, message.xid)
        if message.values:
            self._send(addr, self._answer(message))

    def _answer(self, message: Message) -> Message:
        reply, faults = self.tree.answer(message), self.faults
        ignored = faults.unanswered + faults.by_subscription
        if faults.meters_by_subscription:
            ignored += METERS
        return _without(reply, ignored, ignores_unknown=faults.ignores_unknown)

    def _subscribe(self, addr: Address, request: Subscription, xid: Value) -> None:
        known = self.subscribers.get(addr)
        client = known or Subscriber()
        if known is None and len(self.subscribers) >= self.faults.max_clients and not request.terms.cancel:
            self._send(addr, client.refuse(request))
            return
        is_renewal = client.has_any(request.addresses)
        echo, subscription = client.subscribe(request, self.tree, self._now_s)
        if client.active:
            self.subscribers[addr] = client
        else:
            self.subscribers.pop(addr, None)
        if self.faults.unconfirmed_renewals and is_renewal and not request.terms.cancel:
            return
        unanswered, ignores_unknown = self.faults.unanswered, self.faults.ignores_unknown
        self._send(addr, _without(echo._replace(xid=xid), unanswered, ignores_unknown=ignores_unknown))
        if subscription is not None:
            first = client.first_values(subscription, self.tree, self._now_s)
            self._send(addr, _without(first, unanswered, ignores_unknown=ignores_unknown))

    # What time brings.

    async def tick(self, seconds: float) -> None:
        self._now_s += seconds
        self._work_switches(seconds)
        self._step(seconds)
        if self._down_s > 0 or self.faults.silent:
            return
        for addr, client in tuple(self.subscribers.items()):
            self._notify(addr, client)
        if self.faults.flood:
            self._flood(flood_messages(seconds))

    def _flood(self, count: int) -> None:
        datagram = encode(self.tree.answer(Message({PRODUCT: None}, {})))
        for addr in self.subscribers:
            for _ in range(count):
                self.socket.send(datagram, addr)

    def _work_switches(self, seconds: float) -> None:
        self._down_s -= seconds
        if (down_s := self.faults.reboot.take()) is not None:
            for addr in self.subscribers:
                self._send(addr, Message({CLOSE: True}, {}))
            self._down_s = down_s
            self.subscribers.clear()
        if self.faults.forget.take():
            self.subscribers.clear()

    def _notify(self, addr: Address, client: Subscriber) -> None:
        before = client.lapsed
        for message, is_end in client.due(self.tree, self._now_s):
            if not (is_end and self.faults.lose_310):
                self._send(addr, message)
        self.lapsed += client.lapsed - before
        if not client.active:
            del self.subscribers[addr]

    # What leaves.

    def _send(self, addr: Address, message: Message) -> None:
        for part in self._split(message):
            for datagram in self._encode(part):
                if not self._is_lost():
                    self.socket.send(datagram + self.faults.terminator, addr)

    def _split(self, message: Message) -> Iterable[Message]:
        if not self.faults.split or len(message.values) <= 1:
            return (message,)
        rest = message._replace(values={}) if message.errors or message.subscriptions else None
        parts = [Message({address: value}, {}, (), message.xid) for address, value in message.values.items()]
        return [*parts, rest] if rest is not None else parts

    def _encode(self, message: Message) -> Iterable[bytes]:
        if not (message.values or message.errors or message.subscriptions):
            return ()
        datagram = encode(message)
        if len(datagram) > MAX_REPLY and len(message.values) > 1:
            half = len(message.values) // 2
            items = list(message.values.items())
            first = message._replace(values=dict(items[:half]), errors={}, subscriptions=())
            second = message._replace(values=dict(items[half:]))
            return [*self._encode(first), *self._encode(second)]
        return (_with_duplicates(message) if self.faults.duplicate_keys else datagram,)

    def _is_lost(self) -> bool:
        self._datagrams += 1
        faults = self.faults
        if faults.drop_every > 0 and self._datagrams % faults.drop_every == 0:
            return True
        return faults.drop > 0 and self._dice.random() < faults.drop


def _without(message: Message, prefixes: tuple[str, ...], *, ignores_unknown: bool) -> Message:
    """``message`` without the addresses that begin with ``prefixes``, and on demand without 404."""
    if not prefixes and not ignores_unknown:
        return message
    values = {name: value for name, value in message.values.items() if not name.startswith(prefixes)}
    errors = {
        name: error
        for name, error in message.errors.items()
        if not name.startswith(prefixes) and not (ignores_unknown and error.code == Code.NOT_FOUND)
    }
    return message._replace(values=values, errors=errors)


def _with_duplicates(message: Message) -> bytes:
    """The same with one key for each value, as official examples write it.

    Source: docs/reference/protocols/sennheiser.md 1.2.
    """
    pieces = [encode(Message({address: value}, {}))[1:-1] for address, value in message.values.items()]
    rest = message._replace(values={})
    if rest.errors or rest.subscriptions or rest.xid is not None:
        pieces.append(encode(rest)[1:-1])
    return b"{" + b",".join(pieces) + b"}"
