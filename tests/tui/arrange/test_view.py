import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.arrange.arrangement import Heading
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
from micboard_tui.tui.arrange.problem_watch import ProblemWatch
from micboard_tui.tui.arrange.view import Grouping, SortOrder, View, next_member, parse_view
from tests.tui.scripted_rig import device

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
    st.just(""),
    st.lists(st.builds(ChannelRef, st.text().map(DeviceId), st.integers(1, 64)), max_size=4).map(tuple),
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
        {"order": "RACK", "grouping": "NONE", "only": [], "channels": 3},
        {"order": "RACK", "grouping": "NONE", "only": [], "channels": [["rack"]]},
        {"order": "RACK", "grouping": "NONE", "only": [], "channels": [["rack", "x"]]},
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


def test_mic_numbers_are_in_natural_order_and_channels_without_one_come_last() -> None:
    where = device(2)
    numbers = ["10", None, "IEM 3", "2", None, "2b"]
    states = tuple(
        ChannelState(where.id, number, assignment=Assignment(ChannelRef(where.id, number), mic_number=given))
        for number, given in enumerate(numbers, 1)
    )
    rack = [DeviceSnapshot(where, DeviceState(where.id), states)]
    by_ref = {state.ref: state for state in states}
    arranged = View(SortOrder.NUMBER).arrange(rack, by_ref, ProblemWatch(), [])
    assert [by_ref[ref].mic_number for ref in arranged.channels] == ["2", "2b", "10", "IEM 3", None, None]
    assert [ref.number for ref in arranged.channels][-2:] == [2, 5]
    assert View(SortOrder.NUMBER).description == "by mic number"


def test_channels_are_grouped_by_their_receiver() -> None:
    where = device(2)
    state = ChannelState(where.id, 1)
    rack = [DeviceSnapshot(where, DeviceState(where.id), (state,))]
    view = View(grouping=Grouping.RECEIVER)
    heading, ref = view.arrange(rack, {state.ref: state}, ProblemWatch(), []).lines
    assert (heading, ref) == (Heading(where.address, (state.ref,)), state.ref)
    assert view.description == "grouped by receiver"


def test_names_are_ordered_without_regard_to_accents_and_capitals() -> None:
    where = device(2)
    names = ["Zoe", "Élodie", None, "ada", "Eva", "Östen"]
    states = tuple(
        ChannelState(where.id, number, facts=ChannelFacts(name=name)) for number, name in enumerate(names, 1)
    )
    rack = [DeviceSnapshot(where, DeviceState(where.id), states)]
    by_ref = {state.ref: state for state in states}
    arranged = View(SortOrder.NAME).arrange(rack, by_ref, ProblemWatch(), [])
    ordered = [by_ref[ref].facts.name for ref in arranged.channels]
    assert ordered == ["ada", "Élodie", "Eva", "Östen", "Zoe", None]


def test_what_a_view_leaves_stands_in_the_header() -> None:
    chosen = View(channels=(ChannelRef(DeviceId("a"), 2), ChannelRef(DeviceId("b"), 1)))
    low = ChannelFilter(frozenset({LOW_BATTERY}))
    assert View().label == ""
    assert chosen.label == chosen.description == "only 2 chosen"
    assert View(channel_filter=low).label == "only battery low"
    assert View(name="Act 2").label == "view Act 2"
    assert View(name="Act 2", channel_filter=low).label == "view Act 2, filtered"
    assert View(channels=chosen.channels, channel_filter=low).label == "only 2 chosen, battery low"
