"""What an address is asked, and in which order: gently towards what stays silent."""

import anyio
import pytest

from micboard_tui.manufacturers.shure import probe
from micboard_tui.manufacturers.shure.driver_names import STRINGS, SYSTEM_API
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import Access
from tests.simulator.simulated_devices import build_plan, running

pytestmark = pytest.mark.integration
TIMEOUT_S = 0.3
PATIENT_S = 2.0


@pytest.mark.parametrize("access", [Access.SILENT, Access.REFUSED])
async def test_a_silent_port_for_command_strings_gets_no_hello_of_tls(access: Access) -> None:
    device = BLUEPRINTS["SLXD4D"].build(build_plan("SLXD4D"))
    assert isinstance(device, StringsDevice)
    device.faults.access = access
    async with running(device) as port:
        for _ in range(3):
            assert await probe("127.0.0.1", port, TIMEOUT_S) is None
        assert device.accepted == (3 if access is Access.SILENT else 0)


async def test_a_device_that_answers_is_connected_with_once() -> None:
    device = BLUEPRINTS["SLXD4D"].build(build_plan("SLXD4D"))
    assert isinstance(device, StringsDevice)
    async with running(device) as port:
        found = await probe("127.0.0.1", port, PATIENT_S)
        assert found is not None
        assert (found.driver, device.accepted) == (STRINGS, 1)


async def test_a_server_that_hangs_up_on_commands_is_asked_by_tls_at_any_port() -> None:
    device = BLUEPRINTS["SystemAPI"].build(build_plan("SystemAPI"))
    async with running(device) as port:
        with anyio.fail_after(60):
            found = await probe("127.0.0.1", port, PATIENT_S)
    assert found is not None
    assert (found.driver, found.port) == (SYSTEM_API, port)
