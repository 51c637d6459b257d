from collections.abc import Sequence
from typing import Any

import pytest

from micboard_tui.domain.event import Event, EventKind
from tests.api.conftest import ServedRig

EVENTS = "/api/v1/events"


async def read(served: ServedRig, **parameters: Any) -> Sequence[dict[str, Any]]:  # noqa: ANN401 - any parameter
    answer = await served.client.get(EVENTS, params=parameters)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


async def test_the_newest_events_stand_first(prepared: ServedRig) -> None:
    times = [event["at"] for event in await read(prepared)]
    assert times == sorted(times, reverse=True)
    assert len(times) > 2


async def test_events_of_some_kinds(prepared: ServedRig) -> None:
    listed = await read(prepared, kind=["link", "marker"])
    assert [(event["kind"], event["about"]) for event in listed] == [
        ("marker", "Rack A/1"),
        ("link", "Rack A/1"),
    ]


@pytest.mark.parametrize("text", ["CRACKLE", "duet"])
async def test_events_are_found_by_a_part_of_their_text(prepared: ServedRig, text: str) -> None:
    assert [event["text"] for event in await read(prepared, text=text)] == ["crackle in the duet"]


async def test_events_are_found_by_who_did_it_and_by_what_it_is_about(prepared: ServedRig) -> None:
    assert {event["actor"] for event in await read(prepared, text="ada")} == {"Ada"}
    assert [event["kind"] for event in await read(prepared, text="rack a/1", kind="link")] == ["link"]


async def test_a_span_bounds_them(prepared: ServedRig) -> None:
    span = {"since": "999990", "until": "1970-01-12T13:46:34Z"}
    assert [event["at"] for event in await read(prepared, **span)] == [999_990.0]


@pytest.mark.parametrize("text", ["", "number 1"])
async def test_pages_give_every_event_once_also_those_of_one_moment(served: ServedRig, text: str) -> None:
    same = [Event(999_000.0, EventKind.SESSION, f"number {number}") for number in range(100, 112)]
    await served.rig.events.add(
        [*same, *(Event(999_000.0 + at, EventKind.SESSION, "other") for at in range(9))]
    )
    expected = [each["id"] for each in await read(served, text=text)]
    parameters: dict[str, Any] = {"limit": 5, "text": text}
    paged: list[int] = []
    while True:
        document = (await served.client.get(EVENTS, params=parameters)).json()
        paged += [each["id"] for each in document["events"]]
        if document["next_cursor"] is None:
            break
        parameters["cursor"] = document["next_cursor"]
    assert len(set(paged)) == len(paged) >= len(same)
    assert paged == expected


async def test_a_text_that_is_hardly_there_is_looked_for_in_parts(served: ServedRig) -> None:
    await served.rig.events.add([Event(990_000.0 + at, EventKind.SESSION, "usual") for at in range(4500)])
    await served.rig.events.add([Event(989_000.0, EventKind.SESSION, "unique")])
    first = (await served.client.get(EVENTS, params={"text": "unique"})).json()
    assert first["events"] == []
    following = {"text": "unique", "cursor": first["next_cursor"]}
    last = (await served.client.get(EVENTS, params=following)).json()
    assert ([each["text"] for each in last["events"]], last["next_cursor"]) == (["unique"], None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "91d"},
        {"since": "yesterday"},
        {"since": "2026-13-01T00:00:00Z"},
        {"since": "10m", "until": "20m"},
        {"since": "2026-11-22T19:42:07Z"},
        {"cursor": "here"},
        {"text": "x" * 101},
        {"kind": "nonsense"},
    ],
)
async def test_what_cannot_be_is_refused(served: ServedRig, wrong: dict[str, str]) -> None:
    answer = await served.client.get(EVENTS, params=wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_VALUE")


async def test_a_moment_that_is_not_understood_is_refused_with_how_it_is_written(served: ServedRig) -> None:
    answer = await served.client.get(EVENTS, params={"since": "yesterday"})
    assert "query.since: A moment is RFC 3339" in answer.json()["error"]["message"]
