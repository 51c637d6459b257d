"""Names from strangers' gear, made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.safe_text import visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lead Vox", "Lead Vox"),
        ("[red]x[/] A>B", "[red]x[/] A>B"),
        ("\x1b[2Jgone", "\u241b[2Jgone"),
        ("a\nb\tc\0", "a\u240ab\u2409c\u2400"),
        ("\x7f", "\u2421"),
        ("\x9b31m", "\N{REPLACEMENT CHARACTER}31m"),
        ("abc\u202edef", "abc\N{REPLACEMENT CHARACTER}def"),
        ("a\u200bb\ufeff", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("\u2028", "\N{REPLACEMENT CHARACTER}"),
        ("J\xfcrgen \u6f14\u6b4c \N{MICROPHONE}", "J\xfcrgen \u6f14\u6b4c \N{MICROPHONE}"),
        ("", ""),
    ],
)
def test_a_name_is_shown_literally_or_by_its_picture(name: str, shown: str) -> None:
    assert visible(name) == shown


@given(st.text(st.characters()))
def test_nothing_that_is_shown_can_move_or_hide_others(name: str) -> None:
    shown = visible(name)
    assert len(shown) == len(name)
    assert all(each.isprintable() or unicodedata.category(each) == "Zs" for each in shown)
    assert visible(shown) == shown


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_stays_as_it_is(name: str) -> None:
    assert visible(name) == name
