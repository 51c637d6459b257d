"""``simulate``: a rack of receivers that are not there."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from micboard_tui.simulator.rack import RackDevice

Receivers = Annotated[int, typer.Option(help="How many receivers.", min=1, max=200)]
Scenario = Annotated[str, typer.Option(help="calm, show or disaster.")]
Seed = Annotated[int, typer.Option(help="The same number plays the same show.")]


def simulate(
    receivers: Receivers = 6,
    scenario: Scenario = "show",
    seed: Seed = 1,
    address: Annotated[
        str, typer.Option(help="Where the first one listens; the others follow.")
    ] = "127.0.0.2",
    port: Annotated[int, typer.Option(help="The port of all of them.", min=0, max=65535)] = 2202,
    model: Annotated[str | None, typer.Option(help="All of this model, for example ULXD4Q.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what listens where as JSON.")] = False,
) -> None:
    """Run a simulated rack that speaks the real protocol over real sockets, until Ctrl+C.

    Each receiver listens on an address of its own. Then, in another terminal:

      micboard-tui devices add shure 127.0.0.2 --location "Main Stage"
    """
    from micboard_tui.cli.surroundings import run_until_stopped
    from micboard_tui.simulator.rack import RackOptions

    options = RackOptions(
        receivers=receivers, scenario=scenario, seed=seed, address=address, port=port, model=model
    )

    async def work() -> int:
        from micboard_tui.simulator.rack import open_rack

        async with open_rack(options) as rack:
            _tell(rack.devices, as_json=as_json)
            await asyncio.Event().wait()
        return 0

    raise typer.Exit(run_until_stopped(work))


def _tell(rack: "Sequence[RackDevice]", *, as_json: bool) -> None:
    from dataclasses import asdict

    from micboard_tui.cli.output import note, print_json, print_table

    if as_json:
        print_json({"schema": 1, "devices": [asdict(device) for device in rack]})
        return
    print_table(
        ("model", "name", "location", "address", "channels"),
        [
            (each.model, each.name, each.location, f"{each.host}:{each.port}", str(each.channels))
            for each in rack
        ],
        right=("channels",),
    )
    note("Running. Ctrl+C ends it.")


def add_to(app: typer.Typer) -> None:
    app.command()(simulate)
