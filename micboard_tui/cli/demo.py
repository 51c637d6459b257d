"""``demo``: the board on simulated receivers, with a database that is thrown away."""

import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.board_process import BoardSource, Colors, Fps, LowBandwidth, Plain, Theme
from micboard_tui.cli.demo_show import ACTOR, DemoShow, read_demo_show, stage_show
from micboard_tui.cli.simulate import Chargers, Receivers, Rig, Scenario, Seed
from micboard_tui.domain.board_defaults import DEFAULT_FPS, DEFAULT_THEME

if TYPE_CHECKING:
    from micboard_tui.config.paths import Paths
    from micboard_tui.container import LiveAndClock
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions


def demo(
    receivers: Receivers = 6,
    scenario: Scenario = "show",
    rig: Rig = "mixed",
    chargers: Chargers = 2,
    seed: Seed = 1,
    theme: Theme = None,
    fps: Fps = None,
    low_bandwidth: LowBandwidth = False,
    plain: Plain = False,
    colors: Colors = "auto",
    show: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A mic plot: its clock starts, and the channels get its mics; or example.csv.",
        ),
    ] = None,
    attach: Annotated[
        bool,
        typer.Option("--attach", help="As a board that is attached over the network. Needs the extra fleet."),
    ] = False,
) -> None:
    """Open the board on simulated receivers. Its database is thrown away afterwards.

    micboard-tui demo

    micboard-tui demo --scenario disaster --receivers 24

    micboard-tui demo --scenario disaster --show example.csv

    micboard-tui demo --attach
    """
    from micboard_tui.cli.board_process import BoardProcess, for_slow_line
    from micboard_tui.cli.context import is_read_only
    from micboard_tui.config.operator_name import find_operator
    from micboard_tui.config.paths import make_directories, paths_under, theme_files
    from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
    from micboard_tui.tui.board_options import BoardOptions

    demo_show = None if show is None else read_demo_show(show)
    # Any free ports, so that it runs beside a simulator or another demo.
    options = RackOptions(
        receivers=receivers, scenario=scenario, seed=seed, port=0, rig=rig, chargers=chargers, announced=True
    )
    with tempfile.TemporaryDirectory(prefix="micboard-demo-", ignore_cleanup_errors=True) as home:
        paths = paths_under(Path(home))
        make_directories(paths)
        board_options = BoardOptions(
            theme_files(paths),
            theme or DEFAULT_THEME,
            fps or DEFAULT_FPS,
            demo=True,
            frame_buffer=not plain,
            operator=find_operator(None),
            is_read_only=is_read_only(),
        )
        planned = _planned_snapshots(plan(options))

        def make_source() -> BoardSource:
            if attach:
                return attached_source(options, paths, demo_show, board_options.fps)
            from micboard_tui.container import LiveAndClock

            live_and_clock = LiveAndClock()
            place_planned(live_and_clock, planned)
            return BoardSource(
                live_and_clock.live, lambda: _open_demo_services(options, paths, live_and_clock, demo_show)
            )

        BoardProcess(
            paths, make_source, for_slow_line(board_options, low_bandwidth=low_bandwidth), colors=colors
        ).run()


@asynccontextmanager
async def _open_demo_services(
    options: "RackOptions", paths: "Paths", live_and_clock: "LiveAndClock", demo_show: "DemoShow | None"
) -> "AsyncGenerator[Services]":
    """A simulated rack, and its devices in a fresh database."""
    from micboard_tui.container import Options, open_container
    from micboard_tui.simulator.rack.rack import open_rack

    async with open_rack(options) as rack, open_container(Options(), paths, live_and_clock) as container:
        await register_simulated(container, rack.devices, demo_show)
        yield container


def attached_source(
    options: "RackOptions", paths: "Paths", demo_show: "DemoShow | None", fps: int
) -> BoardSource:
    """The same rack behind a bus, as another program has it. Raises StartError."""
    from micboard_tui.cli.attached import make_console, rate_for
    from micboard_tui.config.attachment import DEFAULT_SITE

    console = make_console(DEFAULT_SITE, rate_for(fps))

    @asynccontextmanager
    async def open_behind_bus() -> "AsyncGenerator[Services]":
        from micboard_tui.cli.attached import find_serving_at
        from micboard_tui.cli.context import data_of
        from micboard_tui.cli.serve_bus import offer_bus, plan_bus
        from micboard_tui.config.api_settings import Api
        from micboard_tui.config.bus_settings import Bus
        from micboard_tui.config.operator_name import find_operator
        from micboard_tui.container import LiveAndClock

        async with _open_demo_services(options, paths, LiveAndClock(), demo_show) as services:
            data_of(await services.synchronization.start())
            async with offer_bus(plan_bus(Bus(), Api(), paths), services):
                # The board's own user: keys look for what control is armed for them.
                if (attachment := find_serving_at(paths, find_operator(None))) is not None:
                    async with console.open(attachment) as attached:
                        yield attached

    return BoardSource(console.live, open_behind_bus)


async def register_simulated(
    container: "Services", rack: "Sequence[RackDevice]", demo_show: "DemoShow | None" = None
) -> None:
    """Register simulated devices, each with the secret and the certificate that it wants, and start a show.

    Undo begins after that: it is no step of the person at the board.
    """
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
                actor=ACTOR,
            )
        )
        if device.secret is not None:
            # In the directory that is thrown away, never in the user's keyring.
            owner, place = owner_device(registered.id), SecretPlace.FILE
            data_of(
                await container.secrets.keep(owner, device.secret, user=device.user, place=place, actor=ACTOR)
            )
    if demo_show is not None:
        await stage_show(container, rack, demo_show)
    data_of(await container.assignments.forget_steps(actor=ACTOR))


def _planned_snapshots(planned: "Sequence[RackDevice]") -> "list[DeviceSnapshot]":
    """The planned rack as it will be registered, with nothing known of it, for the first painting."""
    from micboard_tui.domain.channel import ChannelState
    from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
    from micboard_tui.domain.identity import DeviceId, LocationId

    snapshots = []
    for position, simulated in enumerate(planned):
        device_id = DeviceId(f"planned-{position}")
        device = Device(
            device_id,
            simulated.manufacturer,
            simulated.driver,
            simulated.host,
            simulated.port,
            location_id=LocationId(simulated.location),
            position=position,
        )
        channels = tuple(ChannelState(device_id, number) for number in range(1, simulated.channels + 1))
        state = DeviceState(device_id, model=simulated.model, own_name=simulated.name)
        snapshots.append(DeviceSnapshot(device, state, channels, simulated.location))
    return snapshots


def place_planned(live_and_clock: "LiveAndClock", planned: "Sequence[DeviceSnapshot]") -> None:
    """Show devices before the database is read, with nothing known of them."""
    from micboard_tui.domain.identity import LocationId
    from micboard_tui.domain.location import Location

    if not planned:
        # Placing none would say that none is registered.
        return
    names = dict.fromkeys(snapshot.location or "" for snapshot in planned)
    locations = [Location(LocationId(name), name, position=number) for number, name in enumerate(names)]
    live_and_clock.live.place([snapshot.device for snapshot in planned], locations)
    live_and_clock.live.recall(planned)
