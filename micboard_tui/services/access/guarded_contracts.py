"""Contracts whose changing methods go through a guard, made from the contracts themselves.

What only reads is passed on as it is; a contract of which no method changes anything is not wrapped at all.
Services call each other without a guard: it stands where front ends and signals from outside come in.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial, wraps
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from micboard_tui.contracts.access_errors import describe_reading_only
from micboard_tui.contracts.call_rights import is_change, is_kept_by_reading
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.contracts.services import CONTRACTS

Answer: TypeAlias = Success[Any] | Failure
Target = TypeVar("Target")


@dataclass(frozen=True, slots=True)
class ChangingCall:
    """A call of a method that changes something."""

    title: str
    """As "Contract.method"."""
    arguments: Mapping[str, object]
    """Those that were given, by name; among them may be passwords."""

    @property
    def actor(self) -> str:
        """Who acts; empty: that is what the call finds out."""
        return str(self.arguments.get("actor", ""))


class CallGuard(Protocol):
    async def run(self, call: ChangingCall, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Carry out ``work``, or answer why not."""
        ...


class ReadingGuard:
    """Refuses all that changes something, without asking anyone. Implements ``CallGuard``."""

    async def run(self, call: ChangingCall, work: Callable[[], Awaitable[Answer]]) -> Answer:
        return Failure(describe_reading_only()) if is_kept_by_reading(call.title) else await work()


def let_only_read(services: Target) -> Target:
    """The same services; everything that changes something is refused here."""
    return guard_services(services, ReadingGuard())


def guard_services(services: Target, guard: CallGuard) -> Target:
    """All ``Services``, or some of them, as a dataclass of the same kind: what changes goes through it."""
    guarded: dict[str, Any] = {
        name: guard_contract(contract, getattr(services, name), guard)
        for name, contract in CONTRACTS.items()
        if hasattr(services, name) and _has_change(contract)
    }
    return cast("Target", replace(cast("Any", services), **guarded))


def guard_contract(contract: type, target: Target, guard: CallGuard) -> Target:
    """An implementation of ``contract`` that passes every call on to ``target``, if the guard lets it."""
    made: object = _guarded_class(contract)(target, guard)
    return cast("Target", made)


class _Guarded:
    def __init__(self, target: object, guard: CallGuard) -> None:
        self._target, self._guard = target, guard


@cache
def _guarded_class(contract: type) -> type[_Guarded]:
    """Made once for each contract, since looking into all methods takes some milliseconds at each start."""
    members: dict[str, object] = {}
    for name, value in vars(contract).items():
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            members[name] = property(partial(_read, name))
        elif inspect.isfunction(value):
            title = f"{contract.__name__}.{name}"
            members[name] = _guarded(title, value) if is_change(title) else _passed_on(value)
    return type(f"Guarded{contract.__name__}", (_Guarded,), members)


def _read(name: str, self: _Guarded) -> object:
    return getattr(self._target, name)


@cache
def _has_change(contract: type) -> bool:
    return any(is_change(f"{contract.__name__}.{name}") for name in vars(contract))


def _guarded(title: str, declared: Callable[..., object]) -> Callable[..., object]:
    signature = inspect.signature(declared)

    @wraps(declared)
    async def call(self: _Guarded, *positional: object, **named: object) -> Answer:
        arguments = dict(signature.bind(self, *positional, **named).arguments)
        del arguments["self"]
        method = getattr(self._target, declared.__name__)
        return await self._guard.run(ChangingCall(title, arguments), lambda: method(*positional, **named))

    return call


def _passed_on(declared: Callable[..., object]) -> Callable[..., object]:
    @wraps(declared)
    def call(self: _Guarded, *positional: object, **named: object) -> object:
        return getattr(self._target, declared.__name__)(*positional, **named)

    return call
