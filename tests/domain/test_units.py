"""How quantities are written, wherever a person reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.units import (
    DASH,
    MAX_SHOWN_MINUTES,
    format_charge,
    format_charge_in_full,
    format_count,
    format_duration,
    format_frequency,
    format_hours_minutes,
    format_mhz,
    format_number,
)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0:00"), (9, "0:09"), (59, "0:59"), (60, "1:00"), (300, "5:00"), (5999, "99:59")],
)
def test_minutes_are_written_as_a_clock_does(minutes: int, text: str) -> None:
    assert format_hours_minutes(minutes) == text


@pytest.mark.parametrize(
    ("battery", "text"),
    [
        (None, DASH),
        (Battery(), DASH),
        (Battery(minutes=MAX_SHOWN_MINUTES, percent=100), "99:59"),
        (Battery(minutes=MAX_SHOWN_MINUTES + 1, percent=100), "100%"),
        (Battery(percent=78, bars=4), "78%"),
        (Battery(bars=4), "4/5"),
    ],
)
def test_a_charge_is_written_in_the_best_form_that_fits(battery: Battery | None, text: str) -> None:
    assert format_charge(battery) == text


def test_a_charge_in_full_has_every_form_that_is_known() -> None:
    assert format_charge_in_full(Battery(minutes=405, percent=78, bars=4)) == "6:45 78 % 4/5"
    assert format_charge_in_full(Battery(bars=4)) == "4/5"
    assert format_charge_in_full(None) == DASH


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0s"), (9.9, "9s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86400, "1d"), (300000, "3d")],
)
def test_a_span_is_written_in_its_largest_unit(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_numbers_are_right_aligned_and_a_dash_stands_for_what_is_unknown() -> None:
    assert format_number(-50.4, 5) == "  -50"
    assert format_number(None, 3) == f"  {DASH}"
    assert format_mhz(578350, 8) == " 578.350"
    assert format_mhz(None) == DASH
    assert (format_frequency(578350), format_frequency(None)) == ("578.350 MHz", f"{DASH} MHz")


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_a_longer_span_is_never_written_as_a_shorter_one(one: float, other: float) -> None:
    def seconds(text: str) -> int:
        return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[text[-1]]

    shorter, longer = sorted((one, other))
    assert seconds(format_duration(shorter)) <= seconds(format_duration(longer)) <= longer


@given(st.none() | st.floats(-9999, 9999))
def test_a_number_keeps_its_width(value: float | None) -> None:
    text = format_number(value, 5)
    assert len(text) == 5
    assert (value is None) == (DASH in text)


@given(st.none() | st.integers(0, 100), st.none() | st.integers(0, 5), st.none() | st.integers(0, 65535))
def test_a_charge_fits_five_cells(percent: int | None, bars: int | None, minutes: int | None) -> None:
    assert len(format_charge(Battery(percent, bars, minutes))) <= 5


def test_one_is_not_written_as_several() -> None:
    assert [format_count(count, "channel") for count in (0, 1, 2)] == [
        "0 channels",
        "1 channel",
        "2 channels",
    ]
