"""Contract values on the bus: written and read, also between programs of different versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.bus.wire.value_codec import Kind, UnknownWordError, WireError, codec_of
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.command import Command, Identify, SetGain
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from tests.architecture.test_contracts import CALLBACKS, TRAVELLING, Member


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class OlderColour(StrEnum):
    RED = "red"


class Light(StrEnum):
    ON = "on"
    UNKNOWN = "unknown"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Lamp:
    name: str
    colour: Colour = Colour.RED
    light: Light = Light.ON
    tags: frozenset[str] = frozenset()
    spots: Mapping[ChannelRef, tuple[float, ...]] = field(default_factory=dict)
    seen: int = field(default=0, init=False)


@dataclass(frozen=True, slots=True)
class OlderLamp:
    """The same in a program that knows less."""

    name: str
    colour: OlderColour = OlderColour.RED


class Pair(NamedTuple):
    lamp: Lamp
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    lamps: tuple[Lamp, ...]


@dataclass(frozen=True, slots=True)
class OlderStand:
    lamps: tuple[OlderColour, ...]
    best: OlderColour | None = None


@dataclass(frozen=True, slots=True)
class NewerStand:
    lamps: tuple[Colour, ...]
    best: Colour | None = None
    worst: Colour = Colour.RED


IntAnswer: TypeAlias = Success[int] | Failure
NoneAnswer: TypeAlias = Success[None] | Failure
LampAnswer: TypeAlias = Success[Lamp] | Failure
REF = ChannelRef(DeviceId("a"), 2)
LAMP = Lamp("Spot", Colour.GREEN, Light.UNKNOWN, frozenset({"x"}), {REF: (1.5, -2.0)})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Lamp, LAMP),
        (Pair, Pair(LAMP, Level.HIGH)),
        (Pair, Pair(Lamp("Plain"))),
        (Stand, Stand((LAMP, Lamp("Plain")))),
        (Mapping[str, Sequence[int]], {"a": (1, 2)}),
        (tuple[str, Colour], ("a", Colour.GREEN)),
        (bytes, b"\x00\xff"),
        (float | None, None),
        (Literal["on"], "on"),
        (Command, Identify()),
        (Command, SetGain(2, -3)),
        (Sequence[Command] | None, (SetGain(1, 0), Identify())),
        (IntAnswer, Success(3, warning="careful")),
        (NoneAnswer, Success(None)),
        (LampAnswer, Failure(ErrorInfo(ErrorCode.API_ERROR, "No", {"a": "b"}, "Try again"))),
    ],
)
def test_what_was_written_is_read(kind: Kind, value: object) -> None:
    codec = codec_of(kind)
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize("member", TRAVELLING, ids=lambda member: member.title)
def test_all_that_crosses_a_contract_can_be_written(member: Member) -> None:
    for name, kind in hints_of(member.function).items():
        if CALLBACKS.get(member.title) != name:
            codec_of(kind)


@pytest.mark.parametrize("kind", [DeviceSnapshot, Findings, ChannelState])
def test_what_a_program_of_another_version_adds_is_passed_over(kind: type) -> None:
    first = next(iter(hints_of(kind)))
    written = msgspec.msgpack.encode({"from the future": {"a": [1, 2]}})
    codec = codec_of(OlderLamp)
    assert codec.decode(msgspec.msgpack.encode({"name": "a", "new": kind.__name__, first: 1})).name == "a"
    with pytest.raises(WireError):
        codec.decode(written)


def test_a_field_that_is_missing_takes_its_default() -> None:
    assert codec_of(Lamp).decode(codec_of(OlderLamp).encode(OlderLamp("old"))) == Lamp("old")


def test_defaults_are_not_written() -> None:
    assert msgspec.msgpack.decode(codec_of(OlderLamp).encode(OlderLamp("a"))) == {"name": "a"}


def test_an_unknown_word_is_the_enumerations_unknown() -> None:
    assert codec_of(Light).decode(msgspec.msgpack.encode("dimmed")) is Light.UNKNOWN


def test_an_unknown_word_without_one_takes_the_default_around_it() -> None:
    assert codec_of(OlderLamp).decode(codec_of(Lamp).encode(LAMP)) == OlderLamp("Spot", OlderColour.RED)


def test_an_unknown_word_leaves_a_collection_or_becomes_none() -> None:
    written = codec_of(NewerStand).encode(NewerStand((Colour.GREEN, Colour.RED), Colour.GREEN, Colour.GREEN))
    assert codec_of(OlderStand).decode(written) == OlderStand((OlderColour.RED,), None)


def test_an_unknown_word_alone_or_in_a_required_field_cannot_be_read() -> None:
    with pytest.raises(UnknownWordError):
        codec_of(OlderColour).decode(msgspec.msgpack.encode("green"))
    with pytest.raises(UnknownWordError):
        codec_of(Command).decode(msgspec.msgpack.encode(["explode", {}]))


def test_a_mapping_keeps_what_can_be_read() -> None:
    written = codec_of(Mapping[Colour, int]).encode({Colour.GREEN: 1, Colour.RED: 2})
    assert codec_of(Mapping[OlderColour, int]).decode(written) == {OlderColour.RED: 2}


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", b"\x93", msgspec.msgpack.encode({"name": 3}), msgspec.msgpack.encode([])]
)
def test_what_is_no_such_value_is_an_error(data: bytes) -> None:
    with pytest.raises(WireError):
        codec_of(Lamp).decode(data)
    with pytest.raises(WireError):
        codec_of(IntAnswer).decode(b"\x80")


@given(st.binary(max_size=64))
def test_random_bytes_are_a_value_or_an_error(data: bytes) -> None:
    try:
        codec_of(DeviceSnapshot).decode(data)
    except WireError:
        return
    raise AssertionError(data)


class _Live:
    pass


@pytest.mark.parametrize("kind", [_Live, Any, Lamp | Stand, Sequence[_Live], "text"])
def test_what_cannot_travel_is_refused(kind: Kind) -> None:
    with pytest.raises(TypeError):
        codec_of(kind)
