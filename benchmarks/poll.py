"""What keeping sessions costs: ``poll`` against the project's own simulator, storing what it hears.

By hand:

    uv run python benchmarks/poll.py [--receivers 25] [--seconds 20]

Starts ``simulate`` with receivers of four channels and ``poll`` as processes of their own, waits until all
meters run, and prints the processor time (user and system) that ``poll`` takes a second.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from processes import RUN, Told, cpu_s, end, start_rack

WARM_UP_S = 8.0
ADDRESS = "127.0.9.2"


async def register(devices: list[Told], home: str) -> None:
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.container import Options, open_container

    paths = paths_under(Path(home))
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        for device in devices:
            await container.devices.register("shure", device["host"], port=device["port"])


def simulate(receivers: int, model: str) -> tuple[subprocess.Popen[str], list[Told]]:
    """A rack in a process of its own, and what listens where."""
    options = ["--receivers", str(receivers), "--model", model, "--scenario", "calm", "--address", ADDRESS]
    return start_rack(options)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--receivers", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--model", default="ULXD4Q", help="of four channels each")
    options = parser.parse_args()
    simulated, devices = simulate(options.receivers, options.model)
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(register(devices, home))
        environment = os.environ | {"MICBOARD_HOME": home}
        command = [*RUN, "poll", "--interval", "1000"]
        poll = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
        time.sleep(WARM_UP_S)
        start, before, rack_before = time.monotonic(), cpu_s(poll.pid), cpu_s(simulated.pid)
        time.sleep(options.seconds)
        passed = time.monotonic() - start
        spent, rack_spent = cpu_s(poll.pid) - before, cpu_s(simulated.pid) - rack_before
        status = subprocess.run([*RUN, "status", "--json"], env=environment, capture_output=True, check=True)
        end(poll)
    end(simulated)
    online = [each for each in json.loads(status.stdout)["devices"] if each["is_online"]]
    channels = sum(len(each["channels"]) for each in online)
    print(f"{len(online)} receivers online, {channels} channels, {channels * 10} samples a second")
    print(f"poll: {spent / passed * 1000:.1f} ms of processor time a second")
    print(f"simulate: {rack_spent / passed * 1000:.1f} ms a second")


if __name__ == "__main__":
    main()
