"""The real driver against the simulated rack, over loopback: two ends of one codec."""

from collections.abc import Sequence

import anyio
import pytest

from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.command import Identify, SetChannelName, SetGain
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import Observation
from micboard_tui.manufacturers.shure import MANUFACTURER
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.simulator.rack.rack import RackDevice, RackOptions, open_rack
from tests.fakes.links import UNHURRIED_S

pytestmark = pytest.mark.integration

MODELS = ["ULXD4Q", "ULXD4D", "AD4Q-A", "AD4D-A", "QLXD4", "SLXD4D", "SLXD4Q+"]


def of(simulated: RackDevice) -> Device:
    return Device(DeviceId("one"), "shure", "shure-strings", simulated.host, simulated.port)


def snapshot(live: LiveState) -> DeviceSnapshot:
    device = live.device(DeviceId("one"))
    assert device is not None
    return device


@pytest.mark.parametrize("model", MODELS)
async def test_every_model_is_read_whole(model: str) -> None:
    async with open_rack(RackOptions(receivers=1, scenario="calm", port=0, model=model)) as rack:
        (simulated,) = rack.devices
        live = LiveState(SteadyClock())
        live.place([of(simulated)], [])

        def report(observations: Sequence[Observation]) -> None:
            live.take_observations(DeviceId("one"), observations)

        driver = MANUFACTURER.drivers["shure-strings"].open(simulated.host, simulated.port, SessionOptions())
        with anyio.fail_after(UNHURRIED_S):
            await driver.read_once(report)

    device = snapshot(live)
    assert device.state.model == model
    assert len(device.channels) == simulated.channels
    for channel in device.channels:
        assert channel.facts.name
        assert channel.facts.frequency_khz is not None
        assert channel.meters.rf_dbm is not None
        assert channel.meters.audio_dbfs is not None
        assert channel.link_state is not LinkState.UNKNOWN


@pytest.mark.parametrize("model", ["ULXD4D", "AD4D-A", "SLXD4D"])
async def test_commands_are_confirmed_by_the_simulated_receiver(model: str) -> None:
    async with open_rack(RackOptions(receivers=1, scenario="calm", port=0, model=model)) as rack:
        (simulated,) = rack.devices
        driver = MANUFACTURER.drivers["shure-strings"].open(simulated.host, simulated.port, SessionOptions())
        for command, value in (
            (SetGain(1, -3), "-3 dB"),
            (SetChannelName(1, "Ada"), "Ada"),
            (Identify(1), "flashing"),
        ):
            with anyio.fail_after(UNHURRIED_S):
                confirmation = await driver.execute_once(command)
            assert (confirmation.value, confirmation.adapted) == (value, False)
