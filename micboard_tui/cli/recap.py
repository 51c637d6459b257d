"""``recap``: what became of a show."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from micboard_tui.cli.file_arguments import PIPE, Replace
from micboard_tui.cli.options import Json
from micboard_tui.cli.time_options import MOMENT_HELP

if TYPE_CHECKING:
    from micboard_tui.contracts.recap import RecapQuery
    from micboard_tui.contracts.services import Services
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
        typer.Option(
            "--output", "-o", metavar="FILE", dir_okay=False, help="Write it there; - is standard output."
        ),
    ] = None,
    as_json: Json = False,
    yes: Replace = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare with the show before: what became better or worse.")
    ] = False,
    compare_since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Compare with a span that begins then, written as --since."),
    ] = None,
    compare_until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="The end of that span. Left out: three hours later.")
    ] = None,
) -> None:
    """Print what became of a show, and what to change.

    Times on air are exact to 10 s, to 1 s in a span up to ten minutes, and to a minute after a day.

    micboard-tui recap --compare

    micboard-tui recap --since 19:30 --until 22:10 --format markdown

    micboard-tui recap --format html -o tonight.html
    """
    import time

    from micboard_tui.cli.output import check_free
    from micboard_tui.cli.time_options import parse_moment, parse_span
    from micboard_tui.contracts.recap import WITHOUT_SHOW_S, RecapQuery

    if as_json and form not in (Format.TEXT, Format.JSON):
        raise typer.BadParameter("Give --json or --format, not both")
    form = Format.JSON if as_json else form
    if compare_since is None and compare_until is not None:
        raise typer.BadParameter("--compare-until needs --compare-since")
    if compare and compare_since is not None:
        raise typer.BadParameter("Give --compare or --compare-since, not both")
    now = time.time()
    first, last = None, None if until is None else parse_moment(until, now)
    if since is not None:
        first, last = parse_span(since, until, now)
    output = None if output == PIPE else output
    if output is not None and not yes:
        check_free(output)
    earlier = None
    if compare_since is not None:
        earlier_first, earlier_last = parse_span(compare_since, compare_until, now)
        earlier = RecapQuery(earlier_first, earlier_last or min(now, earlier_first + WITHOUT_SHOW_S))
    _answer(_Wanted(RecapQuery(first, last), earlier, compare), form, output)


class _Wanted(NamedTuple):
    query: "RecapQuery"
    earlier: "RecapQuery | None"
    is_with_show_before: bool


def _answer(wanted: _Wanted, form: Format, output: Path | None) -> None:
    """Print or write it."""
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_line, print_text, write_file
    from micboard_tui.contracts.recap import RecapFormat

    if output is None and form is Format.TEXT:

        async def make(services: "Services") -> "Recap":
            earlier = await _find_earlier(services, wanted)
            return data_of(await services.recaps.make_recap(wanted.query, earlier))

        _print_recap(run_with_services(make))
        return
    file_format = RecapFormat.MARKDOWN if form is Format.TEXT else RecapFormat(form.value)

    async def write(services: "Services") -> str:
        earlier = await _find_earlier(services, wanted)
        return data_of(await services.recaps.write_report(wanted.query, file_format, earlier))

    text = run_with_services(write)
    if output is None:
        print_text(text)
        return
    write_file(output, text.encode())
    print_line(f"Wrote the recap to {output}.")


async def _find_earlier(services: "Services", wanted: _Wanted) -> "RecapQuery | None":
    from micboard_tui.cli.context import data_of

    if not wanted.is_with_show_before:
        return wanted.earlier
    return data_of(await services.recaps.find_earlier(wanted.query))


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
    _print_conclusions(recap)
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


def _print_conclusions(recap: "Recap") -> None:
    """What to change, and what became better or worse."""
    from micboard_tui.cli.output import print_line, print_table
    from micboard_tui.domain.recap_findings import list_findings
    from micboard_tui.domain.recap_report import (
        DIFFERENCE_HEADS,
        compared_with,
        list_differences,
        no_difference,
        why_no_findings,
    )

    print_line("")
    print_line("What to change:" if (findings := list_findings(recap)) else why_no_findings(recap))
    for number, finding in enumerate(findings, 1):
        print_line(f"  {number}. {finding.text}. {finding.action}.")
    if recap.comparison is not None:
        print_line("")
        print_line(f"{compared_with(recap.comparison)}:")
        if recap.comparison.differences:
            print_table(DIFFERENCE_HEADS, list(list_differences(recap.comparison)))
        else:
            print_line(f"  {no_difference(recap.comparison)}")
