"""A contract method that is called over the bus: its right, and how arguments and answer are written.

Arguments travel by name, those that have their default not at all. Who acts never travels: the program that
is asked takes it from the subject, to which the server lets only that user publish. Codecs are made when they
are first used.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias, get_args, get_origin

from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.bus.wire.value_codec import ValueCodec, WireError, codec_of
from micboard_tui.contracts.call_rights import CallRight
from micboard_tui.contracts.result import Failure, Success

ACTOR: Final = "actor"
_NOTHING: TypeAlias = Success[None] | Failure
_CHANGES_WITHOUT_ACTOR = frozenset({"UserContract.log_in", "UserContract.log_out"})


@dataclass(frozen=True)
class RemoteMethod:
    """A method of a contract."""

    contract: type
    name: str
    right: CallRight

    @property
    def title(self) -> str:
        """As the table of rights has it."""
        return f"{self.contract.__name__}.{self.name}"

    @property
    def function(self) -> Callable[..., Any]:
        """As the contract has it."""
        found: Callable[..., Any] = vars(self.contract)[self.name]
        return found

    @cached_property
    def signature(self) -> inspect.Signature:
        """With ``self``."""
        return inspect.signature(self.function)

    @cached_property
    def has_actor(self) -> bool:
        """Whether it takes who does it."""
        return ACTOR in self.signature.parameters

    @property
    def is_change(self) -> bool:
        """Whether it changes something, so that it is not to be done twice."""
        return (self.has_actor and self.right is not CallRight.READ) or self.title in _CHANGES_WITHOUT_ACTOR

    @cached_property
    def progress_parameter(self) -> str | None:
        """The parameter that is called with how far it is; None: it has none."""
        return next((name for name, kind in self._hints.items() if _is_callback(kind)), None)

    @cached_property
    def progress_codec(self) -> ValueCodec[Any]:
        """For how far it is."""
        members = _members_of(self._hints[self.progress_parameter or ""])
        (kind,) = get_args(next(each for each in members if _is_callable(each)))[0]
        return codec_of(kind)

    @cached_property
    def answer_codec(self) -> ValueCodec[Any]:
        """For its answer, which is always a ServiceResult."""
        kind = self._hints["return"]
        return codec_of(_NOTHING if kind is type(None) else kind)

    @property
    def answers_nothing(self) -> bool:
        """Whether it answers None instead of a ServiceResult."""
        return self._hints["return"] is type(None)

    def encode_arguments(self, values: Mapping[str, object]) -> Mapping[str, bytes]:
        """Those of a call, by name. Raises ValueError, OverflowError: a value cannot be written."""
        parameters = self.signature.parameters
        return {
            name: codec.encode(values[name])
            for name, codec in self._codecs.items()
            if name in values and values[name] is not parameters[name].default
        }

    def decode_arguments(self, arguments: Mapping[str, bytes]) -> Mapping[str, object]:
        """Those of a call, by name. Raises WireError, which names the argument and holds no value."""
        for name in arguments:
            if name not in self._codecs:
                raise WireError(f"{self.title} has no {name!r:.50}")
        for name in self._codecs:
            if name not in arguments and self.signature.parameters[name].default is inspect.Parameter.empty:
                raise WireError(f"{self.title} needs {name}")
        return {name: self._decode_argument(name, written) for name, written in arguments.items()}

    def _decode_argument(self, name: str, written: bytes) -> object:
        codec = self._codecs[name]
        try:
            value: object = codec.decode(written)
        except WireError as error:
            raise WireError(f"{name} of {self.title} has another form here") from error
        # What a newer program wrote and this one does not know is left out when it is read. A change without
        # it would be another one than was wanted.
        if self.is_change and len(codec.encode(value)) < len(written):
            raise WireError(f"{name} of {self.title} holds what is not known here")
        return value

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return hints_of(self.function)

    @cached_property
    def _codecs(self) -> Mapping[str, ValueCodec[Any]]:
        """Those of the arguments that travel."""
        local = {"self", ACTOR, self.progress_parameter}
        return {name: codec_of(self._hints[name]) for name in self.signature.parameters if name not in local}


def _is_callback(kind: object) -> bool:
    return any(_is_callable(each) for each in _members_of(kind))


def _members_of(kind: object) -> Iterator[object]:
    """The types of a union, or the one type."""
    yield from (get_args(kind) if not _is_callable(kind) and get_args(kind) else (kind,))


def _is_callable(kind: object) -> bool:
    return get_origin(kind) is _CALLABLE


_CALLABLE: Final = get_origin(Callable[[], None])


def as_result(method: RemoteMethod, answer: object) -> Success[Any] | Failure:
    """What a method answered, as it travels."""
    if method.answers_nothing:
        return Success(None)
    if not isinstance(answer, Success | Failure):
        raise TypeError(f"{method.title} answered {type(answer).__name__}")
    return answer
