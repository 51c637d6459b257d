"""One session's exchange of datagrams with an SSC device: questions, answers and notifications.

Theory of operation. ``data_received`` takes every datagram once and passes it on in this order: the change
tracker keeps its values, the pending question learns whether it is answered, the observer (the subscription
leases) sees confirmations and notifications, and the report gets what changed, or that the device is alive.

A device cannot be made to answer to one question and no other: an answer looks like a notification. So at
most one question is pending (``ask`` and ``set`` wait for each other); it is over when each of its addresses
has a value or an error, or a whole message was refused. Only ``set`` insists on its number (xid), since a
notification of the same address may cross it. What gets lost is asked again, in smaller datagrams each time;
what a device leaves unanswered although it answered the rest is asked for once more, and then stays unknown.

Remembered between calls: the pending question, the numbers of pings on their way, and when the device was
last heard (``silence_s``). Sending is paced, for all callers together.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.observation import Alive
from micboard_tui.manufacturers.link_conversation import LinkConversation
from micboard_tui.manufacturers.question import Questions
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import ChangeTracker
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.codec import decode, encode
from micboard_tui.protocols.ssc.messages import CLOSE, PING, WHOLE, Fault, Message, Value
from micboard_tui.protocols.ssc.requests import encode_gets, encode_set

PACE_S = 0.03
"""Between two datagrams; many at once overflow the device's buffer.

Source: docs/reference/protocols/sennheiser.md 10.
"""
ANSWER_TIMEOUT_S = 0.6
TRIES = 4
"""Datagrams get lost; a question that stays unanswered is asked again."""
MAX_PINGS = 16
"""On their way; a device may not answer them and report all the same."""
ADDRESSES_PER_TRY = (None, 8, 2, 1)
"""Addresses in a datagram, by try; None: as many as fit. A device may be unable to answer many at once.

Source: docs/reference/protocols/sennheiser.md 1.5, error 450.
"""


class _AddressQuestion:
    """What is still unanswered of a question for some addresses: one with neither a value nor an error."""

    def __init__(self, addresses: Iterable[str], xid: Value = None) -> None:
        self.unanswered = set(addresses)
        self.xid = xid

    def is_over(self, message: Message) -> bool:
        """Take in what ``message`` answers; whether nothing more is to come."""
        is_refused = WHOLE in message.errors or not self.unanswered.isdisjoint(message.errors)
        if not is_refused and self.unanswered.isdisjoint(message.values):
            return False
        if not is_refused and self.xid is not None and message.xid != self.xid:
            # A notification of the same address; only a refusal may come without our number
            # (docs/reference/protocols/sennheiser.md 1.5).
            return False
        self.unanswered.difference_update(message.values, message.errors)
        return not self.unanswered or WHOLE in message.errors


class Conversation(LinkConversation):
    """Implements ``Listener``."""

    def __init__(self, report: Report, clock: Clock) -> None:
        super().__init__(clock, PACE_S)
        self._report = report
        self._question_turn = anyio.Lock()
        self._questions: Questions[Message] = Questions(anyio.Lock(), clock, _ignore_round_trip)
        self._last_xid = 0
        self._ping_times: dict[int, float] = {}
        self._observer: Callable[[Message, float], None] = _ignore_message
        self.tracker = ChangeTracker()
        self.malformed = 0

    # Called by the link.

    def data_received(self, data: bytes) -> None:
        try:
            message = decode(data)
        except ProtocolError:
            self.malformed += 1
            return
        self.messages += 1
        self.heard_at = now = self._clock()
        observations = self.tracker.apply(message, now)
        self._questions.take(message)
        self._observer(message, now)
        if message.is_ping:
            observations.append(Alive(self._round_trip_s(message.values[PING])))
        self._report(observations or (Alive(),))
        if message.values.get(CLOSE) is True:
            self.link_lost(
                DeviceError(
                    ErrorCode.DEVICE_UNREACHABLE,
                    "The device ends the session, as it does before it restarts",
                    hint=hints.RECONNECTS,
                )
            )

    def _round_trip_s(self, number: Value) -> float | None:
        sent_at = self._ping_times.get(number) if isinstance(number, int) else None
        self._ping_times.clear()
        return None if sent_at is None else max(0.0, self.heard_at - sent_at)

    # Called by the session.

    def observe_messages(self, observer: Callable[[Message, float], None]) -> None:
        """Call ``observer`` with every message from now on, and its time, before it is reported."""
        self._observer = observer

    def expire_lost_links(self) -> None:
        """Report what time alone has changed."""
        if observations := self.tracker.expire_lost_links(self._clock()):
            self._report(observations)

    def report_everything(self, meter_interval_s: float | None = None) -> None:
        """Report all that is known, with how often meters are due from now on; None: not known."""
        self._report(self.tracker.all_observations(self._clock(), meter_interval_s))

    async def send(self, datagram: bytes) -> None:
        """Send one datagram, at the pace that devices can follow."""
        async with self._turn:
            await self._send_paced(datagram)

    async def _send_all(self, datagrams: Iterable[bytes]) -> None:
        for datagram in datagrams:
            await self.send(datagram)

    async def ping(self) -> None:
        """Have the device answer anything, and measure how long that takes."""
        self._last_xid += 1
        if len(self._ping_times) >= MAX_PINGS:
            self._ping_times.clear()
        self._ping_times[self._last_xid] = self._clock()
        await self.send(encode(Message({PING: self._last_xid}, {})))

    async def ask(self, addresses: Sequence[str], tries: int = TRIES) -> bool:
        """Have the tracker learn what stands at ``addresses``; whether anything at all was answered.

        An error is an answer. What stays unanswered after all tries stays unknown.
        """
        messages_before = self.messages
        self.tracker.expect(addresses)
        question = _AddressQuestion(addresses)
        async with self._question_turn:
            for limit in ADDRESSES_PER_TRY[:tries]:
                unanswered = [address for address in addresses if address in question.unanswered]
                if not unanswered:
                    break
                messages = self.messages
                # Smaller datagrams are for devices that answer some of it.
                send = partial(self._send_all, encode_gets(unanswered, limit if messages else None))
                await self._questions.ask(send, question.is_over, ANSWER_TIMEOUT_S)
                if self.messages == messages and len(unanswered) < len(addresses):
                    # The device answered the others: it leaves these unanswered.
                    break
        return self.messages > messages_before

    async def set(self, address: str, value: Value, timeout_s: float) -> "Value | Fault":
        """Set one address; the value that now holds, the error, or None when nothing is answered."""
        self.tracker.expect((address,))
        async with self._question_turn:
            self._last_xid += 1
            datagram = encode_set(address, value, self._last_xid)
            question = _AddressQuestion((address,), self._last_xid)
            answer = await self._questions.ask(lambda: self.send(datagram), question.is_over, timeout_s)
        if answer is None:
            return None
        error = answer.errors.get(address) or answer.errors.get(WHOLE)
        return answer.values.get(address) if error is None else error

    async def read(self, address: str) -> Value:
        """What stands at one address now; None when the device does not answer with a value."""
        self.tracker.values.forget((address,))
        await self.ask((address,))
        return self.tracker.values.get(address)


def _ignore_message(_message: Message, _now: float) -> None:
    """The observer while there is none."""


def _ignore_round_trip(_round_trip_s: float) -> None:
    """How long answers take is measured by pings: what answers a question may be a notification."""
