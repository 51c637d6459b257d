"""Reasons for which a value is refused, in plain English."""

import pytest

from micboard_tui.config.value_reasons import plain_reason


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Value error, 'pink' is not one of 'auto', '16'.", "'pink' is not one of 'auto', '16'."),
        ("Input should be less than or equal to 20", "should be 20 or less"),
        ("Input should be greater than or equal to 0.1", "should be 0.1 or more"),
        (
            "Input should be a valid integer, unable to parse string as an integer",
            "should be a whole number",
        ),
        ("Input should be a valid integer, got a number with a fractional part", "should be a whole number"),
        ("Input should be a valid number, unable to parse string as a number", "should be a number"),
        ("Input should be a valid boolean, unable to interpret input", "should be true or false"),
        ("should be more than critical_minutes (15)", "should be more than critical_minutes (15)"),
    ],
)
def test_a_reason_says_what_the_value_should_be(message: str, expected: str) -> None:
    assert plain_reason(message) == expected
