"""What the page for tablets costs the browser: 400 channels whose meters all change twice a second.

By hand, with Chromium and its driver installed:

    uv run python benchmarks/page.py [--channels 400] [--seconds 10]

Printed is what a second takes of the page's thread, in ms, and the pictures in a second: while only meters
move, while an alarm comes or goes each second so that rows move, and while somebody scrolls.
"""

import argparse
import random
import time
from collections.abc import Callable, Mapping, Sequence

from tests.api.page.browser import TABLET, Browser, open_browser
from tests.api.page.page_documents import Document, ago, changes, channel, device, snapshot
from tests.api.page.page_server import PageServer

FPS = 2
CHANNELS_A_DEVICE = 4
MEASURED = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
COUNT_FRAMES = "window.frames_ = 0; (function next() { frames_++; requestAnimationFrame(next); })()"


def make_devices(channels: int) -> Sequence[Document]:
    numbers = range(1, CHANNELS_A_DEVICE + 1)
    return [
        device(
            f"d{index}", f"Rack {index}", *(channel(number, f"Mic {index}/{number}") for number in numbers)
        )
        for index in range(channels // CHANNELS_A_DEVICE)
    ]


def all_meters(devices: Sequence[Document]) -> Document:
    rows = [
        [
            entry["device_id"],
            number,
            level := random.randint(-90, -30),
            level,
            None,
            None,
            None,
            level,
            -9,
            None,
            "A",
        ]
        for entry in devices
        for number in range(1, CHANNELS_A_DEVICE + 1)
    ]
    return {"type": "meters", "version": 1, "generated_at": ago(0), "rows": rows}


def read_metrics(browser: Browser) -> Mapping[str, float]:
    found = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


def measure(label: str, browser: Browser, seconds: float, step: Callable[[], None]) -> None:
    browser.run("frames_ = 0")
    before, start = read_metrics(browser), time.monotonic()
    while time.monotonic() - start < seconds:
        step()
        time.sleep(1 / FPS)
    after, took = read_metrics(browser), time.monotonic() - start
    costs = "  ".join(f"{name} {(after[name] - before[name]) / took * 1000:.0f}" for name in MEASURED)
    print(f"{label:<10} {costs}  pictures {browser.run('return frames_') / took:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    devices = make_devices(options.channels)
    with PageServer().running() as server, open_browser() as browser:
        server.snapshot = snapshot(devices)
        browser.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        browser.open(server.url, TABLET)
        browser.until(lambda: len(browser.names()) == options.channels)
        browser.run(COUNT_FRAMES)

        def move_meters() -> None:
            server.send(all_meters(devices))

        def move_rows() -> None:
            move_meters()
            entry = random.choice(devices)
            warnings = random.choice([["battery_low"], ["rf_critical"], []])
            moved = {**entry["channels"][0], "warnings": warnings}
            server.send(changes(moved, device_id=entry["device_id"], since=1, version=1))

        def scroll() -> None:
            move_meters()
            browser.run("scrollBy(0, 700)")

        for label, step in (("meters", move_meters), ("rows", move_rows), ("scrolling", scroll)):
            measure(label, browser, options.seconds, step)


if __name__ == "__main__":
    main()
