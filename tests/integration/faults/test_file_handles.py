"""A program that has used all its file handles goes on with what is open, names the cause, and heals."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.config.paths import paths_under
from micboard_tui.container import Options, open_container
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from tests.fakes.links import until
from tests.integration.test_faults import is_well, watched
from tests.simulator.simulated_devices import strings_faults_in

pytestmark = [pytest.mark.integration, pytest.mark.no_cover]

ANSWER_LIMIT_S = 15.0


@contextmanager
def no_more_handles() -> Iterator[None]:
    """Within the block this process can open nothing."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_without_file_handles_the_cause_is_named_and_all_goes_on_once_there_are_some(
    tmp_path: Path,
) -> None:
    options = RackOptions(receivers=2, scenario="calm", port=0, address="127.0.5.60", model="ULXD4D")
    async with open_rack(options) as rack:
        async with watched(tmp_path, rack) as container:
            # What is loaded later could not be read.
            assert (await container.health.check()).success
            with no_more_handles():
                strings_faults_in(rack)[0].reboot(0.1)
                lost, other = (device.device.id for device in container.live.snapshot())

                def names_the_cause() -> bool:
                    device = container.live.device(lost)
                    assert device is not None
                    fault = device.state.fault
                    return fault is not None and "open files" in fault.message

                await until(names_the_cause)
                with anyio.fail_after(ANSWER_LIMIT_S):
                    assert (await container.health.check()).success
                    added = await container.assignments.add_performer("Ada", actor="Pia")
                    assert added.success
                device = container.live.device(other)
                assert device is not None
                assert is_well(device)
            await until(lambda: all(map(is_well, container.live.snapshot())))
        async with open_container(Options(), paths_under(tmp_path)) as again:
            performers = await again.assignments.list_performers()
            assert performers.success
            assert [performer.name for performer in performers.data] == ["Ada"]
