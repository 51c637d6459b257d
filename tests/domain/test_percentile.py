"""Medians as the library has them."""

from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.percentile import find_median


@given(st.lists(st.integers(-120, 120).map(lambda half_db: half_db / 2), min_size=1))
def test_the_median_is_that_of_the_library(values: list[float]) -> None:
    assert find_median(values) == median(values)
