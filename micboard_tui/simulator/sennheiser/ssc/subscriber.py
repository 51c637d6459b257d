"""What one client has subscribed to, and when each of it is due. Pure.

Source: docs/reference/protocols/sennheiser.md 1.7.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from micboard_tui.protocols.ssc.messages import Code, Fault, Message, Subscription, Terms, Value
from micboard_tui.simulator.sennheiser.ssc.address_tree import RefusedError, Tree, fault

MAX_LIFETIME_S = 3600
MAX_NOTIFICATIONS = 100_000
SHORTEST_MS = 50
"""Nobody is told more often."""


@dataclass(slots=True)
class Served:
    """One subscription that stands."""

    addresses: tuple[str, ...]
    terms: Terms
    ends_at_s: float
    left: int
    """Notifications until it ends."""
    told_at_s: float = float("-inf")
    said: dict[str, Value] = field(default_factory=dict)


class Subscriber:
    """One client: an address and a port."""

    def __init__(self) -> None:
        self.served: list[Served] = []
        self.lapsed = 0
        """Subscriptions that ended by themselves."""

    def subscribe(self, wish: Subscription, tree: Tree, now_s: float) -> tuple[Message, Served | None]:
        """Take a wish: the echo, with a refusal for each address that cannot be, and what stands now."""
        refused: dict[str, Fault] = {}
        taken: list[str] = []
        for address in wish.addresses:
            leaf = tree.leaves.get(address)
            if leaf is None:
                refused[address] = fault(Code.NOT_FOUND)
            elif not leaf.is_subscribable:
                refused[address] = fault(Code.NOT_ACCEPTABLE)
            else:
                taken.append(address)
        self._drop(set(taken))
        terms = _adapted(wish.terms)
        served: Served | None = None
        if taken and not terms.cancel:
            served = Served(tuple(taken), terms, now_s + terms.lifetime_s, terms.notifications)
            self.served.append(served)
        echoes = (Subscription(tuple(taken), terms),) if taken else ()
        return Message({}, refused, echoes), served

    def refuse(self, wish: Subscription) -> Message:
        """No room for another client."""
        return Message({}, dict.fromkeys(wish.addresses, fault(Code.NOT_ACCEPTABLE)))

    def present(self, served: Served, tree: Tree, now_s: float) -> Message:
        """The values that hold; what there is none of now is an error."""
        values: dict[str, Value] = {}
        errors: dict[str, Fault] = {}
        for address in served.addresses:
            try:
                values[address] = tree.read(address)
            except RefusedError as refused:
                errors[address] = fault(refused.code)
        served.said = dict(values)
        served.told_at_s = now_s
        return Message(values, errors)

    def due(self, tree: Tree, now_s: float) -> Iterator[tuple[Message, bool]]:
        """What is to be told now, and whether it is the end of a subscription."""
        for served in tuple(self.served):
            if (news := _news(served, tree, now_s)) is not None:
                served.left -= 1
                yield news, False
            if now_s >= served.ends_at_s or served.left <= 0:
                self.served.remove(served)
                self.lapsed += 1
                ended = dict.fromkeys(served.addresses, fault(Code.SUBSCRIPTION_ENDS))
                yield Message({}, ended), True

    def _drop(self, addresses: set[str]) -> None:
        """The same address again is a renewal, and replaces what there was of it."""
        if not addresses:
            return
        for served in self.served:
            served.addresses = tuple(each for each in served.addresses if each not in addresses)
        self.served = [served for served in self.served if served.addresses]


def _news(served: Served, tree: Tree, now_s: float) -> Message | None:
    terms = served.terms
    # Ticks come in tenths of a second, and a sum of tenths is never quite what it should be.
    passed_ms = (now_s - served.told_at_s) * 1000 + 1
    if passed_ms < max(SHORTEST_MS, terms.min_ms):
        return None
    is_beat = 0 < terms.max_ms <= passed_ms
    values = _read(served.addresses, tree)
    news = (
        values
        if is_beat
        else {address: value for address, value in values.items() if served.said.get(address) != value}
    )
    if not news:
        return None
    served.said.update(news)
    served.told_at_s = now_s
    return Message(news, {})


def _read(addresses: Sequence[str], tree: Tree) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for address in addresses:
        try:
            values[address] = tree.read(address)
        except RefusedError:
            # A transmitter that is switched off is no event on its own leaves
            # (docs/reference/protocols/sennheiser.md 2.5).
            continue
    return values


def _adapted(terms: Terms) -> Terms:
    return terms._replace(
        notifications=min(MAX_NOTIFICATIONS, max(1, terms.notifications)),
        lifetime_s=min(MAX_LIFETIME_S, max(1, terms.lifetime_s)),
    )
