"""What is stored of views through changes, with entries of another release among them."""

from dataclasses import replace

from micboard_tui.tui.arrange.stored_views import parse_views, remove_view, rename_view, replace_views
from micboard_tui.tui.arrange.view import SortOrder, View

ACT_1, ACT_2 = View(name="Act 1"), View(SortOrder.NAME, name="Act 2")
LATER = {"order": "BY_MOOD", "grouping": "LOCATION", "only": [], "name": "Later"}
"""A view in an order that only another release has."""
EXTENDED = {**ACT_1.as_json(), "columns": ["mic", "battery"]}
"""One that can be read, with a field of another release."""
STORED = {"1": EXTENDED, "2": ACT_2.as_json(), "3": LATER, "theme": {"name": "night", "instead_of": ""}}


def test_what_can_be_read_is_a_view() -> None:
    assert parse_views(STORED) == {"1": ACT_1, "2": ACT_2}


def test_what_only_another_release_can_read_stays_when_views_are_stored() -> None:
    changed = replace(ACT_2, sort_order=SortOrder.BATTERY)
    assert replace_views(STORED, {"1": ACT_1, "2": changed, "4": ACT_2}) == {
        "1": EXTENDED,
        "2": changed.as_json(),
        "3": LATER,
        "4": ACT_2.as_json(),
        "theme": STORED["theme"],
    }


def test_a_view_takes_the_key_of_what_cannot_be_read() -> None:
    assert replace_views(STORED, {"3": ACT_1}) == {"3": ACT_1.as_json(), "theme": STORED["theme"]}


def test_a_view_is_renamed_and_removed_and_all_else_stays() -> None:
    assert rename_view(STORED, "1", "Choir") == {**STORED, "1": {**EXTENDED, "name": "Choir"}}
    assert remove_view(STORED, "2") == {key: value for key, value in STORED.items() if key != "2"}
