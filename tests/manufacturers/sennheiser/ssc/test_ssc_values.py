import pytest

from micboard_tui.manufacturers.sennheiser.ssc import values
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
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
    assert values.text(value) == text


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
    assert values.flag(value) is flag


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
    assert values.percent(value) == percent


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
    assert values.tokens(value) == tokens


def test_nothing_that_is_kept_is_without_an_end() -> None:
    assert values.bounded("x" * 10**6) == "x" * values.MAX_TEXT
    inner: list[Json] = ["y" * 1000, [1], {"a": 1}]
    long: list[Json] = [inner * 100, {"b": 1}, 3, *[None] * 500]
    kept = values.bounded(long)
    assert isinstance(kept, list)
    assert kept[:3] == [(["y" * values.MAX_TEXT, None, None] * 100)[: values.MAX_ITEMS], None, 3]
    assert len(kept) == values.MAX_ITEMS


def test_entries_of_arrays() -> None:
    assert values.item([1, 2], 1) == 2
    assert values.item([1, 2], 2) is None
    assert values.item("ab", 0) is None
    assert (values.size([1, 2]), values.size(None)) == (2, 0)


def test_words_keep_a_value_or_a_refusal_and_tell_what_is_new() -> None:
    words = Words()
    assert words.put("/a", 1)
    assert not words.put("/a", 1)
    assert not words.refuse("/a", 406), "it cannot be subscribed, and is there all the same"
    assert words.get("/a") == 1
    assert words.refuse("/a", 424)
    assert not words.refuse("/a", 424)
    assert (words.has("/a"), words.code("/a")) == (False, 424)
    assert words.put("/a", None)
    assert (words.has("/a"), words.code("/a"), words.get("/a")) == (True, None, None)
    words.put("/b", ["x", 1])
    assert words.raw(("/b", "/a", "/c")) == (("/a", "null"), ("/b", '["x", 1]'))
    words.forget(("/a", "/c"))
    assert not words.has("/a")
