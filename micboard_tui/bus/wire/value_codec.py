"""Contract values as bytes: every argument and answer of a contract, and what entries of the bus are made of.

A record is written as a map by field name, without the fields that have their default, so that programs of
different versions read each other: fields that a reader does not know are passed over, and those that are
missing take their default. Most fields of a channel are None, so that takes less room than an array of them.

A word that a reader does not know, of a newer version's enumeration, is read as that enumeration's UNKNOWN
or OTHER; where there is none the optional value around it is None, the field around it takes its default, and
the element of a collection is left out. Only where none of these stands around it the value cannot be read.
"""

import dataclasses
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import msgspec

from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.contracts.result import Failure, Success

T = TypeVar("T")
Kind: TypeAlias = Any
"""A type as it is annotated: a class, or what ``typing`` makes of several."""
Value: TypeAlias = Any
Written: TypeAlias = Any
"""What msgpack has a form for."""
Convert = Callable[[Any], Any]

_PRIMITIVES = (str, int, float, bool, bytes, type(None), date, datetime, time, timedelta)
_COLLECTIONS: Mapping[Kind, Callable[[Iterable[Any]], Any]] = {
    tuple: tuple,
    Sequence: tuple,
    Collection: tuple,
    list: list,
    frozenset: frozenset,
}
"""What each kind of collection is read as."""
_GENERAL_MEMBERS = ("UNKNOWN", "OTHER")


class WireError(ValueError):
    """Bytes that are no value of the type that was expected, or of a version that cannot be read."""


class UnknownWordError(WireError):
    """A word of an enumeration of a newer version."""


class ValueCodec(Generic[T]):
    """Writes and reads values of one type. ``codec_of`` makes it."""

    def __init__(self, form: "_Form") -> None:
        self._form = form
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(form.written)

    def encode(self, value: T) -> bytes:
        """The value as msgpack."""
        return self._encoder.encode(self._form.write(value))

    def decode(self, data: bytes) -> T:
        """The value that was written. Raises WireError."""
        try:
            return cast("T", self._form.read(self._decoder.decode(data)))
        except WireError:
            raise
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            raise WireError(str(error)) from error


@cache
def codec_of(kind: Kind) -> ValueCodec[Any]:
    """The codec for values of ``kind``, a type as it is annotated. Raises TypeError: these cannot travel."""
    return ValueCodec(_form_of(kind))


class _Form(NamedTuple):
    """How values of one type are written."""

    written: Kind
    """The type of what is written, by which msgspec checks what is read."""
    write: Convert
    read: Convert


def _same(value: Value) -> Value:
    return value


@cache
def _form_of(kind: Kind) -> _Form:
    if isinstance(kind, NewType):
        return _form_of(kind.__supertype__)
    origin = get_origin(kind)
    if origin is not None:
        return _form_of_generic(kind, origin)
    if not isinstance(kind, type):
        raise TypeError(f"{kind!r} cannot travel")
    if issubclass(kind, Enum):
        return _form_of_enum(kind)
    if kind in _PRIMITIVES:
        return _Form(kind, _same, _same)
    if _is_record(kind):
        return _form_of_record(kind)
    raise TypeError(f"{kind!r} cannot travel")


def _form_of_generic(kind: Kind, origin: Kind) -> _Form:
    arguments = get_args(kind)
    if origin is Literal:
        return _Form(kind, _same, _same)
    if origin in {Union, types.UnionType}:
        return _form_of_union(arguments)
    if origin is Success:
        return _form_of_answer(arguments[0])
    if origin in {dict, Mapping}:
        return _form_of_mapping(_form_of(arguments[0]), _form_of(arguments[1]))
    if origin is tuple and Ellipsis not in arguments:
        return _form_of_fixed_tuple(arguments)
    if (make := _COLLECTIONS.get(origin)) is None:
        raise TypeError(f"{kind!r} cannot travel")
    return _form_of_collection(_form_of(arguments[0]), make)


# Words.


def _form_of_enum(kind: type[Enum]) -> _Form:
    members = {member.value: member for member in kind}
    general = next((member for name, member in kind.__members__.items() if name in _GENERAL_MEMBERS), None)

    def write(member: Enum) -> Written:
        return member.value

    def read(word: Written) -> Enum:
        member = members.get(word, general)
        if member is None:
            raise UnknownWordError(f"{kind.__name__} has no {word!r}")
        return member

    return _Form(str if all(isinstance(each, str) for each in members) else int, write, read)


# Collections.


def _form_of_collection(element: _Form, make: Callable[[Iterable[Any]], Any]) -> _Form:
    write, read = element.write, element.read
    if read is _same:
        return _Form(list.__class_getitem__(element.written), list, make)
    return _Form(
        list.__class_getitem__(element.written),
        lambda values: [write(value) for value in values],
        lambda values: make(_read_known(read, values)),
    )


def _read_known(read: Convert, values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        try:
            yield read(value)
        except UnknownWordError:
            continue


def _form_of_fixed_tuple(elements: Sequence[Any]) -> _Form:
    forms = [_form_of(each) for each in elements]
    return _Form(
        tuple.__class_getitem__(tuple(form.written for form in forms)),
        lambda values: [form.write(value) for form, value in zip(forms, values, strict=True)],
        lambda values: tuple(form.read(value) for form, value in zip(forms, values, strict=True)),
    )


def _form_of_mapping(key: _Form, value: _Form) -> _Form:
    """Written as pairs, since keys may be records."""

    def read(pairs: Sequence[tuple[Any, Any]]) -> dict[Any, Any]:
        return dict(_read_known(lambda pair: (key.read(pair[0]), value.read(pair[1])), pairs))

    pair: Kind = tuple.__class_getitem__((key.written, value.written))
    return _Form(
        list.__class_getitem__(pair),
        lambda mapping: [(key.write(name), value.write(each)) for name, each in mapping.items()],
        read,
    )


# Unions.


def _form_of_union(kinds: Sequence[Any]) -> _Form:
    if Failure in kinds:
        (success,) = (kind for kind in kinds if kind is not Failure)
        return _form_of_answer(get_args(success)[0])
    others = tuple(kind for kind in kinds if kind is not type(None))
    if len(others) < len(kinds):
        return _form_of_optional(_form_of(others[0]) if len(others) == 1 else _form_of_union(others))
    if any(map(_is_record, others)):
        return _form_of_tagged(_tags_of(others))
    forms = [_form_of(kind) for kind in others]
    if any(form.read is not _same for form in forms):
        raise TypeError(f"a union without a tag cannot travel: {others}")
    return _Form(Union[tuple(form.written for form in forms)], _same, _same)  # noqa: UP007 - made at run time


def _form_of_optional(form: _Form) -> _Form:
    def read(value: Written) -> Value:
        if value is None:
            return None
        try:
            return form.read(value)
        except UnknownWordError:
            return None

    if form.read is _same:
        return _Form(form.written | None, _same, _same)
    return _Form(form.written | None, lambda value: None if value is None else form.write(value), read)


def _tags_of(kinds: Collection[Kind]) -> Mapping[str, type]:
    """The tag of each kind of record in a union of several."""
    from micboard_tui.domain.command_words import COMMAND_KINDS

    if frozenset(kinds) != frozenset(COMMAND_KINDS.values()):
        raise TypeError(f"a union without a tag cannot travel: {kinds}")
    return COMMAND_KINDS


class _Tagged(msgspec.Struct, array_like=True):
    tag: str
    fields: msgspec.Raw


def _form_of_tagged(tags: Mapping[str, type]) -> _Form:
    """Written as tag and record."""
    tag_of = {kind: tag for tag, kind in tags.items()}
    codecs = {tag: codec_of(kind) for tag, kind in tags.items()}

    def write(value: Value) -> Written:
        tag = tag_of[type(value)]
        return _Tagged(tag, msgspec.Raw(codecs[tag].encode(value)))

    def read(tagged: _Tagged) -> Value:
        if (codec := codecs.get(tagged.tag)) is None:
            raise UnknownWordError(f"there is no {tagged.tag!r}")
        return codec.decode(bytes(tagged.fields))

    return _Form(_Tagged, write, read)


def _form_of_answer(data_kind: Kind) -> _Form:
    """Of ``ServiceResult``: what is there of data, warning and error."""
    data, error = _form_of(data_kind), _form_of(hints_of(Failure)["error"])
    written = msgspec.defstruct(
        "Answer",
        [
            ("data", data.written | msgspec.UnsetType, msgspec.UNSET),
            ("warning", str | None, None),
            ("error", error.written | None, None),
        ],
    )

    def write(answer: Success[Any] | Failure) -> Written:
        if not answer.success:
            return {"error": error.write(answer.error)}
        return {"data": data.write(answer.data), "warning": answer.warning}

    def read(answer: Written) -> Success[Any] | Failure:
        if answer.error is not None:
            return Failure(error.read(answer.error))
        if answer.data is msgspec.UNSET:
            raise WireError("an answer with neither data nor an error")
        return Success(data.read(answer.data), answer.warning)

    return _Form(written, write, read)


# Records.


class _Field(NamedTuple):
    name: str
    form: _Form
    default: Value
    """``_REQUIRED``: it has none; ``_MADE``: it is another object each time, so it is always written."""


_REQUIRED, _MADE = object(), object()


def _is_record(kind: Kind) -> bool:
    return dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")


def _form_of_record(kind: type) -> _Form:
    fields = tuple(_fields_of(kind))
    written = msgspec.defstruct(
        kind.__name__,
        [(each.name, each.form.written | msgspec.UnsetType, msgspec.UNSET) for each in fields],
    )

    def write(record: Value) -> Written:
        values = ((name, form, getattr(record, name), default) for name, form, default in fields)
        return {name: form.write(value) for name, form, value, default in values if value is not default}

    def read(record: Written) -> Value:
        values: dict[str, Value] = {}
        for field in fields:
            value = getattr(record, field.name)
            if value is not msgspec.UNSET:
                _read_field(field, value, values)
        return kind(**values)

    return _Form(written, write, read)


def _read_field(field: _Field, value: Written, values: dict[str, Value]) -> None:
    try:
        values[field.name] = field.form.read(value)
    except UnknownWordError:
        if field.default is _REQUIRED:
            raise


def _fields_of(kind: Kind) -> Iterable[_Field]:
    """The fields from which a record can be made again, without what it remembers for itself."""
    hints = hints_of(kind)
    if not dataclasses.is_dataclass(kind):
        for name in hints:
            yield _Field(name, _form_of(hints[name]), kind._field_defaults.get(name, _REQUIRED))
        return
    for each in dataclasses.fields(kind):
        if each.init:
            yield _Field(each.name, _form_of(hints[each.name]), _default_of(each))


def _default_of(field: "dataclasses.Field[Any]") -> Value:
    if field.default is not dataclasses.MISSING:
        return field.default
    make = field.default_factory
    if make is dataclasses.MISSING:
        return _REQUIRED
    made = make()
    return made if made is make() else _MADE
