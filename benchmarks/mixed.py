"""What a mixed rig costs: ``poll`` against forty simulated devices of all kinds, datagrams getting lost.

By hand:

    uv run python benchmarks/mixed.py [--seconds 30] [--drop 5]

Starts ``simulate`` and ``poll`` as processes of their own, waits until all meters run, and prints the
processor time (user and system) that ``poll`` takes a second, its memory, how many subscriptions
the devices ended because nobody renewed them, and how many devices were ever found to be off the air.
Wants UDP port 53212 for itself, as everybody does who speaks to MCP devices.
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

from processes import RUN, Told, cpu_s, end, memory_mb, start_rack

WARM_UP_S = 15.0
LOOK_EVERY_S = 5.0
GOODBYE_S = 1.0
MAX_SAID = 20
ADDRESS = "127.0.11.2"
AWAY = {"offline", "refused", "unknown", "connecting"}


def simulate(options: argparse.Namespace, report: Path) -> tuple[subprocess.Popen[str], list[Told]]:
    """The rig in a process of its own, and what listens where."""
    words = ["--receivers", str(options.receivers), "--chargers", str(options.chargers)]
    words += ["--scenario", options.scenario, "--address", ADDRESS, "--drop", str(options.drop)]
    words += ["--report", str(report)]
    return start_rack(words)


async def register(devices: list[Told], home: str) -> None:
    from micboard_tui.cli.context import data_of
    from micboard_tui.config.paths import make_directories, paths_under
    from micboard_tui.container import Options, open_container
    from micboard_tui.domain.secret import SecretPlace, owner_device

    paths = paths_under(Path(home))
    make_directories(paths)
    async with open_container(Options(), paths) as container:
        for each in devices:
            added = data_of(
                await container.devices.register(
                    each["manufacturer"],
                    each["host"],
                    driver=each["driver"],
                    port=each["port"],
                    fingerprint=each["fingerprint"],
                )
            )
            if each["secret"] is not None:
                owner = owner_device(added.id)
                kept = container.secrets.keep(
                    owner, each["secret"], user=each["user"], place=SecretPlace.FILE
                )
                data_of(await kept)


def status(environment: dict[str, str]) -> list[Told]:
    """What ``poll`` has stored; in a process of its own, so that it costs ``poll`` nothing."""
    answer = subprocess.run(
        [*RUN, "status", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    devices: list[Told] = json.loads(answer.stdout)["devices"]
    return devices


def watch(environment: dict[str, str], seconds: float) -> tuple[Counter[str], float]:
    """Which devices were off the air at any look, and how long it took."""
    away: Counter[str] = Counter()
    start = time.monotonic()
    while (left := start + seconds - time.monotonic()) > 0:
        time.sleep(min(LOOK_EVERY_S, left))
        for each in status(environment):
            if each["status"] in AWAY:
                away[f"{each['model']} {each['host']} ({each['status']})"] += 1
    return away, time.monotonic() - start


@dataclass
class Figures:
    """What was measured."""

    devices: int
    found: list[Told]
    away: Counter[str]
    reported: list[Told]
    said: list[str]
    passed_s: float
    spent_s: float
    rig_spent_s: float
    memory_before_mb: float
    memory_mb: float
    peak_mb: float


def measure(options: argparse.Namespace, home: Path) -> Figures:
    report, log = home / "report.json", home / "poll.log"
    simulated, devices = simulate(options, report)
    asyncio.run(register(devices, str(home)))
    environment = os.environ | {"MICBOARD_HOME": str(home)}
    command = [*RUN, "poll", "--interval", "1000"]
    with log.open("w") as told:
        poll = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=told, text=True)
        time.sleep(WARM_UP_S)
        memory_before = memory_mb(poll.pid, "VmRSS")
        before, rig_before = cpu_s(poll.pid), cpu_s(simulated.pid)
        away, passed_s = watch(environment, options.seconds)
        spent_s, rig_spent_s = cpu_s(poll.pid) - before, cpu_s(simulated.pid) - rig_before
        memory, peak = memory_mb(poll.pid, "VmRSS"), memory_mb(poll.pid, "VmHWM")
        found = status(environment)
        end(poll)
    time.sleep(GOODBYE_S)
    end(simulated)
    reported = json.loads(report.read_text())["devices"]
    said = log.read_text().splitlines()
    return Figures(
        devices=len(devices),
        found=found,
        away=away,
        reported=reported,
        said=said,
        passed_s=passed_s,
        spent_s=spent_s,
        rig_spent_s=rig_spent_s,
        memory_before_mb=memory_before,
        memory_mb=memory,
        peak_mb=peak,
    )


def tell(figures: Figures, drop: float) -> None:
    online = [each for each in figures.found if each["is_online"]]
    channels = sum(len(each["channels"]) for each in online)
    bays = sum(len(each["bays"]) for each in online)
    passed_s = figures.passed_s
    print(f"{len(online)} of {figures.devices} devices online, {channels} channels, {bays} bays")
    print(f"{drop:g} % of datagrams dropped, {passed_s:.0f} s")
    print(f"poll: {figures.spent_s / passed_s * 1000:.1f} ms of processor time a second")
    grown = f"{figures.memory_before_mb:.1f} MB at first, {figures.memory_mb:.1f} MB in the end"
    print(f"poll: {grown}, {figures.peak_mb:.1f} MB at most")
    print(f"simulate: {figures.rig_spent_s / passed_s * 1000:.1f} ms a second")
    print(f"subscriptions that lapsed: {sum(each['lapsed'] for each in figures.reported)}")
    for each in figures.reported:
        if each["lapsed"] or each["connections"]:
            left = f"{each['lapsed']} lapsed, {each['connections']} left behind"
            print(f"  {each['name']} {each['model']}: {left}")
    print(f"found off the air: {dict(figures.away) or 'nobody'}")
    print(
        "\n".join(["poll said on stderr:", *figures.said[:MAX_SAID]]) if figures.said else "poll said nothing"
    )


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
    with tempfile.TemporaryDirectory() as home:
        tell(measure(options, Path(home)), options.drop)


if __name__ == "__main__":
    main()
