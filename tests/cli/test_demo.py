"""What a demo registers before its board opens."""

from pathlib import Path

import pytest

from micboard_tui.cli.demo import register_simulated
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.simulator.rack.rack import open_rack
from micboard_tui.simulator.rack.rack_layout import RackOptions

pytestmark = pytest.mark.integration


async def test_undo_in_a_new_demo_does_not_remove_its_devices(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    options = RackOptions(receivers=2, chargers=1, port=0, address="127.0.12.2")
    async with open_rack(options) as rack, open_container(Options(), paths) as container:
        await register_simulated(container, rack.devices)
        undone = await container.assignments.undo()
        assert undone.error is not None
        assert undone.error.code is ErrorCode.NOTHING_TO_UNDO
        devices = (await container.devices.list_devices()).data
        assert [snapshot.device.host for snapshot in devices or ()] == [
            device.host for device in rack.devices
        ]
        assert (await container.assignments.add_performer("Ada")).success
        undone = await container.assignments.undo()
        assert undone.success
        assert "Ada" in undone.data.text
