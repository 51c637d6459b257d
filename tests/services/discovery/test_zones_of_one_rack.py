"""One program that reaches all zones: their names are checked, and have no other effect."""

from dataclasses import replace

from micboard_tui.contracts.device import DeviceContract, Search
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.contracts.result import Success
from micboard_tui.services.assembly import build_services
from tests.fakes.plugins import Plugins, Rack, ScriptedProbe, manufacturer
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK

FOUND = FoundDevice("10.0.0.1", 2202, "shure", "shure-strings", "ULXD4D", "FOH")


def devices() -> DeviceContract:
    plugins = Plugins(manufacturer("shure", Rack(), ScriptedProbe(FOUND)))
    records = in_memory(WatchedDevices(replace(RACK, zone="land")))
    return build_services(fake_adapters(records, plugins), FakeSessions()).devices


async def test_a_zone_that_is_not_known_is_refused_with_those_that_are() -> None:
    service = devices()
    for refused in (
        await service.list_interfaces("lan"),
        await service.probe("shure", "10.0.0.1", zone="lan"),
        await service.check_host("foh.local", zone="lan"),
        await service.discover(Search(timeout_s=0.2, zone="lan")),
    ):
        assert refused.error is not None
        assert refused.error.code is ErrorCode.INVALID_VALUE
        assert refused.error.message == "There is no zone 'lan'"
        assert refused.error.hint == "Did you mean land? Known are: land, main"


async def test_any_known_zone_is_the_one_network() -> None:
    service = devices()
    for zone in ("", "main", " Land "):
        assert await service.list_interfaces(zone) == Success(())
        assert await service.probe("Shure", "10.0.0.1", zone=zone) == Success(FOUND)
    nothing = await service.probe("shure", "10.0.0.9", port=99)
    assert nothing == Success(None)


async def test_what_cannot_be_probed_is_refused() -> None:
    unknown = await devices().probe("sony", "10.0.0.1")
    assert unknown.error is not None
    assert unknown.error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
