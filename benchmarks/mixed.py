"""The cost of a mixed rack: ``poll`` against forty simulated devices of all kinds, with lost datagrams.

By hand:

    uv run python benchmarks/mixed.py [--seconds 30] [--drop 5]

Starts ``simulate`` and ``poll`` as processes of their own, waits until all meters run, and prints the
processor time (user and system) that ``poll`` takes a second, its memory, how many subscriptions
the devices ended because they were not renewed in time, and which devices were ever not online.
Needs UDP port 53212, to which MCP devices send.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from processes import RUN, DeviceDocument, cpu_s, interrupt, memory_mb, quiet_logs, simulate

WARM_UP_S = 15.0
LOOK_EVERY_S = 5.0
GOODBYE_S = 1.0
MAX_ERROR_LINES = 20
ADDRESS = "127.0.11.2"
NOT_ONLINE = {"offline", "refused", "unknown", "connecting"}


async def register(devices: list[DeviceDocument], home: str) -> None:
    from micboard_tui.cli.context import data_of
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.container import Options, open_container
    from micboard_tui.domain.secret import SecretPlace, owner_device

    paths = paths_under(Path(home))
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        for device in devices:
            registered = data_of(
                await container.devices.register(
                    device["manufacturer"],
                    device["host"],
                    driver=device["driver"],
                    port=device["port"],
                    fingerprint=device["fingerprint"],
                    actor="Pia",
                )
            )
            if device["secret"] is not None:
                result = await container.secrets.keep(
                    owner_device(registered.id),
                    device["secret"],
                    user=device["user"],
                    place=SecretPlace.FILE,
                    actor="Pia",
                )
                data_of(result)


def read_status(environment: dict[str, str]) -> list[DeviceDocument]:
    """The devices as ``poll`` stored them; read by a process of its own, which costs ``poll`` nothing."""
    answer = subprocess.run(
        [*RUN, "status", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    devices: list[DeviceDocument] = json.loads(answer.stdout)["devices"]
    return devices


def count_not_online(environment: dict[str, str], seconds: float) -> tuple[Counter[str], float]:
    """How often each device was found not online, and the seconds that this took."""
    counts: Counter[str] = Counter()
    start = time.monotonic()
    while (remaining_s := start + seconds - time.monotonic()) > 0:
        time.sleep(min(LOOK_EVERY_S, remaining_s))
        for device in read_status(environment):
            if device["status"] in NOT_ONLINE:
                counts[f"{device['model']} {device['host']} ({device['status']})"] += 1
    return counts, time.monotonic() - start


@dataclass
class Figures:
    """What was measured."""

    device_count: int
    stored: list[DeviceDocument]
    not_online: Counter[str]
    reported: list[DeviceDocument]
    """The devices in the report of the simulator."""
    error_lines: list[str]
    passed_s: float
    poll_spent_s: float
    simulator_spent_s: float
    memory_before_mb: float
    memory_mb: float
    peak_mb: float


def measure(options: argparse.Namespace, home: Path) -> Figures:
    report, log = home / "report.json", home / "poll.log"
    simulator, devices = simulate(
        *("--receivers", str(options.receivers), "--chargers", str(options.chargers)),
        *("--scenario", options.scenario, "--address", ADDRESS, "--drop", str(options.drop)),
        *("--report", str(report)),
    )
    asyncio.run(register(devices, str(home)))
    environment = os.environ | {"MICBOARD_HOME": str(home)}
    command = [*RUN, "poll", "--interval", "1000"]
    with log.open("w") as stderr:
        poll = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr, text=True)
        time.sleep(WARM_UP_S)
        memory_before_mb = memory_mb(poll.pid, "VmRSS")
        poll_before, simulator_before = cpu_s(poll.pid), cpu_s(simulator.pid)
        not_online, passed_s = count_not_online(environment, options.seconds)
        poll_spent_s = cpu_s(poll.pid) - poll_before
        simulator_spent_s = cpu_s(simulator.pid) - simulator_before
        memory_after_mb, peak_mb = memory_mb(poll.pid, "VmRSS"), memory_mb(poll.pid, "VmHWM")
        stored = read_status(environment)
        interrupt(poll)
    time.sleep(GOODBYE_S)
    interrupt(simulator)
    return Figures(
        device_count=len(devices),
        stored=stored,
        not_online=not_online,
        reported=json.loads(report.read_text())["devices"],
        error_lines=log.read_text().splitlines(),
        passed_s=passed_s,
        poll_spent_s=poll_spent_s,
        simulator_spent_s=simulator_spent_s,
        memory_before_mb=memory_before_mb,
        memory_mb=memory_after_mb,
        peak_mb=peak_mb,
    )


def print_figures(figures: Figures, drop: float) -> None:
    online = [device for device in figures.stored if device["is_online"]]
    channels = sum(len(device["channels"]) for device in online)
    bays = sum(len(device["bays"]) for device in online)
    passed_s = figures.passed_s
    print(f"{len(online)} of {figures.device_count} devices online, {channels} channels, {bays} bays")
    print(f"{drop:g} % of datagrams dropped, {passed_s:.0f} s")
    print(f"poll: {figures.poll_spent_s / passed_s * 1000:.1f} ms of processor time a second")
    memory = f"{figures.memory_before_mb:.1f} MB at first, {figures.memory_mb:.1f} MB in the end"
    print(f"poll: {memory}, {figures.peak_mb:.1f} MB at most")
    print(f"simulate: {figures.simulator_spent_s / passed_s * 1000:.1f} ms a second")
    print(f"subscriptions that lapsed: {sum(device['lapsed'] for device in figures.reported)}")
    for device in figures.reported:
        if device["lapsed"] or device["connections"]:
            counts = f"{device['lapsed']} lapsed, {device['connections']} connections left open"
            print(f"  {device['name']} {device['model']}: {counts}")
    print(f"not online at times: {dict(figures.not_online) or 'none'}")
    print("\n".join(["poll on stderr:", *(figures.error_lines[:MAX_ERROR_LINES] or ["nothing"])]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--receivers", type=int, default=34)
    parser.add_argument("--chargers", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--drop", type=float, default=0.0, help="percent of datagrams that get lost")
    parser.add_argument("--scenario", default="calm")
    options = parser.parse_args()
    quiet_logs()
    with tempfile.TemporaryDirectory() as home:
        print_figures(measure(options, Path(home)), options.drop)


if __name__ == "__main__":
    main()
