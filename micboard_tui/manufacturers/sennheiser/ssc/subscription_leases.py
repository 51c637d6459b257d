"""The subscriptions of an SSC session, each renewed at half its life: a device forgets them silently.

Theory of operation. The addresses of a device are subscribed in groups; each group has a ``_Lease``:

- ``PENDING``: never confirmed, or to be subscribed again. Requested at once, then after 1, 2, 4 … 30 seconds,
  but not while nothing at all has been heard since: whether the device is there, pings find out.
- ``GRANTED``: the device confirmed it, with terms that it may have adapted. It becomes due at half its
  lifetime, at half its number of notifications, or when it is overdue, and is then requested again as above.
- ``OVERDUE``: its period has passed by more than ``overdue_s`` without a notification. Overdue meters are the
  sign that the device forgot us: the first time all leases are made pending. ``overdue_s`` doubles each time,
  as some devices report changes only, whatever period they confirm.

Addresses that the device refuses to subscribe (406) are polled instead; those that it does not have (404) are
left out. The session calls ``renew_due`` at every tick (and often while it waits for the first meters), and
``cancel`` when it ends; the conversation calls ``handle_message`` with every message. Between calls a lease
remembers its granted terms, what was refused, when it was confirmed and last notified, and its next try.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import AddressGroup, Subject
from micboard_tui.protocols.ssc.messages import DEFAULT_COUNT, SUBSCRIBE, WHOLE, Code, Message, Terms
from micboard_tui.protocols.ssc.requests import encode_gets, encode_subscriptions

LIFETIME_S = 60
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
"""Between two requests for the same subscription while none is confirmed."""
EARLY_END_S = 5.0
"""A subscription that the device ends sooner is not requested again before."""
FIRST_OVERDUE_S, LONGEST_OVERDUE_S = 1.0, 16.0
"""Beyond its period, before a subscription counts as overdue.

Devices may report changes only, whatever period they confirm: docs/reference/protocols/sennheiser.md 10, 11.
"""
POLL_EVERY_S, POLL_CHARGER_EVERY_S = 5.0, 15.0
"""How often addresses that cannot be subscribed are asked for."""
SHORTEST_PERIOD_MS = 50
CANCEL_WAITS_S = (0.1, 0.15, 0.2)
"""After each cancellation, for its confirmation."""
CANCEL_CHECK_S = 0.01
SILENT_S = 4.0
"""A device that is there has answered a ping by then; another one gets no second cancellation."""


class _LeaseState(Enum):
    PENDING = auto()
    GRANTED = auto()
    OVERDUE = auto()


@dataclass(slots=True)
class _Lease:
    """One group, and how its subscription stands."""

    group: AddressGroup
    requested: Terms
    granted: Terms
    """As the device says; it may adapt them (docs/reference/protocols/sennheiser.md 1.1, 1.7)."""
    was_granted: bool = False
    """Whether the device ever confirmed it."""
    requested_at: float = -math.inf
    confirmed_at: float | None = None
    """None while it is pending."""
    notified_at: float = 0.0
    notifications: int = 0
    """Since it was confirmed."""
    next_try_at: float = 0.0
    retry_s: float = FIRST_RETRY_S
    overdue_s: float = FIRST_OVERDUE_S
    refused: dict[str, int] = field(default_factory=dict)
    """Error codes, by the addresses that cannot be subscribed."""
    cancelled: set[str] = field(default_factory=set)
    """The addresses whose cancellation the device confirmed."""

    @property
    def was_requested(self) -> bool:
        return self.requested_at > -math.inf

    @property
    def is_active(self) -> bool:
        """Whether some of it may still be subscribed."""
        return self.was_requested and not self.cancelled >= set(self.subscribable)

    @property
    def subscribable(self) -> tuple[str, ...]:
        """The addresses that can be subscribed, as far as is known."""
        return tuple(address for address in self.group.subscribed if address not in self.refused)

    @property
    def polled(self) -> tuple[str, ...]:
        """The addresses that are there but cannot be subscribed."""
        return tuple(address for address, code in self.refused.items() if code == Code.NOT_ACCEPTABLE)

    def state(self, now: float) -> _LeaseState:
        if self.confirmed_at is None:
            return _LeaseState.PENDING
        period_s = self.granted.max_ms / 1000
        if period_s and self.subscribable:
            latest_at = max(self.notified_at, self.confirmed_at) + period_s + self.overdue_s
            if now > latest_at:
                return _LeaseState.OVERDUE
        return _LeaseState.GRANTED

    def is_due(self, now: float) -> bool:
        """Whether it has to be requested: pending, overdue, or half over."""
        if self.confirmed_at is None or self.state(now) is not _LeaseState.GRANTED:
            return True
        return (
            now - self.confirmed_at >= (self.granted.lifetime_s or LIFETIME_S) / 2
            or self.notifications >= (self.granted.notifications or DEFAULT_COUNT) / 2
        )

    def note_notification(self, now: float) -> None:
        if now - self.notified_at <= self.granted.max_ms / 1000 + FIRST_OVERDUE_S:
            self.overdue_s = FIRST_OVERDUE_S
        self.notified_at = now
        self.notifications += 1

    def note_error(self, address: str, code: int, now: float) -> None:
        """406 names what cannot be subscribed, 404 what is not there, 310 what ended; 424 is a fact."""
        if code == Code.SUBSCRIPTION_ENDS:
            is_early = now - self.requested_at < EARLY_END_S
            self.make_pending()
            if is_early:
                self.next_try_at = self.requested_at + EARLY_END_S
        elif code in {Code.NOT_ACCEPTABLE, Code.NOT_FOUND}:
            self.refused[address] = code

    def make_pending(self) -> None:
        """Have it requested at once, if that was not done just now."""
        self.confirmed_at = None
        self.next_try_at = self.requested_at + FIRST_RETRY_S
        self.retry_s = FIRST_RETRY_S

    def confirm(self, granted: Terms, now: float) -> None:
        self.granted = granted
        self.was_granted = True
        self.confirmed_at = now
        self.notifications = 0
        self.retry_s = FIRST_RETRY_S


class SubscriptionLeases:
    """All subscriptions of a session. ``renew_due`` is called often and costs little when nothing is due."""

    def __init__(
        self, conversation: Conversation, groups: Sequence[AddressGroup], meter_interval_s: float
    ) -> None:
        """``meter_interval_s`` 0: meters are not subscribed."""
        self._conversation = conversation
        period_ms = max(SHORTEST_PERIOD_MS, round(meter_interval_s * 1000))
        self._leases = [
            _lease_for(group, period_ms if group.subject is Subject.METERS else group.period_ms)
            for group in groups
            if meter_interval_s or group.subject is not Subject.METERS
        ]
        self._by_address = {address: lease for lease in self._leases for address in lease.group.subscribed}
        self._meters = next((lease for lease in self._leases if lease.group.subject is Subject.METERS), None)
        self._is_full = self._was_served = False
        self._next_poll_at = 0.0
        has_meters = any(group.subject is Subject.METERS for group in groups)
        self._poll_every_s = POLL_EVERY_S if has_meters else POLL_CHARGER_EVERY_S
        for address, lease in self._by_address.items():
            # Meters may be there for subscribers only (docs/reference/protocols/sennheiser.md 2.4).
            if lease is not self._meters and conversation.tracker.values.error(address) == Code.NOT_FOUND:
                lease.refused[address] = Code.NOT_FOUND
        conversation.observe_messages(self.handle_message)

    @property
    def meter_interval_s(self) -> float | None:
        """How often meters are due; None when the device never promised any, 0 when none are wanted.

        What it promised and forgot is due all the same: levels that fail to come have to look old.
        """
        meters = self._meters
        if meters is None:
            return 0.0
        if not meters.subscribable:
            return POLL_EVERY_S if meters.polled else None
        return (meters.granted.max_ms / 1000 or None) if meters.was_granted else None

    # Called by the conversation.

    def handle_message(self, message: Message, now: float) -> None:
        self._handle_confirmations(message, now)
        for address, error in message.errors.items():
            # The limit of clients has no documented shape; the error may stand at the method instead of at
            # each address.
            if address in {SUBSCRIBE, WHOLE} and error.code == Code.NOT_ACCEPTABLE:
                self._is_full = not self._was_served
            if (lease := self._by_address.get(address)) is not None:
                lease.note_error(address, error.code, now)
        # A notification belongs to one subscription.
        for address in message.values:
            if (lease := self._by_address.get(address)) is not None:
                lease.note_notification(now)
                break

    def _handle_confirmations(self, message: Message, now: float) -> None:
        for subscription in message.subscriptions:
            known = (self._by_address.get(address) for address in subscription.addresses)
            lease = next(filter(None, known), None)
            if lease is None:
                continue
            if subscription.terms.cancel:
                lease.cancelled |= set(subscription.addresses)
            else:
                self._was_served = True
                lease.confirm(subscription.terms, now)

    # Called by the session.

    async def renew_due(self) -> None:
        """Request what is due, poll what cannot be subscribed.

        Raises DeviceError DEVICE_REFUSED when the device takes no more clients.
        """
        self._check_served()
        conversation = self._conversation
        for number in conversation.tracker.take_returned_channels():
            self._renew_channel(number)
        self._check_meters(conversation.now())
        for lease in self._leases:
            now = conversation.now()
            if lease.is_due(now) and now >= lease.next_try_at and conversation.heard_at >= lease.requested_at:
                lease.next_try_at = now + lease.retry_s
                lease.retry_s = min(LONGEST_RETRY_S, lease.retry_s * 2)
                await self._request(lease)
        await self._poll(conversation.now())

    async def _poll(self, now: float) -> None:
        """Ask for all that cannot be subscribed, in as few datagrams as it fits into."""
        if now < self._next_poll_at:
            return
        polled = [
            address for lease in self._leases for address in (*lease.polled, *self._missing_addresses(lease))
        ]
        if polled:
            self._next_poll_at = now + self._poll_every_s
            await self._send_all(encode_gets(polled))

    async def cancel(self) -> None:
        """Cancel all that was requested, and again what is not confirmed; the rest ends by itself."""
        active = [lease for lease in self._leases if lease.was_requested]
        is_silent = self._conversation.silence_s > SILENT_S
        for wait_s in CANCEL_WAITS_S[:1] if is_silent else CANCEL_WAITS_S:
            for lease in active:
                await self._send_all(encode_subscriptions(lease.group.subscribed, Terms(cancel=True)))
            end = self._conversation.now() + wait_s
            while active and self._conversation.now() < end:
                await anyio.sleep(CANCEL_CHECK_S)
                active = [lease for lease in active if lease.is_active]

    def _missing_addresses(self, lease: _Lease) -> tuple[str, ...]:
        """What a linked transmitter has not reported yet: 424 also means "no valid data".

        Source: docs/reference/protocols/sennheiser.md 2.5.
        """
        tracker = self._conversation.tracker
        if lease.group.subject is not Subject.TRANSMITTER or not tracker.is_linked(lease.group.unit):
            return ()
        return tuple(
            address
            for address in lease.group.subscribed
            if tracker.values.error(address) == Code.FAILED_DEPENDENCY
        )

    def _renew_channel(self, number: int) -> None:
        """A transmitter came: present values come with a renewal.

        Source: docs/reference/protocols/sennheiser.md 1.7.
        """
        for lease in self._leases:
            if lease.group.unit == number:
                lease.make_pending()

    def _check_meters(self, now: float) -> None:
        """Meters that stop show that the device lost the subscription, and then all the others too."""
        meters = self._meters
        if meters is None or meters.state(now) is not _LeaseState.OVERDUE:
            return
        if meters.overdue_s == FIRST_OVERDUE_S:
            for lease in self._leases:
                lease.make_pending()
        meters.make_pending()
        meters.overdue_s = min(LONGEST_OVERDUE_S, meters.overdue_s * 2)

    async def _request(self, lease: _Lease) -> None:
        lease.requested_at = self._conversation.now()
        await self._send_all(encode_subscriptions(lease.subscribable, lease.requested))
        await self._send_all(encode_gets(lease.group.requested))
        if not lease.subscribable:
            # There is nothing that the device could confirm.
            lease.confirm(lease.requested, self._conversation.now())

    async def _send_all(self, datagrams: Sequence[bytes]) -> None:
        for datagram in datagrams:
            await self._conversation.send(datagram)

    def _check_served(self) -> None:
        requested = [lease for lease in self._leases if lease.was_requested]
        is_nothing_served = all(not lease.subscribable for lease in requested) and any(
            lease.polled for lease in requested
        )
        if self._is_full or is_nothing_served:
            raise DeviceError(
                ErrorCode.DEVICE_REFUSED,
                "The device takes no further controller: it refuses every subscription",
                hint="Close other programs that read it (most models serve eight), or wait a minute",
            )


def _lease_for(group: AddressGroup, period_ms: int) -> _Lease:
    terms = Terms(period_ms, period_ms, lifetime_s=LIFETIME_S)
    return _Lease(group, terms, terms)
