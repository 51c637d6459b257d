"""Subscriptions, each renewed at half its life: a device forgets them without a word that surely arrives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.family import Group, Subject
from micboard_tui.protocols.ssc.messages import DEFAULT_COUNT, SUBSCRIBE, WHOLE, Code, Message, Terms
from micboard_tui.protocols.ssc.requests import gets, subscribes

LIFETIME_S = 60
FIRST_PATIENCE_S, LONGEST_PATIENCE_S = 1.0, 4.0
"""Between two requests for the same subscription while none is confirmed."""
LATE_S, LATEST_S = 1.0, 16.0
"""What fails to come for so long beyond its period is subscribed again; less and less often.

Devices may tell changes only, whatever period they confirm: docs/reference/protocols/sennheiser.md 10, 11.
"""
POLL_EVERY_S = 5.0
"""So often what cannot be subscribed is asked for."""
SHORTEST_PERIOD_MS = 50
CANCEL_WAITS_S = (0.1, 0.15, 0.2)
"""After each goodbye, for its confirmation."""
CANCEL_LOOK_S = 0.01


@dataclass(slots=True)
class _Lease:
    """One group, and how its subscription stands."""

    group: Group
    terms: Terms
    """As asked for."""
    granted: Terms
    """As the device says; it may adapt them (docs/reference/protocols/sennheiser.md 1.1, 1.7)."""
    was_granted: bool = False
    """Whether the device ever confirmed it."""
    confirmed_at: float | None = None
    heard_at: float = 0.0
    notified: int = 0
    """Notifications since it was confirmed."""
    next_try_at: float = 0.0
    patience_s: float = FIRST_PATIENCE_S
    late_s: float = LATE_S
    was_asked: bool = False
    refused: dict[str, int] = field(default_factory=dict)
    poll_at: float = 0.0
    taken_back: set[str] = field(default_factory=set)
    """What the device confirms not to tell any more."""

    @property
    def is_left(self) -> bool:
        """Whether some of it may still be subscribed."""
        return self.was_asked and not self.taken_back >= set(self.wanted)

    def is_due(self, now: float) -> bool:
        """Whether it has to be asked for: never confirmed, half over, or overdue."""
        if self.confirmed_at is None:
            return True
        granted = self.granted
        return (
            now - self.confirmed_at >= (granted.lifetime_s or LIFETIME_S) / 2
            or self.notified >= (granted.notifications or DEFAULT_COUNT) / 2
            or self.is_late(now)
        )

    def is_late(self, now: float) -> bool:
        """Whether it stays out although it was confirmed."""
        if self.confirmed_at is None or not self.granted.max_ms or not self.wanted:
            return False
        return now - max(self.heard_at, self.confirmed_at) > self.granted.max_ms / 1000 + self.late_s

    @property
    def wanted(self) -> tuple[str, ...]:
        """What can be subscribed, as far as is known."""
        return tuple(each for each in self.group.subscribed if each not in self.refused)

    @property
    def polled(self) -> tuple[str, ...]:
        """What is there but cannot be subscribed."""
        return tuple(each for each, code in self.refused.items() if code == Code.NOT_ACCEPTABLE)

    def hear(self, now: float) -> None:
        """A notification came."""
        if now - self.heard_at <= self.granted.max_ms / 1000 + LATE_S:
            self.late_s = LATE_S
        self.heard_at = now
        self.notified += 1

    def expire(self) -> None:
        """Have it asked for at once."""
        self.confirmed_at = None
        self.next_try_at = 0.0
        self.patience_s = FIRST_PATIENCE_S

    def confirm(self, granted: Terms, now: float) -> None:
        self.granted = granted
        self.was_granted = True
        self.confirmed_at = now
        self.notified = 0
        self.patience_s = FIRST_PATIENCE_S


class Leases:
    """All subscriptions of a session. ``keep`` is called often and cheap when all is well."""

    def __init__(self, talk: Conversation, groups: Sequence[Group], meter_interval_s: float) -> None:
        self._talk = talk
        period_ms = max(SHORTEST_PERIOD_MS, round(meter_interval_s * 1000))
        self._leases = [
            _leased(group, period_ms if group.subject is Subject.METERS else group.period_ms)
            for group in groups
            if meter_interval_s or group.subject is not Subject.METERS
        ]
        self._of = {address: lease for lease in self._leases for address in lease.group.subscribed}
        self._meters = next((each for each in self._leases if each.group.subject is Subject.METERS), None)
        self._has_no_room = self._was_served = False
        for address, lease in self._of.items():
            # Meters may be there for subscribers only (docs/reference/protocols/sennheiser.md 2.4).
            if lease is not self._meters and talk.ledger.words.code(address) == Code.NOT_FOUND:
                lease.refused[address] = Code.NOT_FOUND
        talk.follow = self.heard

    @property
    def promised_s(self) -> float | None:
        """How often meters are due; None when the device never promised any.

        What it promised and forgot is due all the same: levels that fail to come have to look old.
        """
        meters = self._meters
        if meters is None:
            return 0.0
        if not meters.wanted:
            return POLL_EVERY_S if meters.polled else None
        return (meters.granted.max_ms / 1000 or None) if meters.was_granted else None

    # What the device says.

    def heard(self, message: Message, now: float) -> None:
        self._hear_confirmed(message, now)
        for address, fault in message.errors.items():
            # The cap has no documented shape; it may be told of the method and not of each address.
            if address in {SUBSCRIBE, WHOLE} and fault.code == Code.NOT_ACCEPTABLE:
                self._has_no_room = not self._was_served
            if (lease := self._of.get(address)) is not None:
                _complain(lease, address, fault.code)
        # A notification speaks of one subscription.
        for address in message.values:
            if (lease := self._of.get(address)) is not None:
                lease.hear(now)
                break

    def _hear_confirmed(self, message: Message, now: float) -> None:
        for subscription in message.subscriptions:
            lease = next((self._of[each] for each in subscription.addresses if each in self._of), None)
            if lease is not None and subscription.terms.cancel:
                lease.taken_back |= set(subscription.addresses)
            elif lease is not None:
                self._was_served = True
                lease.confirm(subscription.terms, now)

    # What the session does.

    async def keep(self) -> None:
        """Ask for what is due. Raises DeviceError DEVICE_REFUSED when the device takes no more clients."""
        self._check_room()
        talk = self._talk
        for number in talk.ledger.relinked:
            self._refresh(number)
        talk.ledger.relinked.clear()
        self._check_meters(talk.now())
        for lease in self._leases:
            now = talk.now()
            if lease.is_due(now) and now >= lease.next_try_at:
                lease.next_try_at = now + lease.patience_s
                lease.patience_s = min(LONGEST_PATIENCE_S, lease.patience_s * 2)
                await self._request(lease)
            elif now >= lease.poll_at and (polled := (*lease.polled, *self._missing(lease))):
                lease.poll_at = now + POLL_EVERY_S
                await self._say_all(gets(polled))

    def _missing(self, lease: _Lease) -> tuple[str, ...]:
        """What a linked transmitter has not told yet: 424 also means "no valid data".

        Source: docs/reference/protocols/sennheiser.md 2.5.
        """
        ledger = self._talk.ledger
        if lease.group.subject is not Subject.TRANSMITTER or not ledger.is_linked(lease.group.unit):
            return ()
        code = ledger.words.code
        return tuple(each for each in lease.group.subscribed if code(each) == Code.FAILED_DEPENDENCY)

    def _refresh(self, number: int) -> None:
        """A transmitter came: present values come with a renewal.

        Source: docs/reference/protocols/sennheiser.md 1.7.
        """
        for lease in self._leases:
            if lease.group.unit == number:
                lease.expire()

    def _check_meters(self, now: float) -> None:
        """Meters that came and stop tell that the device forgot us, and then all the rest as well."""
        meters = self._meters
        if meters is None or not meters.is_late(now):
            return
        if meters.late_s == LATE_S:
            for lease in self._leases:
                lease.expire()
        meters.expire()
        meters.late_s = min(LATEST_S, meters.late_s * 2)

    async def _request(self, lease: _Lease) -> None:
        lease.was_asked = True
        await self._say_all(subscribes(lease.wanted, lease.terms))
        await self._say_all(gets(lease.group.asked))
        if not lease.wanted:
            # Nobody will ever confirm it.
            lease.confirm(lease.terms, self._talk.now())

    async def cancel(self) -> None:
        """Take back all that was asked for, and again what nobody confirms; the rest ends by itself."""
        leaving = [lease for lease in self._leases if lease.was_asked]
        for wait_s in CANCEL_WAITS_S:
            for lease in leaving:
                await self._say_all(subscribes(lease.group.subscribed, Terms(cancel=True)))
            until = self._talk.now() + wait_s
            while leaving and self._talk.now() < until:
                await anyio.sleep(CANCEL_LOOK_S)
                leaving = [lease for lease in leaving if lease.is_left]

    async def _say_all(self, datagrams: Sequence[bytes]) -> None:
        for datagram in datagrams:
            await self._talk.say(datagram)

    def _check_room(self) -> None:
        asked = [lease for lease in self._leases if lease.was_asked]
        nothing = all(not lease.wanted for lease in asked) and any(lease.polled for lease in asked)
        if self._has_no_room or nothing:
            raise DeviceError(
                ErrorCode.DEVICE_REFUSED,
                "The device takes no further controller: it refuses every subscription",
                hint="Close other programs that watch it (most models serve eight), or wait a minute",
            )


def _leased(group: Group, period_ms: int) -> _Lease:
    terms = Terms(period_ms, period_ms, lifetime_s=LIFETIME_S)
    return _Lease(group, terms, terms)


def _complain(lease: _Lease, address: str, code: int) -> None:
    """406 says what cannot be subscribed, 404 what is not there; 310 that it ended; 424 is a fact."""
    if code == Code.SUBSCRIPTION_ENDS:
        lease.expire()
    elif code in {Code.NOT_ACCEPTABLE, Code.NOT_FOUND}:
        lease.refused[address] = code
