"""Of which spans a recap can be made, and what its file is called."""

from micboard_tui.contracts.recap import RecapQuery
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.recap_shows import PastShow, find_shows
from micboard_tui.tui.arrange.recap_spans import first_span, list_spans
from micboard_tui.tui.flows.export_recap import suggest_file


def call(at: float, action: str, name: str = "Romeo") -> Event:
    return Event(at, EventKind.SHOW, action, details={"action": action, "show": name})


def test_shows_are_found_in_the_list_of_events() -> None:
    events = [
        call(0.0, "end"),
        call(1.0, "start"),
        call(2.0, "pause"),
        call(3.0, "start"),
        call(4.0, "end"),
        Event(5.0, EventKind.SHOW, "Julia started", details={"action": "start"}),
        Event(6.0, EventKind.MARKER, "x"),
    ]
    assert find_shows(events) == [PastShow(None, 5.0), PastShow("Romeo", 1.0, 4.0)]


def test_shows_stand_before_the_last_hours() -> None:
    spans = list_spans([PastShow(None, 9_000.0), PastShow("Romeo", 1_000.0, 4_000.0)])
    assert [span.title for span in spans[2:]] == [
        "the last hour",
        "the last 3 hours",
        "the last 12 hours",
        "the last 24 hours",
    ]
    assert spans[0].query(10_000.0) == RecapQuery(9_000.0, 10_000.0, "A show")
    assert spans[1].query(10_000.0) == RecapQuery(1_000.0, 4_000.0, "Romeo")
    assert spans[2].query(10_000.0) == RecapQuery(6_400.0, 10_000.0)
    assert (first_span(spans, 9_000.0), first_span(spans, None), first_span(list_spans([]), 1.0)) == (0, 3, 1)


def test_a_file_is_called_as_the_show_and_its_day() -> None:
    name = suggest_file(RecapQuery(1_000_000.0, None, "Romeo / Julia"), ".md").name
    assert name == "recap-romeo---julia-1970-01-12.md"
    assert suggest_file(RecapQuery(1_000_000.0), ".csv").name == "recap-1970-01-12.csv"
