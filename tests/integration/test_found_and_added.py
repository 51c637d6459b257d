"""``simulate`` in one process and the commands of a user in others, who knows only what is printed."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_processes import COMMAND, read_json, run, running
from tests.fakes.answers import answers_are_ours

pytestmark = pytest.mark.integration

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
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Simulated]]:
    """What listens where, at the usual ports."""
    environment = at(tmp_path_factory.mktemp("rack"))
    with running(environment, "simulate", "--json", *RACK) as child:
        devices: list[Simulated] = read_json(child)["devices"]
        yield devices


@pytest.fixture(scope="module")
def locked_rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Simulated]]:
    """Another one, with devices that let nobody in."""
    environment = at(tmp_path_factory.mktemp("locked"))
    locked = [word for place in LOCKED for word in ("--locked", str(place))]
    with running(
        environment, "simulate", "--json", *RACK, "--address", f"{LOCKED_STREET}2", *locked
    ) as child:
        devices: list[Simulated] = read_json(child)["devices"]
        yield devices


@pytest.fixture(autouse=True)
def answers() -> Iterator[None]:
    """One test at a time hears what MCP devices answer."""
    with answers_are_ours():
        yield


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    return at(tmp_path / "home")


def test_everything_that_can_be_heard_of_is_found(
    rack: list[Simulated], environment: Mapping[str, str]
) -> None:
    expected = [each for each in rack if each["model"] not in NOT_ANNOUNCED]
    told: list[Simulated] = []
    # How long everything takes is a matter of the machine.
    for timeout_s in ("3.5", "10", "25"):
        asked = run(
            environment, "devices", "discover", "--interface", "127.0.0.1", "--timeout", timeout_s, "--json"
        )
        assert asked.returncode == 0, asked.stderr
        told = [each for each in json.loads(asked.stdout)["found"] if each["host"].startswith(STREET)]
        if len(told) == len(expected) and all(each["answered"] for each in told):
            break
    assert {each["driver"] for each in expected} == set(MODELS) - {"shure-system-api"}

    def place(each: Simulated) -> tuple[str, str, str, int]:
        return (each["host"], each["manufacturer"], each["driver"], each["port"])

    assert sorted(map(place, told)) == sorted(map(place, expected))
    assert {each["via"] for each in told} == {"slp", "mdns", "broadcast"}
    assert all(each["answered"] for each in told)
    faults = {each["driver"]: each["obstacle"]["code"] for each in told if each["obstacle"]}
    assert faults == {"sennheiser-sscv2": "CREDENTIALS_NEEDED"}


@pytest.mark.parametrize("driver", MODELS)
def test_each_driver_connects_by_its_address_port_and_key_alone(
    rack: list[Simulated], environment: Mapping[str, str], driver: str
) -> None:
    device = next(each for each in rack if each["model"] == MODELS[driver])
    words = ["devices", "add", device["manufacturer"], device["host"], "--port", str(device["port"])]
    if device["fingerprint"] is not None:
        words += ["--fingerprint", device["fingerprint"]]
    added = run(environment, *words, "--json")
    assert added.returncode == 0, added.stderr
    registered = json.loads(added.stdout)["device"]
    assert registered["driver"] == driver
    if device["secret"] is not None:
        give(environment, registered["id"], device["secret"])

    polled = run(environment, "poll", "--once", "--json")
    assert polled.returncode == 0, polled.stdout + polled.stderr
    (told,) = json.loads(polled.stdout)["devices"]
    assert (told["driver"], told["status"], told["error"]) == (driver, "online", None)
    assert len(told["channels"]) == device["channels"]
    assert {each["link_state"] for each in told["channels"]} <= IS_ON | UNTOLD.get(driver, set())
    assert all(each["observed_at"] for each in told["channels"])
    assert (device["secret"] or "no secret") not in added.stdout + polled.stdout + polled.stderr


def give(environment: Mapping[str, str], device_id: str, secret: str) -> None:
    kept = subprocess.run(
        [*COMMAND, "secrets", "set", device_id, "--in", "file"],
        env=environment,
        input=f"{secret}\n",
        text=True,
        capture_output=True,
        timeout=90,
        check=False,
    )
    assert kept.returncode == 0, kept.stderr
    assert secret not in kept.stdout + kept.stderr


@pytest.mark.parametrize(("place", "code"), LOCKED.items())
def test_a_locked_device_says_why_and_what_to_do(
    locked_rack: list[Simulated], environment: Mapping[str, str], place: int, code: str
) -> None:
    device = locked_rack[place - 1]
    words = [device["manufacturer"], device["host"], "--port", str(device["port"])]
    words += ["--driver", device["driver"]]
    if device["fingerprint"] is not None:
        words += ["--fingerprint", device["fingerprint"]]
    added = run(environment, "devices", "add", *words, "--json")
    if device["secret"] is not None:
        give(environment, json.loads(added.stdout)["device"]["id"], device["secret"])
    polled = run(environment, "poll", "--once", "--json", "--timeout", "20")
    assert polled.returncode == 1
    (told,) = json.loads(polled.stdout)["devices"]
    assert told["error"]["code"] == code
    assert told["error"]["hint"]
    assert f": {code}: " in polled.stderr
