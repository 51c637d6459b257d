"""``plan``: which packs last for the show, and what was put into them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.battery_plan import BatteryPlan, PlanRow

HEADS = ("who", "where", "left", "likely", "break", "end", "change it", "with", "next user")

HELP = """Print which packs last for the show, and what to change.

It reads what a running board stored last, within the minute. Times left are cautious: nine packs of ten
last longer. ~ is worked out from percent, ~ with ? from bars, < from the time that a pack has been on.

  micboard-tui plan

  micboard-tui plan --csv > plan.csv

  micboard-tui plan --json
"""
app = CommandGroup(HELP, no_args_is_help=False)
CellKind = Literal["alkaline", "nimh", "lithium", "li-ion", "unknown"]


@app.callback(invoke_without_command=True)
def plan(
    context: typer.Context,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print separated values, for a spreadsheet.")] = False,
    as_json: Json = False,
) -> None:
    """Print the plan; the help of the group says what it is."""
    if context.invoked_subcommand is not None:
        return
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_text
    from micboard_tui.contracts.documents.plan import plan_document
    from micboard_tui.domain.battery_plan import make_plan

    if as_csv and as_json:
        raise typer.BadParameter("Give --csv or --json, not both")

    async def read_plan(services: "Services") -> "tuple[BatteryPlan, float]":
        devices = data_of(await services.devices.list_devices())
        forecasts = data_of(await services.forecasts.list_forecasts())
        progress = data_of(await services.shows.get_progress())
        now = services.live.now()
        return make_plan(devices, forecasts, progress, now), now

    made, now = run_with_services(read_plan)
    if as_json:
        print_json(plan_document(made, now))
    elif as_csv:
        print_text(_csv_of(made))
    else:
        _print_plan(made, now)


@app.command()
def swapped(
    channels: Annotated[
        list[str], typer.Argument(metavar="CHANNEL", help='Channels, as "Rack A/2" or a name on the air.')
    ],
    as_json: Json = False,
) -> None:
    """Say that full cells were put into packs just now. On the board it is a choice of the key B.

    micboard-tui plan swapped "Rack A/2" "Rack A/3"
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.domain.identity import channel_label

    operator = load_context().operator

    async def mark(services: "Services") -> "list[tuple[str, int]]":
        refs = [data_of(await services.assignments.find_channel(name)) for name in channels]
        titles = {each.device.id: each.title for each in data_of(await services.devices.list_devices())}
        marked = data_of(await services.forecasts.mark_swapped(refs, actor=operator))
        return [(titles[ref.device_id], ref.number) for ref in marked]

    marked = run_with_services(mark)
    if as_json:
        print_json({"swapped": [{"device": device, "channel": number} for device, number in marked]})
    else:
        for device, number in marked:
            print_line(f"{channel_label(device, number)}: full cells from now on.")


@app.command()
def cells(
    model: Annotated[str, typer.Argument(metavar="MODEL", help='Of the packs, such as "ULXD2".')],
    kind: Annotated[
        CellKind, typer.Argument(metavar="CELLS", help="alkaline, nimh, lithium, li-ion, unknown.")
    ],
) -> None:
    """Say which cells all packs of a model have. `undo` takes it back.

    micboard-tui plan cells ULXD2 nimh
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.battery import BatteryType
    from micboard_tui.domain.cell_type import CELL_NAMES
    from micboard_tui.domain.safe_text import visible

    chosen = None if kind == "unknown" else BatteryType(kind.replace("-", "_"))
    operator = load_context().operator
    data_of(
        run_with_services(lambda services: services.forecasts.vouch_for_cells(model, chosen, actor=operator))
    )
    print_line(f"Packs {visible(model)}: {'not known' if chosen is None else CELL_NAMES[chosen]} cells.")


def _csv_of(plan: "BatteryPlan") -> str:
    from micboard_tui.contracts.documents.plan import PACK_FIELDS, pack_entry
    from micboard_tui.contracts.plan_texts import next_wearers
    from micboard_tui.domain.local_time import format_minute
    from micboard_tui.domain.safe_text import visible
    from micboard_tui.domain.spreadsheet_text import format_csv, protect_cell

    lines: list[Iterable[object]] = [PACK_FIELDS]
    for row in plan.rows:
        entry = pack_entry(row)
        entry["next_users"] = ", ".join(next_wearers(row))
        entry["swap_by"] = None if row.swap_by is None else format_minute(row.swap_by)
        lines.append(
            [
                "" if value is None else protect_cell(visible(value)) if isinstance(value, str) else value
                for value in entry.values()
            ]
        )
    return format_csv(lines)


def _print_plan(plan: "BatteryPlan", now: float) -> None:
    from micboard_tui.cli.output import print_line, print_note, print_table
    from micboard_tui.contracts.plan_texts import HOW_TO_PLAN, write_headline

    if not plan.rows:
        print_note("No pack is on the air. A running board reads them:  micboard-tui run")
        return
    print_line(f"{write_headline(plan, now)}.")
    spare = ("likely", "next user", "where")
    print_table(HEADS, [_cells(row, now) for row in plan.rows], spare=spare)
    if not plan.has_show:
        print_note(HOW_TO_PLAN)


def _cells(row: "PlanRow", now: float) -> tuple[str, ...]:
    from micboard_tui.contracts.plan_texts import (
        describe_replacement,
        describe_swap,
        next_wearers,
        row_name,
    )
    from micboard_tui.domain.battery_forecast import format_minutes_left
    from micboard_tui.domain.identity import channel_label
    from micboard_tui.domain.safe_text import visible
    from micboard_tui.domain.show_needs import format_margin
    from micboard_tui.domain.units import DASH

    forecast = row.forecast
    left = likely = DASH
    if forecast is not None:
        left = format_minutes_left(forecast.p10, forecast.source)
        likely = format_minutes_left(forecast.p50, forecast.source)
    margins = [
        "" if needed is None or forecast is None else format_margin(forecast.p10 - needed)
        for needed in (row.needs.to_break, row.needs.to_end)
    ]
    return (
        row_name(row),
        visible(channel_label(row.device_title, row.state.number)),
        left,
        likely,
        *margins,
        describe_swap(row, now),
        describe_replacement(row.replacement),
        visible(", ".join(next_wearers(row))),
    )
