"""The other end of a link that carries SSC datagrams: by a table, or a simulated device without a socket."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from micboard_tui.manufacturers.transport.link import Link, Listener
from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import PING, Code, Fault, Message, Value
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from tests.fakes.scripted_peer import ScriptedPeer

Answer = Callable[[Message], Iterable[Message]]


class Table:
    """Answers like a device with these values, and 404 for all else."""

    def __init__(self, values: Mapping[str, Value], refused: Mapping[str, int] | None = None) -> None:
        self.values = dict(values)
        self.refused = dict(refused or {})
        """Instead of a value."""
        self.unsubscribable: set[str] = set()

    def __call__(self, message: Message) -> Iterable[Message]:
        if message.values:
            yield self._answer(message)
        for wish in message.subscriptions:
            taken = tuple(each for each in wish.addresses if each not in self.unsubscribable)
            bad = {each: Fault(Code.NOT_ACCEPTABLE) for each in wish.addresses if each not in taken}
            yield Message({}, bad, (wish._replace(addresses=taken),) if taken else ())
            if not wish.terms.cancel:
                yield self._answer(Message(dict.fromkeys(taken), {}))

    def _answer(self, message: Message) -> Message:
        values: dict[str, Value] = {}
        errors: dict[str, Fault] = {}
        for address, wanted in message.values.items():
            if address == PING:
                values[address] = wanted
            elif address in self.refused:
                errors[address] = Fault(self.refused[address], "no")
            elif address in self.values:
                if wanted is not None:
                    self.values[address] = wanted
                values[address] = self.values[address]
            else:
                errors[address] = Fault(Code.NOT_FOUND, "address not found")
        return Message(values, errors, (), message.xid)


class SscPeer(ScriptedPeer[Message, Message]):
    def decode(self, data: bytes) -> Iterable[Message]:
        return [decode(data)]

    def encode(self, reply: Message) -> bytes:
        return encode(reply) if reply.values or reply.errors or reply.subscriptions else b""

    @property
    def sets(self) -> list[tuple[str, Value]]:
        return [
            (address, value)
            for message in self.requests
            for address, value in message.values.items()
            if value is not None and address != PING
        ]

    @property
    def subscribed(self) -> set[str]:
        """Every address that was subscribed and not cancelled since."""
        standing: set[str] = set()
        for message in self.requests:
            for wish in message.subscriptions:
                standing = standing - {*wish.addresses} if wish.terms.cancel else standing | {*wish.addresses}
        return standing


class Air(asyncio.DatagramTransport):
    """A network without sockets between one driver and one simulated device; ``loses`` some datagrams."""

    def __init__(self, simulated: SscDevice, loses: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self._simulated = simulated
        self._loses = loses
        self._listeners: dict[tuple[str, int], Listener] = {}
        self._port = 40_000
        self.datagrams = 0
        simulated.socket.connection_made(self)

    def sendto(self, data: bytes, addr: object = None) -> None:  # type: ignore[override]
        listener = self._listeners.get(addr)  # type: ignore[call-overload]
        if listener is not None and not self._is_lost():
            asyncio.get_running_loop().call_later(0.002, listener.data_received, data)

    def _is_lost(self) -> bool:
        self.datagrams += 1
        return self._loses()

    def dial(self, listener: Listener) -> AbstractAsyncContextManager[Link]:
        return self._dial(listener)

    @asynccontextmanager
    async def _dial(self, listener: Listener) -> AsyncGenerator[Link]:
        self._port += 1
        address = ("127.0.0.1", self._port)
        self._listeners[address] = listener
        try:
            yield _Sender(self, address)
        finally:
            del self._listeners[address]

    def carry(self, data: bytes, address: tuple[str, int]) -> None:
        if not self._is_lost():
            asyncio.get_running_loop().call_later(0.002, self._simulated.receive, data, address)


class _Sender:
    def __init__(self, air: Air, address: tuple[str, int]) -> None:
        self._air = air
        self._address = address

    def send(self, data: bytes) -> None:
        self._air.carry(data, self._address)

    def cut(self) -> None:
        raise AssertionError("no link is cut here")
