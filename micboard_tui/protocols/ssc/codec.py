"""One datagram in, one message out, and back (docs/reference/protocols/sennheiser.md 1.1 to 1.7).

Memory is bounded by ``MAX_DATAGRAM``, ``MAX_LEAVES`` and ``MAX_DEPTH``.
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
"""Names of an address; the deepest one known has six."""

Tree: TypeAlias = dict[str, Json]
# Servers end datagrams with a line end or a NUL, or with nothing (docs/reference/protocols/sennheiser.md
# 1.2).
_TERMINATORS = b"\r\n\0 \t"
# The only control characters that EW-DX accepts in a string, and never as \uXXXX
# (docs/reference/protocols/sennheiser.md 1.1).
_CONTROLS = frozenset("\b\f\n\r\t")


def decode(datagram: bytes) -> Message:
    """The message in ``datagram``. Raises ProtocolError when it is no JSON object or exceeds a bound."""
    if len(datagram) > MAX_DATAGRAM or datagram.count(b"{") + datagram.count(b"[") > MAX_BRACKETS:
        raise ProtocolError(f"a datagram of {len(datagram)} bytes is too large")
    try:
        tree = _DECODER.decode(datagram.rstrip(_TERMINATORS).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("a datagram is no JSON") from error
    if not isinstance(tree, dict):
        raise ProtocolError("a datagram holds no object")
    return _read_message(tree)


def _read_message(tree: Tree) -> Message:
    osc = tree.pop("osc", None)
    values: dict[str, Value] = {}
    _collect_leaves(tree, "", values, 1)
    if osc is None:
        return Message(values, {})
    if not isinstance(osc, dict):
        raise ProtocolError("/osc is no branch")
    errors = _read_faults(osc.pop("error")) if "error" in osc else {}
    xid = osc.pop("xid", None)
    state = osc.get("state")
    subscriptions: tuple[Subscription, ...] = ()
    if isinstance(state, dict) and isinstance(subscriptions_wanted := state.get("subscribe"), list):
        del state["subscribe"]
        subscriptions = tuple(
            _read_subscription(subscription)
            for subscription in subscriptions_wanted
            if isinstance(subscription, dict)
        )
    _collect_leaves(osc, "/osc", values, 2)
    return Message(values, errors, subscriptions, None if isinstance(xid, dict) else xid)


def _collect_leaves(tree: Tree, prefix: str, leaves: dict[str, Value], depth: int) -> None:
    """Add every leaf of ``tree`` by its address. Raises ProtocolError beyond the bounds."""
    if depth > MAX_DEPTH:
        raise ProtocolError("addresses are too deep")
    for name, value in tree.items():
        if "/" in name:
            # No name in an address holds a slash (docs/reference/protocols/sennheiser.md 1.1); one that does
            # would be taken for another address.
            continue
        if isinstance(value, dict):
            _collect_leaves(value, f"{prefix}/{name}", leaves, depth + 1)
        else:
            leaves[f"{prefix}/{name}"] = value
    if len(leaves) > MAX_LEAVES:
        raise ProtocolError("there are too many addresses")


def _read_faults(error: Json) -> dict[str, Fault]:
    """Errors by address; the array and its elements come in more than one shape.

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
            leaves = {WHOLE: [element["code"], {"desc": element.get("desc")}]}
        else:
            leaves = {}
            _collect_leaves(element, "", leaves, 1)
        for address, leaf in leaves.items():
            if (fault := _read_fault(leaf)) is not None:
                faults[address] = fault
    return faults


def _read_fault(leaf: Value) -> Fault | None:
    code, *more = leaf if isinstance(leaf, list) and leaf else [leaf]
    if not isinstance(code, int) or isinstance(code, bool):
        return None
    text = more[0].get("desc") if more and isinstance(more[0], dict) else ""
    return Fault(code, text if isinstance(text, str) else "")


def _read_subscription(tree: Tree) -> Subscription:
    terms = tree.pop("#", None)
    leaves: dict[str, Value] = {}
    _collect_leaves(tree, "", leaves, 1)
    return Subscription(tuple(leaves), _read_terms(terms) if isinstance(terms, dict) else Terms())


def _read_terms(tree: Tree) -> Terms:
    default = Terms()
    return Terms(
        min_ms=_parse_whole_number(tree.get("min"), default.min_ms),
        max_ms=_parse_whole_number(tree.get("max"), default.max_ms),
        notifications=_parse_whole_number(tree.get("count"), default.notifications),
        lifetime_s=_parse_whole_number(tree.get("lifetime"), default.lifetime_s),
        cancel=tree.get("cancel") is True,
    )


def _parse_whole_number(raw: Json, default: int) -> int:
    """Numbers may be sent as strings; anything else counts as absent.

    Source: docs/reference/protocols/sennheiser.md 1.1.
    """
    if not isinstance(raw, int | float | str):
        return default
    try:
        return max(0, int(float(raw)))
    except (ValueError, OverflowError):
        return default


def _merge_pairs(pairs: Sequence[tuple[str, Json]]) -> Tree:
    """An object from its pairs; devices repeat a key and mean both values.

    Source: docs/reference/protocols/sennheiser.md 1.2.
    """
    tree = dict(pairs)
    if len(tree) == len(pairs):
        return tree
    tree = {}
    for name, value in pairs:
        tree[name] = _merge_values(tree.get(name), value)
    return tree


def _merge_trees(tree: Tree, addition: Tree) -> Tree:
    merged = dict(tree)
    for name, value in addition.items():
        merged[name] = _merge_values(merged.get(name), value)
    return merged


def _merge_values(known: Json, value: Json) -> Json:
    """Both branches where both are branches, else the later value."""
    return _merge_trees(known, value) if isinstance(known, dict) and isinstance(value, dict) else value


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(object_pairs_hook=_merge_pairs, parse_constant=_refuse_constant)


def encode(message: Message) -> bytes:
    """The datagram that carries ``message``. Raises ProtocolError when it cannot be encoded."""
    tree = tree_of(message.values)
    osc: Tree = {}
    if message.xid is not None:
        osc["xid"] = message.xid
    if message.errors:
        osc["error"] = [_tree_of_fault(address, fault) for address, fault in message.errors.items()]
    if message.subscriptions:
        osc["state"] = {
            "subscribe": [_tree_of_subscription(subscription) for subscription in message.subscriptions]
        }
    return _encode_tree(_merge_trees(tree, {"osc": osc}) if osc else tree)


def _tree_of_fault(address: str, fault: Fault) -> Json:
    leaf: Value = [fault.code, {"desc": fault.text}] if fault.text else [fault.code]
    return leaf if address == WHOLE else tree_of({address: leaf})


def _tree_of_subscription(subscription: Subscription) -> Tree:
    terms = subscription.terms
    encoded_terms: Tree = {
        "min": terms.min_ms,
        "max": terms.max_ms,
        "count": terms.notifications,
        "lifetime": terms.lifetime_s,
    }
    if terms.cancel:
        encoded_terms = {"cancel": True}
    return {"#": encoded_terms, **tree_of(dict.fromkeys(subscription.addresses))}


def tree_of(values: Mapping[str, Value]) -> Tree:
    """The nested object of values by address.

    Raises ProtocolError for a malformed address, a repeated one, or one below a value.
    """
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


def _encode_tree(tree: Tree) -> bytes:
    try:
        text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        raw = text.encode("ascii")
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the message is not ASCII, or cannot be written as JSON") from error
    if "\\u" in text or "\x7f" in text:
        _check_strings(tree)
    return raw


def _check_strings(json_value: Json) -> None:
    """Raise ProtocolError for characters that JSON writes as an escape that devices do not read."""
    if isinstance(json_value, str):
        if not _is_printable(json_value):
            raise ProtocolError(f"{json_value!r} holds characters that cannot be sent")
    elif isinstance(json_value, list):
        for element in json_value:
            _check_strings(element)
    elif isinstance(json_value, dict):
        for name, value in json_value.items():
            _check_strings(name)
            _check_strings(value)


def is_sendable(text: str) -> bool:
    """Whether devices accept ``text`` in a string."""
    return text.isascii() and _is_printable(text)


def _is_printable(text: str) -> bool:
    return all(character.isprintable() or character in _CONTROLS for character in text)


def addresses_of(subscriptions: Iterable[Subscription]) -> tuple[str, ...]:
    """The addresses of all ``subscriptions``, in order."""
    return tuple(address for subscription in subscriptions for address in subscription.addresses)
