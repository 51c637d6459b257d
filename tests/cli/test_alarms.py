"""``alarms``: listed, worked and followed by a command, from a database that no board has open."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from micboard_tui.cli import alarm_listing
from micboard_tui.cli.alarms import print_newer
from micboard_tui.cli.context import load_context, open_services
from micboard_tui.cli.time_options import parse_end
from micboard_tui.contracts.alarms import AlarmChange
from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_record import record_event
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import ShowProfile
from micboard_tui.storage.database import open_database, sqlite_url
from tests.cli.conftest import Command
from tests.cli.schemas import check_fits
from tests.cli.test_commands import said_no


async def keep(home: Path, alarms: list[Alarm]) -> None:
    """As a board leaves them behind."""
    async with open_database(sqlite_url(home / "data" / "micboard.db")) as database:
        events = [AlarmEvent(AlarmEventKind.RAISED, alarm, alarm.raised_at) for alarm in alarms]
        await database.alarms.store(
            [AlarmChange(alarm.key, None, alarm) for alarm in alarms],
            [record_event(event, "raised", None) for event in events],
            is_durable=False,
        )


def document(micboard: Command, *words: str) -> Any:  # noqa: ANN401 - any JSON
    answer = micboard("alarms", *words, "--json")
    assert answer.code == 0, answer.err
    return check_fits("alarms", answer.out)


@pytest.fixture
def stored(micboard: Command, home: Path) -> None:
    """Two alarms of channel 2 of a rack, one that they hide, and one of a location."""
    added = micboard(
        "devices", "add", "shure", "127.0.3.9", "--name", "Rack A", "--json", "--driver", "shure-strings"
    )
    assert added.code == 0, added.err
    rack = DeviceId(json.loads(added.out)["device"]["id"])
    now = time.time()
    lost = Alarm(AlarmKey(ProblemCode.RF_LOST, rack, 2), AlarmPriority.NOW, now - 13.0, now, count=2)
    low = Alarm(
        AlarmKey(ProblemCode.BATTERY_LOW, rack, 2), AlarmPriority.AT_BREAK, now - 600.0, now, cleared_at=now
    )
    weak = replace(low, key=AlarmKey(ProblemCode.RF_LOW, rack, 2), hidden_by=lost.key)
    network = replace(lost, key=AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("gone")))
    asyncio.run(keep(home, [lost, low, weak, network]))


def test_an_empty_list_says_so_and_so_does_its_history(micboard: Command) -> None:
    assert "No alarms are stored. A running board" in micboard("alarms", "list").err
    assert "longer one" in micboard("alarms", "history").err


@pytest.mark.usefixtures("stored")
@pytest.mark.no_cover
def test_alarms_are_listed_without_those_that_others_hide(micboard: Command) -> None:
    listed = micboard("alarms", "list")
    assert "RF lost x2" in listed.out
    assert "Rack A/2" in listed.out
    assert "RF weak" not in listed.out
    assert "1 more" in listed.err
    assert "RF weak" in micboard("alarms", "list", "--all").out
    assert "No alarm of these is listed" in micboard("alarms", "list", "--status", "shelved").err
    entries = document(micboard, "list")["alarms"]
    assert [entry["cause"] for entry in entries] == ["rf_lost", "network_lost", "battery_low", "rf_low"]
    assert [entry["is_new"] for entry in entries] == [True, True, True, False]


@pytest.mark.usefixtures("stored")
def test_devices_out_of_service_are_named_apart(micboard: Command) -> None:
    set_ = micboard("devices", "set", "Rack A", "--out-of-service")
    assert "out of service" in set_.out
    assert "Out of service, without alarms: Rack A" in micboard("alarms", "list").err
    assert [entry["device"] for entry in document(micboard, "list")["out_of_service"]] == ["Rack A"]
    # A device that was never heard has no readings; nothing of it would be an alarm.
    assert document(micboard, "list")["by_design"] == []
    assert micboard("undo").code == 0
    assert document(micboard, "list")["out_of_service"] == []


@pytest.mark.usefixtures("stored")
def test_what_is_none_by_design_is_listed_with_its_reason(
    micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(judgement: Judgement, context: AlarmContext) -> Sequence[SuppressedCondition]:
        rack = next(iter(judgement.devices))
        assert context.profile is ShowProfile.SHOW
        return [
            SuppressedCondition(AlarmKey(cause, rack, 3), SuppressionReason.EXPECTED_OFF, 0.0)
            for cause in (ProblemCode.RF_LOST, ProblemCode.STALE)
        ]

    monkeypatch.setattr(alarm_listing, "find_suppressed", find)
    assert "1 by design" in micboard("alarms", "list").err
    for option in (("--all",), ("--status", "by_design")):
        assert "expected off" in micboard("alarms", "list", *option).out
    (entry,) = document(micboard, "list")["by_design"]
    assert (entry["about"], entry["reason"]) == ("Rack A/3", "expected_off")


@pytest.mark.usefixtures("stored")
def test_alarms_are_worked_by_the_name_of_what_they_are_about(micboard: Command) -> None:
    seen = document(micboard, "ack", "rack  a/2")["alarms"]
    assert [(entry["cause"], entry["status"]) for entry in seen] == [
        ("rf_lost", "acknowledged"),
        ("battery_low", "cleared"),
    ]
    assert "Nothing to do" in micboard("alarms", "ack", "Rack A").err
    network = micboard("alarms", "ack", "all", "--cause", "network-lost")
    assert "Network lost, a location: seen" in network.out
    shelved = document(micboard, "shelve", "Rack A", "--for", "15m")["alarms"]
    assert [(entry["cause"], entry["is_shelved"]) for entry in shelved] == [("rf_lost", True)]
    (entry,) = document(micboard, "list", "--status", "shelved")["alarms"]
    assert entry["shelved_until"] == shelved[0]["shelved_until"]
    assert "until it clears" in micboard("alarms", "shelve", "127.0.3.9/2").out
    assert "back from the shelf" in micboard("alarms", "unshelve", "all").out
    assert "noted" in micboard("alarms", "note", "Rack A/2", "wet capsule").out
    assert "wet capsule" in micboard("alarms", "list").out

    events = document(micboard, "history")["events"]
    assert [event["event"] for event in events[4:]] == [
        *("acknowledged", "acknowledged", "acknowledged"),
        *("shelved", "shelved", "unshelved", "noted"),
    ]
    assert "noted: wet capsule" in micboard("alarms", "history").out

    assert "RF lost, Rack A/2: as before." in micboard("alarms", "undo").out
    (entry,) = document(micboard, "undo")["alarms"]
    assert entry["is_shelved"] is True
    for _ in range(4):
        micboard("alarms", "undo")
    said_no(micboard("alarms", "undo"), "NOTHING_TO_UNDO")


@pytest.mark.usefixtures("stored")
def test_each_change_is_followed_once(capsys: pytest.CaptureFixture[str]) -> None:
    async def follow() -> None:
        async with open_services(load_context()) as services:
            after = await print_newer(services, 0, as_json=True)
            assert await print_newer(services, after, as_json=True) == after
            assert await print_newer(services, after - 1, as_json=False) == after

    asyncio.run(follow())
    lines = capsys.readouterr().out.splitlines()
    entries = [json.loads(line) for line in lines[:-1]]
    for entry in entries:
        check_fits("alarms", json.dumps(entry))
    assert entries[0]["alarm"]["cause"] == "battery_low"
    assert {entry["event"] for entry in entries} == {"raised"}
    assert len(entries) == 4
    assert "raised" in lines[-1]


@pytest.mark.usefixtures("stored")
def test_what_is_not_listed_or_not_clear_is_refused(micboard: Command) -> None:
    said_no(micboard("alarms", "ack", "Rack B"), "ALARM_NOT_FOUND")
    said_no(micboard("alarms", "ack", "all", "--cause", "rust"), "ALARM_NOT_FOUND")
    said_no(micboard("alarms", "note", "all", "x"), "INVALID_VALUE")
    said_no(micboard("alarms", "shelve", "Rack A/2", "--for", "5h"), "INVALID_VALUE")
    assert micboard("alarms", "shelve", "Rack A/2", "--for", "soon").code == 2
    said_no(micboard("alarms", "shelve", "Rack A/2", "--until", "break"), "INVALID_VALUE")
    assert micboard("show", "new", "Hamlet", "--end", "150").code == 0
    assert micboard("show", "use", "Hamlet").code == 0
    assert micboard("show", "start").code == 0
    (entry,) = document(micboard, "shelve", "Rack A/2", "--until", "end", "--cause", "rf_lost")["alarms"]
    assert (entry["shelved_until"], entry["shelved_moment"]) == (None, "end")
    assert ", to end" in micboard("alarms", "list", "--status", "shelved").out
    assert "until the profile is not" in micboard("alarms", "shelve", "Rack A/2", "--until", "profile").out
    entry = document(micboard, "list", "--status", "shelved")["alarms"][0]
    assert (entry["shelved_until"], entry["shelved_profile"]) == (None, "show")
    assert "in show" in micboard("alarms", "list", "--status", "shelved").out


@pytest.mark.parametrize(
    ("text", "ahead"), [("90s", 90.0), ("15m", 900.0), ("20:45", 900.0), ("20:15", 85_500.0)]
)
def test_an_end_is_a_span_or_a_time_to_come(text: str, ahead: float) -> None:
    now = time.mktime((2026, 5, 1, 20, 30, 0, 0, 0, -1))
    assert parse_end(text, now) - now == ahead


def test_what_is_no_end_is_refused() -> None:
    with pytest.raises(typer.BadParameter):
        parse_end("soon", 0.0)
