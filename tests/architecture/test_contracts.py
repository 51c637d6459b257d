"""What crosses a contract can be sent to another process: waiting calls, who acts, plain values."""

import dataclasses
import importlib
import inspect
import pkgutil
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, Literal, NamedTuple, NewType, Union, get_args, get_origin, get_type_hints

import pytest

from micboard_tui import contracts
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.contracts.services import Services
from micboard_tui.domain.command import Command
from micboard_tui.domain.command_words import COMMAND_KINDS
from micboard_tui.domain.recap import Recap

LOCAL_READS = {
    "DoctorContract": "what is wrong with this computer and its way to devices; another one has its own",
    "LiveContract": "the present: each process holds all of it, or a replica that is kept up to date",
    "HealthContract.snapshot": "rides with the sign of life of the process that keeps the sessions",
    "ManufacturerContract": "what is installed there, which stays while that process runs",
    "WalkContract.running": "rides with the present of that process; the board shows it at each frame",
    "SynchronizationContract": "the sessions of this process, started by the program that keeps them",
}
"""What is read without waiting, or does not travel, and why."""
LOCAL_BUT_SENT = {"HealthContract", "ManufacturerContract", "WalkContract"}
"""Of these the local reads are of values that are sent as they are."""
CALLBACKS = {
    "DeviceContract.discover": "listener",
    "ControlContract.execute_plan": "listener",
    "DoctorContract.find_causes": "listener",
    "RecapContract.make_recap": "report",
    "RecapContract.write_report": "report",
}
"""A parameter that takes progress: a stream beside the answer. Without it the answer is the same."""
READING_WORDS = frozenset(
    {"check", "describe", "export", "fetch", "find", "get", "list", "make", "preview", "write"}
    | {"discover", "probe", "samples", "summaries", "sync", "window"}
)
"""The first word of methods that may only read."""
WITHOUT_ACTOR = {
    "DeviceContract.sync_device": "reads the device; a person changes nothing by it",
    "DeviceContract.sync_all_devices": "reads devices; a person changes nothing by it",
    "UserContract.log_in": "who acts is what it finds out",
    "UserContract.log_out": "the same",
}
"""Methods that store something and take no name, and why."""
PRIMITIVES = (str, int, float, bool, bytes, type(None), date, datetime, time, timedelta)
CONTAINERS = (tuple, list, frozenset, Sequence, Mapping, Collection)
TAGGED: Mapping[frozenset[type], str] = {
    frozenset(get_args(Command)): "COMMAND_KINDS gives each its tag",
}
"""Unions of several kinds of records that can be told apart by a tag."""


class Member(NamedTuple):
    contract: type
    name: str
    function: Callable[..., Any]

    @property
    def title(self) -> str:
        return f"{self.contract.__name__}.{self.name}"

    @property
    def is_local(self) -> bool:
        return self.title in LOCAL_READS or self.contract.__name__ in LOCAL_READS


def find_contracts() -> Sequence[type]:
    found = []
    for module in pkgutil.iter_modules(contracts.__path__, f"{contracts.__name__}."):
        loaded = importlib.import_module(module.name)
        found += [
            value
            for name, value in vars(loaded).items()
            if name.endswith("Contract") and isinstance(value, type) and value.__module__ == module.name
        ]
    return found


def members_of(contract: type) -> Iterator[Member]:
    for name, value in vars(contract).items():
        function = value.fget if isinstance(value, property) else value
        if not name.startswith("_") and inspect.isfunction(function):
            yield Member(contract, name, function)


MEMBERS = [member for contract in find_contracts() for member in members_of(contract)]
TRAVELLING = [member for member in MEMBERS if not member.is_local]


def hints_of(function: object) -> dict[str, Any]:
    return get_type_hints(function, localns={"Recap": Recap})


def find_obstacles(kind: object, place: str, seen: set[object]) -> Iterator[str]:
    """Why values of this type cannot be sent; ``seen`` has the records that were looked at."""
    if isinstance(kind, NewType):
        yield from find_obstacles(kind.__supertype__, place, seen)
    elif (origin := get_origin(kind)) is not None:
        yield from _find_in_generic(kind, origin, place, seen)
    elif not isinstance(kind, type):
        yield f"{place}: {kind}"
    elif kind in seen or kind in PRIMITIVES or issubclass(kind, Enum):
        return
    elif dataclasses.is_dataclass(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
        seen.add(kind)
        for name, hint in _sent_fields(kind):
            yield from find_obstacles(hint, f"{kind.__name__}.{name}", seen)
    else:
        yield f"{place}: {kind.__name__}"


def _sent_fields(kind: type) -> Iterator[tuple[str, object]]:
    """The fields of a record from which it can be made again; what it remembers for itself is none."""
    hints = hints_of(kind)
    if not dataclasses.is_dataclass(kind):
        yield from hints.items()
        return
    for each in dataclasses.fields(kind):
        if each.init:
            yield each.name, hints[each.name]


def _find_in_generic(kind: object, origin: object, place: str, seen: set[object]) -> Iterator[str]:
    if origin is Literal:
        return
    arguments = [each for each in get_args(kind) if each is not Ellipsis]
    if origin in {Union, types.UnionType}:
        records = frozenset(each for each in arguments if dataclasses.is_dataclass(each))
        if len(records - {Failure}) > 1 and records not in TAGGED:
            yield f"{place}: a union without a tag"
    elif origin not in {*CONTAINERS, Success}:
        yield f"{place}: {kind}"
        return
    for argument in arguments:
        yield from find_obstacles(argument, place, seen)


def test_every_contract_method_can_be_asked_from_another_process() -> None:
    wrong = [
        member.title
        for member in TRAVELLING
        if not inspect.iscoroutinefunction(member.function)
        or not {Success, Failure} & {get_origin(each) or each for each in get_args(answer_of(member))}
    ]
    assert wrong == []


def answer_of(member: Member) -> object:
    return hints_of(member.function)["return"]


def test_every_contract_method_that_changes_something_takes_who_does_it() -> None:
    wrong = [
        member.title
        for member in TRAVELLING
        if hints_of(member.function).get("actor") is not str
        and member.title not in WITHOUT_ACTOR
        and member.name.partition("_")[0] not in READING_WORDS
    ]
    assert wrong == []


@pytest.mark.parametrize("contract", find_contracts(), ids=lambda contract: contract.__name__)
def test_arguments_and_answers_of_a_contract_are_plain_values(contract: type) -> None:
    seen: set[object] = set()
    found = [
        obstacle
        for member in members_of(contract)
        if not member.is_local or contract.__name__ in LOCAL_BUT_SENT
        for name, hint in hints_of(member.function).items()
        if CALLBACKS.get(member.title) != name
        for obstacle in find_obstacles(hint, f"{member.title}({name})", seen)
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    titles = {member.title for member in MEMBERS} | {contract.__name__ for contract in find_contracts()}
    assert {*LOCAL_READS, *CALLBACKS, *WITHOUT_ACTOR} - titles == set()
    assert set(COMMAND_KINDS.values()) == set(get_args(Command))


def test_front_ends_get_contracts_only() -> None:
    wrong = [
        name
        for name, value in vars(Services).items()
        if isinstance(value, property) and hints_of(value.fget)["return"] not in find_contracts()
    ]
    assert wrong == []


class _Untagged(NamedTuple):
    either: Success[int] | Member
    call: Callable[[], None]


@pytest.mark.parametrize(
    ("kind", "is_plain"),
    [
        (Mapping[str, tuple[float, ...] | None], True),
        (Literal["on"], True),
        (Callable[[], None], False),
        (object, False),
        (Any, False),
        (_Untagged, False),
    ],
)
def test_what_cannot_travel_is_found(kind: object, *, is_plain: bool) -> None:
    assert (list(find_obstacles(kind, "here", set())) == []) == is_plain
