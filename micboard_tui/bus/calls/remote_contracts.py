"""Contracts whose methods are called in another process, made from the contracts themselves."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.remote_method import ACTOR, RemoteMethod
from micboard_tui.bus.calls.remote_methods import METHODS

_NONE_LOCAL: Mapping[str, Callable[..., object]] = {}


def make_remote(
    contract: type, client: CallClient, local: Mapping[str, Callable[..., object]] = _NONE_LOCAL
) -> object:
    """An implementation of ``contract`` that calls every method through ``client``.

    ``local`` has what is read without waiting, by name: properties as functions without parameters. Raises
    KeyError: a method neither travels nor is given.
    """
    return _remote_class(contract, frozenset(local))(client, local)


class _Remote:
    def __init__(self, client: CallClient, local: Mapping[str, Callable[..., object]]) -> None:
        self._client, self._local = client, local


@cache
def _remote_class(contract: type, local: frozenset[str]) -> type[_Remote]:
    """Made once for each contract: each user who is attached has services of their own."""
    members: dict[str, object] = {}
    for name, value in vars(contract).items():
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            if name not in local:
                raise KeyError(name)
            members[name] = property(_read_here(name, value.fget))
        elif name in local:
            members[name] = _read_here(name, value)
        elif inspect.isfunction(value):
            members[name] = _call_of(METHODS[f"{contract.__name__}.{name}"])
    return type(f"Remote{contract.__name__}", (_Remote,), members)


def _call_of(method: RemoteMethod) -> Callable[..., object]:
    """A method of the same signature. Raises TypeError: it is called with other arguments than it has."""
    signature, progress = method.signature, method.progress_parameter

    @wraps(method.function)
    async def call(self: _Remote, *positional: object, **named: object) -> object:
        arguments = dict(signature.bind(self, *positional, **named).arguments)
        # The program that is asked takes who acts from the subject.
        del arguments["self"]
        actor: Any = arguments.pop(ACTOR, None)
        report: Any = arguments.pop(progress, None) if progress is not None else None
        answer = await self._client.call(method, arguments, report, actor)
        return None if method.answers_nothing else answer

    return call


def _read_here(name: str, declared: Callable[..., object] | None) -> Callable[..., object]:
    """What is read without waiting, with the signature that the contract has for it."""

    def call(self: _Remote, *positional: object, **named: object) -> object:
        return self._local[name](*positional, **named)

    return call if declared is None else wraps(declared)(call)
