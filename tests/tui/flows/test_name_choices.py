"""Choosing a name by a few letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.tui.flows.name_choices import ChoiceKind, NameChoice, rank_choices

PERFORMERS = [NameChoice(name) for name in ("Bea Amberg", "Ada", "Adam", "Zoë", "Nora Dahl")]
NO_PERFORMER = NameChoice("No performer", "frees the channel", ChoiceKind.NONE)


def names(query: str, suggested: str | None = None) -> list[str]:
    return [
        choice.name
        for choice in rank_choices(
            query, [*PERFORMERS, NO_PERFORMER], new="new performer", suggested=suggested
        )
    ]


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
def test_two_letters_find_a_name(query: str, first: str) -> None:
    assert names(query)[0] == first


def test_an_unknown_name_can_be_added_but_comes_last() -> None:
    assert names("ad")[-1] == "ad"
    assert rank_choices("Xaver", PERFORMERS, new="new performer") == [
        NameChoice("Xaver", "new performer", ChoiceKind.NEW)
    ]


def test_a_name_that_is_there_is_not_offered_as_new() -> None:
    assert all(choice.kind is ChoiceKind.KNOWN for choice in rank_choices(" ADA ", PERFORMERS, new="new"))


def test_nothing_typed_shows_every_name_with_the_suggestion_on_top() -> None:
    assert names("") == ["Bea Amberg", "Ada", "Adam", "Zoë", "Nora Dahl", "No performer"]
    assert names("", "ADAM")[0] == "Adam"
    assert names("", "ADAM").count("Adam") == 1
    assert names("", "Vox 1")[0] == "Vox 1"
    assert names("", " ")[0] == "Bea Amberg"


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=8).map(NameChoice), max_size=8))
def test_whatever_is_typed_can_be_chosen(query: str, known: list[NameChoice]) -> None:
    found = rank_choices(query, known, new="new")
    if query.strip():
        assert sum(choice.kind is ChoiceKind.NEW for choice in found) <= 1
        assert found
