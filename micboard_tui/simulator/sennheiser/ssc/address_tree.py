"""The addresses of a simulated device: what can be read, written and subscribed. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from micboard_tui.protocols.ssc.messages import (
    LIMITS,
    PING,
    SCHEMA,
    VERSION,
    Code,
    Fault,
    Json,
    Message,
    Value,
)

_TEXTS = {
    Code.NOT_FOUND: "address not found",
    Code.NOT_ACCEPTABLE: "not acceptable",
    Code.FAILED_DEPENDENCY: "failed dependency",
    Code.FORBIDDEN: "forbidden",
    Code.NOT_UNDERSTOOD: "message not understood",
    Code.SUBSCRIPTION_ENDS: "subscription terminates",
}
_FEATURES: Mapping[str, Value] = {"subscription": True, "pattern": False, "timetag": False, "baseaddr": False}


class RefusedError(Exception):
    """The device has no value there, or will not take one."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def make_fault(code: int) -> Fault:
    return Fault(code, _TEXTS.get(code, ""))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One address."""

    read: Callable[[], Value]
    """Raises RefusedError where there is nothing to say now."""
    write: Callable[[Value], None] | None = None
    """Adapts what is nearly right; raises RefusedError for the rest. None: read-only."""
    is_subscribable: bool = True
    is_write_only: bool = False
    """It is called, and the call is its answer; there is nothing to read."""
    limits: Mapping[str, Json] | None = None


def constant_leaf(value: Value) -> Leaf:
    return Leaf(lambda: value, is_subscribable=False)


def dependent_leaf(exists: Callable[[], bool], read: Callable[[], Value]) -> Leaf:
    """A leaf that has a value only while what it depends on exists, and where ``read`` finds one."""

    def read_existing() -> Value:
        value = read() if exists() else None
        if value is None:
            raise RefusedError(Code.FAILED_DEPENDENCY)
        return value

    return Leaf(read_existing)


class AddressTree:
    """All leaves, and what a request makes of them."""

    def __init__(self, leaves: Mapping[str, Leaf]) -> None:
        self.leaves = dict(leaves)
        self.leaves[VERSION] = constant_leaf("1.0")
        self.leaves["/interface/version"] = constant_leaf("1.2")
        self.leaves["/osc/state/prettyprint"] = constant_leaf(value=False)
        for name, value in _FEATURES.items():
            self.leaves[f"/osc/feature/{name}"] = constant_leaf(value)

    def answer(self, message: Message) -> Message:
        """The reply to all that ``message`` asks and sets; subscriptions are another matter."""
        values: dict[str, Value] = {}
        errors: dict[str, Fault] = {}
        for address, value in message.values.items():
            try:
                values[address] = self._answer_address(address, value)
            except RefusedError as refused:
                errors[address] = make_fault(refused.code)
        return Message(values, errors, xid=message.xid)

    def read(self, address: str) -> Value:
        """Raises RefusedError."""
        leaf = self.leaves.get(address)
        if leaf is None:
            raise RefusedError(Code.NOT_FOUND)
        return leaf.read()

    def _answer_address(self, address: str, value: Value) -> Value:
        if address == PING:
            return value
        if address == SCHEMA:
            return [self._schema(branch) for branch in _branches(value)]
        if address == LIMITS:
            return [self._limits(branch) for branch in _branches(value)]
        if address.startswith("/osc/feature/") and address not in self.leaves:
            return False
        if value is None:
            return self.read(address)
        leaf = self.leaves.get(address)
        if leaf is None:
            raise RefusedError(Code.NOT_FOUND)
        if leaf.write is None:
            raise RefusedError(Code.NOT_ACCEPTABLE)
        leaf.write(value)
        return value if leaf.is_write_only else leaf.read()

    def _schema(self, branch: str) -> Json:
        """What is right below ``branch``: ``{}`` for a container, null for a method.

        Source: docs/reference/protocols/sennheiser.md 1.6.
        """
        below: dict[str, Json] = {"osc": {}} if not branch else {}
        for address in self.leaves:
            if address.startswith(f"{branch}/"):
                name, _, more = address[len(branch) + 1 :].partition("/")
                below[name] = {} if more else None
        if not below:
            raise RefusedError(Code.NOT_FOUND)
        return _nested(branch, below)

    def _limits(self, address: str) -> Json:
        leaf = self.leaves.get(address)
        if leaf is None:
            raise RefusedError(Code.NOT_FOUND)
        return _nested(address, [dict(leaf.limits or {})])


def _branches(value: Value) -> list[str]:
    """The addresses that a schema or limits are value of; the root for null."""
    if not isinstance(value, list):
        return [""]
    addresses = [address for branch in value for address in _ends(branch, "")]
    if not addresses:
        raise RefusedError(Code.NOT_UNDERSTOOD)
    return addresses


def _ends(tree: Json, prefix: str) -> list[str]:
    if not isinstance(tree, dict):
        return [prefix]
    return [end for name, below in tree.items() for end in _ends(below, f"{prefix}/{name}")]


def _nested(address: str, value: Json) -> Json:
    if not address:
        return value
    for name in reversed(address.split("/")[1:]):
        value = {name: value}
    return value
