"""Levels as numbers and bars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs
from micboard_tui.tui.draw.meter_cells import audio_bar, audio_bar_shape
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.row_meters import AUDIO

LEVELS = st.one_of(st.none(), st.floats(-70, 3))
LIVE = ChannelState(DeviceId("a"), 1, link_state=LinkState.LIVE)


@pytest.mark.parametrize(
    ("level", "cells"),
    [
        (-50.0, [("", "live")]),
        (-28.0, [("▄▄▄▄▖", "live")]),
        (-6.0, [("▄▄▄▄▄▄▄▄▄", "live")]),
        (-5.0, [("▄▄▄▄▄▄▄▄▄", "live"), ("▖", "warning")]),
        (-1.0, [("▄▄▄▄▄▄▄▄▄", "live"), ("▄", "warning")]),
    ],
)
def test_only_the_part_of_an_audio_bar_close_to_full_scale_has_another_colour(
    level: float, cells: list[tuple[str, str]]
) -> None:
    bar = audio_bar(level, None, "warning", 10, BLOCKS)
    assert [(cell.text.rstrip(), cell.tone) for cell in bar] == cells


def test_the_hot_part_is_critical_only_where_the_audio_clips() -> None:
    hot = replace(LIVE, meters=Meters(audio_dbfs=-12.0), audio_peak_dbfs=-3.0)
    assert _tones(hot) == ["text", "live", "warning"]
    assert _tones(replace(hot, audio_peak_dbfs=-0.5)) == ["text", "live", "critical"]
    overloaded = replace(hot, meters=Meters(audio_dbfs=-12.0, overload=True))
    assert _tones(overloaded)[-1] == "critical"
    assert _tones(LIVE) == ["text", "dim"]


def _tones(state: ChannelState) -> list[str]:
    return [cell.tone for cell in AUDIO(RowContext(state, "", "", 0.0, BLOCKS), 10)]


def test_a_peak_stands_in_the_part_that_it_is_in() -> None:
    (calm,) = audio_bar(-28.0, -12.0, "warning", 10, BLOCKS)
    assert calm.text == "▄▄▄▄▖  ╷  "
    assert [cell.text for cell in audio_bar(-28.0, -3.0, "warning", 10, BLOCKS)] == ["▄▄▄▄▖    ", "╷"]


@given(LEVELS, LEVELS, st.integers(0, 40), st.sampled_from([BLOCKS, ASCII]))
def test_an_audio_bar_keeps_its_width(
    level: float | None, peak: float | None, width: int, glyphs: Glyphs
) -> None:
    bar = audio_bar(level, peak, "warning", width, glyphs)
    assert sum(cell_len(cell.text) for cell in bar) == width


@given(
    LEVELS,
    LEVELS,
    st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)),
    st.integers(0, 40),
    st.sampled_from([BLOCKS, ASCII]),
)
def test_audio_bars_of_one_shape_look_the_same(
    level: float | None, peak: float | None, by: tuple[float, float], width: int, glyphs: Glyphs
) -> None:
    other = (None if level is None else level + by[0], None if peak is None else peak + by[1])
    shapes = [audio_bar_shape(*levels, width, glyphs) for levels in ((level, peak), other)]
    bars = [audio_bar(*levels, "warning", width, glyphs) for levels in ((level, peak), other)]
    assert shapes[0] != shapes[1] or bars[0] == bars[1]


def test_bars_of_two_rows_leave_a_gap() -> None:
    """No sign of a bar or a trend is as high as a line."""
    assert "█" not in BLOCKS.steps + BLOCKS.levels
    assert set(BLOCKS.steps) == {" ", "▖", "▄"}
