import json
import os
import sqlite3
import sys
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from micboard_tui.cli import board_process
from micboard_tui.cli.board_process import (
    BoardProcess,
    BoardSource,
    ColorChoice,
    color_system,
    for_slow_line,
    for_terminal,
    forget_exported_size,
    has_16_colors,
)
from micboard_tui.cli.demo import place_planned
from micboard_tui.cli.devices import split_port
from micboard_tui.config.instance_lock import hold_lock
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import LiveAndClock
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.services import Services
from micboard_tui.domain.board_defaults import SLOW_FPS
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import DeviceId
from micboard_tui.simulator.rack.rack import Rack
from micboard_tui.tui.board_options import BoardOptions
from tests.cli.conftest import Answer, Command
from tests.simulator.simulated_devices import receivers_in

RACK = Device(DeviceId("a"), "shure", "shure-strings", "127.0.0.2", 2202)
PLANNED = DeviceSnapshot(RACK, DeviceState(RACK.id))
"""A device of a demo, painted before its services are open."""
GROUPS = (
    *("devices", "locations", "performers", "views", "secrets", "config", "show", "alarms"),
    *("thresholds", "handover"),
)
COMMANDS = [
    *(("run",), ("demo",), ("simulate",), ("poll",), ("status",), ("watch",), ("health",)),
    *(
        ("devices", name)
        for name in ("add", "list", "show", "set", "move", "identify", "remove", "trust", "discover")
    ),
    *(
        ("locations", name)
        for name in ("list", "add", "rename", "move", "rf-zone", "out-of-service", "remove", "assign", "show")
    ),
    *(("performers", name) for name in ("list", "add", "change", "remove", "import", "export")),
    *(("assign",), ("unassign",), ("swap",), ("expected-off",), ("mic-number",), ("undo",), ("redo",)),
    *(
        ("events",),
        ("events", "mark"),
        ("walk", "list"),
        ("walk", "show"),
        ("walk", "export"),
        ("plan",),
        ("recap",),
    ),
    *(("line-check",), ("record",), ("replay",)),
    *(("handover", name) for name in ("show", "write")),
    *(
        ("show", name)
        for name in (
            "list",
            "new",
            "change",
            "remove",
            "use",
            "status",
            "plot",
            "conflicts",
            "import",
            "export",
        )
    ),
    *(
        ("alarms", name)
        for name in ("list", "ack", "shelve", "unshelve", "note", "undo", "history", "follow")
    ),
    *(("show", name) for name in ("start", "pause", "break", "end", "extend")),
    *(("show", name) for name in ("next", "prev", "go", "take-back")),
    *(("thresholds", name) for name in ("list", "set", "reset", "profile")),
    *(("views", name) for name in ("list", "show", "rename", "remove")),
    *(("secrets", name) for name in ("set", "list", "forget")),
    *(("config", name) for name in ("show", "init", "path")),
]
HOSTILE = "[red]x[/] A>B\x1b[31m"


def add(micboard: Command, rack: Rack, place: int = 0, *arguments: str) -> str:
    device = rack.devices[place]
    answer = micboard(
        "devices", "add", "shure", device.host, "--port", str(device.port), "--json", *arguments
    )
    assert answer.code == 0, answer.err
    return str(json.loads(answer.out)["device"]["id"])


def said_no(answer: Answer, code: str) -> None:
    """One clear line with code and cure, and nothing else."""
    assert answer.code == 1
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith(f"{code}: ")
    assert line.count(". ") >= 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_within_80_columns(
    micboard: Command, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = micboard(*command, "--help")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    head = next(number for number, line in enumerate(lines) if line in {"Example:", "Examples:"})
    # Each example has a line of its own.
    assert lines[head + 1].startswith(f"  micboard-tui {' '.join(command)}")
    assert "<" not in lines[0]
    assert "{" not in lines[0]


def test_help_of_simulate_names_models_with_their_modes_and_the_first_address(micboard: Command) -> None:
    shown = micboard("simulate", "--help").out
    assert "[default: 127.0.0.2]" in shown
    assert "AD4Q-A (Quadversity, FD-C)," in shown
    assert "EM 300-500 G4," in shown
    assert "EW-DX-EM4-Dante," in shown


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), *((group, "--help") for group in GROUPS)])
def test_groups_list_their_commands_with_whole_sentences(
    micboard: Command, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = micboard(*arguments).out
    commands = out.partition("Commands:")[2].partition("Options:")[0].strip().splitlines()
    assert commands
    assert [line for line in commands if not line.endswith(".") or line.endswith("...")] == []
    assert "\n  micboard-tui " in out.partition("Example")[2] or "Start with:  micboard-tui" in out


def test_the_version(micboard: Command) -> None:
    assert micboard("--version").out.startswith("micboard-tui 20")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("devices", "add"),
        ("poll", "--interval", "0"),
        ("devices", "list", "--low-battery", "101"),
        ("devices", "list", "--online", "--offline"),
        ("devices", "add", "shure", "127.0.0.2:2202", "--port", "2203"),
    ],
)
def test_wrong_usage_is_exit_code_2(micboard: Command, arguments: tuple[str, ...]) -> None:
    answer = micboard(*arguments)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.integration
@pytest.mark.no_cover
def test_a_device_is_added_polled_and_listed(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack, 0, "--location", "Main Stage", "--name", "FOH")
    polled = micboard("poll", "--once", "--json")
    assert polled.code == 0
    (device,) = json.loads(polled.out)["devices"]
    assert (device["device_id"], device["name"], device["is_online"]) == (device_id, "FOH", True)
    assert (device["model"], device["location"]) == (rack.devices[0].model, "Main Stage")
    assert {channel["link_state"] for channel in device["channels"]} <= {"live", "muted", "transmitter_off"}
    assert len(device["channels"]) == rack.devices[0].channels
    for document, real in zip(device["channels"], receivers_in(rack)[0].channels, strict=True):
        assert document["name"] == real.name
        assert document["rf_dbm"] is not None

    stored = json.loads(micboard("status", "--json").out)
    assert [each["device_id"] for each in stored["devices"]] == [device_id]
    assert stored["devices"][0]["channels"][0]["name"] == device["channels"][0]["name"]
    for arguments in (("--online",), ("--location", "main stage"), ("--manufacturer", "shure")):
        assert "FOH" in micboard("devices", "list", *arguments).out
    for arguments in (("--offline",), ("--low-battery", "0")):
        answer = micboard("devices", "list", *arguments)
        assert (answer.out, "No device matches" in answer.err) == ("", True)
    table = micboard("poll", "--once").out
    assert device["channels"][0]["name"] in table


@pytest.mark.integration
@pytest.mark.no_cover
def test_thresholds_that_are_set_judge_readings_and_what_was_stored(
    micboard: Command, rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(micboard, rack)

    def warnings_of(*arguments: str) -> set[str]:
        (device,) = json.loads(micboard(*arguments, "--json").out)["devices"]
        return {warning for channel in device["channels"] for warning in channel["warnings"]}

    assert "rf_critical" not in warnings_of("poll", "--once")
    assert "No device matches" in micboard("devices", "list", "--low-battery", "0").err
    monkeypatch.setenv("MICBOARD_THRESHOLDS__RF__LOW_DBM", "0")
    monkeypatch.setenv("MICBOARD_THRESHOLDS__RF__CRITICAL_DBM", "-1")
    monkeypatch.setenv("MICBOARD_THRESHOLDS__BATTERY__LOW_MINUTES", "1440")
    for command in (("status",), ("poll", "--once"), ("devices", "list", "--low-battery", "0")):
        assert warnings_of(*command) >= {"rf_critical", "battery_low"}
    monkeypatch.setenv("MICBOARD_THRESHOLDS__RF__CRITICAL_DBM", "1")
    said_no(micboard("status"), "CONFIG_INVALID")


@pytest.mark.integration
@pytest.mark.no_cover
def test_a_device_that_does_not_answer_is_listed_with_its_error(micboard: Command, rack: Rack) -> None:
    add(micboard, rack)
    assert micboard("devices", "add", "shure", "127.0.3.99").code == 0
    answer = micboard("poll", "--once", "--json")
    assert answer.code == 1
    here, gone = json.loads(answer.out)["devices"]
    assert (here["is_online"], here["error"]) == (True, None)
    assert (gone["is_online"], gone["channels"]) == (False, [])
    assert gone["error"]["code"] in {"DEVICE_REFUSED", "DEVICE_UNREACHABLE"}
    assert gone["error"]["hint"]
    assert "127.0.3.99" in micboard("status").err


@pytest.mark.integration
@pytest.mark.no_cover
def test_one_device_in_the_vendors_own_words(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack)
    micboard("poll", "--once")
    assert "CHAN_NAME" in micboard("devices", "show", device_id[:4]).out
    document = json.loads(micboard("devices", "show", rack.devices[0].host, "--json").out)
    assert document["devices"][0]["device_id"] == device_id
    said_no(micboard("devices", "show", "nobody"), "DEVICE_NOT_FOUND")


@pytest.mark.integration
def test_how_a_device_is_registered_can_be_changed(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack)
    answer = micboard(
        "devices", "set", device_id, "--name", "FOH", "--location", "Choir", "--host", "127.0.3.77"
    )
    assert answer.out == f"Registered as FOH at 127.0.3.77:{rack.devices[0].port}.\n"
    assert "Choir" in micboard("devices", "list").out
    assert micboard("devices", "set", device_id).code == 2


@pytest.mark.integration
def test_what_is_on_the_device_changes_only_when_agreed_to(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack)
    channel = receivers_in(rack)[0].channels[0]
    before = channel.gain
    refused = micboard("devices", "set", device_id, "--channel", "1", "--gain", "3")
    assert (refused.code, refused.out) == (1, "")
    assert "-> +3 dB" in refused.err
    assert "< SET 1 AUDIO_GAIN 021 >" in refused.err
    assert channel.gain == before
    impossible = ("--name", "Renamed", "--channel", "1", "--gain", "500", "--yes")
    said_no(micboard("devices", "set", device_id, *impossible), "INVALID_VALUE")
    said_no(
        micboard("devices", "set", device_id, "--channel", "1", "--frequency", "3", "--yes"), "INVALID_VALUE"
    )
    assert "Renamed" not in micboard("devices", "list").out
    done = micboard(
        "devices", "set", device_id, "--channel", "1", "--gain", "3", "--channel-name", "Ada", "--yes"
    )
    assert done.code == 0, done.err
    assert "/1 gain: +3 dB" in done.out
    assert (channel.gain - 18, channel.name) == (3, "Ada")
    said_no(micboard("undo"), "INVALID_VALUE")
    assert micboard("undo", "--yes").out.endswith("/1: gain set to +3 dB.\n")
    assert micboard("undo", "--yes").out.endswith("/1: name set to Ada.\n")
    assert channel.gain == before
    assert channel.name != "Ada"
    assert micboard("redo", "--yes").out.endswith("/1: name set to Ada.\n")


@pytest.mark.integration
def test_the_names_of_the_show_are_written_to_receivers(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack)
    channel = receivers_in(rack)[0].channels[0]
    micboard("poll", "--once")
    micboard("assign", f"{device_id}/1", "Johanna Berg")
    refused = micboard("devices", "names")
    assert "Johanna (shortened from 'Johanna Berg')   sends < SET 1 CHAN_NAME {Johanna} >" in refused.err
    assert "/2 name: left out, has no performer" in refused.err
    assert (refused.code, channel.name == "Johanna") == (1, False)
    done = micboard("devices", "names", device_id, "--yes")
    assert (done.code, channel.name) == (0, "Johanna"), done.err
    assert micboard("devices", "names", "--yes").out == "Nothing to write.\n"


@pytest.mark.integration
@pytest.mark.no_cover
def test_a_gain_outside_the_range_of_the_device_is_refused_before_it_is_shown(
    micboard: Command, rack: Rack
) -> None:
    device_id = add(micboard, rack)
    micboard("poll", "--once")
    before = receivers_in(rack)[0].channels[0].gain
    for gain_db in ("99", "43", "-19"):
        refused = micboard("devices", "set", device_id, "--channel", "1", "--gain", gain_db, "--yes")
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith(f"INVALID_VALUE: A gain of {gain_db} dB is out of range")
        assert "Use -18 to 42 dB" in refused.err
        assert "->" not in refused.err
    assert receivers_in(rack)[0].channels[0].gain == before


@pytest.mark.integration
def test_every_command_to_a_device_is_confirmed_by_it(micboard: Command, rack: Rack) -> None:
    first, second = add(micboard, rack, 0), add(micboard, rack, 1)
    micboard("poll", "--once")
    arguments = ("--channel", "2", "--mute", "--frequency", "482.125", "--device-name", "Rack 9", "-y")
    done = micboard("devices", "set", first, *arguments)
    assert done.code == 0, done.err
    assert "482.125 MHz" in done.out
    assert "Device name: Rack 9" in done.out
    assert micboard("devices", "set", first, "--channel", "2", "--group-channel", "1,2", "--yes").code == 0
    slot = micboard("devices", "set", second, "--channel", "1", "--slot", "8", "--slot-rf", "off", "--yes")
    said = slot.err.splitlines()[-1]
    assert (slot.code, said.split(":")[0]) == (1, "DEVICE_REFUSED")
    micboard("poll", "--once")
    assert micboard("devices", "identify", first, "--channel", "1").out == "Rack 9 is flashing.\n"
    assert micboard("devices", "remove", first, "--yes").out.startswith("Removed Rack 9. ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--gain", "3"),
        ("--channel", "1", "--name", "Lead Vox"),
        ("--channel", "1", "--group-channel", "six"),
        ("--channel", "1", "--slot-rf", "off"),
        ("--channel", "1", "--slot", "1", "--slot-rf", "loud"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(micboard: Command, arguments: tuple[str, ...]) -> None:
    assert micboard("devices", "set", "any", *arguments).code == 2


@pytest.mark.integration
@pytest.mark.no_cover
def test_a_device_is_forgotten_only_when_agreed_to(micboard: Command, rack: Rack) -> None:
    device_id = add(micboard, rack)
    said_no(micboard("devices", "remove", device_id), "INVALID_VALUE")
    assert "micboard-tui undo" in micboard("devices", "remove", device_id, "--yes").out
    assert "No device is registered" in micboard("status").err


HERE = ("--interface", "127.0.0.1", "--timeout", "0.2")


@pytest.mark.integration
@pytest.mark.usefixtures("answers")
def test_discovery_asks_where_it_is_told_to(micboard: Command, rack: Rack) -> None:
    asked = micboard("devices", "discover", "127.0.3.99", *HERE)
    assert asked.code == 0
    assert "127.0.3.99" not in asked.out
    assert "Listening for 0.2 s on 127.0.0.1 (lo)." in asked.err
    listed = json.loads(micboard("devices", "discover", "127.0.3.98/31", *HERE, "--json").out)
    assert listed["listened_on"] == [{"address": "127.0.0.1", "prefix": 8, "name": "lo"}]
    assert (listed["schema"], listed["is_complete"]) == (1, True)
    assert not {each["host"] for each in listed["found"]} & {"127.0.3.98", "127.0.3.99"}
    said_no(micboard("devices", "discover", "10.0.0.0/8", *HERE), "INVALID_VALUE")
    said_no(micboard("devices", "discover", "--interface", "192.0.2.99"), "INVALID_VALUE")


def test_a_location_that_stands_there_already_is_not_moved(micboard: Command) -> None:
    micboard("locations", "add", "Hall")
    micboard("locations", "add", "Stage")
    assert micboard("locations", "move", "Stage").out == "Stage stands there already; nothing has moved.\n"
    assert micboard("locations", "move", "Hall").out == "Moved Hall.\n"
    assert micboard("undo").out == "Undone: Location Hall moved.\n"


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("127.0.0.2:2203", None, ("127.0.0.2", 2203)),
        ("127.0.0.2:2203", 2203, ("127.0.0.2", 2203)),
        ("rack-a.local:45", None, ("rack-a.local", 45)),
        ("[fe80::1]:2202", None, ("[fe80::1]", 2202)),
        ("fe80::1:22", None, ("fe80::1:22", None)),
        ("127.0.0.2", 2203, ("127.0.0.2", 2203)),
        ("rack:a", None, ("rack:a", None)),
    ],
)
def test_an_address_is_taken_as_it_is_printed(
    host: str, port: int | None, expected: tuple[str, int | None]
) -> None:
    assert split_port(host, port) == expected


@pytest.mark.integration
def test_locations_are_a_tree(micboard: Command, rack: Rack) -> None:
    assert "no location yet" in micboard("locations", "list").err
    assert micboard("locations", "add", "Hall").out == "Added Hall.\n"
    micboard("locations", "add", "Stage", "--within", "Hall")
    micboard("locations", "add", "Choir", "--within", "hall")
    micboard("locations", "move", "Choir", "--within", "Hall", "--position", "1")
    micboard("locations", "rename", "Stage", "Main Stage")
    listed = json.loads(micboard("locations", "list", "--json").out)["locations"]
    assert [(each["name"], each["depth"]) for each in listed] == [
        ("Hall", 0),
        ("Choir", 1),
        ("Main Stage", 1),
    ]
    device_id = add(micboard, rack)
    assert micboard("locations", "assign", device_id, "Choir").code == 0
    assert "Hall" in micboard("locations", "list").out
    shown = json.loads(micboard("locations", "show", "Hall", "--json").out)
    assert shown["counts"]["devices"] == 1
    assert "devices" in micboard("locations", "show", "Hall").out
    said_no(micboard("locations", "remove", "Choir"), "LOCATION_NOT_EMPTY")
    micboard("locations", "assign", device_id)
    assert micboard("locations", "remove", "Choir").out == "Removed Choir.\n"
    micboard("locations", "move", "Main Stage")
    said_no(micboard("locations", "add", "hall"), "LOCATION_EXISTS")
    said_no(micboard("locations", "show", "Moon"), "LOCATION_NOT_FOUND")


def test_zones_are_listed_where_there_are_several(micboard: Command) -> None:
    for number, zone in ((1, "main"), (2, "FOH")):
        name, driver = f"Rack {number}", ("--driver", "shure-strings")
        micboard("devices", "add", "shure", f"127.0.3.{number}", "--name", name, "--zone", zone, *driver)
    assert "zone" in micboard("devices", "list").out
    assert "foh" in micboard("devices", "show", "Rack 2").out
    listed = json.loads(micboard("devices", "list", "--json").out)["devices"]
    assert [each["zone"] for each in listed] == ["main", "foh"]
    assert micboard("devices", "set", "Rack 2", "--zone", "").out == (
        "Registered as Rack 2 at 127.0.3.2:2202 in zone main.\n"
    )
    assert "zone" not in micboard("devices", "list").out
    assert "zone" not in micboard("devices", "show", "Rack 2").out
    said_no(micboard("devices", "set", "Rack 2", "--zone", "two words"), "INVALID_VALUE")


def test_a_location_goes_out_of_service_with_all_below_it(micboard: Command) -> None:
    micboard("locations", "add", "House")
    micboard("locations", "add", "Studio", "--within", "House")
    micboard("devices", "add", "shure", "127.0.3.9", "--name", "Rack A", "--driver", "shure-strings")
    micboard("locations", "assign", "Rack A", "Studio")

    def closed() -> list[bool]:
        listed = json.loads(micboard("locations", "list", "--json").out)["locations"]
        return [each["is_out_of_service"] for each in listed]

    def without_alarms() -> list[list[str]]:
        listed = json.loads(micboard("alarms", "list", "--json").out)
        return [
            [each["location"] for each in listed["closed_locations"]],
            [each["device"] for each in listed["out_of_service"]],
        ]

    assert closed() == [False, False]
    assert "House is out of service now" in micboard("locations", "out-of-service", "house").out
    assert (closed(), without_alarms()) == ([True, True], [["House"], ["Rack A"]])
    assert "Locations out of service: House" in micboard("alarms", "list").err
    assert "out of service" in micboard("locations", "list").out
    assert micboard("undo").out == "Undone: Location House out of service.\n"
    assert (closed(), without_alarms()) == ([False, False], [[], []])
    micboard("redo")
    cleared = micboard("locations", "out-of-service", "House", "--clear")
    assert cleared.out == "House is in service now.\n"
    assert closed() == [False, False]


def test_a_location_is_marked_as_an_rf_zone(micboard: Command) -> None:
    micboard("locations", "add", "House")
    micboard("locations", "add", "Studio", "--within", "House")

    def zones() -> list[tuple[str, bool, str]]:
        listed = json.loads(micboard("locations", "list", "--json").out)["locations"]
        names = {each["location_id"]: each["name"] for each in listed}
        return [(each["name"], each["is_rf_zone"], names[each["rf_zone"]]) for each in listed]

    assert zones() == [("House", True, "House"), ("Studio", False, "House")]
    assert micboard("locations", "rf-zone", "studio").out == "Studio is an RF zone now.\n"
    assert zones() == [("House", True, "House"), ("Studio", True, "Studio")]
    head, _, studio = micboard("locations", "list").out.splitlines()
    assert (head.split()[:3], studio.split()[:2]) == (["location", "RF", "zone"], ["Studio", "Studio"])
    assert micboard("undo").out == "Undone: Location Studio marked as an RF zone.\n"
    micboard("redo")
    cleared = micboard("locations", "rf-zone", "Studio", "--clear")
    assert cleared.out == "Studio is in the RF zone House now.\n"
    assert micboard("locations", "rf-zone", "House").out == "House is an RF zone now.\n"
    at_the_top = micboard("locations", "rf-zone", "House", "--clear").out
    assert at_the_top == "House stands at the top, and so stays an RF zone.\n"
    said_no(micboard("locations", "rf-zone", "Moon"), "LOCATION_NOT_FOUND")


def test_health_is_an_exit_code(micboard: Command, home: Path) -> None:
    answer = micboard("health")
    assert (answer.code, "schema" in answer.out) == (0, True)
    assert json.loads(micboard("health", "--json").out)["healthy"] is True


def test_settings_say_where_they_come_from(
    micboard: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICBOARD_BOARD__FPS", "5")
    monkeypatch.setenv("MICBOARD_DATABASE_URL", "postgresql://me:secret@db/x")
    assert micboard("config", "init").out.strip() == str(home / "config" / "config.toml")
    said_no(micboard("config", "init"), "INVALID_VALUE")
    assert micboard("config", "init", "--force").code == 0
    document = json.loads(micboard("config", "show", "--json").out)["settings"]
    assert document["board.fps"] == {"value": 5, "origin": "environment"}
    assert document["board.theme"]["origin"] == "default"
    for arguments in ((), ("--origin",), ("--json",)):
        answer = micboard("config", "show", *arguments)
        assert "board.fps" in answer.out
        assert "secret" not in answer.out + answer.err
    assert "micboard.db" in micboard("config", "path").out
    assert json.loads(micboard("config", "path", "--json").out)["paths"]["database"].endswith("micboard.db")


@pytest.mark.integration
@pytest.mark.no_cover
def test_hostile_names_are_shown_literally_and_do_no_harm(micboard: Command, rack: Rack) -> None:
    add(micboard, rack, 0)
    receivers_in(rack)[0].channels[0].name = "[red]x[/"
    answer = micboard("poll", "--once")
    assert "[red]x[/" in answer.out
    said_no(micboard("devices", "show", HOSTILE), "DEVICE_NOT_FOUND")
    shown = micboard("devices", "show", HOSTILE)
    assert "\x1b" not in shown.err
    assert "[red]x[/] A>B\N{SYMBOL FOR ESCAPE}[31m" in shown.err
    named = micboard("locations", "add", "[red]x[/] A>B")
    assert named.out == "Added [red]x[/] A>B.\n"
    assert "[red]x[/] A>B" in micboard("locations", "list").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("devices", "add", "acme", "127.0.0.1"), "MANUFACTURER_NOT_SUPPORTED"),
        (("devices", "list", "--manufacturer", "acme"), "MANUFACTURER_NOT_SUPPORTED"),
        (("devices", "add", "shure", "no-such-host.invalid"), "HOST_NOT_RESOLVED"),
        (("devices", "add", "shure", "127.0.0.1", "--port", "70000"), "INVALID_VALUE"),
        (("devices", "add", "shure", "127.0.0.1", "--driver", "telepathy"), "DRIVER_NOT_SUPPORTED"),
        (("poll", "--once", "--manufacturer", "acme"), "MANUFACTURER_NOT_SUPPORTED"),
        (("poll", "--manufacturer", "acme"), "MANUFACTURER_NOT_SUPPORTED"),
        (("watch", "--manufacturer", "acme"), "MANUFACTURER_NOT_SUPPORTED"),
        (("simulate", "--scenario", "opera"), "INVALID_VALUE"),
        (("simulate", "--address", "nonsense"), "INVALID_VALUE"),
        (("demo", "--scenario", "opera"), "INVALID_VALUE"),
    ],
)
def test_bad_input_is_one_line_with_a_cure(micboard: Command, arguments: tuple[str, ...], code: str) -> None:
    said_no(micboard(*arguments), code)
    assert micboard("status", "--json").code == 0


@pytest.mark.parametrize("arguments", [(), ("run",), ("demo",)])
def test_the_board_does_not_start_where_nobody_can_see_it(
    micboard: Command, arguments: tuple[str, ...]
) -> None:
    said_no(micboard(*arguments), "NO_TERMINAL")


def test_a_damaged_database_is_kept_and_what_became_of_it_is_printed_once(
    micboard: Command, home: Path
) -> None:
    file = home / "data" / "micboard.db"
    file.write_bytes(b"rubbish" * 1000)
    for command, notes in (("status", 1), ("status", 0)):
        answer = micboard(command, "--json")
        assert (answer.code, answer.err.count("was damaged")) == (0, notes), answer.err
    (kept,) = file.parent.glob("micboard-damaged-*.db")
    assert kept.read_bytes() == b"rubbish" * 1000
    assert str(kept) in micboard("health", "--json").out


def test_a_directory_that_cannot_be_written_to_is_named(
    micboard: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MICBOARD_HOME", str(tmp_path / "file" / "home"))
    for arguments in (("status",), ("run",), ("config", "init")):
        said_no(micboard(*arguments), "DIRECTORY_NOT_WRITABLE")


def test_a_second_instance_on_the_same_data_is_refused(micboard: Command, home: Path) -> None:
    paths = paths_under(home)
    make_directories(paths)
    with hold_lock(paths.lock_file):
        for arguments in (("run",), ("poll", "--once"), ("poll",), ("watch",)):
            said_no(micboard(*arguments), "ALREADY_RUNNING")
        assert micboard("status").code == 0
    assert micboard("poll", "--once").code == 0


def test_a_misspelt_setting_is_named(micboard: Command, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[board]\nfsp = 5\n")
    said_no(micboard("status"), "CONFIG_INVALID")
    assert "board.fps" in micboard("status").err


@pytest.mark.integration
def test_nothing_is_lost_when_an_answer_was_no(micboard: Command, rack: Rack, home: Path) -> None:
    device_id = add(micboard, rack)
    micboard("devices", "add", "shure", rack.devices[0].host, "--port", str(rack.devices[0].port))
    with closing(sqlite3.connect(home / "data" / "micboard.db")) as raw:
        rows: list[Any] = raw.execute("SELECT id FROM devices").fetchall()
    assert rows == [(device_id,)]


def test_a_slow_line_gets_ascii_and_no_more_than_a_few_frames() -> None:
    usual = BoardOptions((), fps=10)
    assert for_slow_line(usual, low_bandwidth=False) == usual
    assert for_slow_line(usual, low_bandwidth=True) == replace(usual, glyphs="ascii", fps=SLOW_FPS)
    assert for_slow_line(replace(usual, fps=1), low_bandwidth=True).fps == 1


@pytest.mark.parametrize(
    ("choice", "environ", "expected"),
    [
        ("auto", {"COLORTERM": "truecolor"}, None),
        ("auto", {"COLORTERM": "truecolor", "STY": "1234.pts-0"}, "256"),
        ("truecolor", {"STY": "1234.pts-0"}, "truecolor"),
        ("256", {}, "256"),
        ("16", {}, "standard"),
    ],
)
def test_gnu_screen_has_256_colours_unless_told_otherwise(
    choice: ColorChoice, environ: dict[str, str], expected: str | None
) -> None:
    assert color_system(choice, environ) == expected


def test_an_exported_size_of_the_terminal_is_not_believed() -> None:
    environ = {"COLUMNS": "200", "LINES": "60", "TERM": "xterm"}
    forget_exported_size(environ)
    assert environ == {"TERM": "xterm"}


@pytest.mark.parametrize(
    ("system", "term", "expected"),
    [
        ("standard", "xterm-256color", True),
        ("256", "linux", False),
        (None, "linux", True),
        (None, "xterm-256color", False),
    ],
)
def test_a_terminal_with_16_colours_gets_the_one_of_each_hue(
    system: str | None, term: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM", raising=False)
    assert has_16_colors(system) is expected


def test_options_of_the_board_stand_without_run_too(micboard: Command) -> None:
    options = ("--theme", "light", "--fps", "5", "--low-bandwidth", "--plain", "--colors", "256")
    said_no(micboard(*options), "NO_TERMINAL")
    answer = micboard(*options, "status")
    assert answer.code == 2
    assert "not before 'status'" in answer.err


def test_a_plain_terminal_gets_plain_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.delenv("LC_ALL", raising=False)
        monkeypatch.delenv("PYTHONIOENCODING", raising=False)
        for lang, glyphs in (("C", "ascii"), ("C.UTF-8", "auto")):
            monkeypatch.setenv("LANG", lang)
            assert for_terminal(BoardOptions(())).glyphs == glyphs
        monkeypatch.setenv("LANG", "C")
        assert for_terminal(BoardOptions((), glyphs="blocks")).glyphs == "blocks"
    os.close(ours)


def test_a_board_shows_the_present_of_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    began_with: list[LiveContract] = []

    def begin(live: LiveContract, *_: object) -> None:
        began_with.append(live)
        raise StartError(ErrorCode.NO_TERMINAL, "enough was seen")

    def open_services() -> AbstractAsyncContextManager[Services]:
        raise AssertionError

    source = BoardSource(LiveAndClock().live, open_services)
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.setattr(board_process, "_check_terminal", lambda: None)
    monkeypatch.setattr("micboard_tui.tui.app.MicboardApp", begin)
    with pytest.raises(StartError):
        BoardProcess(paths_under(tmp_path), lambda: source, BoardOptions(())).run()
    assert began_with == [source.live]


@pytest.mark.parametrize(("planned", "is_known"), [((), False), ((PLANNED,), True)])
def test_a_board_says_that_no_device_is_registered_only_once_the_database_was_read(
    planned: tuple[DeviceSnapshot, ...], is_known: bool
) -> None:
    live_and_clock = LiveAndClock()
    place_planned(live_and_clock, planned)
    assert (live_and_clock.live.changed_since(0).layout_version > 0) is is_known
