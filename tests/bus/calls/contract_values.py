"""Values of any type that crosses a contract, for properties."""

import dataclasses
import types
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, Literal, NewType, TypeAlias, Union, get_args, get_origin

from hypothesis import strategies as st

from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.contracts.result import Success

Kind: TypeAlias = Any
MOST = 2
"""In a collection."""
_PRIMITIVES: Mapping[Kind, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    int: st.integers(-(2**40), 2**40),
    float: st.floats(allow_nan=False, allow_infinity=False, width=32),
    bool: st.booleans(),
    bytes: st.binary(max_size=5),
    type(None): st.none(),
    date: st.dates(),
    datetime: st.datetimes(),
    time: st.times(),
    timedelta: st.timedeltas(),
}


@cache
def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    if isinstance(kind, NewType):
        return values_of(kind.__supertype__)
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    if (origin := get_origin(kind)) is not None:
        return _values_of_generic(origin, get_args(kind))
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return st.deferred(lambda: _records_of(kind))


def _values_of_generic(origin: Kind, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(values_of, arguments))
    if origin is Success:
        return st.builds(Success, values_of(arguments[0]), st.none() | st.text(max_size=5))
    if origin in {dict, Mapping}:
        return st.dictionaries(*map(values_of, arguments), max_size=MOST)
    if origin is tuple and Ellipsis not in arguments:
        return st.tuples(*map(values_of, arguments))
    elements = values_of(arguments[0])
    if origin is frozenset:
        return st.frozensets(elements, max_size=MOST)
    lists = st.lists(elements, max_size=MOST)
    if origin is list:
        return lists
    assert origin in {tuple, Sequence, Collection}, origin
    return lists.map(tuple)


def _records_of(kind: Kind) -> st.SearchStrategy[Any]:
    names = (
        [each.name for each in dataclasses.fields(kind) if each.init]
        if dataclasses.is_dataclass(kind)
        else kind._fields
    )
    hints = hints_of(kind)
    return st.builds(kind, **{name: values_of(hints[name]) for name in names})
