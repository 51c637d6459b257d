from micboard_tui.domain.event import Event, EventKind
from micboard_tui.tui.arrange.event_list import EventChoice, choose_events, describe_count, merge_events


def event(number: int, at: float, kind: EventKind = EventKind.LINK, text: str = "live") -> Event:
    return Event(at, kind, text, actor="Zoë", id=number)


def test_events_are_merged_newest_first_and_the_oldest_left_out() -> None:
    known = merge_events([], [event(1, 10.0), event(2, 5.0)], 3)
    merged = merge_events(known, [event(2, 5.0), event(3, 20.0), event(4, 7.0)], 3)
    assert [each.id for each in merged] == [3, 1, 4]


def test_words_are_looked_for_everywhere() -> None:
    events = [event(1, 1.0), event(2, 2.0, EventKind.ALARM, "RF lost")]

    def found(choice: EventChoice, query: str) -> list[int | None]:
        return [each.id for each in choose_events(events, choice, query, lambda _: "Rack 1/1")]

    assert found(EventChoice.ALL, "") == [1, 2]
    assert found(EventChoice.ALARMS, "") == [2]
    assert found(EventChoice.ALL, "rack LOST") == [2]
    assert found(EventChoice.ALL, "zoe alarm") == [2]
    assert found(EventChoice.ALL, "pit") == []


def test_a_key_goes_through_all_choices_and_every_kind_is_in_one() -> None:
    choice, seen = EventChoice.ALL, set[EventKind]()
    for _ in EventChoice:
        choice = choice.following
        seen |= choice.kinds if choice is not EventChoice.ALL else set()
    assert choice is EventChoice.ALL
    assert seen == set(EventKind)


def test_the_count_says_where_older_events_are_not_listed() -> None:
    assert describe_count(1, 9, 1000) == "1 event"
    assert describe_count(1000, 1000, 1000) == "the newest 1000 events"
    assert describe_count(0, 1000, 1000) == "0 events of the newest 1000"
