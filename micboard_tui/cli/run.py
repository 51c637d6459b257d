"""``run`` and ``demo``: the board, on your receivers or on simulated ones."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.simulate import Chargers, Rig
from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    from micboard_tui.config.paths import Paths
    from micboard_tui.config.secret_mask import Mask
    from micboard_tui.container import Container, Options, Present
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions
    from micboard_tui.tui.app import MicboardApp
    from micboard_tui.tui.board_options import BoardOptions

START_DEMO = "demo"
"""What the board gives back when its user asked for the demo."""
MISSED = (signal.SIGTERM, signal.SIGHUP)


Theme = Annotated[str | None, typer.Option(help="The colours: stage, light, contrast, colorblind, mono.")]
Fps = Annotated[
    int | None, typer.Option(help="How often a second the board looks at the present.", min=4, max=20)
]
Slow = Annotated[
    bool, typer.Option("--low-bandwidth", help="For a slow line: plain ASCII bars, four looks a second.")
]
Plain = Annotated[
    bool,
    typer.Option("--plain", help="Write whole lines. Slower; for terminals that show something wrong."),
]


def run(theme: Theme = None, fps: Fps = None, low_bandwidth: Slow = False, plain: Plain = False) -> None:
    """Open the board on your receivers. The first start offers the demo, a form, and a search.

    micboard-tui run --theme light
    """
    from micboard_tui.cli.context import alone, look_around, options_of
    from micboard_tui.config.paths import theme_files
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.board_options import BoardOptions

    around = look_around()
    board, options = around.settings.board, options_of(around.settings)
    with alone(around):
        answer = _show(
            around.paths,
            lambda present: _own_services(options, around.paths, present),
            _look(
                BoardOptions(
                    theme_files(around.paths),
                    theme or board.theme,
                    fps or board.fps,
                    board.glyphs,
                    views=ViewFile(around.paths.views_file),
                    frame_buffer=board.frame_buffer and not plain,
                    keys=around.settings.keys,
                ),
                low_bandwidth=low_bandwidth,
            ),
            log_level=around.settings.log.level,
            peak_hold_s=board.peak_hold_s,
            mask=options.mask,
        )
    if answer == START_DEMO:
        demo()


def demo(
    receivers: Annotated[int, typer.Option(help="How many receivers.", min=1, max=200)] = 6,
    scenario: Annotated[str, typer.Option(help="calm, show or disaster.")] = "show",
    rig: Rig = "mixed",
    chargers: Chargers = 2,
    seed: Annotated[int, typer.Option(help="The same number plays the same show.")] = 1,
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: Slow = False,
    plain: Plain = False,
) -> None:
    """Open the board on simulated receivers and a database that is thrown away afterwards.

    micboard-tui demo --scenario disaster --receivers 24
    """
    from micboard_tui.config.paths import at, prepare, theme_files
    from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
    from micboard_tui.tui.board_options import DEFAULT_FPS, DEFAULT_THEME, BoardOptions

    # Any free ports, so that it runs beside a simulator or another demo.
    options = RackOptions(
        receivers=receivers, scenario=scenario, seed=seed, port=0, rig=rig, chargers=chargers, announced=True
    )
    with tempfile.TemporaryDirectory(prefix="micboard-demo-", ignore_cleanup_errors=True) as home:
        paths = at(Path(home))
        prepare(paths)
        _show(
            paths,
            lambda present: _demo_services(options, paths, present),
            _look(
                BoardOptions(
                    theme_files(paths),
                    theme or DEFAULT_THEME,
                    fps or DEFAULT_FPS,
                    demo=True,
                    frame_buffer=not plain,
                ),
                low_bandwidth=low_bandwidth,
            ),
            planned=_registered(plan(options)),
        )


def _look(look: "BoardOptions", *, low_bandwidth: bool) -> "BoardOptions":
    from micboard_tui.tui.board_options import SLOW_FPS

    return replace(look, glyphs="ascii", fps=min(look.fps, SLOW_FPS)) if low_bandwidth else look


def _show(
    paths: "Paths",
    open_services: "Callable[[Present], AbstractAsyncContextManager[Services]]",
    look: "BoardOptions",
    *,
    planned: "Sequence[DeviceSnapshot]" = (),
    log_level: str = "info",
    peak_hold_s: float = 1.5,
    mask: "Mask | None" = None,
) -> str | None:
    """Run the board to its end. Raises what its services raise when they cannot be opened.

    StartError NO_TERMINAL where nobody could see it or press a key.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise StartError(
            ErrorCode.NO_TERMINAL,
            "The board needs a terminal for its screen and its keys",
            hint="Start it in one (ssh -t), or use 'micboard-tui poll' or 'micboard-tui watch'",
        )
    from micboard_tui.config.logs import EventMemory, mask_crashes
    from micboard_tui.container import Present
    from micboard_tui.tui.app import MicboardApp

    present, memory = Present(peak_hold_s), EventMemory()
    _place(present, planned)

    @asynccontextmanager
    async def opened() -> "AsyncGenerator[Services]":
        from micboard_tui.config.logs import log_to_file

        log_to_file(paths.log_file, log_level, memory, mask)
        async with open_services(present) as services:
            yield services

    if mask is not None:
        mask_crashes(mask)
    app = MicboardApp(present.live, opened, replace(look, log=memory))
    asyncio.run(_until_left(app))
    if app.failure is not None:
        raise app.failure
    return app.return_value


async def _until_left(app: "MicboardApp") -> None:
    """Run the app. A system that ends the process, or a terminal that goes away, is a request to leave."""
    loop = asyncio.get_running_loop()
    for number in MISSED:
        loop.add_signal_handler(number, app.exit)
    await app.run_to_end()


@asynccontextmanager
async def _own_services(
    options: "Options", paths: "Paths", present: "Present"
) -> "AsyncGenerator[Container]":
    from micboard_tui.container import open_container

    async with open_container(options, paths, present) as container:
        yield container


@asynccontextmanager
async def _demo_services(
    options: "RackOptions", paths: "Paths", present: "Present"
) -> "AsyncGenerator[Container]":
    """A simulated rack and its devices in a fresh database."""
    from micboard_tui.container import Options, open_container
    from micboard_tui.simulator.rack.rack import open_rack

    async with open_rack(options) as rack, open_container(Options(), paths, present) as container:
        await register(container, rack.devices)
        yield container


async def register(container: "Container", rack: "Sequence[RackDevice]") -> None:
    """Register simulated devices with all that lets us into them."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.domain.secret import SecretPlace, owner_device

    for device in rack:
        registered = data_of(
            await container.devices.register(
                device.manufacturer,
                device.host,
                driver=device.driver,
                port=device.port,
                location=device.location,
                fingerprint=device.fingerprint,
            )
        )
        if device.secret is not None:
            # In the directory that is thrown away, never in anybody's keyring.
            owner, place = owner_device(registered.id), SecretPlace.FILE
            data_of(await container.secrets.keep(owner, device.secret, user=device.user, place=place))


def _registered(planned: "Sequence[RackDevice]") -> "list[DeviceSnapshot]":
    """The planned rack as it will be registered, with nothing known of it, for the first painting."""
    from micboard_tui.domain.channel import ChannelState
    from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
    from micboard_tui.domain.identity import DeviceId, LocationId

    snapshots = []
    for position, each in enumerate(planned):
        device_id = DeviceId(f"planned-{position}")
        device = Device(
            device_id,
            each.manufacturer,
            each.driver,
            each.host,
            each.port,
            location_id=LocationId(each.location),
            position=position,
        )
        channels = tuple(ChannelState(device_id, number) for number in range(1, each.channels + 1))
        state = DeviceState(device_id, model=each.model, own_name=each.name)
        snapshots.append(DeviceSnapshot(device, state, channels, each.location))
    return snapshots


def _place(present: "Present", planned: "Sequence[DeviceSnapshot]") -> None:
    from micboard_tui.domain.identity import LocationId
    from micboard_tui.domain.location import Location

    names = dict.fromkeys(snapshot.location or "" for snapshot in planned)
    locations = [Location(LocationId(name), name, position=place) for place, name in enumerate(names)]
    present.live.place([snapshot.device for snapshot in planned], locations)
    present.live.recall(planned)


def add_to(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(demo)
