"""Where is knocked, how carefully, and what is left out."""

import math
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, SessionOptions
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.services.device import DeviceService, Surroundings
from micboard_tui.services.discovery import addresses, discover
from micboard_tui.services.live import LiveState
from micboard_tui.services.location import LocationService
from tests.fakes.plugins import Doors, Plugins, Rack, manufacturer
from tests.fakes.repositories import InMemoryLocations
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK, Clock


def found(host: str, maker: str = "shure", port: int = 2202) -> FoundDevice:
    return FoundDevice(host, port, maker, f"{maker}-strings", "MODEL", "Name")


@pytest.mark.parametrize(
    ("targets", "hosts"),
    [
        (["10.0.0.1"], ["10.0.0.1"]),
        ([" 10.0.0.0/30 "], ["10.0.0.1", "10.0.0.2"]),
        (["10.0.0.1/30"], ["10.0.0.1", "10.0.0.2"]),
        (["10.0.0.7/32"], ["10.0.0.7"]),
        (["fd00::/126"], ["fd00::1", "fd00::2", "fd00::3"]),
        (["Rack-A.local", "10.0.0.1", "10.0.0.1"], ["rack-a.local", "10.0.0.1"]),
    ],
)
def test_addresses_networks_and_names_become_hosts(targets: list[str], hosts: list[str]) -> None:
    assert list(addresses(targets)) == hosts


def test_a_network_of_1024_is_the_greatest() -> None:
    assert len(addresses(["10.0.0.0/22"])) == 1022
    assert len(addresses(["10.0.0.0/22", "10.9.0.1", "10.9.0.2"])) == 1024


@pytest.mark.parametrize(
    "targets",
    [
        [],
        ["10.0.0.0/21"],
        ["fd00::/64"],
        ["10.0.0.0/22", "10.9.0.0/29"],
        ["10.0.0.0/99"],
        ["10.0.0.999"],
        ["\x1b/24"],
        ["rack/24"],
        [""],
    ],
)
def test_too_many_or_none_are_refused(targets: list[str]) -> None:
    with pytest.raises(MicboardError) as refused:
        addresses(targets)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert refused.value.info.hint
    assert "\x1b" not in refused.value.info.message


async def test_what_answers_is_found_by_address_and_what_is_registered_left_out() -> None:
    shure = Doors(found("127.0.0.10"), found("127.0.0.2"), found("127.0.0.9"), found("rack.local"))
    acme = Doors(found("127.0.0.10", "acme", 4000))
    plugins = Plugins(
        manufacturer("shure", Rack(), shure), manufacturer("acme", Rack(), acme, 4000), broken=["worn"]
    )
    targets = ["rack.local", "127.0.0.0/28"]
    listed = await discover(plugins, targets, [RACK, replace(RACK, host="127.0.0.9", port=1)], 0.2)
    assert [(each.host, each.manufacturer) for each in listed] == [
        ("127.0.0.9", "shure"),
        ("127.0.0.10", "shure"),
        ("127.0.0.10", "acme"),
        ("rack.local", "shure"),
    ]
    assert RACK.host not in shure.knocked
    assert RACK.host in acme.knocked


async def test_sixteen_doors_at_most_are_knocked_at_once() -> None:
    doors = Doors()
    await discover(Plugins(manufacturer("shure", Rack(), doors)), ["10.0.0.0/24"], [], 1.0)
    assert len(doors.knocked) == 254
    assert 1 < doors.most_at_once <= 16


async def test_a_maker_that_cannot_be_probed_is_left_out() -> None:
    assert await discover(Plugins(manufacturer("shure", Rack())), ["10.0.0.1"], [], 1.0) == []


async def test_a_probe_that_never_ends_is_given_up() -> None:
    async def endless(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        await anyio.sleep_forever()
        return None

    assert await discover(Plugins(manufacturer("shure", Rack(), endless)), ["10.0.0.1"], [], 0.2) == []


@pytest.mark.parametrize("timeout_s", [0.1, 5.1, math.nan, math.inf, -1.0])
async def test_a_timeout_that_cannot_be_is_refused(timeout_s: float) -> None:
    with pytest.raises(MicboardError) as refused:
        await discover(Plugins(), ["10.0.0.1"], [], timeout_s)
    assert refused.value.code is ErrorCode.INVALID_VALUE


async def test_the_service_leaves_out_what_it_knows() -> None:
    records, clock = WatchedDevices(RACK), Clock()
    doors = Doors(found(RACK.host), found("127.0.0.3"))

    async def nobody(host: str) -> None:
        raise AssertionError

    service = DeviceService(
        records,
        LocationService(InMemoryLocations(), records),
        Surroundings(
            Plugins(manufacturer("shure", Rack(), doors)), LiveState(clock), nobody, clock, SessionOptions()
        ),
    )
    assert await service.discover([RACK.host, "127.0.0.3"]) == Success([found("127.0.0.3")])
    assert isinstance(await service.discover(["10.0.0.0/8"]), Failure)
