"""How a property of a receiver is read and written, whatever family it belongs to. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from micboard_tui.simulator.shure.set_values import RefusedError, single_value

S_contra = TypeVar("S_contra", contravariant=True)


Write: TypeAlias = Callable[[S_contra, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Property(Generic[S_contra]):
    """One property of a device, a channel or a bay."""

    name: str
    read: Callable[[S_contra], str]
    write: Write[S_contra] | None = None
    """Takes the values after the property (and after the second index); raises RefusedError."""
    second: str | None = None
    """The index after the property: a slot, an antenna, a network."""
    second_required: bool = True
    """Whether a GET must name it; otherwise one without it asks for all."""
    metered: bool = False
    """Changes all the time and is sent in samples; never pushed by itself."""
    listed: bool = True
    """Whether GET ALL gives it."""
    gettable: bool = True

    def values(self, subject: S_contra) -> tuple[str, ...]:
        """The values after the property's name."""
        text = self.read(subject)
        values = (text,) if text.startswith("{") else tuple(text.split())
        return values if self.second is None else (self.second, *values)


class HasSettings(Protocol):
    settings: dict[str, str]


def format_digits(value: int | None, width: int, none: str = "") -> str:
    """A parse_number padded with zeros; ``none`` where there is none."""
    return none if value is None else f"{value:0{width}d}"


def format_level(value: float, offset: int, highest: int) -> str:
    """A level as three digits, shifted so that it is never negative."""
    return f"{min(highest, max(0, round(value + offset))):03d}"


def fixed_property(name: str, value: str) -> Property[object]:
    """A property that never changes."""
    return Property(name, lambda _: value)


def setting_property(name: str, *choices: str, read_only: bool = False) -> Property[HasSettings]:
    """A property with a few values to choose from; it starts with the first."""

    def read(subject: HasSettings) -> str:
        return subject.settings.get(name, choices[0])

    def write(subject: HasSettings, values: Sequence[str]) -> None:
        value = single_value(values)
        if value not in choices:
            raise RefusedError
        subject.settings[name] = value

    return Property(name, read, None if read_only else write)


Key: TypeAlias = tuple[str, str | None]
Table: TypeAlias = dict[Key, Property[S_contra]]


def index_properties(properties: Iterable[Property[S_contra]]) -> Table[S_contra]:
    """By name and second index, in the order in which GET ALL gives them."""
    return {(entry.name, entry.second): entry for entry in properties}
