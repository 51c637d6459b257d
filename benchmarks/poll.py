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
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WARM_UP_S = 8.0
ADDRESS = "127.0.9.2"
RUN = [sys.executable, "-m", "micboard_tui"]


def cpu_s(pid: int) -> float:
    """User and system time of a process with all its threads, by the scheduler's clock."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


async def register(devices: list[dict[str, object]], home: str) -> None:
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.container import Options, open_container

    paths = paths_under(Path(home))
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        for device in devices:
            await container.devices.register("shure", str(device["host"]), port=int(str(device["port"])))


def simulate(receivers: int, model: str) -> tuple[subprocess.Popen[str], list[dict[str, object]]]:
    """A rack in a process of its own, and what listens where."""
    options = ["--receivers", str(receivers), "--model", model, "--scenario", "calm", "--address", ADDRESS]
    process = subprocess.Popen([*RUN, "simulate", "--json", *options], stdout=subprocess.PIPE, text=True)
    told = ""
    for line in process.stdout or ():
        told += line
        if line == "}\n":
            break
    return process, json.loads(told)["devices"]


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGINT)
    process.wait(10)


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
