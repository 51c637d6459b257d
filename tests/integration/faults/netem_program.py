"""Sessions with one device of each driver, on a loopback that ``tc`` makes bad. Run by a test."""

import asyncio
import subprocess
import sys
from pathlib import Path

import anyio

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Container, Options, open_container
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from tests.fakes.links import until
from tests.integration.faults.test_lines import MODELS
from tests.integration.test_mixed import added, is_well

SESSION = SessionOptions(silence_limit_s=3.0, connect_timeout_s=3.0)
BAD_FOR_S = 6.0
HEALED_S = 30.0


def are_well(container: Container) -> bool:
    return all(map(is_well, container.live.snapshot()))


async def live_through(home: Path, trouble: str) -> None:
    paths = paths_under(home)
    make_directories(paths)
    options = RackOptions(16, scenario="calm", address="127.0.42.2", port=0, rig="mixed", chargers=2)
    async with open_rack(options) as rack, open_container(Options(session=SESSION), paths) as container:
        by_model = {device.model: device for device in reversed(rack.devices)}
        for model in MODELS.values():
            await added(container, by_model[model])
        assert (await container.synchronization.start()).success
        await until(lambda: are_well(container))
        change(["add", *trouble.split()])
        with anyio.move_on_after(BAD_FOR_S):
            while True:
                with anyio.fail_after(5.0):
                    assert (await container.devices.list_devices()).success
                await anyio.sleep(0.5)
        change(["del"])
        await until(lambda: are_well(container), HEALED_S)
        sys.stdout.write("healed\n")


def change(words: list[str]) -> None:
    action, *trouble = words
    subprocess.run(["tc", "qdisc", action, "dev", "lo", "root", *trouble], check=True)


if __name__ == "__main__":
    asyncio.run(live_through(Path(sys.argv[1]), sys.argv[2]))
