"""One datagram in, one message out, and back (docs/reference/protocols/sennheiser.md 1.1 to 1.7).

What a peer can make us hold is bounded by the length of a datagram, ``MAX_LEAVES`` and ``MAX_DEPTH``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, TypeAlias

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.ssc.messages import WHOLE, Fault, Json, Message, Subscription, Terms, Value

MAX_DATAGRAM = 64 * 1024
MAX_LEAVES = 2048
MAX_BRACKETS = 4096
MAX_DEPTH = 12
"""The deepest address known has six names."""

Tree: TypeAlias = dict[str, Json]
# Servers end datagrams with a line end or a NUL, or with nothing (docs/reference/protocols/sennheiser.md
# 1.2).
_TERMINATORS = b"\r\n\0 \t"
# The only control characters that EW-DX takes in a string, and never as \uXXXX
# (docs/reference/protocols/sennheiser.md 1.1).
_CONTROLS = frozenset("\b\f\n\r\t")


def decode(datagram: bytes) -> Message:
    """The message in ``datagram``. Raises ProtocolError when there is none, or too much of it."""
    if len(datagram) > MAX_DATAGRAM or datagram.count(b"{") + datagram.count(b"[") > MAX_BRACKETS:
        raise ProtocolError(f"a datagram of {len(datagram)} bytes is too much")
    try:
        tree = _DECODER.decode(datagram.rstrip(_TERMINATORS).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a datagram is no JSON") from error
    if not isinstance(tree, dict):
        raise ProtocolError("a datagram holds no object")
    return _message(tree)


def _message(tree: Tree) -> Message:
    osc = tree.pop("osc", None)
    values: dict[str, Value] = {}
    _collect(tree, "", values, 1)
    if osc is None:
        return Message(values, {})
    if not isinstance(osc, dict):
        raise ProtocolError("/osc is no branch")
    errors = _faults(osc.pop("error")) if "error" in osc else {}
    xid = osc.pop("xid", None)
    state = osc.get("state")
    subscriptions: tuple[Subscription, ...] = ()
    if isinstance(state, dict) and isinstance(wishes := state.get("subscribe"), list):
        del state["subscribe"]
        subscriptions = tuple(_subscription(each) for each in wishes if isinstance(each, dict))
    _collect(osc, "/osc", values, 2)
    return Message(values, errors, subscriptions, None if isinstance(xid, dict) else xid)


def _collect(tree: Tree, prefix: str, leaves: dict[str, Value], depth: int) -> None:
    """Add every leaf of ``tree`` by its address. Raises ProtocolError beyond the bounds."""
    if depth > MAX_DEPTH:
        raise ProtocolError("addresses are too deep")
    for name, value in tree.items():
        if "/" in name:
            # No name of an address has one (docs/reference/protocols/sennheiser.md 1.1), and it would read as
            # another address.
            continue
        if isinstance(value, dict):
            _collect(value, f"{prefix}/{name}", leaves, depth + 1)
        else:
            leaves[f"{prefix}/{name}"] = value
    if len(leaves) > MAX_LEAVES:
        raise ProtocolError("there are too many addresses")


def _faults(error: Json) -> dict[str, Fault]:
    """By address; the array and its elements come in more than one shape.

    Source: docs/reference/protocols/sennheiser.md 1.5.
    """
    if isinstance(error, list) and not (error and isinstance(error[0], int)):
        elements = error[:MAX_LEAVES]
    else:
        elements = [error]
    faults: dict[str, Fault] = {}
    for element in elements:
        if not isinstance(element, dict):
            leaves: dict[str, Value] = {WHOLE: element}
        elif isinstance(element.get("code"), int):
            leaves = {WHOLE: [element["code"], {"desc": element.get("desc", "")}]}
        else:
            leaves = {}
            _collect(element, "", leaves, 1)
        for address, leaf in leaves.items():
            if (fault := _fault(leaf)) is not None:
                faults[address] = fault
    return faults


def _fault(leaf: Value) -> Fault | None:
    code, *more = leaf if isinstance(leaf, list) and leaf else [leaf]
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    text = more[0].get("desc") if more and isinstance(more[0], dict) else ""
    return Fault(code, text if isinstance(text, str) else "")


def _subscription(tree: Tree) -> Subscription:
    terms = tree.pop("#", None)
    leaves: dict[str, Value] = {}
    _collect(tree, "", leaves, 1)
    return Subscription(tuple(leaves), _terms(terms) if isinstance(terms, dict) else Terms())


def _terms(tree: Tree) -> Terms:
    default = Terms()
    return Terms(
        min_ms=_whole(tree.get("min"), default.min_ms),
        max_ms=_whole(tree.get("max"), default.max_ms),
        notifications=_whole(tree.get("count"), default.notifications),
        lifetime_s=_whole(tree.get("lifetime"), default.lifetime_s),
        cancel=tree.get("cancel") is True,
    )


def _whole(raw: Json, default: int) -> int:
    """Numbers may come as words; what is none counts as not said.

    Source: docs/reference/protocols/sennheiser.md 1.1.
    """
    if not isinstance(raw, int | float | str):
        return default
    try:
        return max(0, int(float(raw)))
    except (ValueError, OverflowError):
        return default


def _merged(pairs: Sequence[tuple[str, Json]]) -> Tree:
    """An object; devices write the same key twice and mean both.

    Source: docs/reference/protocols/sennheiser.md 1.2.
    """
    tree = dict(pairs)
    if len(tree) == len(pairs):
        return tree
    tree = {}
    for name, value in pairs:
        known = tree.get(name)
        tree[name] = _joined(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return tree


def _joined(one: Tree, other: Tree) -> Tree:
    joined = dict(one)
    for name, value in other.items():
        known = joined.get(name)
        joined[name] = _joined(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return joined


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER = json.JSONDecoder(object_pairs_hook=_merged, parse_constant=_no_number)


def encode(message: Message) -> bytes:
    """The datagram that carries ``message``. Raises ProtocolError when none can."""
    tree = tree_of(message.values)
    osc: Tree = {}
    if message.xid is not None:
        osc["xid"] = message.xid
    if message.errors:
        osc["error"] = [_fault_tree(address, fault) for address, fault in message.errors.items()]
    if message.subscriptions:
        osc["state"] = {"subscribe": [_subscription_tree(each) for each in message.subscriptions]}
    return _written(_joined(tree, {"osc": osc}) if osc else tree)


def _fault_tree(address: str, fault: Fault) -> Json:
    leaf: Value = [fault.code, {"desc": fault.text}] if fault.text else [fault.code]
    return leaf if address == WHOLE else tree_of({address: leaf})


def _subscription_tree(subscription: Subscription) -> Tree:
    terms = subscription.terms
    how: Tree = {
        "min": terms.min_ms,
        "max": terms.max_ms,
        "count": terms.notifications,
        "lifetime": terms.lifetime_s,
    }
    if terms.cancel:
        how = {"cancel": True}
    return {"#": how, **tree_of(dict.fromkeys(subscription.addresses))}


def tree_of(values: Mapping[str, Value]) -> Tree:
    """The nested object that spells ``values``. Raises ProtocolError for addresses that cannot be."""
    tree: Tree = {}
    for address, value in values.items():
        empty, *names = address.split("/")
        if empty or not names:
            raise ProtocolError(f"{address!r} is no address")
        branch = tree
        for name in names[:-1]:
            below = branch.setdefault(name, {})
            if not isinstance(below, dict):
                raise ProtocolError(f"{address!r} is below a value")
            branch = below
        if names[-1] in branch:
            raise ProtocolError(f"{address!r} is there already")
        branch[names[-1]] = value
    return tree


def _written(tree: Tree) -> bytes:
    try:
        text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        raw = text.encode("ascii")
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the message is not ASCII, or holds what JSON has no word for") from error
    if "\\u" in text or "\x7f" in text:
        _check_strings(tree)
    return raw


def _check_strings(json_value: Json) -> None:
    """Raise ProtocolError for characters that would travel as an escape that devices do not read."""
    if isinstance(json_value, str):
        if any(not each.isprintable() and each not in _CONTROLS for each in json_value):
            raise ProtocolError(f"{json_value!r} holds characters that cannot be sent")
    elif isinstance(json_value, list):
        for each in json_value:
            _check_strings(each)
    elif isinstance(json_value, dict):
        for name, value in json_value.items():
            _check_strings(name)
            _check_strings(value)


def plain(text: str) -> bool:
    """Whether ``text`` can be sent in a string."""
    return text.isascii() and all(each.isprintable() or each in _CONTROLS for each in text)


def addresses_of(subscriptions: Iterable[Subscription]) -> tuple[str, ...]:
    """All addresses of them."""
    return tuple(address for each in subscriptions for address in each.addresses)
