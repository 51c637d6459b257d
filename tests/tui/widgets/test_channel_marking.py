"""Marking channels, without a board."""

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.widgets.board_selection import BoardSelection
from micboard_tui.tui.widgets.channel_marking import ChannelMarking, Marks

RACK = DeviceId("rack-2")
FIRST, SECOND, THIRD = (ChannelRef(RACK, number) for number in (1, 2, 3))


def marking() -> tuple[ChannelMarking, list[Marks]]:
    """An object that marks, and what it has shown as changed."""
    changes: list[Marks] = []
    return ChannelMarking(BoardSelection(), changes.append), changes


def test_a_mark_is_set_and_taken_away() -> None:
    marked, changes = marking()
    marked.toggle(FIRST)
    marked.toggle(SECOND)
    marked.toggle(FIRST)
    assert marked.marks == {SECOND}
    assert changes == [{FIRST}, {SECOND}, {FIRST}]


def test_extending_marks_channels_only_and_unmarks_none() -> None:
    marked, changes = marking()
    marked.extend((FIRST, SECOND))
    marked.extend((SECOND, RACK))
    marked.extend((None, THIRD))
    assert marked.marks == {FIRST, SECOND, THIRD}
    assert changes == [{FIRST, SECOND}, {THIRD}]


def test_all_are_marked_or_none_where_they_are_already() -> None:
    marked, changes = marking()
    marked.toggle(FIRST)
    marked.toggle_all((FIRST, SECOND))
    assert marked.marks == {FIRST, SECOND}
    marked.toggle_all((FIRST, SECOND))
    assert marked.marks == set()
    assert changes == [{FIRST}, {SECOND}, {FIRST, SECOND}]


def test_what_is_not_shown_any_more_is_unmarked() -> None:
    marked, changes = marking()
    marked.toggle_all((FIRST, SECOND))
    marked.keep((SECOND, THIRD, RACK))
    assert marked.marks == {SECOND}
    marked.clear()
    marked.clear()
    assert changes == [{FIRST, SECOND}, {FIRST}, {SECOND}]
