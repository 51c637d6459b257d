"""``poll``, ``status`` and ``watch``: what the devices say, without the board."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from micboard_tui.cli.context import Surroundings
    from micboard_tui.domain.device import DeviceSnapshot

Json = Annotated[bool, typer.Option("--json", help="Print the JSON document.")]


def poll(
    once: Annotated[bool, typer.Option("--once", help="Ask every device once and end.")] = False,
    interval: Annotated[float, typer.Option(help="Seconds between two outputs.", min=1.0)] = 5.0,
    manufacturer: Annotated[str | None, typer.Option(help="Only devices of this manufacturer.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for a device with --once.", min=1.0)] = 10.0,
    as_json: Json = False,
) -> None:
    """Ask the devices, without a board, and store what they say.

    With --once it exits with 1 when a device could not be read; it is listed all the same, and stderr
    says for each what happened and what to do. Without, it keeps a session with every device and prints
    at every interval until Ctrl+C.

      micboard-tui poll --once --json
    """
    from micboard_tui.cli.context import alone, look_around

    around = look_around()
    with alone(around):
        raise typer.Exit(
            _poll_once(around, manufacturer, timeout, as_json=as_json)
            if once
            else _poll_on(around, manufacturer, interval, as_json=as_json)
        )


def _poll_once(around: "Surroundings", manufacturer: str | None, timeout_s: float, *, as_json: bool) -> int:
    from micboard_tui.cli.context import data_of, run_until_stopped, services
    from micboard_tui.cli.output import explain_devices

    async def work() -> int:
        async with services(around) as container:
            report = data_of(await container.devices.sync_all_devices(manufacturer, timeout_s=timeout_s))
            _print(report.devices, as_json=as_json)
            if as_json:
                # The table says it already.
                explain_devices(report.devices)
            return 1 if report.failed else 0

    return run_until_stopped(work)


def _poll_on(around: "Surroundings", manufacturer: str | None, interval_s: float, *, as_json: bool) -> int:
    import anyio

    from micboard_tui.cli.context import data_of, run_until_stopped, services

    async def work() -> int:
        async with services(around) as container:
            data_of(await container.synchronization.start(manufacturer))
            while True:
                await anyio.sleep(interval_s)
                _print(container.live.snapshot(), as_json=as_json)

    return run_until_stopped(work)


def status(as_json: Json = False) -> None:
    """Print what the database last knew. Asks no device; every value has its age."""
    from micboard_tui.cli.context import ask, data_of

    _print(data_of(ask(lambda container: container.devices.list_devices())), as_json=as_json)


def watch(
    interval: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 1.0,
    manufacturer: Annotated[str | None, typer.Option(help="Only devices of this manufacturer.")] = None,
) -> None:
    """Print one JSON object a line for every channel that changed, until Ctrl+C.

    micboard-tui watch | jq -r 'select(.channel.link_state == "rf_lost") | .channel.name'
    """
    from micboard_tui.cli.context import alone, data_of, look_around, run_until_stopped, services
    from micboard_tui.cli.devices_document import channel_entry, moment
    from micboard_tui.cli.output import print_json
    from micboard_tui.domain.conflict import conflicts

    around = look_around()

    async def work() -> int:
        async with services(around) as container:
            data_of(await container.synchronization.start(manufacturer))
            async for changes in container.synchronization.follow(interval):
                now, devices = container.live.now(), container.live.snapshot()
                found = conflicts(channel for each in devices for channel in each.channels)
                for state in changes.channels:
                    device = container.live.device(state.device_id)
                    line = {
                        "schema": 1,
                        "generated_at": moment(now),
                        "device_id": state.device_id,
                        "device": device.title if device else None,
                        "location": device.location if device else None,
                        "channel": channel_entry(state, now, found),
                    }
                    print_json(line, indent=None)
        return 0

    with alone(around):
        raise typer.Exit(run_until_stopped(work))


def _print(snapshots: Sequence["DeviceSnapshot"], *, as_json: bool) -> None:
    import time

    from micboard_tui.cli.devices_document import document
    from micboard_tui.cli.output import NOTHING_REGISTERED, note, print_devices, print_json

    if as_json:
        print_json(document(snapshots, time.time()))
    elif snapshots:
        print_devices(snapshots)
    else:
        note(NOTHING_REGISTERED)


def add_to(app: typer.Typer) -> None:
    app.command()(poll)
    app.command()(status)
    app.command()(watch)
