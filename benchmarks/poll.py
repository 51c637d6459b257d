"""The cost of sessions: ``poll`` against the project's own simulator, storing what it receives.

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

from processes import RUN, DeviceDocument, cpu_s, interrupt, quiet_logs, simulate

WARM_UP_S = 8.0
ADDRESS = "127.0.9.2"


async def register(devices: list[DeviceDocument], home: str) -> None:
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.container import Options, open_container

    paths = paths_under(Path(home))
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        for device in devices:
            await container.devices.register(
                "shure", str(device["host"]), port=int(str(device["port"])), actor="Pia"
            )


def measure(options: argparse.Namespace) -> None:
    """Run both processes and print the figures."""
    simulator, devices = simulate(
        *("--receivers", str(options.receivers), "--model", options.model),
        *("--scenario", "calm", "--address", ADDRESS),
    )
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(register(devices, home))
        environment = os.environ | {"MICBOARD_HOME": home}
        command = [*RUN, "poll", "--interval", "1000"]
        poll = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
        time.sleep(WARM_UP_S)
        start, poll_before, simulator_before = time.monotonic(), cpu_s(poll.pid), cpu_s(simulator.pid)
        time.sleep(options.seconds)
        passed_s = time.monotonic() - start
        poll_ms = (cpu_s(poll.pid) - poll_before) / passed_s * 1000
        simulator_ms = (cpu_s(simulator.pid) - simulator_before) / passed_s * 1000
        status = subprocess.run([*RUN, "status", "--json"], env=environment, capture_output=True, check=True)
        interrupt(poll)
    interrupt(simulator)
    online = [device for device in json.loads(status.stdout)["devices"] if device["is_online"]]
    channels = sum(len(device["channels"]) for device in online)
    print(f"{len(online)} receivers online, {channels} channels, {channels * 10} samples a second")
    print(f"poll: {poll_ms:.1f} ms of processor time a second")
    print(f"simulate: {simulator_ms:.1f} ms a second")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--receivers", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--model", default="ULXD4Q", help="of four channels each")
    quiet_logs()
    measure(parser.parse_args())


if __name__ == "__main__":
    main()
