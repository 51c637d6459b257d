"""Two collectors, a hub and an API as processes on one record: what an engineer with two racks has."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Command
from tests.cli.forks import simulated_devices
from tests.cli.test_commands import said_no
from tests.cli.test_serve import HOST, Serving, free_port, serving

pytestmark = pytest.mark.integration

LIMIT_S = 60.0
ADDRESSES = ("127.0.4.95", "127.0.4.96")


class Fleet:
    """Its processes, each with a home of its own."""

    def __init__(self, directory: Path, record: str, stack: ExitStack) -> None:
        self._directory, self._stack = directory, stack
        self._environment = {**os.environ, "MICBOARD_DATABASE_URL": record, "COLUMNS": "200"}

    def home(self, name: str) -> Path:
        return self._directory / name

    def environment(self, name: str) -> Mapping[str, str]:
        return {**self._environment, "MICBOARD_HOME": str(self.home(name))}

    def start(self, name: str, *arguments: str) -> Serving:
        return self._stack.enter_context(serving(self.environment(name), *arguments))

    def devices(self, *addresses: str) -> list[tuple[str, int]]:
        """Simulated receivers, and where they are."""
        options = ("--receivers", "1", "--chargers", "0", "--scenario", "calm", "--port", "0")
        found = [
            self._stack.enter_context(simulated_devices(self.environment(each), *options, "--address", each))
            for each in addresses
        ]
        return [(device["host"], device["port"]) for (device,) in found]


@pytest.fixture
def fleet(tmp_path: Path, postgres_url: str) -> Iterator[Fleet]:
    with ExitStack() as stack:
        yield Fleet(tmp_path, postgres_url, stack)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


class Site:
    """A hub with its own bus, an API, and collectors, of which each can be ended."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.hub = fleet.start("hub", "--roles", "hub", "--bus-listen", f"{HOST}:{free_port()}")
        printed = self.hub.read_until("Hub: this one is active")
        bus = printed.partition("Boards attach at ")[2].split(",")[0]
        self.to_bus = ("--bus", bus, "--bus-key", str(fleet.home("hub") / "data" / "program.key"))
        listen = ("--listen", f"{HOST}:{free_port()}", "--without-tls")
        self.api = fleet.start("api", "--roles", "api", *self.to_bus, *listen)
        printed = self.api.read_until("--role write\n")
        self.url = printed.partition("Serving ")[2].split()[0]

    def collect(self, name: str) -> Serving:
        started = self._fleet.start(name, "--roles", "collector", "--name", name, *self.to_bus)
        started.read_until("reads devices of the zone main")
        return started

    def online(self) -> int:
        """How many devices the API shows as online."""
        answer = httpx.get(f"{self.url}api/v1/devices", timeout=LIMIT_S)
        assert answer.status_code == httpx.codes.OK, answer.text
        return sum(device["is_online"] for device in answer.json()["devices"])


def test_two_collectors_a_hub_and_an_api_are_one_site(
    fleet: Fleet, micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, site = fleet.devices(*ADDRESSES), Site(fleet)
    left, right = site.collect("left"), site.collect("right")
    # What is called on the machine of a part attaches by itself, without a database of its own.
    monkeypatch.setenv("MICBOARD_DATABASE_URL", "postgresql://no@127.0.0.1:1/record")
    monkeypatch.setenv("MICBOARD_HOME", str(fleet.home("hub")))
    for (host, port), name in zip(places, ("Rack A", "Rack B"), strict=True):
        added = micboard("devices", "add", "shure", host, "--port", str(port), "--name", name)
        assert added.code == 0, added.err
    _wait(lambda: site.online() == len(places))
    assert httpx.get(f"{site.url}readyz").json()["status"] == "ok"
    monkeypatch.setenv("MICBOARD_HOME", str(fleet.home("left")))
    shown = micboard("status", "--json")
    assert shown.code == 0, shown.err
    devices: list[dict[str, Any]] = json.loads(shown.out)["devices"]
    assert {device["name"]: device["is_online"] for device in devices} == {"Rack A": True, "Rack B": True}
    # A second one on the same data is refused.
    monkeypatch.setenv("MICBOARD_DATABASE_URL", fleet.environment("left")["MICBOARD_DATABASE_URL"])
    said_no(refused := micboard("serve", "--roles", "collector", *site.to_bus), "ALREADY_RUNNING")
    assert f"collector, process {left.command.pid}" in refused.err
    # The other one takes over from one that ends, and all that ends does so in order.
    assert left.end() == 0
    _wait(lambda: site.online() == len(places))
    for each in (right, site.api, site.hub):
        assert each.end() == 0
        each.read_until("Stopped serving")
