"""How settings are declared, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.config.setting_fields import (
    Section,
    SettingError,
    change_section,
    choice,
    describe,
    file_path,
    number,
    read_section,
    section,
    text,
    texts_by_name,
    values_of,
    whole_number,
    yes_or_no,
)


def loud(value: str) -> str:
    if value == "silence":
        raise ValueError("should be heard")
    return value.upper()


@dataclass(frozen=True, kw_only=True)
class Levels(Section):
    """How loud it is."""

    below: ClassVar[Mapping[str, str]] = {"low": "high"}
    low: float = number(-60.0, "Where it begins.", least=-100.0, most=0.0)
    high: float = number(-10.0, "Where it ends.", least=-100.0, most=0.0)


@dataclass(frozen=True, kw_only=True)
class Desk(Section):
    """A desk."""

    faders: int = whole_number(8, "How many there are.", least=1, most=400)
    limit: int | None = whole_number(None, "How many are used.")
    is_digital: bool = yes_or_no(default=True, description="Whether it is digital.")
    is_loud: bool | None = yes_or_no(None, "Whether it is loud.")
    name: str | None = text(None, "What it is called.", max_length=5)
    site: str = text("foh", "Where it is.", pattern="^[a-z]+$")
    call: str = text("HALLO", "What is called.", check=loud)
    kind: Literal["big", "small"] = choice("big", Literal["big", "small"], "What it is.")
    file: Path | None = file_path("Where its scenes are.")
    levels: Levels = section(Levels)
    names: Mapping[str, str] = texts_by_name("Those of the channels.")


def refused(values: Mapping[str, Any]) -> SettingError:
    with pytest.raises(SettingError) as caught:
        read_section(Desk, values)
    return caught.value


def test_without_values_the_defaults_hold() -> None:
    assert read_section(Desk, {}) == Desk()
    assert Desk().names == {}
    assert Desk().levels.low == -60.0


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("faders", 12, 12),
        ("faders", " 12 ", 12),
        ("faders", 12.0, 12),
        ("limit", None, None),
        ("is_digital", "OFF", False),
        ("is_digital", 0, False),
        ("is_digital", "yes", True),
        ("is_loud", None, None),
        ("is_loud", "true", True),
        ("name", "Pia", "Pia"),
        ("call", "hey", "HEY"),
        ("kind", "small", "small"),
        ("file", "scenes", Path("scenes")),
        ("file", Path("scenes"), Path("scenes")),
        ("levels", {"low": "-70"}, Levels(low=-70.0)),
        ("levels", {"high": -1}, Levels(high=-1.0)),
        ("names", {"1": "Lead"}, {"1": "Lead"}),
    ],
)
def test_values_are_taken_as_files_and_the_environment_have_them(
    name: str, value: object, kept: object
) -> None:
    found = getattr(read_section(Desk, {name: value}), name)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"faders": "many"}, "faders should be a whole number"),
        ({"faders": 1.5}, "faders should be a whole number"),
        ({"faders": float("inf")}, "faders should be a whole number"),
        ({"faders": True}, "faders should be a whole number"),
        ({"faders": {}}, "faders should be a whole number"),
        ({"faders": None}, "faders should be a whole number"),
        ({"faders": 0}, "faders should be 1 or more"),
        ({"faders": "401"}, "faders should be 400 or less"),
        ({"is_digital": 2}, "is_digital should be true or false"),
        ({"is_digital": "perhaps"}, "is_digital should be true or false"),
        ({"is_digital": None}, "is_digital should be true or false"),
        ({"name": ""}, "name should have at least 1 and at most 5 characters"),
        ({"name": "Henrietta"}, "name should have at least 1 and at most 5 characters"),
        ({"name": 5}, "name should be text"),
        ({"site": "FOH"}, "site should match ^[a-z]+$"),
        ({"site": "foh\n"}, "site should match ^[a-z]+$"),
        ({"call": "silence"}, "call should be heard"),
        ({"kind": "middling"}, "kind should be 'big' or 'small'"),
        ({"kind": []}, "kind should be 'big' or 'small'"),
        ({"file": 5}, "file should be text"),
        ({"levels": 5}, "levels should be a section"),
        ({"levels": {"low": float("nan")}}, "levels.low should be -100 or more"),
        ({"levels": {"low": 10**400}}, "levels.low should be a number"),
        ({"levels": {"high": -80}}, "levels.high should be more than low (-60)"),
        ({"levels": {"low": -5}}, "levels.high should be more than low (-5)"),
        ({"levels": {"lwo": -5}}, "levels.lwo is no setting"),
        ({"levels": {"below": {}}}, "levels.below is no setting"),
        ({"names": []}, "names should be a section"),
        ({"names": {"1": 1}}, "names.1 should be text"),
        ({"desk": {}}, "desk is no setting"),
    ],
)
def test_what_is_wrong_is_told_with_its_name(values: Mapping[str, Any], told: str) -> None:
    assert str(refused(values)) == told


def test_the_value_that_is_wrong_is_kept_for_the_message() -> None:
    error = refused({"levels": {"high": "loud"}})
    assert (error.key, error.reason, error.value) == ("levels.high", "should be a number", "loud")
    assert refused({"levels": {"low": -5}}).value == -10.0


def test_one_value_is_changed_and_the_others_stay() -> None:
    before = read_section(Desk, {"faders": 12, "file": "scenes", "levels": {"low": -70}})
    after = change_section(before, {"levels": {"high": "-5"}})
    assert values_of(after) == values_of(before) | {"levels": {"low": -70.0, "high": -5.0}}
    with pytest.raises(SettingError, match=r"levels\.high should be more than low"):
        change_section(before, {"levels": {"high": -75}})


def test_settings_are_listed_with_their_defaults_and_what_they_are() -> None:
    found = {name: (default, description) for name, default, description in describe(Desk)}
    assert found["faders"] == (8, "How many there are.")
    assert found["levels"] == (Levels(), "")
    assert found["names"] == ({}, "Those of the channels.")
    assert list(found) == list(values_of(Desk()))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(values_of(Desk()))), VALUES, max_size=3))
def test_any_value_is_either_kept_in_its_type_or_refused(values: Mapping[str, Any]) -> None:
    try:
        found = read_section(Desk, values)
    except SettingError:
        return
    assert type(found.faders) is int
    assert type(found.is_digital) is bool
    assert isinstance(found.name, str | None)
    assert read_section(Desk, values_of(found)) == found
