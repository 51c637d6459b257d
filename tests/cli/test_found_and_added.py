"""``simulate`` in one process, and the commands of a user who knows only what is printed."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, Command
from tests.cli.test_secrets import give
from tests.fakes.forks import simulated_devices

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("answers")]

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
STREET, LOCKED_STREET = f"127.{WORKER}.31.", f"127.{WORKER}.32."
"""Each worker has its own, since the usual ports can be had once at each address."""
RACK = ("--receivers", "16", "--chargers", "2", "--scenario", "calm", "--address", f"{STREET}2")
# What a server for other devices is on, its maker's discovery does not tell
# (docs/reference/protocols/shure.md 14.4).
NOT_ANNOUNCED = {"SystemAPI"}
MODELS = {
    "shure-strings": "ULXD4Q",
    "shure-uhfr": "UR4D",
    "shure-system-api": "SystemAPI",
    "sennheiser-ssc": "EW-DX-EM4-Dante",
    "sennheiser-sscv2": "EWDX2CHS",
    "sennheiser-mcp": "EM 300-500 G4",
}
LOCKED = {
    2: "DEVICE_SILENT",
    4: "DEVICE_SILENT",
    5: "CREDENTIALS_REFUSED",
    6: "DEVICE_REFUSED",
    8: "DEVICE_SILENT",
    16: "CREDENTIALS_REFUSED",
}
"""By place: what each kind of device is found to be when it lets nobody in."""
IS_ON = {"live", "muted", "transmitter_off"}
UNTOLD = {"shure-system-api": {"unknown"}}
"""That API does not say whether the carrier of a receiver's channel is there.

Source: docs/reference/protocols/shure.md 14.
"""

Simulated = Mapping[str, Any]


def at(home: Path) -> Mapping[str, str]:
    return {**os.environ, "MICBOARD_HOME": str(home), "COLUMNS": "250"}


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Simulated]]:
    """What listens where, at the usual ports."""
    environment = at(tmp_path_factory.mktemp("rack"))
    with simulated_devices(environment, *RACK) as devices:
        yield devices


@pytest.fixture(scope="module")
def locked_rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Simulated]]:
    """Another one, with devices that let nobody in."""
    environment = at(tmp_path_factory.mktemp("locked"))
    locked = [word for place in LOCKED for word in ("--locked", str(place))]
    with simulated_devices(environment, *RACK, "--address", f"{LOCKED_STREET}2", *locked) as devices:
        yield devices


def test_everything_that_can_be_heard_of_is_found(rack: Sequence[Simulated], micboard: Command) -> None:
    expected = [each for each in rack if each["model"] not in NOT_ANNOUNCED]
    found_devices: list[Simulated] = []
    # How long everything takes is a matter of the machine.
    for timeout_s in ("3.5", "10", "25", "25"):
        asked = micboard("devices", "discover", "--interface", "127.0.0.1", "--timeout", timeout_s, "--json")
        assert asked.code == 0, asked.err
        found_devices = [each for each in json.loads(asked.out)["found"] if each["host"].startswith(STREET)]
        if len(found_devices) == len(expected) and all(each["answered"] for each in found_devices):
            break
    assert {each["driver"] for each in expected} == set(MODELS) - {"shure-system-api"}

    def place(each: Simulated) -> tuple[str, str, str, int]:
        return (each["host"], each["manufacturer"], each["driver"], each["port"])

    assert sorted(map(place, found_devices)) == sorted(map(place, expected))
    assert {each["via"] for each in found_devices} == {"slp", "mdns", "broadcast"}
    assert all(each["answered"] for each in found_devices)
    faults = {each["driver"]: each["obstacle"]["code"] for each in found_devices if each["obstacle"]}
    assert faults == {"sennheiser-sscv2": "CREDENTIALS_NEEDED"}


@pytest.fixture
def add(micboard: Command, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Simulated, Answer]]:
    """Registers a device by what ``simulate`` tells of it, and gives its password or key."""

    def add_device(device: Simulated, *words: str) -> tuple[Simulated, Answer]:
        address = (device["manufacturer"], device["host"], "--port", str(device["port"]))
        trust = () if device["fingerprint"] is None else ("--fingerprint", device["fingerprint"])
        added = micboard("devices", "add", *address, *trust, *words, "--json")
        assert added.code == 0, added.err
        registered = json.loads(added.out)["device"]
        if device["secret"] is not None:
            given = give(micboard, monkeypatch, device["secret"], registered["id"], "--in", "file")
            assert given.code == 0, given.err
            assert device["secret"] not in given.out + given.err
        return registered, added

    return add_device


@pytest.mark.long
def test_every_driver_connects_by_its_address_port_and_key_alone(
    rack: Sequence[Simulated], micboard: Command, add: Callable[..., tuple[Simulated, Answer]]
) -> None:
    devices = {driver: next(each for each in rack if each["model"] == MODELS[driver]) for driver in MODELS}
    written = ""
    for driver, device in devices.items():
        registered, added = add(device)
        assert registered["driver"] == driver
        written += added.out + added.err
    polled = micboard("poll", "--once", "--json")
    assert polled.code == 0, polled.out + polled.err
    found_devices = {entry["driver"]: entry for entry in json.loads(polled.out)["devices"]}
    for driver, device in devices.items():
        channels = found_devices[driver]["channels"]
        assert (found_devices[driver]["status"], found_devices[driver]["error"]) == ("online", None)
        assert len(channels) == device["channels"]
        assert {each["link_state"] for each in channels} <= IS_ON | UNTOLD.get(driver, set())
        assert all(each["observed_at"] for each in channels)
        assert (device["secret"] or "no secret") not in written + polled.out + polled.err


@pytest.mark.long
def test_locked_devices_say_why_and_what_to_do(
    locked_rack: Sequence[Simulated], micboard: Command, add: Callable[..., tuple[Simulated, Answer]]
) -> None:
    for place in LOCKED:
        device = locked_rack[place - 1]
        add(device, "--driver", device["driver"])
    polled = micboard("poll", "--once", "--json", "--timeout", "20")
    assert polled.code == 1
    found_devices = {entry["host"]: entry for entry in json.loads(polled.out)["devices"]}
    for place, code in LOCKED.items():
        error = found_devices[locked_rack[place - 1]["host"]]["error"]
        assert error["code"] == code
        assert error["hint"]
    assert sorted(re.findall(r": ([A-Z_]+): ", polled.err)) == sorted(LOCKED.values())
