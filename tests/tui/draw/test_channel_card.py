"""A channel as a card: every line as wide as the card, and the mic number before the name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.channel import ChannelState, Transmitter
from micboard_tui.domain.identity import PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw.channel_card import card
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs
from tests.tui.draw.test_channel_row import LIVE, MIC_NUMBERS, STATES, context


def lines(state: ChannelState, width: int = 45, glyphs: Glyphs = BLOCKS) -> list[str]:
    return ["".join(cell.text for cell in line) for line in card(context(state, glyphs=glyphs), width)]


@given(STATES, MIC_NUMBERS, st.integers(45, 80), st.sampled_from([BLOCKS, ASCII]))
def test_every_line_is_as_wide_as_the_card(
    state: ChannelState, mic_number: str | None, width: int, glyphs: Glyphs
) -> None:
    state = replace(state, assignment=Assignment(state.ref, mic_number=mic_number))
    assert {cell_len(line) for line in lines(state, width, glyphs)} == {width}


@pytest.mark.parametrize(("mic_number", "first"), [("IEM 3", "   IEM 3 Ada "), (None, "   Ada ")])
def test_the_mic_number_stands_before_the_name(mic_number: str | None, first: str) -> None:
    ada = Performer(PerformerId("ada"), "Ada")
    state = replace(LIVE, assignment=Assignment(LIVE.ref, ada, mic_number=mic_number))
    assert lines(state)[0].startswith(first)


@pytest.mark.parametrize(
    ("model", "width", "shown"),
    [("EW-DX SKM", 45, "EW-DX SKM "), ("EW-DX SKM-S Gold", 60, "EW-DX SKM-S G… "), ("ADX1M", 45, "ADX1M ")],
)
def test_the_model_of_a_pack_is_cut_only_where_it_is_very_long(model: str, width: int, shown: str) -> None:
    state = replace(
        LIVE, facts=replace(LIVE.facts, transmitter=Transmitter(model=model, battery=Battery(percent=42)))
    )
    assert lines(state, width)[1].endswith(f" {shown}")


@pytest.mark.parametrize(
    ("link", "foot"),
    [
        (LinkState.LIVE, "606.125  40"),
        (LinkState.TRANSMITTER_OFF, "606.125    "),
        (LinkState.RF_LOST, "606.125    "),
    ],
)
def test_a_channel_that_is_not_on_the_air_shows_no_quality(link: LinkState, foot: str) -> None:
    facts = replace(LIVE.facts, frequency_khz=606125)
    state = replace(LIVE, link_state=link, facts=facts, meters=LIVE.meters._replace(quality_percent=40))
    assert foot in lines(state)[-1]
