"""The archive of ``doctor``: complete, private, never over another file, and without any secret."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("answers")]

SETTINGS = """
[alarms]
webhook_url = "https://hooks.example.org/services/Planted-webhook"
mqtt_url = "mqtt://board:Planted-mqtt@192.0.2.8/micboard"
"""
LOG = (
    '{"event": "asked", "url": "http://a:Planted-log-url@10.0.0.9/x", "header": "Basic UGxhbnRlZA=="}\n'
    '{"event": "failed", "detail": "password=Planted-log-word"}\n'
    '{"event": "echo", "detail": "the device said Planted-environment and Planted-file"}\n'
)
FILES = {"README.txt", "report.txt", "report.json", "versions.json", "settings.json", "health.json"}


@pytest.fixture
def planted(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with secrets everywhere, each of which has the same word in it."""
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(SETTINGS, encoding="utf-8")
    secrets = home / "config" / "secrets.toml"
    secrets.write_text('["driver sennheiser-sscv2"]\nsecret = "Planted-file"\n', encoding="utf-8")
    secrets.chmod(0o600)
    (home / "state").mkdir()
    (home / "state" / "micboard.log").write_text(LOG, encoding="utf-8")
    (home / "data" / "bus.key").write_text("Planted-key-of-the-bus-1\n", encoding="utf-8")
    monkeypatch.setenv("MICBOARD_SECRETS__SHURE_SYSTEM_API", "Planted-environment")
    return home


def read_archive(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        assert archive.comment == b""
        assert all(not entry.extra and not entry.comment for entry in archive.infolist())
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_no_secret_is_in_the_archive_though_they_are_everywhere(
    micboard: Command, planted: Path, tmp_path: Path, rack: Rack
) -> None:
    file, device = tmp_path / "fault.zip", rack.devices[0]
    words = (f"{device.host}:{device.port}", "--manufacturer", "shure", "--bundle", str(file), "--wire", "2")
    assert micboard("doctor", *words, "--json").code == 0
    texts = read_archive(file)
    assert texts.keys() == {*FILES, "log-0.jsonl", "wire.txt"}
    for name, text in texts.items():
        assert "Planted" not in text, name
        assert "UGxhbnRlZA" not in text, name
    assert b"Planted" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for name in ("report.json", "versions.json", "settings.json", "health.json"):
        json.loads(texts[name])
    assert "METER_RATE" in texts["wire.txt"]
    assert device.host not in texts["wire.txt"]
    assert device.name not in texts["wire.txt"]
    assert "database_url" in texts["settings.json"]


def test_a_file_that_is_there_is_left_alone(micboard: Command, tmp_path: Path) -> None:
    file = tmp_path / "fault.zip"
    file.write_text("mine", encoding="utf-8")
    answer = micboard("doctor", "127.0.3.99", "--bundle", str(file))
    assert (answer.code, file.read_text(encoding="utf-8")) == (1, "mine")
    assert "exists already" in answer.err


def test_a_recording_needs_a_device_and_an_archive(micboard: Command) -> None:
    assert micboard("doctor", "--wire", "2").code == 2
