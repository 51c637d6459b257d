"""What one client has subscribed to, and when each of it is due. Pure.

A subscription is in force from the request until its lifetime is over or its notifications are used up,
whichever is first; then the client is sent an error 310 for each address. A request for an address that is in
force already is a renewal: it takes the address out of the older subscription. In between, ``due`` is asked
at each tick and remembers for each subscription the values that were sent last and when: what is different is
sent, not more often than the client's ``min`` and our own shortest interval, and everything is sent when its
``max`` has passed.

Source: docs/reference/protocols/sennheiser.md 1.7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from micboard_tui.protocols.ssc.messages import Code, Fault, Message, Subscription, Terms, Value
from micboard_tui.simulator.sennheiser.ssc.address_tree import AddressTree, RefusedError, make_fault

MAX_LIFETIME_S = 3600
MAX_NOTIFICATIONS = 100_000
SHORTEST_MS = 50
"""No client is notified more often."""


@dataclass(slots=True)
class ActiveSubscription:
    """One subscription that is in force."""

    addresses: tuple[str, ...]
    terms: Terms
    ends_at_s: float
    notifications_left: int
    sent_at_s: float = float("-inf")
    sent_values: dict[str, Value] = field(default_factory=dict)


class Subscriber:
    """One client: an address and a port."""

    def __init__(self) -> None:
        self.active: list[ActiveSubscription] = []
        self.lapsed = 0
        """Subscriptions that ended by themselves."""

    def subscribe(
        self, request: Subscription, tree: AddressTree, now_s: float
    ) -> tuple[Message, ActiveSubscription | None]:
        """Take a request: the echo, with a refusal for each address that cannot be, and what is in force."""
        refused: dict[str, Fault] = {}
        taken: list[str] = []
        for address in request.addresses:
            leaf = tree.leaves.get(address)
            if leaf is None:
                refused[address] = make_fault(Code.NOT_FOUND)
            elif not leaf.is_subscribable:
                refused[address] = make_fault(Code.NOT_ACCEPTABLE)
            else:
                taken.append(address)
        self._drop(set(taken))
        terms = _limit_terms(request.terms)
        subscription: ActiveSubscription | None = None
        if taken and not terms.cancel:
            ends_at_s = now_s + terms.lifetime_s
            subscription = ActiveSubscription(tuple(taken), terms, ends_at_s, terms.notifications)
            self.active.append(subscription)
        echoes = (Subscription(tuple(taken), terms),) if taken else ()
        return Message({}, refused, echoes), subscription

    def has_any(self, addresses: Sequence[str]) -> bool:
        """Whether any of ``addresses`` is subscribed already."""
        return any(not set(subscription.addresses).isdisjoint(addresses) for subscription in self.active)

    def refuse(self, request: Subscription) -> Message:
        """No room for another client."""
        return Message({}, dict.fromkeys(request.addresses, make_fault(Code.NOT_ACCEPTABLE)))

    def first_values(self, subscription: ActiveSubscription, tree: AddressTree, now_s: float) -> Message:
        """What a subscription begins with: the values as they are; an error where there is none now."""
        values: dict[str, Value] = {}
        errors: dict[str, Fault] = {}
        for address in subscription.addresses:
            try:
                values[address] = tree.read(address)
            except RefusedError as refused:
                errors[address] = make_fault(refused.code)
        subscription.sent_values = dict(values)
        subscription.sent_at_s = now_s
        return Message(values, errors)

    def due(self, tree: AddressTree, now_s: float) -> Iterator[tuple[Message, bool]]:
        """What is to be sent now, and whether it is the end of a subscription."""
        for subscription in tuple(self.active):
            if (changes := _changes(subscription, tree, now_s)) is not None:
                subscription.notifications_left -= 1
                yield changes, False
            if now_s >= subscription.ends_at_s or subscription.notifications_left <= 0:
                self.active.remove(subscription)
                self.lapsed += 1
                ended = dict.fromkeys(subscription.addresses, make_fault(Code.SUBSCRIPTION_ENDS))
                yield Message({}, ended), True

    def _drop(self, addresses: set[str]) -> None:
        """The same address again is a renewal, and replaces what there was of it."""
        if not addresses:
            return
        for subscription in self.active:
            subscription.addresses = tuple(
                address for address in subscription.addresses if address not in addresses
            )
        self.active = [subscription for subscription in self.active if subscription.addresses]


def _changes(subscription: ActiveSubscription, tree: AddressTree, now_s: float) -> Message | None:
    terms = subscription.terms
    # Ticks come in tenths of a second, and a sum of tenths is never quite what it should be.
    passed_ms = (now_s - subscription.sent_at_s) * 1000 + 1
    if passed_ms < max(SHORTEST_MS, terms.min_ms):
        return None
    sends_all = 0 < terms.max_ms <= passed_ms
    values = _read(subscription.addresses, tree)
    changes = (
        values
        if sends_all
        else {
            address: value
            for address, value in values.items()
            if subscription.sent_values.get(address) != value
        }
    )
    if not changes:
        return None
    subscription.sent_values.update(changes)
    subscription.sent_at_s = now_s
    return Message(changes, {})


def _read(addresses: Sequence[str], tree: AddressTree) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for address in addresses:
        try:
            values[address] = tree.read(address)
        except RefusedError:
            # A transmitter that is switched off is no event on its own leaves
            # (docs/reference/protocols/sennheiser.md 2.5).
            continue
    return values


def _limit_terms(terms: Terms) -> Terms:
    return terms._replace(
        notifications=min(MAX_NOTIFICATIONS, max(1, terms.notifications)),
        lifetime_s=min(MAX_LIFETIME_S, max(1, terms.lifetime_s)),
    )
