import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.filter import (
    ASSIGNED,
    BELOW,
    FREE,
    LOW_BATTERY,
    PROBLEMS,
    UNKNOWN_BATTERY,
    Choice,
    Kind,
    Tick,
)
from micboard_tui.tui.arrange.view import Grouping, Order, View, following, view_of

TICKS = st.one_of(
    st.builds(Tick, st.just(Kind.STATE), st.sampled_from([*map(str, LinkState), PROBLEMS])),
    st.sampled_from([LOW_BATTERY, UNKNOWN_BATTERY, ASSIGNED, FREE, *BELOW.values()]),
    st.builds(Tick, st.sampled_from([Kind.LOCATION, Kind.MANUFACTURER]), st.text()),
)
VIEWS = st.builds(
    View,
    st.sampled_from(Order),
    st.sampled_from(Grouping),
    st.builds(Choice, st.frozensets(TICKS, max_size=4)),
    st.none() | st.sampled_from(Layout),
)


@given(VIEWS)
def test_a_stored_view_is_the_same_view(view: View) -> None:
    assert view_of(json.loads(json.dumps(view.stored()))) == view


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_anything_else_is_no_view(stored: object) -> None:
    assert view_of(stored) is None


@pytest.mark.parametrize(
    "stored",
    [
        {"order": "SIZE", "grouping": "NONE", "only": []},
        {"order": "RACK", "grouping": "NONE", "only": [["STATE", "tired"]]},
        {"order": "RACK", "grouping": "NONE", "only": [["MOOD", "x"]]},
        {"order": "RACK", "grouping": "NONE", "only": ["STATE"]},
        {"order": "RACK", "grouping": "NONE", "only": [3]},
        {"order": "RACK", "grouping": "NONE", "only": [], "layout": "HUGE"},
        {"order": "RACK", "grouping": "NONE", "only": [], "layout": [1]},
    ],
)
def test_a_view_of_another_release_is_none(stored: object) -> None:
    assert view_of(stored) is None


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(), "everything"),
        (View(order=Order.NAME, grouping=Grouping.NONE), "by name"),
        (View(grouping=Grouping.MANUFACTURER), "grouped by maker"),
        (View(grouping=Grouping.PERFORMER, layout=Layout.WALL), "grouped by performer, as wall"),
        (
            View(Order.PROBLEMS, choice=Choice(frozenset({LOW_BATTERY, Tick(Kind.STATE, "muted")}))),
            "only battery low, muted, problems first",
        ),
    ],
)
def test_a_view_is_called_by_what_is_different(view: View, words: str) -> None:
    assert view.words == words


def test_orders_go_around() -> None:
    order = Order.RACK
    seen = []
    for _ in Order:
        seen.append(order)
        order = following(order)
    assert (seen, order) == (list(Order), Order.RACK)
