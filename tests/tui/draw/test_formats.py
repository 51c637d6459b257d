"""Values as words: fixed widths, and never a zero for something unknown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.domain.units import format_charge
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs, glyphs_for

LEVELS = st.none() | st.floats(-400, 400)


@given(st.text(), st.integers(0, 40))
def test_strangers_text_is_cut_and_filled_to_its_cells(text: str, width: int) -> None:
    shown = formats.fit(text, width)
    assert cell_len(shown) == cell_len(formats.fit(text, width, "")) == width
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for sign in shown)


@pytest.mark.parametrize(
    ("battery", "text", "share", "tone"),
    [
        (None, "–", None, "dim"),
        (Battery(), "–", None, "dim"),
        (Battery(78, 4, 405), "6:45", 0.78, "live"),
        (Battery(percent=100), "100%", 1.0, "live"),
        (Battery(percent=0), "0%", 0.0, "critical"),
        (Battery(bars=3), "3/5", 0.6, "live"),
        (Battery(bars=2), "2/5", 0.4, "warning"),
        (Battery(minutes=8), "0:08", None, "critical"),
        (Battery(50, minutes=100 * 60), "50%", 0.5, "live"),
    ],
)
def test_batteries(battery: Battery | None, text: str, share: float | None, tone: str) -> None:
    assert format_charge(battery) == text
    assert (battery.share if battery else None) == share
    assert formats.battery_tone(battery, DEFAULT_THRESHOLDS.battery) == tone


@pytest.mark.parametrize(
    ("dbm", "tone"),
    [(None, "dim"), (-96, "critical"), (-95, "warning"), (-86, "warning"), (-85, "live"), (-20, "live")],
)
def test_rf_is_judged_by_the_limits(dbm: float | None, tone: str) -> None:
    assert formats.rf_tone(dbm, DEFAULT_THRESHOLDS) == tone


@given(LEVELS, LEVELS)
def test_what_is_unknown_has_no_share(rf: float | None, audio: float | None) -> None:
    assert (formats.rf_share(rf) is None) == (rf is None)
    assert (formats.audio_share(audio) is None) == (audio is None)


@given(st.floats(-3, 3), st.integers(0, 30), st.sampled_from([BLOCKS, ASCII]))
def test_bars_keep_their_width(share: float, width: int, glyphs: Glyphs) -> None:
    bar = glyphs.bar(share, width)
    assert cell_len(bar) == width
    assert cell_len(glyphs.with_peak(bar, share)) == width
    assert (bar.strip() != "") == (share > 0 and width > 0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_shown_as_less(low: float, high: float) -> None:
    low, high = sorted((low, high))

    def cells(share: float) -> list[int]:
        return [" ▖▄".index(sign) for sign in BLOCKS.bar(share, 8)]

    assert sum(cells(low)) <= sum(cells(high))
    assert BLOCKS.levels.index(BLOCKS.level(low)) <= BLOCKS.levels.index(BLOCKS.level(high))


def test_a_peak_stands_only_on_an_empty_cell() -> None:
    assert BLOCKS.with_peak("▄▄  ", 0.9) == "▄▄ ╷"
    assert BLOCKS.with_peak("▄▄▄▄", 0.9) == "▄▄▄▄"
    assert BLOCKS.level(None) == " "


@pytest.mark.parametrize(
    ("choice", "encoding", "glyphs"),
    [
        ("ascii", "utf-8", ASCII),
        ("blocks", "ascii", BLOCKS),
        ("auto", "utf-8", BLOCKS),
        ("auto", "ascii", ASCII),
        ("auto", "iso-8859-1", ASCII),
        ("auto", "no-such-encoding", ASCII),
    ],
)
def test_the_signs_follow_the_terminal(choice: str, encoding: str, glyphs: Glyphs) -> None:
    assert glyphs_for(choice, encoding) is glyphs


def test_plain_text_is_as_wide_and_plain() -> None:
    assert ASCII.text("– … ↑↓←→") == "- ~ ^v<>"
    assert BLOCKS.text("– …") == "– …"
