"""``walk``: walk tests that were made on the board."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.file_arguments import PIPE, Replace
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.walk_test import Walk

app = CommandGroup("Walk tests: how mics were received at each place.\n\nmicboard-tui walk show")
Number = Annotated[int | None, typer.Argument(metavar="WALK", help="Its number. Left out: the newest.")]
Compare = Annotated[int | None, typer.Option(metavar="WALK", help="The number of an earlier walk.")]


@app.command("list")
def list_walks(as_json: Json = False) -> None:
    """List the walk tests that are kept, the newest first. The key w on the board makes one.

    micboard-tui walk list
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.contracts.documents.walks import walk_entry
    from micboard_tui.domain.local_time import format_minute
    from micboard_tui.domain.walk_test import Grade

    walks = data_of(run_with_services(lambda services: services.walks.list_walks()))
    if as_json:
        print_json({"walks": [walk_entry(walk) for walk in walks]})
    elif walks:
        rows = []
        for walk in walks:
            bad = sum(result.grade is Grade.BAD for result in walk.results)
            places = len({result.place for result in walk.results})
            channels = len({result.ref for result in walk.results})
            rows.append(
                (
                    str(walk.id),
                    format_minute(walk.started_at),
                    walk.name,
                    str(places),
                    str(channels),
                    str(bad),
                    walk.actor,
                )
            )
        heads = ("walk", "when", "name", "places", "channels", "bad", "who")
        print_table(heads, rows, right=("walk", "places", "channels", "bad"), spare=("who", "name"))
    else:
        print_note("There is no walk test yet. On the board mark channels and press w.")


@app.command()
def show(walk: Number = None, compare: Compare = None, as_json: Json = False) -> None:
    """Show what was received at each place, the worst first.

    micboard-tui walk show

    micboard-tui walk show 7 --compare 4
    """
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.contracts.documents.walks import walk_entry
    from micboard_tui.domain.walk_report import HEADS, report_cells

    found, earlier = _read(walk, compare)
    if as_json:
        print_json({"walk": walk_entry(found, earlier)})
    else:
        rows = [report_cells(result, found, earlier) for result in found.results]
        spare = (
            "period s",
            "A median",
            "B median",
            "weak s",
            "dips A",
            "dips B",
            "double dips",
            "longest s",
            "seconds",
        )
        print_table(HEADS, rows, right=HEADS[3:], spare=spare)


@app.command()
def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Ends in .csv or .md; - prints Markdown.", dir_okay=False)
    ],
    walk: Number = None,
    compare: Compare = None,
    yes: Replace = False,
) -> None:
    """Write a walk test to a file: as CSV, or as Markdown.

    micboard-tui walk export walk.csv

    micboard-tui walk export walk.md 7 --compare 4
    """
    from micboard_tui.cli.output import check_free, print_line, print_text, write_file
    from micboard_tui.domain.walk_report import csv_report, markdown_report

    suffix = file.suffix.lower()
    if file != PIPE and suffix not in {".csv", ".md"}:
        raise typer.BadParameter("The name of the file ends in .csv or .md")
    if file != PIPE and not yes:
        check_free(file)
    found, earlier = _read(walk, compare)
    text = csv_report(found, earlier) if suffix == ".csv" else markdown_report(found, earlier)
    if file == PIPE:
        print_text(text)
        return
    write_file(file, text.encode())
    print_line(f"Wrote walk {found.id} to {file}.")


def _read(number: int | None, compare: int | None) -> "tuple[Walk, Walk | None]":
    from micboard_tui.cli.context import data_of, run_with_services

    async def find(services: "Services") -> "tuple[Walk, Walk | None]":
        found = data_of(await services.walks.find_walk(number))
        return found, None if compare is None else data_of(await services.walks.find_walk(compare))

    return run_with_services(find)
