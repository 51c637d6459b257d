"""How settings are declared, and how they are read and checked from what a file or the environment holds.

A section is a frozen dataclass whose fields are declared with the functions here; ``read_section`` makes one
of values, of which text is taken for numbers and the like, as the environment has nothing else. It is our
own, since the libraries that check values took a fifth of the start of a board.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, field, fields
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, TypeVar, get_args

from micboard_tui.config.nested_values import Values, put_over

IntT = TypeVar("IntT", bound=int | None)
FloatT = TypeVar("FloatT", bound=float | None)
BoolT = TypeVar("BoolT", bound=bool | None)
TextT = TypeVar("TextT", bound=str | None)
T = TypeVar("T")
Check = Callable[[str], str]
"""Gives a text as it is kept. Raises ValueError with what it should be."""

_SETTING: Final = "setting"
_YES, _NO = frozenset({"1", "true", "t", "yes", "y", "on"}), frozenset({"0", "false", "f", "no", "n", "off"})


class SettingError(ValueError):
    """A value that is none for this setting."""

    def __init__(self, key: str, reason: str, value: object) -> None:
        """``key``: ``section.name``; ``reason``: what it should be, which follows the key in a sentence."""
        super().__init__(f"{key} {reason}")
        self.key, self.reason, self.value = key, reason, value


class Section:
    """A part of the settings, which is a table of config.toml. Its subclasses are frozen dataclasses."""

    below: ClassVar[Mapping[str, str]] = {}
    """Names of numbers that have to be less than those that they stand for."""


PartT = TypeVar("PartT", bound=Section)


class Setting(NamedTuple):
    """What a field of a section is."""

    description: str
    read: Callable[[Any], object]
    """What a source holds, as it is kept. Raises ValueError, and SettingError where a part of it is wrong."""


class DescribedSetting(NamedTuple):
    """A field of a section, for those who list settings."""

    name: str
    default: object
    description: str


def whole_number(
    default: IntT,
    description: str,
    *,
    least: int | None = None,
    most: int | None = None,
    check: Callable[[int], None] | None = None,
) -> IntT:
    """An int, from ``least`` to ``most``; ``check`` raises ValueError."""

    def read(value: object) -> int:
        number = _within(_read_whole(value), least, most)
        if check is not None:
            check(number)
        return number

    return _declare(default, description, read)


def number(default: FloatT, description: str, *, least: float, most: float) -> FloatT:
    """A float, from ``least`` to ``most``."""
    return _declare(default, description, lambda value: _within(_read_number(value), least, most))


def yes_or_no(default: BoolT, description: str) -> BoolT:
    """A bool."""
    return _declare(default, description, _read_bool)


def text(
    default: TextT,
    description: str,
    *,
    check: Check | None = None,
    pattern: str | None = None,
    max_length: int | None = None,
) -> TextT:
    """A str that matches ``pattern``; with a ``max_length`` it is not empty either."""

    def read(value: object) -> str:
        found = _read_text(value)
        if max_length is not None and not 1 <= len(found) <= max_length:
            raise ValueError(f"should have at least 1 and at most {max_length} characters")
        if pattern is not None and not re.fullmatch(pattern, found):
            raise ValueError(f"should match {pattern}")
        return found if check is None else check(found)

    return _declare(default, description, read)


def choice(default: T, literal: object, description: str) -> T:
    """One of the words of ``literal``, a ``Literal``."""
    *others, last = (repr(word) for word in get_args(literal))
    allowed, reason = get_args(literal), f"should be {', '.join(others)} or {last}"

    def read(value: object) -> object:
        if value not in allowed:
            raise ValueError(reason)
        return value

    return _declare(default, description, read)


def file_path(description: str) -> Path | None:
    """The path of a file, None unless it is set."""
    return _declare(None, description, _read_path)


def texts_by_name(description: str) -> Mapping[str, str]:
    """Any names, with a text each."""

    def read(value: object) -> Mapping[str, str]:
        if not isinstance(value, Mapping):
            raise ValueError("should be a section")  # noqa: TRY004 - as all that is wrong with a value
        for name, each in value.items():
            if not isinstance(each, str):
                raise SettingError(name, "should be text", each)
        return dict(value)

    found: Mapping[str, str] = field(default_factory=dict, metadata={_SETTING: Setting(description, read)})
    return found


def section(kind: type[PartT]) -> PartT:
    """A section within another."""

    def read(value: object) -> PartT:
        if not isinstance(value, Mapping):
            raise ValueError("should be a section")  # noqa: TRY004 - as all that is wrong with a value
        return read_section(kind, value)

    found: PartT = field(default_factory=kind, metadata={_SETTING: Setting("", read)})
    return found


def read_section(kind: type[PartT], values: Values) -> PartT:
    """The section of what sources hold, with defaults for what they do not. Raises SettingError."""
    settings = {name: setting for name, setting, _ in _settings_of(kind)}
    for name in values:
        if name not in settings:
            raise SettingError(name, "is no setting", values[name])
    made = kind(**{name: _read(name, settings[name], value) for name, value in values.items()})
    for lower, higher in kind.below.items():
        least, value = getattr(made, lower), getattr(made, higher)
        if not value > least:
            raise SettingError(higher, f"should be more than {lower} ({least:g})", value)
    return made


def change_section(before: PartT, values: Values) -> PartT:
    """The section with these values in it. Raises SettingError."""
    return read_section(type(before), put_over(values_of(before), values))


def values_of(found: Section) -> dict[str, Any]:
    """All values of a section by name, those of the sections in it in mappings of their own."""
    return {
        name: values_of(value) if isinstance(value := getattr(found, name), Section) else value
        for name, _, _ in _settings_of(type(found))
    }


def describe(kind: type[Section]) -> Iterator[DescribedSetting]:
    """The settings of a section, in order; the default of a section in it is that section."""
    for name, setting, default in _settings_of(kind):
        yield DescribedSetting(name, default(), setting.description)


def _settings_of(kind: type[Section]) -> Iterator[tuple[str, Setting, Callable[[], object]]]:
    for found in fields(kind):  # type: ignore[arg-type] # each is a dataclass, which a type cannot say
        factory = found.default_factory
        default = (lambda value=found.default: value) if factory is MISSING else factory
        yield found.name, found.metadata[_SETTING], default


def _declare(default: T, description: str, read: Callable[[Any], object]) -> T:
    def read_or_none(value: object) -> object:
        return None if value is None and default is None else read(value)

    found: T = field(default=default, metadata={_SETTING: Setting(description, read_or_none)})
    return found


def _read(name: str, setting: Setting, value: object) -> object:
    try:
        return setting.read(value)
    except SettingError as error:
        raise SettingError(f"{name}.{error.key}", error.reason, error.value) from error
    except ValueError as error:
        raise SettingError(name, str(error), value) from error


def _read_whole(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int | str) and not isinstance(value, bool):
        with suppress(ValueError):
            return int(value)
    raise ValueError("should be a whole number")


def _read_number(value: object) -> float:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            return float(value)
    raise ValueError("should be a number")


def _within(value: T, least: float | None, most: float | None) -> T:
    """The number, unless it is out of range, as one that is not a number is."""
    number: Any = value
    if least is not None and not number >= least:
        raise ValueError(f"should be {least:g} or more")
    if most is not None and not number <= most:
        raise ValueError(f"should be {most:g} or less")
    return value


def _read_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("should be true or false")


def _read_path(value: object) -> Path:
    return value if isinstance(value, Path) else Path(_read_text(value))


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("should be text")  # noqa: TRY004 - as all that is wrong with a value
    return value
