"""What a message says: values, errors and subscriptions, by address.

Source: docs/reference/protocols/sennheiser.md 1.1 to 1.7.
"""

from typing import NamedTuple, TypeAlias

Value: TypeAlias = "bool | int | float | str | list[Json] | None"
"""What stands at an address. In a request None asks for it, anything else sets it."""
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

ERROR = "/osc/error"
PING = "/osc/ping"
SCHEMA = "/osc/schema"
LIMITS = "/osc/limits"
VERSION = "/osc/version"
CLOSE = "/osc/state/close"
SUBSCRIBE = "/osc/state/subscribe"
XID = "/osc/xid"

WHOLE = ""
"""The address of an error that names none: it speaks of the message as a whole."""

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
    """Not told more often."""
    max_ms: int = 0
    """Told as often as this though nothing changed; 0: only when it changes."""
    notifications: int = DEFAULT_COUNT
    """So many, and it ends; ``count`` on the wire."""
    lifetime_s: int = DEFAULT_LIFETIME_S
    cancel: bool = False


class Subscription(NamedTuple):
    """One tree of addresses with its terms: a wish, or the device's word for it."""

    addresses: tuple[str, ...]
    terms: Terms = Terms()


class Message(NamedTuple):
    """One datagram. Questions, answers and news look all the same."""

    values: dict[str, Value]
    errors: dict[str, Fault]
    subscriptions: tuple[Subscription, ...] = ()
    xid: Value = None
    """Repeated in the answer to a message that has one."""

    @property
    def is_ping(self) -> bool:
        return PING in self.values
