"""Names from strangers' gear, made harmless."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.safe_text import escape_unprintable, fold_accents, fold_name, visible


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rack A", " rack  a "),
        ("Rack A", "Rack\u00a0A"),
        ("Rack A", "Rack\u2009\u3000A"),
        ("Rack A", "Rack\tA"),
        ("Mary O'Neil", "mary o\u2019neil"),
        ("Mary O'Neil", "Mary O\u02bcNEIL"),
        ("Mary O'Neil", "Mary O\u00b4Neil"),
        ("Bj\xf6rk", "BJO\u0308RK"),
        ("Stra\xdfe", "STRASSE"),
    ],
)
def test_names_that_people_take_for_one_are_one(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_an_accent_makes_another_name_but_is_not_needed_to_find_it() -> None:
    assert fold_name("Bj\xf6rk") != fold_name("Bjork")
    for name, typed in (
        ("Bj\xf6rk", "bjork"),
        ("S\xf8ren", "SOREN"),
        ("\u0141\xf3d\u017a", "lodz"),
        ("\xc6sop", "aesop"),
    ):
        assert fold_accents(name) == fold_accents(typed)


@given(st.text(st.characters()))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)
    assert fold_name(f" {name} ") == fold_name(name)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_escaped_document_says_the_same_and_harms_no_terminal(name: str) -> None:
    document = json.dumps({name: [name]}, ensure_ascii=False, indent=1)
    escaped = escape_unprintable(document)
    assert json.loads(escaped) == {name: [name]}
    assert visible(escaped.replace("\n", "")) == escaped.replace("\n", "")
