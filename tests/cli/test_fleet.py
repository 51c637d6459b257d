"""Two collectors and a hub with an API as processes on one record: what an engineer with two racks has."""

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
from tests.cli.test_commands import said_no
from tests.cli.test_serve import HOST, Serving, free_port, serving
from tests.fakes.forks import simulated_devices

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
    """A process with hub, API and its own bus, and a collector beside it, of which each can be ended."""

    def __init__(self, fleet: Fleet, *names: str) -> None:
        bus, listen = f"{HOST}:{free_port()}", f"{HOST}:{free_port()}"
        given = ("--bus-listen", bus, "--listen", listen, "--without-tls")
        self.hub = fleet.start("hub", "--roles", "hub,api", *given)
        self.hub.read_until("Boards attach at")
        self.to_bus = (
            *("--roles", "collector", "--bus", f"nats://{bus}"),
            *("--bus-key", str(fleet.home("hub") / "data" / "program.key")),
        )
        self.collectors = [fleet.start(name, "--name", name, *self.to_bus) for name in names]
        self.url = f"http://{listen}/"
        assert self.url in self.hub.read_until("--role write\n")
        for each in self.collectors:
            each.read_until("reads devices of the zone main")

    def online(self) -> int:
        """How many devices the API shows as online."""
        answer = httpx.get(f"{self.url}api/v1/devices", timeout=LIMIT_S)
        assert answer.status_code == httpx.codes.OK, answer.text
        return sum(device["is_online"] for device in answer.json()["devices"])


def _online_by_status(micboard: Command) -> dict[str, bool]:
    shown = micboard("status", "--json")
    assert shown.code == 0, shown.err
    devices: list[dict[str, Any]] = json.loads(shown.out)["devices"]
    return {device["name"]: device["is_online"] for device in devices}


@pytest.mark.long
def test_two_collectors_and_a_hub_with_an_api_are_one_site(
    fleet: Fleet, micboard: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, site = fleet.devices(*ADDRESSES), Site(fleet, "left", "right")
    left, right = site.collectors
    # What is called on the machine of a part attaches by itself, without a database of its own.
    monkeypatch.setenv("MICBOARD_DATABASE_URL", "postgresql://no@127.0.0.1:1/record")
    monkeypatch.setenv("MICBOARD_HOME", str(fleet.home("hub")))
    for (host, port), name in zip(places, ("Rack A", "Rack B"), strict=True):
        added = micboard("devices", "add", "shure", host, "--port", str(port), "--name", name)
        assert added.code == 0, added.err
    _wait(lambda: site.online() == len(places))
    assert httpx.get(f"{site.url}readyz").json()["status"] == "ok"
    monkeypatch.setenv("MICBOARD_HOME", str(fleet.home("left")))
    # What a collector has just read it stores a moment later.
    _wait(lambda: _online_by_status(micboard) == {"Rack A": True, "Rack B": True})
    # A second one on the same data is refused.
    monkeypatch.setenv("MICBOARD_DATABASE_URL", fleet.environment("left")["MICBOARD_DATABASE_URL"])
    said_no(refused := micboard("serve", *site.to_bus), "ALREADY_RUNNING")
    assert f"collector, process {left.command.pid}" in refused.err
    # The other one takes over from one that ends, and all that ends does so in order.
    assert left.end() == 0
    _wait(lambda: site.online() == len(places))
    for each in (right, site.hub):
        assert each.end() == 0
        each.read_until("Stopped serving")
