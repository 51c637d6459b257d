"""How a property of a receiver is read and written, whatever family it belongs to. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_strings.messages import braced

S_contra = TypeVar("S_contra", contravariant=True)
MAX_NAME = 8
"""What a SET of a name takes, however wide it is shown (docs/reference/protocols/shure.md 1.5)."""
_MAX_DIGITS = 9


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """The device says no: ``< REP ERR >``."""


Write: TypeAlias = Callable[[S_contra, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Property(Generic[S_contra]):
    """One word that a device or a channel can say."""

    name: str
    read: Callable[[S_contra], str]
    write: Write[S_contra] | None = None
    """Takes the words after the property (and after the second index); raises Refused."""
    second: str | None = None
    """The index after the property: a slot, an antenna, a network."""
    second_required: bool = True
    """Whether a GET must name it; otherwise one without it asks for all."""
    metered: bool = False
    """Changes all the time and is told in samples; never pushed by itself."""
    listed: bool = True
    """Whether GET ALL tells it."""
    gettable: bool = True

    def values(self, subject: S_contra) -> tuple[str, ...]:
        """The words after the property's name."""
        word = self.read(subject)
        words = (word,) if word.startswith("{") else tuple(word.split())
        return words if self.second is None else (self.second, *words)


class HasSettings(Protocol):
    settings: dict[str, str]


def digits(value: int | None, width: int, none: str = "") -> str:
    """A number padded with zeros; ``none`` where there is none."""
    return none if value is None else f"{value:0{width}d}"


def level(value: float, offset: int, highest: int) -> str:
    """A level as three digits, shifted so that it is never negative."""
    return f"{min(highest, max(0, round(value + offset))):03d}"


def number(word: str) -> int:
    """Raises Refused for what is no number."""
    if word.isascii() and word.isdigit() and len(word) <= _MAX_DIGITS:
        return int(word)
    raise Refused


def alone(words: Sequence[str]) -> str:
    """The only word. Raises Refused when there are more or none."""
    if len(words) != 1:
        raise Refused
    return words[0]


def in_braces(words: Sequence[str]) -> str:
    """The text of the only word, which must stand in braces."""
    word = alone(words)
    if not (word.startswith("{") and word.endswith("}")):
        raise Refused
    return word[1:-1]


def name_of(words: Sequence[str]) -> str:
    """A name that a receiver would take: 1 to 8 of its characters, in braces."""
    name = in_braces(words).rstrip()
    try:
        braced(name)
    except ProtocolError as error:
        raise Refused from error
    if not 1 <= len(name) <= MAX_NAME:
        raise Refused
    return name


def stepped(words: Sequence[str], now: int, highest: int) -> int:
    """The number asked for, which may be ``INC 3`` or ``DEC 3`` from ``now``; these stop at the limits."""
    if len(words) == 2 and words[0] in {"INC", "DEC"}:  # noqa: PLR2004 - direction and step
        step = number(words[1])
        return max(0, min(highest, now + (step if words[0] == "INC" else -step)))
    value = number(alone(words))
    if value > highest:
        raise Refused
    return value


def switched(words: Sequence[str], *, now: bool) -> bool:
    """ON, OFF or TOGGLE."""
    word = alone(words)
    if word == "TOGGLE":
        return not now
    if word not in {"ON", "OFF"}:
        raise Refused
    return word == "ON"


def fixed(name: str, word: str, *, listed: bool = True) -> Property[object]:
    """A property that never changes."""
    return Property(name, lambda _: word, listed=listed)


def setting(name: str, *choices: str, read_only: bool = False) -> Property[HasSettings]:
    """A property with a few words to choose from; the first is what it starts with."""

    def read(subject: HasSettings) -> str:
        return subject.settings.get(name, choices[0])

    def write(subject: HasSettings, words: Sequence[str]) -> None:
        word = alone(words)
        if word not in choices:
            raise Refused
        subject.settings[name] = word

    return Property(name, read, None if read_only else write)


Key: TypeAlias = tuple[str, str | None]
Table: TypeAlias = dict[Key, Property[S_contra]]


def table(properties: Iterable[Property[S_contra]]) -> Table[S_contra]:
    """By name and second index, in the order in which GET ALL tells them."""
    return {(each.name, each.second): each for each in properties}
