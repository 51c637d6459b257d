"""The commands on a PostgreSQL server, through the command line, as on the file that is the default."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Answer, Command
from tests.cli.test_commands import add, said_no
from tests.postgres.server import PASSWORD, PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def on_postgresql(micboard: Command, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("MICBOARD_DATABASE_URL", postgres_url)
    return micboard


def document_of(answer: Answer) -> Mapping[str, Any]:
    assert answer.code == 0, answer.err
    document: Mapping[str, Any] = json.loads(answer.out)
    return document


def test_devices_are_added_polled_filtered_and_recapped(
    on_postgresql: Command, rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    micboard = on_postgresql
    device_id = add(micboard, rack, 0, "--location", "Stage Ω", "--name", "FOH")
    assert micboard("devices", "add", "shure", "127.0.3.99", "--name", "Gone").code == 0
    (polled, gone) = json.loads(micboard("poll", "--once", "--json").out)["devices"]
    assert (polled["device_id"], polled["is_online"], gone["is_online"]) == (device_id, True, False)
    stored, _ = document_of(micboard("status", "--json"))["devices"]
    assert stored["status"] == "online"
    for before, after in zip(polled["channels"], stored["channels"], strict=True):
        # The lowest level of the last seconds is known to a running session only.
        assert {**before, "rf_low_dbm": None} == after
    everything = {"FOH", "Gone"}
    for names, arguments in (
        ({"FOH"}, ("--online",)),
        ({"Gone"}, ("--offline",)),
        (set(), ("--low-battery", "0")),
        ({"FOH"}, ("--location", "stage ω")),
        (everything, ("--manufacturer", "shure")),
    ):
        listed = micboard("devices", "list", *arguments)
        assert {name for name in everything if name in listed.out} == names, arguments
    monkeypatch.setenv("MICBOARD_THRESHOLDS__BATTERY__LOW_MINUTES", "1440")
    assert "FOH" in micboard("devices", "list", "--low-battery", "0").out
    kinds = {event["kind"] for event in document_of(micboard("events", "--json"))["events"]}
    assert "step" in kinds
    assert micboard("recap").code == 0
    assert document_of(micboard("health", "--json"))["checks"]


def test_what_people_arrange_is_done_undone_and_done_again(on_postgresql: Command, rack: Rack) -> None:
    micboard = on_postgresql
    device_id = add(micboard, rack)
    micboard("poll", "--once")
    assert micboard("locations", "add", "Hall").code == 0
    said_no(micboard("locations", "add", "HALL"), "LOCATION_EXISTS")
    assert micboard("locations", "assign", device_id, "Hall").code == 0
    same = ("devices", "add", "shure", rack.devices[0].host, "--port", str(rack.devices[0].port))
    said_no(micboard(*same), "DEVICE_EXISTS")
    assert micboard("performers", "add", "Zoë").code == 0
    assert micboard("assign", f"{device_id}/1", "Zoë").code == 0
    assert "Zoë" in micboard("status").out
    assert micboard("undo").code == 0
    assert "Zoë" not in micboard("status").out
    assert micboard("redo").code == 0
    assert "Zoë" in micboard("status").out


def test_a_show_thresholds_alarms_and_notes_are_kept(on_postgresql: Command) -> None:
    micboard = on_postgresql
    for words in (
        ("show", "new", "Romeo"),
        ("show", "use", "Romeo"),
        ("show", "start"),
        ("thresholds", "set", "rf.low_dbm", "-80"),
        ("handover", "write", "Pack 3 has a loose clip"),
        ("events", "mark", "crackle"),
    ):
        answer = micboard(*words)
        assert answer.code == 0, (words, answer.err)
    for part, command in (
        ("Romeo", ("show", "status")),
        ("-80", ("thresholds", "list")),
        ("loose clip", ("handover", "show")),
        ("crackle", ("events", "--json")),
    ):
        assert part in micboard(*command).out
    assert micboard("alarms", "list").code == 0


@pytest.mark.parametrize(
    ("name", "password", "cure"),
    [
        ("nowhere", PASSWORD, "create it"),
        ("postgres", "wr0ng", "password"),
    ],
)
def test_a_server_that_lets_nobody_in_is_explained_without_the_password(
    micboard: Command,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    password: str,
    cure: str,
) -> None:
    monkeypatch.setenv("MICBOARD_DATABASE_URL", postgres_server.network_url(name, password))
    answer = micboard("devices", "list")
    said_no(answer, "DATABASE_ERROR")
    assert cure in answer.err
    assert password not in answer.err


def test_a_server_that_does_not_run_is_named(micboard: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICBOARD_DATABASE_URL", "postgresql://pia:s3cret@127.0.0.1:1/micboard")
    answer = micboard("status")
    said_no(answer, "DATABASE_ERROR")
    assert "127.0.0.1:1/micboard" in answer.err
    assert "server is running" in answer.err
    assert "s3cret" not in answer.err
