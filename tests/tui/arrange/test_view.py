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
    ChannelFilter,
    Criterion,
    CriterionKind,
)
from micboard_tui.tui.arrange.view import Grouping, SortOrder, View, next_member, parse_view

CRITERIA = st.one_of(
    st.builds(Criterion, st.just(CriterionKind.STATE), st.sampled_from([*map(str, LinkState), PROBLEMS])),
    st.sampled_from([LOW_BATTERY, UNKNOWN_BATTERY, ASSIGNED, FREE, *BELOW.values()]),
    st.builds(Criterion, st.sampled_from([CriterionKind.LOCATION, CriterionKind.MANUFACTURER]), st.text()),
)
VIEWS = st.builds(
    View,
    st.sampled_from(SortOrder),
    st.sampled_from(Grouping),
    st.builds(ChannelFilter, st.frozensets(CRITERIA, max_size=4)),
    st.none() | st.sampled_from(Layout),
)


@given(VIEWS)
def test_a_stored_view_is_the_same_view(view: View) -> None:
    assert parse_view(json.loads(json.dumps(view.as_json()))) == view


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_anything_else_is_no_view(stored: object) -> None:
    assert parse_view(stored) is None


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
    assert parse_view(stored) is None


@pytest.mark.parametrize(
    ("view", "description"),
    [
        (View(), "everything"),
        (View(sort_order=SortOrder.NAME, grouping=Grouping.NONE), "by name"),
        (View(grouping=Grouping.MANUFACTURER), "grouped by manufacturer"),
        (View(grouping=Grouping.PERFORMER, layout=Layout.WALL), "grouped by performer, as wall"),
        (
            View(
                SortOrder.PROBLEMS,
                channel_filter=ChannelFilter(
                    frozenset({LOW_BATTERY, Criterion(CriterionKind.STATE, "muted")})
                ),
            ),
            "only battery low, muted, problems first",
        ),
    ],
)
def test_a_view_is_called_by_what_is_different(view: View, description: str) -> None:
    assert view.description == description


def test_orders_go_around() -> None:
    order = SortOrder.RACK
    seen = []
    for _ in SortOrder:
        seen.append(order)
        order = next_member(order)
    assert (seen, order) == (list(SortOrder), SortOrder.RACK)
