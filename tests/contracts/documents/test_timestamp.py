"""Moments in JSON documents have milliseconds."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.documents.timestamp import format_timestamp, round_timestamp


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_795_376_527.123, "2026-11-22T19:42:07.123Z"),
        (1_795_376_527.9996, "2026-11-22T19:42:08.000Z"),
        (1_795_376_527, "2026-11-22T19:42:07.000Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_a_moment_is_written_to_the_millisecond_in_utc(seconds: float, text: str) -> None:
    assert format_timestamp(seconds) == text


def test_an_unknown_moment_is_none() -> None:
    assert format_timestamp(None) is None
    assert round_timestamp(None) is None


@given(st.floats(0, 4e9))
def test_what_is_written_is_read_back_to_half_a_millisecond(seconds: float) -> None:
    text = format_timestamp(seconds)
    assert text is not None
    assert datetime.fromisoformat(text).timestamp() == pytest.approx(seconds, abs=0.000501)
    assert round_timestamp(seconds) == pytest.approx(seconds, abs=0.000501)
