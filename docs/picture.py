"""Draws docs/board.svg: the board over a simulated show, after half a minute.

python docs/picture.py
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from micboard_tui.config.paths import at, prepare, theme_files
from micboard_tui.container import Container, Options, Present, open_container
from micboard_tui.simulator.rack import RackOptions, open_rack
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.look import Look

PICTURE = Path(__file__).parent / "board.svg"
SIZE = (120, 32)
AFTER_S = 75.0
RACK = RackOptions(receivers=6, scenario="show", seed=1, port=0, address="127.0.7.2")


async def draw(home: Path) -> str:
    """The picture as SVG."""
    paths, present = at(home), Present()
    prepare(paths)

    @asynccontextmanager
    async def services() -> AsyncGenerator[Container]:
        async with open_rack(RACK) as rack, open_container(Options(), paths, present) as container:
            for each in rack.devices:
                await container.devices.register(
                    each.manufacturer, each.host, port=each.port, location=each.location
                )
            yield container

    look = Look(
        theme_files(paths),
        glyphs="blocks",
        wall_clock=lambda: datetime(2026, 11, 23, 21, 14, tzinfo=UTC),
    )
    app = MicboardApp(present.live, services, look)
    async with app.run_test(size=SIZE) as pilot:
        await asyncio.sleep(AFTER_S)
        await pilot.press("tab")
        await asyncio.sleep(1.0)
        return app.export_screenshot(title="micboard-tui")


def without_hosts(picture: str) -> str:
    """The same picture with the reader's own fonts instead of fonts from a server."""
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        PICTURE.write_text(without_hosts(asyncio.run(draw(Path(directory)))), encoding="utf-8")
