"""A program that was killed leaves its meters running; the next one leaves them as they were before both."""

from pathlib import Path

import pytest

from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.shure.strings.receiver import Receiver
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.forks import running_module
from tests.fakes.links import until
from tests.integration.metering_program import metering_driver
from tests.simulator.simulated_devices import build_plan, unit_of
from tests.simulator.simulated_devices import running as running_device

pytestmark = pytest.mark.integration


def files_left(directory: Path) -> list[str]:
    return [file.name for file in directory.glob("*.json")]


@pytest.mark.parametrize("reads_once", [False, True])
@pytest.mark.parametrize("model", ["ULXD4D", "SLXD4D+", "P10T"])
async def test_the_run_after_a_killed_one_leaves_the_meters_as_they_were(
    model: str, reads_once: bool, tmp_path: Path
) -> None:
    device = BLUEPRINTS[model].build(build_plan(model, 2))
    channels = unit_of(Receiver, device).channels
    async with running_device(device) as port:
        channels[0].meter(1000)
        with running_module("tests.integration.metering_program", str(port), str(tmp_path)):
            await until(lambda: [channel.meter_rate_ms for channel in channels] == [100, 100])
        await until(lambda: device.connections == 0)
        assert [channel.meter_rate_ms for channel in channels] == [100, 100]

        left = files_left(tmp_path)
        driver, report = metering_driver(port, tmp_path), ReportCollector()
        if reads_once:
            await driver.read_once(report)
        else:
            async with running(driver, report):
                # Taken over; a session that ends before leaves it to the next one.
                await until(lambda: bool(report.meters(2)) and files_left(tmp_path) != left)
        await until(lambda: [channel.meter_rate_ms for channel in channels] == [1000, 0])
    assert files_left(tmp_path) == []
