"""Draws the picture of the page for tablets: Chromium looks at it over a simulated show that goes wrong.

python docs/page_picture.py
"""

import asyncio
import socket
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from micboard_tui.api.application import build_application
from micboard_tui.api.context import make_context
from micboard_tui.api.options import ApiOptions
from micboard_tui.cli.demo import register_simulated
from micboard_tui.cli.demo_show import read_demo_show
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from micboard_tui.simulator.rack.rack_contents import MIXED

HERE = Path(__file__).parent
WIDTH, HEIGHT = 820, 900
AFTER_S, SETTLE_S = 50.0, 5.0
RACK = RackOptions(6, scenario="disaster", seed=1, port=0, address="127.0.12.2", rig=MIXED, chargers=2)


@asynccontextmanager
async def serve_show(home: Path) -> AsyncGenerator[str]:
    """Give the address of the page."""
    paths = paths_under(home)
    make_directories(paths)
    async with open_rack(RACK) as rack, open_container(Options(), paths) as container:
        await register_simulated(container, rack.devices, read_demo_show(HERE / "examples/example.csv"))
        await container.synchronization.start()
        application = build_application(make_context(container, ApiOptions()))
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", ws="wsproto"))
        serving = asyncio.create_task(server.serve([listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = server.force_exit = True
        await serving


def draw(address: str, file: Path) -> None:
    """Save what Chromium shows."""
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--hide-scrollbars",
        f"--window-size={WIDTH},{HEIGHT}",
    ):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        metrics = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        dark = [{"name": "prefers-color-scheme", "value": "dark"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
        driver.get(address)
        time.sleep(SETTLE_S)
        driver.save_screenshot(str(file))
    finally:
        driver.quit()


async def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        async with serve_show(Path(directory)) as address:
            await asyncio.sleep(AFTER_S)
            await asyncio.to_thread(draw, address, HERE / "page.png")


if __name__ == "__main__":
    asyncio.run(main())
