import pytest

from micboard_tui.manufacturers.sennheiser.ssc import values
from micboard_tui.manufacturers.sennheiser.ssc.address_values import AddressValues
from micboard_tui.manufacturers.sennheiser.warning_tokens import parse_tokens
from micboard_tui.protocols.ssc.messages import Json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("A", "A"),
        (" A ", "A"),
        ("", None),
        (None, None),
        (["10.0.0.1"], "10.0.0.1"),
        (3, "3"),
        (True, None),
        ([], None),
    ],
)
def test_texts(value: Json, text: str | None) -> None:
    assert values.parse_text(value) == text


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (0, False),
        (1, True),
        ("true", True),
        ("FALSE", False),
        ("maybe", None),
        (None, None),
        ([], None),
    ],
)
def test_flags(value: Json, flag: bool | None) -> None:
    assert values.parse_flag(value) is flag


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (0, 0),
        (100, 100),
        ("84", 84),
        (84.4, 84),
        (101, None),
        (-1, None),
        (True, None),
        ("84 %", None),
        (None, None),
        ([84], None),
        (10**400, None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_percents(value: Json, percent: int | None) -> None:
    assert values.parse_percent(value) == percent


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ([], set()),
        ("", set()),
        ([""], set()),
        ([None], set()),
        (None, None),
        (3, None),
        ([1, {}], None),
        (["NoLink", "AfPeak"], {"nolink", "afpeak"}),
        ("No Link", {"nolink"}),
    ],
)
def test_warnings_are_alike_in_every_spelling(value: Json, tokens: set[str] | None) -> None:
    assert parse_tokens(value) == tokens


def test_what_is_kept_of_a_value_is_limited() -> None:
    assert values.limit_size("x" * 10**6) == "x" * values.MAX_TEXT
    inner: list[Json] = ["y" * 1000, [1], {"a": 1}]
    long: list[Json] = [inner * 100, {"b": 1}, 3, *[None] * 500]
    kept = values.limit_size(long)
    assert isinstance(kept, list)
    assert kept[:3] == [(["y" * values.MAX_TEXT, None, None] * 100)[: values.MAX_ITEMS], None, 3]
    assert len(kept) == values.MAX_ITEMS


def test_entries_of_arrays() -> None:
    assert values.get_item([1, 2], 1) == 2
    assert values.get_item([1, 2], 2) is None
    assert values.get_item("ab", 0) is None
    assert (values.count_items([1, 2]), values.count_items(None)) == (2, 0)


def test_an_address_has_a_value_or_an_error_and_changes_are_noticed() -> None:
    address_values = AddressValues()
    assert address_values.set("/a", 1)
    assert not address_values.set("/a", 1)
    assert not address_values.set_error("/a", 406), "it cannot be subscribed, and is there all the same"
    assert address_values.get("/a") == 1
    assert address_values.set_error("/a", 424)
    assert not address_values.set_error("/a", 424)
    assert (address_values.has("/a"), address_values.error("/a")) == (False, 424)
    assert address_values.set("/a", None)
    assert (address_values.has("/a"), address_values.error("/a"), address_values.get("/a")) == (
        True,
        None,
        None,
    )
    address_values.set("/b", ["x", 1])
    assert address_values.raw(("/b", "/a", "/c")) == (("/a", "null"), ("/b", '["x", 1]'))
    address_values.forget(("/a", "/c"))
    assert not address_values.has("/a")


def test_an_error_is_new_when_it_replaces_a_value_or_another_error() -> None:
    address_values = AddressValues()
    assert address_values.set_error("/a", 404)
    assert address_values.set_error("/a", 424)
    address_values.forget(("/a",))
    assert address_values.error("/a") is None
    assert address_values.set_error("/a", 424)
