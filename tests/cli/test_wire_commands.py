"""``record`` and ``replay``: the wire of simulated receivers into a file, and from it."""

import json
from pathlib import Path

import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.test_commands import said_no

pytestmark = pytest.mark.integration


def test_a_device_that_was_never_heard_is_recorded_without_a_name(micboard: Command, tmp_path: Path) -> None:
    added = micboard("devices", "add", "shure", "127.0.3.77", "--driver", "shure-strings", "--port", "9")
    assert added.code == 0, added.err
    file = tmp_path / "night.wire"
    assert micboard("record", str(file), "--minutes", "0.01").code == 0
    assert "# device 1 shure/shure-strings 127.0.3.77:9\n" in file.read_text()


def test_the_wire_of_receivers_is_recorded_and_played_again(
    micboard: Command, rack: Rack, tmp_path: Path
) -> None:
    for device in rack.devices:
        added = micboard("devices", "add", "shure", device.host, "--port", str(device.port))
        assert added.code == 0, added.err
    file = tmp_path / "night.wire"
    recorded = micboard("record", str(file), "--mask", "--minutes", "0.04")
    assert recorded.code == 0, recorded.err
    assert f"Records {len(rack.devices)} devices to {file}" in recorded.err
    text = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert all(device.host not in text for device in rack.devices)
    assert text.count(" open\n") == text.count(" closed\n") == len(rack.devices)
    said_no(micboard("record", str(file)), "INVALID_VALUE")

    played = micboard("replay", str(file), "--json", "--speed", "4")
    assert played.code == 0, played.err
    entries = [json.loads(line) for line in played.out.splitlines()]
    names = {entry["device"] for entry in entries}
    assert names <= {"192.0.2.1", "192.0.2.2"} | {name for name in names if name.startswith("Name")}
    assert any(entry["channel"]["rf_dbm"] is not None for entry in entries)


def test_what_cannot_be_recorded_or_played_is_refused(micboard: Command, tmp_path: Path) -> None:
    said_no(micboard("record", str(tmp_path / "night.wire")), "DEVICE_NOT_FOUND")
    said_no(micboard("record", str(tmp_path / "night.wire"), "--device", "Nowhere"), "DEVICE_NOT_FOUND")
    assert not (tmp_path / "night.wire").exists()
    said_no(micboard("replay", str(tmp_path / "night.wire")), "INVALID_VALUE")
    broken = {"empty": "", "other": "text", "headless": "# micboard-tui wire recording 1\n"}
    for name, content in broken.items():
        file = tmp_path / name
        file.write_text(content)
        said_no(micboard("replay", str(file)), "INVALID_VALUE")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    said_no(micboard("replay", str(tmp_path / "binary")), "INVALID_VALUE")
