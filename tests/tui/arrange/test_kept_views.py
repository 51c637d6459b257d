from micboard_tui.tui.arrange.kept_views import KeptViews
from micboard_tui.tui.arrange.view import LAST, SortOrder, View

BY_NAME, PROBLEMS = View(SortOrder.NAME), View(SortOrder.PROBLEMS)


def test_the_view_that_was_seen_last_is_the_current_one() -> None:
    assert KeptViews({}).current == View()
    views = KeptViews({LAST: BY_NAME})
    assert views.current == BY_NAME
    views.show(PROBLEMS)
    assert views.by_key == {LAST: PROBLEMS}


def test_a_view_on_a_number_key_comes_back() -> None:
    views = KeptViews({})
    assert views.find(2) is None
    views.keep("2", BY_NAME)
    assert views.current == BY_NAME
    views.show(PROBLEMS)
    assert views.find(2) == BY_NAME
