"""``simulate``: a rack of simulated devices."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from micboard_tui.simulator.rack.rack import Rack, RackDevice

Receivers = Annotated[int, typer.Option(help="How many receivers.", min=1, max=200)]
Scenario = Annotated[str, typer.Option(metavar="calm|show|disaster", help="What happens on the stage.")]
Rig = Annotated[str, typer.Option(metavar="shure|sennheiser|mixed", help="Whose devices they are.")]
Chargers = Annotated[int, typer.Option(help="How many chargers beside them.", min=0, max=50)]
Seed = Annotated[int, typer.Option(help="The same number gives the same show.")]


def simulate(
    receivers: Receivers = 6,
    scenario: Scenario = "show",
    seed: Seed = 1,
    address: Annotated[
        str, typer.Option(help="The address of the first one; the others follow.")
    ] = "127.0.0.2",
    rig: Rig = "mixed",
    chargers: Chargers = 2,
    port: Annotated[
        int | None,
        typer.Option(help="The port of all; left out: the usual one of each protocol.", min=0, max=65535),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="All of this model (see below); no chargers beside them.")
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(help="With --model: one of its modes (see below)."),
    ] = None,
    locked: Annotated[
        list[int] | None,
        typer.Option(
            metavar="NUMBER",
            help="Number of a device that refuses clients; may be repeated.",
        ),
    ] = None,
    drop: Annotated[float, typer.Option(hidden=True, min=0.0, max=99.0)] = 0.0,
    report: Annotated[Path | None, typer.Option(hidden=True)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON.")] = False,
) -> None:
    """Run a simulated rack that speaks the real protocols.

    It runs until Ctrl+C. Each device has its own address, and listens at the port that is printed. They
    announce themselves on this machine, so that in another terminal `devices discover` finds most of them,
    and `devices add` adds them.

    While it runs, the number of a device and Enter list the faults that it can have, `3 flood` switches one
    on and `3 flood off` switches it off.

      micboard-tui simulate --receivers 3 --scenario disaster

      micboard-tui devices add shure 127.0.0.2 --location "Main Stage"
    """
    from micboard_tui.cli.context import run_until_stopped
    from micboard_tui.simulator.rack.rack import RackOptions

    options = RackOptions(
        receivers=receivers,
        scenario=scenario,
        seed=seed,
        address=address,
        port=port,
        model=model,
        mode=mode,
        rig=rig,
        chargers=chargers if model is None else 0,
        locked=tuple(locked or ()),
        dropped=drop / 100,
        announced=True,
    )

    async def run_rack() -> int:
        from micboard_tui.cli.line_reader import reading_lines
        from micboard_tui.simulator.rack.fault_commands import FaultCommands
        from micboard_tui.simulator.rack.rack import open_rack

        async with open_rack(options) as rack:
            _print_devices(rack.devices, as_json=as_json)
            commands = FaultCommands(rack.devices, rack.simulated)
            try:
                with reading_lines(lambda line: _print_lines(commands.follow(line))):
                    await asyncio.Event().wait()
            finally:
                if report is not None:
                    _write_report(report, rack)
        return 0

    raise typer.Exit(run_until_stopped(run_rack))


def _write_report(report: Path, rack: "Rack") -> None:
    """How many clients each device has, and how many subscriptions lapsed; for measurements."""
    import json

    from micboard_tui.config.atomic_files import write_beside
    from micboard_tui.contracts.documents.json_value import SCHEMA

    entries = [
        {"name": device.name, "model": device.model, "connections": connections, "lapsed": lapsed}
        for device, connections, lapsed in zip(rack.devices, rack.connections, rack.lapsed, strict=True)
    ]
    write_beside(report, json.dumps({"schema": SCHEMA, "devices": entries}).encode())


def _print_lines(lines: "Sequence[str]") -> None:
    from micboard_tui.cli.output import print_note

    for line in lines:
        print_note(line)


def _print_devices(rack: "Sequence[RackDevice]", *, as_json: bool) -> None:
    from dataclasses import asdict

    from micboard_tui.cli.output import print_json, print_note, print_table

    if as_json:
        print_json({"devices": [asdict(device) for device in rack]})
        return
    print_table(
        ("no.", "manufacturer", "model", "name", "location", "address", "channels", "secret"),
        [
            (
                str(number),
                device.manufacturer,
                device.model,
                device.name,
                device.location,
                f"{device.host}:{device.port}",
                str(device.channels or "-"),
                device.secret or "-",
            )
            for number, device in enumerate(rack, 1)
        ],
        right=("no.", "channels"),
        spare=("location", "name", "channels"),
    )
    print_note("Running. Ctrl+C ends it. The number of a device lists the faults that it can have.")
