"""Draws the pictures of the documentation: the board over simulated shows, after most of a minute.

python docs/picture.py
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from micboard_tui.cli.demo import register_simulated
from micboard_tui.cli.demo_show import read_demo_show
from micboard_tui.config.paths import make_directories, paths_under, theme_files
from micboard_tui.container import Container, LiveAndClock, Options, open_container
from micboard_tui.simulator.rack.rack import RackOptions, open_rack
from micboard_tui.simulator.rack.rack_contents import MIXED
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.board_options import BoardOptions

HERE = Path(__file__).parent
AFTER_S = 45.0


class Picture(NamedTuple):
    """What is drawn: how large, over which rack, after which keys; each word is typed or is a key."""

    name: str
    size: tuple[int, int]
    rack: RackOptions
    keys: tuple[str, ...] = ()
    has_show: bool = False
    """Whether the show of the examples is on."""


def rack(number: int, receivers: int, scenario: str) -> RackOptions:
    """Every picture has addresses of its own."""
    return RackOptions(
        receivers, scenario=scenario, seed=1, port=0, address=f"127.0.{number}.2", rig=MIXED, chargers=2
    )


PICTURES = (
    Picture("board", (120, 32), rack(7, 6, "show"), ("tab",)),
    Picture("cards", (190, 50), rack(8, 7, "disaster"), ("tab",)),
    Picture("swap", (100, 24), rack(9, 8, "show"), ("n", *"Ada", "enter", "s")),
    Picture("alarms", (100, 24), rack(10, 5, "disaster"), ("a",), has_show=True),
    Picture(
        "timeline", (100, 28), rack(11, 5, "disaster"), ("t", "slash", *"RF lost raised", "enter", "enter")
    ),
)


async def draw(picture: Picture, home: Path) -> str:
    """The picture as SVG."""
    paths, live_and_clock = paths_under(home), LiveAndClock()
    make_directories(paths)

    @asynccontextmanager
    async def services() -> AsyncGenerator[Container]:
        async with (
            open_rack(picture.rack) as rack,
            open_container(Options(), paths, live_and_clock) as container,
        ):
            show = read_demo_show(HERE / "examples/example.csv") if picture.has_show else None
            await register_simulated(container, rack.devices, show)
            yield container

    board_options = BoardOptions(
        theme_files(paths),
        glyphs="blocks",
        wall_clock=lambda: datetime(2026, 11, 23, 21, 14, tzinfo=UTC),
    )
    app = MicboardApp(live_and_clock.live, services, board_options)
    async with app.run_test(size=picture.size) as pilot:
        await asyncio.sleep(AFTER_S)
        for key in picture.keys:
            await pilot.press(key)
            await asyncio.sleep(0.5)
        app.clear_notifications()
        await asyncio.sleep(1.0)
        return app.export_screenshot(title="micboard-tui")


def without_hosts(picture: str) -> str:
    """The same picture with the reader's own fonts instead of fonts from a server."""
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as directory:
            text = asyncio.run(draw(picture, Path(directory)))
        (HERE / f"{picture.name}.svg").write_text(without_hosts(text), encoding="utf-8")
