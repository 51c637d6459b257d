"""How late the event loop is while a device floods, for each protocol.

By hand:

    uv run python benchmarks/flood.py [--seconds 10] [MODEL ...]

For each model ``simulate`` runs one device as a process of its own. Sessions run in this process. The lag is
how much later than asked for a task wakes from short sleeps; it is measured while the device is as usual, and
then while it floods as hard as it can (docs/reference/simulated-faults.md). Printed are the lag that 95 of
100 sleeps stay under and the longest, in milliseconds, the share of a processor that this process takes, and
whom the log names. The longest is to stay below 250 ms. Needs UDP port 53212 for MCP devices.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from mixed import register
from processes import interrupt, simulate

if TYPE_CHECKING:
    from micboard_tui.container import Container

MODELS = ("EM 300-500 G4", "EW-DX-EM2", "EWDX2CHS", "SystemAPI", "ULXD4Q", "UR4D")
FLOODS_BY_MODEL = {"EWDX2CHS": ("flood", "flood_lines")}
WAKE_EVERY_S = 0.005
WARM_UP_S = 4.0
GIVE_UP_S = 20.0
LIMIT_MS = 250.0


async def measure(seconds: float) -> tuple[float, float, float]:
    """The lag of 95 of 100 sleeps and the longest one in ms, and the share of a processor."""
    lags_s: list[float] = []
    began, cpu_s = time.perf_counter(), time.process_time()
    while (now := time.perf_counter()) < began + seconds:
        await asyncio.sleep(WAKE_EVERY_S)
        lags_s.append(max(0.0, time.perf_counter() - now - WAKE_EVERY_S))
    ranked = sorted(lags_s)
    share = (time.process_time() - cpu_s) / (time.perf_counter() - began)
    return ranked[int(len(ranked) * 0.95)] * 1000, ranked[-1] * 1000, share


class Device:
    """A simulated device in a process of its own."""

    def __init__(self, model: str) -> None:
        arguments = ("--model", model, "--receivers", "1", "--address", "127.0.13.2")
        self.process, self.documents = simulate(*arguments)

    def switch(self, fault: str, state: str) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(f"1 {fault} {state}\n")
            self.process.stdin.flush()


async def measure_floods(model: str, seconds: float) -> bool:
    """Print the figures of one model; whether all lags are below the limit."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.config.paths import paths_under
    from micboard_tui.container import Options, open_container

    device, longest_ms = Device(model), 0.0
    try:
        with tempfile.TemporaryDirectory() as home, structlog.testing.capture_logs() as logs:
            await register(device.documents, home)
            async with open_container(Options(), paths_under(Path(home))) as container:
                data_of(await container.synchronization.start(None))
                await wait_online(container)
                report(model, "calm", await measure(seconds), ())
                for flood in FLOODS_BY_MODEL.get(model, ("flood",)):
                    del logs[:]
                    device.switch(flood, "on")
                    figures = await measure(seconds)
                    device.switch(flood, "off")
                    named = sorted({str(entry["peer"]) for entry in logs if "flood" in entry["event"]})
                    report(model, flood, figures, named)
                    longest_ms = max(longest_ms, figures[1])
    finally:
        interrupt(device.process)
    return longest_ms < LIMIT_MS


async def wait_online(container: "Container") -> None:
    """Wait until the device is online and its first questions are answered. Raises TimeoutError."""
    async with asyncio.timeout(GIVE_UP_S):
        while not all(device.state.is_online for device in container.live.snapshot()):  # noqa: ASYNC110 - any change
            await asyncio.sleep(0.1)
    await asyncio.sleep(WARM_UP_S)


def report(model: str, what: str, figures: tuple[float, float, float], named: Sequence[str]) -> None:
    most, longest, share = figures
    names = f"  named: {', '.join(named)}" if named else ""
    print(f"{model:<14} {what:<12} {most:6.1f} {longest:7.1f} {share:6.0%}{names}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL")
    parser.add_argument("--seconds", type=float, default=10.0, help="measured each time")
    arguments = parser.parse_args()
    print(f"{'model':<14} {'device is':<12} {'95 %':>6} {'longest':>7} {'cpu':>6}   (ms)")
    results = [asyncio.run(measure_floods(model, arguments.seconds)) for model in arguments.models]
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
