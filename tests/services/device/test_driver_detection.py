"""Which driver a new device gets: the named one, the one that it answers to, or the usual one."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import Device, DeviceFault
from micboard_tui.services.assembly import build_services, build_synchronization
from tests.fakes.plugins import Plugins, Rack, ScriptedProbe, manufacturer
from tests.fakes.services import fake_adapters, in_memory
from tests.services.memory import WatchedDevices
from tests.services.stage import RACK

WEB = FoundDevice("10.0.0.1", 443, "shure", "shure-web", "ADTQ", "FOH")
LOCKED = DeviceFault(ErrorCode.CREDENTIALS_NEEDED, "It asks for a password", "Give it one")


def service_with(
    probe: ScriptedProbe | None, *registered: Device, other_port: int | None = 443
) -> DeviceContract:
    plugins = Plugins(manufacturer("shure", Rack(), probe, other_port=other_port))
    adapters = fake_adapters(in_memory(WatchedDevices(*registered)), plugins)
    return build_services(adapters, build_synchronization(adapters).service).devices


async def driver_and_port(service: DeviceContract, **arguments: str | int) -> tuple[str, int, str | None]:
    answer = await service.register("shure", "10.0.0.1", actor="Pia", **arguments)  # type: ignore[arg-type] # its own names
    assert answer.success
    return answer.data.driver, answer.data.port, answer.warning


async def test_the_driver_that_the_device_answers_to_is_taken_with_its_port() -> None:
    assert await driver_and_port(service_with(ScriptedProbe(WEB))) == ("shure-web", 443, None)
    assert await driver_and_port(service_with(ScriptedProbe(WEB)), port=8443) == ("shure-web", 8443, None)


async def test_a_fault_is_told() -> None:
    probe = ScriptedProbe(replace(WEB, fault=LOCKED))
    assert (await driver_and_port(service_with(probe)))[2] == "It asks for a password. Give it one"


@pytest.mark.parametrize("answer", [None, replace(WEB, driver=None), replace(WEB, driver="shure-other")])
async def test_the_usual_driver_is_taken_when_the_device_does_not_say_and_that_is_told(
    answer: FoundDevice | None,
) -> None:
    service = service_with(ScriptedProbe() if answer is None else ScriptedProbe(answer))
    driver, port, warning = await driver_and_port(service)
    assert (driver, port) == ("shure-strings", 2202)
    assert warning is not None
    assert "shure-strings is used. Known are: shure-strings, shure-web" in warning
    assert (await driver_and_port(service_with(None), port=99))[:2] == ("shure-strings", 99)


async def test_a_port_that_belongs_to_a_driver_says_which_when_the_device_does_not() -> None:
    assert (await driver_and_port(service_with(ScriptedProbe()), port=443))[:2] == ("shure-web", 443)
    beside = replace(RACK, host="10.0.0.1", port=2202)
    assert (await driver_and_port(service_with(ScriptedProbe(), beside), port=443))[0] == "shure-web"


async def test_nobody_is_asked_where_there_is_no_choice() -> None:
    probe = ScriptedProbe(WEB)
    assert await driver_and_port(service_with(probe), driver="shure-strings") == (
        "shure-strings",
        2202,
        None,
    )
    assert await driver_and_port(service_with(probe, other_port=None)) == ("shure-strings", 2202, None)
    registered = replace(RACK, host="10.0.0.1", port=443)
    assert await driver_and_port(service_with(probe, registered)) == ("shure-strings", 2202, None)
    assert probe.probed == []


async def test_a_port_that_is_taken_in_the_end_is_refused() -> None:
    other = replace(RACK, host="10.0.0.1", port=8443)
    answer = await service_with(ScriptedProbe(replace(WEB, port=8443)), other).register(
        "shure", "10.0.0.1", actor="Pia"
    )
    assert answer.error is not None
    assert answer.error.code is ErrorCode.DEVICE_EXISTS
