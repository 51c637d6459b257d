"""``doctor`` as a user runs it: what it prints, its JSON, and its exit code."""

import json
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.schemas import check_fits

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("answers")]


def causes_of(out: str) -> list[str]:
    return [check["cause"] for check in check_fits("doctor", out)["checks"] if check["status"] == "fault"]


def check_of(out: str, title: str) -> dict[str, Any]:
    checks: list[dict[str, Any]] = json.loads(out)["checks"]
    return next(check for check in checks if check["title"] == title)


def test_a_receiver_that_is_well_has_no_fault(micboard: Command, rack: Rack) -> None:
    device = rack.devices[0]
    answer = micboard("doctor", f"{device.host}:{device.port}", "--manufacturer", "shure", "--json")
    assert (answer.code, causes_of(answer.out)) == (0, [])
    assert check_of(answer.out, "protocol")["message"].endswith("answers as shure-strings")
    assert check_of(answer.out, "meter rate")["status"] == "ok"


def test_a_registered_receiver_at_a_dead_port_is_named_in_short_and_in_full(
    micboard: Command, rack: Rack
) -> None:
    well = rack.devices[0]
    micboard("devices", "add", "shure", well.host, "--port", str(well.port), "--driver", "shure-strings")
    micboard("devices", "add", "shure", "127.0.3.98", "--driver", "shure-strings", "--name", "Rack B")
    short = micboard("doctor", "--json")
    assert (short.code, causes_of(short.out)) == (1, ["PORT_REFUSED"])
    assert check_of(short.out, "device")["status"] == "ok"
    full = micboard("doctor", "Rack B")
    assert full.code == 1
    assert "FAULT Rack B (127.0.3.98:2202): port (PORT_REFUSED)" in full.out
    assert "Cure: Check the port" in full.out


def test_settings_that_cannot_be_read_are_the_only_cause(micboard: Command, home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text("[board]\nfps = 'many'\n", encoding="utf-8")
    answer = micboard("doctor", "--json")
    assert (answer.code, causes_of(answer.out)) == (1, ["SETTINGS_INVALID"])
    assert check_of(answer.out, "database")["status"] == "not checked"


def test_a_wrong_argument_is_a_no_with_a_cure(micboard: Command) -> None:
    for words in (("127.0.0.1:99999",), ("a b",), ("127.0.0.1", "--manufacturer", "shur")):
        answer = micboard("doctor", *words)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith(("INVALID_VALUE: ", "MANUFACTURER_NOT_SUPPORTED: "))


def test_nothing_is_changed_not_even_by_a_copy_that_is_due(micboard: Command, home: Path) -> None:
    micboard("devices", "add", "shure", "127.0.3.98", "--driver", "shure-strings", "--name", "Rack B")
    rmtree(home / "data" / "backups")
    before = {file.name: file.read_bytes() for file in (home / "data").glob("*.db*")}
    answer = micboard("doctor")
    assert "\nRack B (127.0.3.98:2202):\n" in answer.out
    assert not (home / "data" / "backups").exists()
    assert {file.name: file.read_bytes() for file in (home / "data").glob("*.db*")} == before


def test_a_host_is_called_as_it_was_typed(micboard: Command) -> None:
    assert "\nnosuch.invalid:\n" in micboard("doctor", "nosuch.invalid").out
