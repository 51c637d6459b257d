"""``events``: what happened, for people and programs."""

import asyncio
import json
from datetime import datetime

import pytest
import typer

from micboard_tui.cli.context import load_context, open_services
from micboard_tui.cli.events import print_newer
from micboard_tui.cli.time_options import parse_moment, parse_span
from micboard_tui.contracts.events import EventQuery
from tests.cli.conftest import Command
from tests.cli.schemas import check_fits
from tests.cli.test_commands import said_no


def test_changes_and_markers_are_listed_from_a_database_that_no_board_has_open(micboard: Command) -> None:
    assert micboard("performers", "add", "Ada").code == 0
    marked = micboard("events", "mark", "crackle in the duet", "--json")
    assert marked.code == 0, marked.err
    marker = check_fits("events", marked.out)["event"]
    assert (marker["kind"], marker["text"], marker["about"], marker["actor"] != "") == (
        "marker",
        "crackle in the duet",
        None,
        True,
    )
    listed = check_fits("events", micboard("events", "--json").out)["events"]
    assert [entry["kind"] for entry in listed] == ["step", "marker"]
    assert listed[1] == marker
    assert "crackle in the duet" in micboard("events", "--kind", "marker").out
    none = micboard("events", "--kind", "alarm")
    assert (none.code, none.out) == (0, "")
    assert "--since 1d" in none.err
    assert "Marked the show at" in micboard("events", "mark", "again", "--at", "30s").out
    taken_back = micboard("events", "unmark")
    assert (taken_back.code, taken_back.out.startswith("Not marked any more: the show at ")) == (0, True)
    removed = json.loads(micboard("events", "unmark", str(marker["id"]), "--json").out)["event"]
    assert removed == marker
    said_no(micboard("events", "unmark"), "NOTHING_TO_UNDO")
    said_no(micboard("events", "mark", " "), "INVALID_VALUE")
    said_no(micboard("events", "--channel", "Nowhere/1"), "DEVICE_NOT_FOUND")
    assert micboard("events", "--since", "soon").code == 2
    assert micboard("events", "--since", "1m", "--until", "2m").code == 2


def test_a_marker_of_a_channel_says_which_it_was_also_when_its_device_is_gone(micboard: Command) -> None:
    added = micboard(
        "devices", "add", "shure", "127.0.3.9", "--name", "Rack A", "--json", "--driver", "shure-strings"
    )
    assert added.code == 0, added.err
    marked = micboard("events", "mark", "hat on antenna", "--channel", "Rack A/2")
    assert (marked.code, marked.out.startswith("Marked Rack A/2 at ")) == (0, True), marked.err
    assert micboard("devices", "remove", "Rack A", "--yes").code == 0
    listed = check_fits("events", micboard("events", "--kind", "marker", "--json").out)["events"]
    assert [(entry["about"], entry["channel"]) for entry in listed] == [("Rack A/2", 2)]
    said_no(micboard("events", "mark", "hat", "--channel", "Nowhere/1"), "DEVICE_NOT_FOUND")


def test_each_event_is_followed_once_in_a_line_of_its_own(
    micboard: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    micboard("performers", "add", "Ada")
    micboard("events", "mark", "crackle in the duet")

    async def follow() -> None:
        async with open_services(load_context()) as services:
            newer = await print_newer(services, EventQuery(0.0), as_json=True)
            assert await print_newer(services, newer, as_json=True) == newer
            await services.events.add_marker("again", actor="Pia")
            await print_newer(services, newer, as_json=True)
            await print_newer(services, newer, as_json=False)

    asyncio.run(follow())
    *lines, readable = capsys.readouterr().out.splitlines()
    events = [check_fits("events", line) for line in lines]
    assert [event["kind"] for event in events] == ["step", "marker", "marker"]
    assert (events[-1]["text"], events[-1]["actor"]) == ("again", "Pia")
    assert [event["id"] for event in events] == sorted({event["id"] for event in events})
    assert all(event["at"] == round(event["at"], 3) for event in events)
    assert readable.endswith("marker  again  Pia")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", -90.0),
        ("10m", -600.0),
        ("1.5 h", -5400.0),
        ("1d", -86_400.0),
        ("20:15", -900.0),
        ("20:15:30", -870.0),
        ("20:45", 900.0 - 86_400.0),
        ("2026-05-01T20:00", -1800.0),
        ("2026-05-01 20:00", -1800.0),
    ],
)
def test_a_moment_is_a_span_a_time_or_a_date(text: str, moment: float) -> None:
    now = datetime(2026, 5, 1, 20, 30).astimezone().timestamp()
    assert parse_moment(text, now) - now == moment


@pytest.mark.usefixtures("berlin")
def test_a_moment_before_the_change_of_clocks_is_found_after_it() -> None:
    now = datetime.fromisoformat("2027-10-31T12:00+01:00").timestamp()
    for text, hours in (("01:30", 11.5), ("23:00", 14.0), ("2027-07-01 20:00", 2921.0)):
        assert now - parse_moment(text, now) == hours * 3600


@pytest.mark.parametrize("text", ["", "soon", "10", "10x", "25:00", "20:61", "2026-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_moment(text, 0.0)


@pytest.mark.parametrize(
    ("since", "until", "begin_h", "end_h"),
    [
        ("19:30", "20:30", 19.5, 20.5),
        ("19:30", "22:10", 19.5, None),  # Still to come.
        ("22:00", "23:30", -2.0, -0.5),  # Last night.
        ("22:00", "01:15", -2.0, 1.25),
        ("3h", "20:30", 18.0, 20.5),
        ("2h", "1h", 19.0, 20.0),
    ],
)
def test_an_end_is_the_next_such_time_after_the_begin(
    since: str, until: str, begin_h: float, end_h: float | None
) -> None:
    midnight = datetime(2026, 5, 1).astimezone().timestamp()
    found = parse_span(since, until, midnight + 21 * 3600)
    assert found == (midnight + begin_h * 3600, None if end_h is None else midnight + end_h * 3600)
    with pytest.raises(typer.BadParameter):
        parse_span("1h", "2h", midnight)
