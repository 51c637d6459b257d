"""Mic numbers: people expect 2 before 10, and count them up from any that ends in digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.mic_number import MAX_CELLS, cell_width, count_up, mic_number_key

NUMBERS = st.integers(0, 99_999_999)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=16)


def test_numbers_come_first_and_by_their_value() -> None:
    numbers = ["iem 3", "10", "IEM 12", "7b", "Z1", "2", "IEM", "7", "A", "1"]
    in_order = ["1", "2", "7", "7b", "10", "A", "IEM", "iem 3", "IEM 12", "Z1"]
    assert sorted(numbers, key=mic_number_key) == in_order


@given(NUMBERS, NUMBERS)
def test_plain_numbers_are_ordered_as_numbers(one: int, other: int) -> None:
    assert (mic_number_key(str(one)) < mic_number_key(str(other))) is (one < other)


@given(NUMBERS, TEXTS.filter(lambda text: text.strip() and not text.strip()[0].isdecimal()))
def test_any_number_comes_before_any_text(number: int, text: str) -> None:
    assert mic_number_key(str(number)) < mic_number_key(text)


@pytest.mark.parametrize(
    ("one", "other"), [("IEM 3", "iem3"), ("7", "07"), (" 7", "7 "), ("VOX  1", "vox 1")]
)
def test_people_read_these_as_the_same(one: str, other: str) -> None:
    assert mic_number_key(one) == mic_number_key(other)


@pytest.mark.parametrize(
    ("start", "count", "numbers"),
    [
        ("7", 3, ["7", "8", "9"]),
        ("IEM 3", 2, ["IEM 3", "IEM 4"]),
        ("09", 3, ["09", "10", "11"]),
        ("A-9", 2, ["A-9", "A-10"]),
        ("Lead", 1, ["Lead"]),
        ("Lead", 2, None),
        ("7b", 2, None),
        ("IEM 9999", 2, None),
        ("99999999", 2, None),
    ],
)
def test_numbers_count_up(start: str, count: int, numbers: list[str] | None) -> None:
    assert count_up(start, count) == numbers


@given(st.integers(0, 999), st.integers(2, 64))
def test_counted_numbers_are_in_order_and_different(start: int, count: int) -> None:
    numbers = count_up(f"M {start}", count)
    assert numbers is not None
    keys = [mic_number_key(number) for number in numbers]
    assert keys == sorted(set(keys))
    assert all(cell_width(number) <= MAX_CELLS for number in numbers)


@pytest.mark.parametrize("text", ["7", "IEM 3", "主唱 1", "Zoe\u0308", "שלום"])
def test_width_is_that_of_the_terminal(text: str) -> None:
    assert cell_width(text) == cell_len(text)
