"""Choosing a name by a few letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.tui.flows.name_choices import Kind, Offer, offers

CAST = [Offer(name) for name in ("Bea Amberg", "Ada", "Adam", "Zoë", "Nora Dahl")]
NOBODY = Offer("Nobody", "frees the channel", Kind.NOBODY)


def names(query: str, suggested: str | None = None) -> list[str]:
    return [each.name for each in offers(query, [*CAST, NOBODY], new="new performer", suggested=suggested)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("ad", "Ada"),
        ("adam", "Adam"),
        ("am", "Bea Amberg"),
        ("ZOË", "Zoë"),
        ("dahl", "Nora Dahl"),
        ("nrd", "Nora Dahl"),
    ],
)
def test_two_letters_find_somebody(query: str, first: str) -> None:
    assert names(query)[0] == first


def test_who_is_not_there_yet_can_be_added_but_comes_last() -> None:
    assert names("ad")[-1] == "ad"
    assert offers("Xaver", CAST, new="new performer") == [Offer("Xaver", "new performer", Kind.NEW)]


def test_a_name_that_is_there_is_not_offered_as_new() -> None:
    assert all(each.kind is Kind.KNOWN for each in offers(" ADA ", CAST, new="new"))


def test_nothing_typed_shows_everybody_with_the_suggestion_on_top() -> None:
    assert names("") == ["Bea Amberg", "Ada", "Adam", "Zoë", "Nora Dahl", "Nobody"]
    assert names("", "ADAM")[0] == "Adam"
    assert names("", "ADAM").count("Adam") == 1
    assert names("", "Vox 1")[0] == "Vox 1"
    assert names("", " ")[0] == "Bea Amberg"


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=8).map(Offer), max_size=8))
def test_whatever_is_typed_can_be_chosen(query: str, known: list[Offer]) -> None:
    found = offers(query, known, new="new")
    if query.strip():
        assert sum(each.kind is Kind.NEW for each in found) <= 1
        assert found
