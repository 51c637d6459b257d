import pytest

from micboard_tui.domain.near_name import find_near_name, suggest


@pytest.mark.parametrize(
    ("name", "near"),
    [("rakc a", "Rack A"), ("RACK  B", "Rack B"), ("choir", None), ("", None), ("main  stge", "Main Stage")],
)
def test_the_known_name_that_is_most_like_it(name: str, near: str | None) -> None:
    assert find_near_name(name, [None, "", "Rack A", "Rack B", "Main Stage"]) == near


def test_a_hint_begins_with_what_was_probably_meant() -> None:
    assert suggest("See all.", "Adda", ["Ada", "Ben"]) == "Did you mean Ada? See all."
    assert suggest("See all.", "Zoe", ["Ada", "Ben"]) == "See all."
