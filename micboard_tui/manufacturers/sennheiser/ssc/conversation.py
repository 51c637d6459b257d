"""One session with a device over datagrams: asks, listens, and notices when it falls silent."""

from collections.abc import Callable, Iterable, Sequence

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.observation import Alive
from micboard_tui.manufacturers.link_session import Clock, Talk
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import Ledger
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import CLOSE, PING, WHOLE, Fault, Message, Value
from micboard_tui.protocols.ssc.requests import gets

PACE_S = 0.03
"""Between two datagrams; many at once overflow the device's buffer.

Source: docs/reference/protocols/sennheiser.md 10.
"""
ANSWER_TIMEOUT_S = 0.6
TRIES = 4
"""Datagrams get lost; a question that stays unanswered is asked again."""
MAX_PINGS = 16
"""On their way; a device may not answer them and speak all the same."""
FEWER = (None, 8, 2, 1)
"""Addresses in a datagram, try by try: a device may be unable to answer many at once (1.5, error 450)."""


class _Waiting:
    """A question on its way: over when all its addresses have a value or an error."""

    def __init__(self, addresses: Iterable[str], xid: Value = None) -> None:
        self.left = set(addresses)
        self.xid = xid
        self.answer: Message | None = None
        self.event = anyio.Event()

    def hear(self, message: Message) -> None:
        refused = WHOLE in message.errors or not self.left.isdisjoint(message.errors)
        if not refused and self.left.isdisjoint(message.values):
            return
        if not refused and self.xid is not None and message.xid != self.xid:
            # News of the same address; only a refusal may come without our number
            # (docs/reference/protocols/sennheiser.md 1.5).
            return
        self.answer = message
        self.left.difference_update(message.values, message.errors)
        if not self.left or WHOLE in message.errors:
            self.event.set()


class Conversation(Talk):
    """Implements ``Listener``. Every datagram of the device passes here once, in ``received``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._asking = anyio.Lock()
        self._waiting: _Waiting | None = None
        self._xid = 0
        self._pinged: dict[int, float] = {}
        self.ledger = Ledger()
        self.follow: Callable[[Message, float], None] = _nobody
        """Told of every message, before it is reported."""
        self.messages = 0
        self.malformed = 0

    # What the link tells.

    def received(self, data: bytes) -> None:
        try:
            message = decode(data)
        except ProtocolError:
            self.malformed += 1
            return
        self.messages += 1
        self.heard_at = now = self._clock()
        observations = self.ledger.take(message, now)
        if self._waiting is not None:
            self._waiting.hear(message)
        self.follow(message, now)
        if message.is_ping:
            observations.append(Alive(self._round_trip(message.values[PING])))
        self._report(observations or (Alive(),))
        if message.values.get(CLOSE) is True:
            self.lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    "The device ends the session, as it does before it restarts",
                    hint="It may be restarting; the connection is tried again by itself",
                )
            )

    def _round_trip(self, number: Value) -> float | None:
        asked_at = self._pinged.get(number) if isinstance(number, int) else None
        self._pinged.clear()
        return None if asked_at is None else max(0.0, self.heard_at - asked_at)

    # What the session does.

    def pass_time(self) -> None:
        """Report what time alone has changed."""
        if observations := self.ledger.pass_time(self._clock()):
            self._report(observations)

    def tell_everything(self) -> None:
        self._report(self.ledger.everything(self._clock()))

    async def say(self, datagram: bytes) -> None:
        """Send one datagram, at the pace that devices can follow."""
        async with self._turn:
            await self._send_paced(datagram)

    async def ping(self) -> None:
        """Ask for a word, and how long it takes."""
        self._xid += 1
        if len(self._pinged) >= MAX_PINGS:
            self._pinged.clear()
        self._pinged[self._xid] = self._clock()
        await self.say(encode(Message({PING: self._xid}, {})))

    async def ask(self, addresses: Sequence[str], tries: int = TRIES) -> bool:
        """Have the ledger learn what stands at ``addresses``; whether anything at all was answered.

        An error is an answer. What stays unanswered after all tries stays unknown.
        """
        before = self.messages
        self.ledger.expect(addresses)
        async with self._asking:
            self._waiting = waiting = _Waiting(addresses)
            try:
                for most in FEWER[:tries]:
                    left = [address for address in addresses if address in waiting.left]
                    if not left:
                        break
                    waiting.event = anyio.Event()
                    for datagram in gets(left, most):
                        await self.say(datagram)
                    with anyio.move_on_after(ANSWER_TIMEOUT_S):
                        await waiting.event.wait()
            finally:
                self._waiting = None
        return self.messages > before

    async def set(self, address: str, value: Value, timeout_s: float) -> "Value | Fault":
        """Set one address; the value that now holds, the refusal, or None when nothing is said."""
        self.ledger.expect((address,))
        async with self._asking:
            self._xid += 1
            self._waiting = waiting = _Waiting((address,), self._xid)
            try:
                await self.say(encode(Message({address: value}, {}, xid=self._xid)))
                with anyio.move_on_after(timeout_s):
                    await waiting.event.wait()
            finally:
                self._waiting = None
        answer = waiting.answer
        if answer is None:
            return None
        fault = answer.errors.get(address) or answer.errors.get(WHOLE)
        return answer.values.get(address) if fault is None else fault

    async def read(self, address: str) -> Value:
        """What stands at one address now; None when the device does not say."""
        self.ledger.words.forget((address,))
        await self.ask((address,))
        return self.ledger.words.get(address)


def _nobody(message: Message, now: float) -> None:
    """Nobody follows yet."""
