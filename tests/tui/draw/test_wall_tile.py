"""Channels large for a wall: what is on a tile, its size, and its letters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Transmitter
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.draw.block_letters import LINES, block_lines, drawable, wide_cells
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs
from micboard_tui.tui.draw.row_context import RowContext
from micboard_tui.tui.draw.wall_tile import tile_ground, wall_tile

NOW = 1000.0
ADA = ChannelState(
    DeviceId("a"),
    3,
    link_state=LinkState.LIVE,
    facts=ChannelFacts(name="Ada", transmitter=Transmitter(battery=Battery(minutes=356))),
    assignment=Assignment(
        ChannelRef(DeviceId("a"), 3),
        Performer(PerformerId("p"), "Ada"),
        mic_number="7",
    ),
)


def tile(
    state: ChannelState, width: int = 40, problems: tuple[ProblemCode, ...] = (), glyphs: Glyphs = BLOCKS
) -> list[str]:
    row = RowContext(state, "Rack", "", NOW, glyphs, problems=problems)
    return ["".join(cell.text for cell in line) for line in wall_tile(row, width)]


def test_a_tile_is_name_mic_number_and_minutes_of_one_size() -> None:
    assert [line.rstrip() for line in tile(ADA)] == [
        "  ▄▄▄  ▄▄▄▄   ▄▄▄",
        " █   █ █   █ █   █",
        " █▀▀▀█ █   █ █▀▀▀█",
        " █   █ █▄▄▄▀ █   █",
        " ▄▄▄▄▄              ▄▄▄▄▄   ▄▄▄▄▄   ▄▄",
        "    ▄▀              █▄▄▄  █ █▄▄▄  ▄▀",
        "  ▄▀                    █ ▄     █ █▀▀▀▄",
        "  █                 ▀▄▄▄▀ ▀ ▀▄▄▄▀ ▀▄▄▄▀",
    ]


def test_a_long_name_is_drawn_narrow_with_all_that_is_below_it() -> None:
    state = replace(ADA, assignment=None, facts=replace(ADA.facts, name="Mercutio Two"))
    lines = tile(state)
    assert wide_cells(drawable("Mercutio Two")) > 40
    assert set("".join(lines[LINES:])) & set("▗▖▝▞▟▘▚▌▙▛")
    assert len(lines) == 2 * LINES


@pytest.mark.parametrize(
    ("problems", "ground", "letter"),
    [
        ((), "surface", ""),
        ((ProblemCode.BATTERY_LOW,), "warning", "b"),
        ((ProblemCode.RF_LOST,), "critical", "L"),
        ((ProblemCode.BATTERY_CRITICAL, ProblemCode.QUALITY_LOW), "critical", "B"),
    ],
)
def test_trouble_fills_the_tile_and_has_its_letter(
    problems: tuple[ProblemCode, ...], ground: str, letter: str
) -> None:
    assert tile_ground(problems, "surface") == ground
    assert tile(ADA, problems=problems)[0][-3:].strip() == letter


def test_a_battery_that_is_not_current_is_in_brackets() -> None:
    lost = replace(ADA, link_state=LinkState.RF_LOST, link_since=NOW - 60)
    row = RowContext(lost, "Rack", "", NOW, ASCII)
    (charge,) = (cell for line in wall_tile(row, 40) for cell in line if ":" in cell.text)
    assert (charge.text.replace(" ", ""), charge.tone) == ("(5:56)", "dim")


def test_a_terminal_with_ascii_has_the_text_spaced() -> None:
    lines = tile(replace(ADA, facts=replace(ADA.facts, name="Ada")), glyphs=ASCII)
    assert lines[1].strip() == "A d a"
    assert "".join(lines).isascii()
    assert lines[LINES + 1].split() == ["7", "5", ":", "5", "6"]


def test_what_has_no_large_letters_is_written_as_it_is() -> None:
    state = replace(ADA, assignment=None, facts=replace(ADA.facts, name="日本 Vox"))
    assert "日 本   V o x" in tile(state)[1]


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Björk Ødegård", "BJORK ODEGARD"), ("Spare #2 (L/R)", "SPARE #2 (L/R)"), ("日本", ""), ("", "")],
)
def test_accents_are_folded_and_all_are_capitals(text: str, letters: str) -> None:
    assert drawable(text) == letters


@given(st.text(max_size=30), st.integers(24, 120), st.sampled_from([BLOCKS, ASCII]), st.text(max_size=8))
def test_every_line_of_a_tile_has_its_width(name: str, width: int, glyphs: Glyphs, number: str) -> None:
    assert ADA.assignment is not None
    state = replace(
        ADA,
        facts=replace(ADA.facts, name=name),
        assignment=replace(ADA.assignment, performer=None, mic_number=number or None),
    )
    lines = tile(state, width, (ProblemCode.STALE,), glyphs)
    assert len(lines) == 2 * LINES
    assert {cell_len(line) for line in lines} == {width}


@given(st.text("ABC 19:.", min_size=1, max_size=40), st.integers(4, 100), st.booleans())
def test_large_letters_fill_their_room_and_no_more(text: str, width: int, is_wide: bool) -> None:
    lines = block_lines(drawable(text), width, is_wide=is_wide)
    assert len(lines) == LINES
    assert {len(line) for line in lines} == {width}
