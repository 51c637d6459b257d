"""``recap``: what became of a show."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.file_arguments import Replace
from micboard_tui.cli.time_options import MOMENT_HELP

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.domain.recap import Recap


class Format(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


def recap(
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help=f"{MOMENT_HELP} Left out: the start of the current show, else 3h."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="The end, written as --since. Left out: the end of the show, or now."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What is written.")] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", dir_okay=False, help="Write it there, and not here."),
    ] = None,
    yes: Replace = False,
) -> None:
    """Print what became of a show, and what was not measured.

    Times on air are as exact as the recording: seconds for an hour, 10 s for a day, then minutes.

    micboard-tui recap

    micboard-tui recap --since 19:30 --until 22:10 --format markdown

    micboard-tui recap --format html -o tonight.html
    """
    import time

    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import check_free, print_line, print_text, write_file
    from micboard_tui.cli.time_options import parse_moment
    from micboard_tui.contracts.recap import RecapFormat, RecapQuery

    now = time.time()
    first = None if since is None else parse_moment(since, now)
    last = None if until is None else parse_moment(until, now)
    if first is not None and (now if last is None else last) <= first:
        raise typer.BadParameter("The end has to be after the start")
    if output is not None and not yes:
        check_free(output)

    query = RecapQuery(first, last)
    if output is None and form is Format.TEXT:

        async def make(services: "Container") -> "Recap":
            return data_of(await services.recaps.make_recap(query))

        _print_recap(run_with_services(make))
        return
    file_format = RecapFormat.MARKDOWN if form is Format.TEXT else RecapFormat(form.value)

    async def write(services: "Container") -> str:
        return data_of(await services.recaps.write_report(query, file_format))

    text = run_with_services(write)
    if output is None:
        print_text(text)
        return
    write_file(output, text.encode())
    print_line(f"Wrote the recap to {output}.")


def _print_recap(recap: "Recap") -> None:
    from micboard_tui.cli.output import print_line, print_table
    from micboard_tui.contracts.problem_texts import title_of
    from micboard_tui.domain.recap_report import (
        ALARM_HEADS,
        CHANNEL_HEADS,
        DEVICE_HEADS,
        alarm_cells,
        channel_cells,
        headline,
        list_devices,
        list_figures,
        list_markers,
        span_line,
    )
    from micboard_tui.domain.units import DASH

    print_line(f"{headline(recap)}: {span_line(recap)}")
    alarms = [alarm_cells(alarm, recap, title_of) for alarm in recap.alarms]
    tables = (
        (
            CHANNEL_HEADS,
            [[cell or DASH for cell in channel_cells(channel)] for channel in recap.channels],
        ),
        (ALARM_HEADS, alarms),
        (DEVICE_HEADS, list(list_devices(recap))),
        (("time", "marker", "about", "who"), list(list_markers(recap))),
    )
    for heads, rows in tables:
        if rows:
            print_line("")
            print_table(heads, rows, spare=heads[:2:-1])
    print_line("")
    for name, value in list_figures(recap, title_of):
        print_line(f"{name}: {value}")
    print_line("")
    print_line("Not measured:" if recap.not_measured else "Everything was measured.")
    for gap in recap.not_measured:
        print_line(f"  {gap}")
