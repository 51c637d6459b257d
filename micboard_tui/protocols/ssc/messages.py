"""The contents of a message: values, errors and subscriptions, by address.

Source: docs/reference/protocols/sennheiser.md 1.1 to 1.7.
"""

from typing import NamedTuple, TypeAlias

Value: TypeAlias = "bool | int | float | str | list[Json] | None"
"""The value of an address. In a request None asks for it, anything else sets it."""
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

ERROR = "/osc/error"
PING = "/osc/ping"
SCHEMA = "/osc/schema"
LIMITS = "/osc/limits"
VERSION = "/osc/version"
CLOSE = "/osc/state/close"
SUBSCRIBE = "/osc/state/subscribe"

WHOLE = ""
"""The address of an error without one: it concerns the message as a whole."""

DEFAULT_COUNT = 1000
DEFAULT_LIFETIME_S = 10


class Code:
    """Errors with a meaning of their own (docs/reference/protocols/sennheiser.md 1.5)."""

    NOT_UNDERSTOOD = 400
    UNAUTHORISED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    NOT_ACCEPTABLE = 406
    LOCKED = 423
    FAILED_DEPENDENCY = 424
    TOO_LONG = 450
    SUBSCRIPTION_ENDS = 310


class Fault(NamedTuple):
    """Why an address has no value."""

    code: int
    text: str = ""


class Terms(NamedTuple):
    """How a subscription is served and when it ends by itself: its ``#``.

    Source: docs/reference/protocols/sennheiser.md 1.7.
    """

    min_ms: int = 0
    """Shortest interval between two notifications."""
    max_ms: int = 0
    """Longest interval without a notification, even if nothing changed; 0: only changes are notified."""
    notifications: int = DEFAULT_COUNT
    """The subscription ends after so many; ``count`` on the wire."""
    lifetime_s: int = DEFAULT_LIFETIME_S
    cancel: bool = False


class Subscription(NamedTuple):
    """One tree of addresses with its terms: as requested, or as the device confirms them."""

    addresses: tuple[str, ...]
    terms: Terms = Terms()


class Message(NamedTuple):
    """One datagram. Requests, answers and notifications have the same form."""

    values: dict[str, Value]
    errors: dict[str, Fault]
    subscriptions: tuple[Subscription, ...] = ()
    xid: Value = None
    """An id that the answer repeats."""

    @property
    def is_ping(self) -> bool:
        return PING in self.values
