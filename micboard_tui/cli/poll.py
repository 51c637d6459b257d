"""``poll``: reads the devices without a board, and stores their readings."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json, OnlyManufacturer
from micboard_tui.domain.thresholds import UNWATCHED_READ_INTERVAL_S

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.contracts.live import LiveContract

ALARMS_COUNT = "on again with sound, alarms count. To undo it:  micboard-tui undo"


def poll(
    once: Annotated[bool, typer.Option("--once", help="Read every device once and end.")] = False,
    interval: Annotated[float, typer.Option(help="Seconds between two outputs.", min=1.0)] = 5.0,
    manufacturer: OnlyManufacturer = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for a device with --once.", min=1.0)] = 10.0,
    as_json: Json = False,
) -> None:
    """Read the devices without a board, and store their readings.

    With --once it exits with 1 when a device could not be read; it is listed all the same, and stderr
    shows for each what happened and what to do. Without, it keeps a session with every device until Ctrl+C:
    after the first interval it prints all of them, then at every interval what changed; with --json always
    all of them.

      micboard-tui poll --interval 10

      micboard-tui poll --once --json
    """
    from micboard_tui.cli.context import exclusive_instance, load_context

    context = load_context()
    with exclusive_instance(context, "poll"):
        raise typer.Exit(
            _poll_once(context, manufacturer, timeout, as_json=as_json)
            if once
            else _poll_continuously(context, manufacturer, interval, as_json=as_json)
        )


def _poll_once(
    context: "CommandContext", manufacturer: str | None, timeout_s: float, *, as_json: bool
) -> int:
    """Read every device once; the exit code."""
    from micboard_tui.cli.context import data_of, open_services, run_until_stopped
    from micboard_tui.cli.devices_table import print_device_faults
    from micboard_tui.cli.status import print_snapshots

    async def read_devices() -> int:
        async with open_services(context) as services:
            report = data_of(await services.devices.sync_all_devices(manufacturer, timeout_s=timeout_s))
            alarms = data_of(await services.alarms.list_alarms())
            print_snapshots(report.devices, as_json=as_json, alarms=alarms)
            if as_json:
                # The table has them already.
                print_device_faults(report.devices)
            return 1 if report.failed else 0

    return run_until_stopped(read_devices)


def _poll_continuously(
    context: "CommandContext", manufacturer: str | None, interval_s: float, *, as_json: bool
) -> int:
    """Keep sessions and print at every interval, until stopped; the exit code."""
    import anyio

    from micboard_tui.cli.context import data_of, open_services, run_until_stopped, watch_health
    from micboard_tui.cli.poll_table import PollTable
    from micboard_tui.cli.status import print_snapshots

    table = PollTable()

    async def print_at_intervals() -> int:
        async with open_services(context, read_interval_s=UNWATCHED_READ_INTERVAL_S) as services:
            health = watch_health(services)
            data_of(await services.synchronization.start(manufacturer))
            newest = 0
            while True:
                await anyio.sleep(interval_s)
                health.look()
                snapshots = services.live.snapshot()
                if as_json:
                    live = services.live
                    print_snapshots(
                        snapshots, as_json=True, alarms=live.findings.alarms, version=live.version
                    )
                else:
                    table.print(snapshots)
                newest = _print_ended_silences(services.live, newest)

    return run_until_stopped(print_at_intervals)


def _print_ended_silences(live: "LiveContract", newest: int) -> int:
    """Print the channels that are expected on again and newer than the serial; that of the newest."""
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.output import print_note
    from micboard_tui.domain.rack_notices import newest_serial

    if not (ended := [each for each in live.findings.ended_silences if each.serial > newest]):
        return newest
    title_of = channel_titles(live.snapshot())
    for each in ended:
        print_note(f"{title_of(each.channel)}: {ALARMS_COUNT}")
    return newest_serial(ended)
