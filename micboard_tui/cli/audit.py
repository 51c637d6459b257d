"""``audit``: who changed what from where, or tried to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json
from micboard_tui.cli.time_options import MOMENT_HELP

if TYPE_CHECKING:
    from micboard_tui.contracts.audit import AuditEntry, AuditQuery
    from micboard_tui.contracts.services import Services

MAX_ROWS = 100_000
KEPT_DAYS = 3650
"""Longer than entries are kept."""


def audit(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Only with these words, wherever they stand.")
    ] = "",
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help=f"{MOMENT_HELP} Left out: all that is kept.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="The end, written as --since.")] = None,
    actor: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person did.")] = None,
    limit: Annotated[int, typer.Option(help="So many of the newest.", min=1, max=MAX_ROWS)] = 200,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for a spreadsheet.")] = False,
    as_json: Json = False,
) -> None:
    """List who changed what from where, and what was refused.

    Each change is written down with who made it, from which board, command, token or address, what it was
    before and after, and what came of it. Entries are chained: `health` says whether any was changed or
    removed since. Passwords, PINs and tokens are not in it.

    micboard-tui audit --since 2h

    micboard-tui audit "lead vox" --actor Ada

    micboard-tui audit --since 7d --csv > audit.csv
    """
    import time

    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import print_json
    from micboard_tui.cli.time_options import parse_span
    from micboard_tui.contracts.audit import AuditQuery
    from micboard_tui.contracts.documents.audit import audit_entry

    if as_csv and as_json:
        raise typer.BadParameter("Give --csv or --json, not both")
    now = time.time()
    begin, end = parse_span(since or f"{KEPT_DAYS}d", until, now)
    query = AuditQuery(text, actor, begin, end)

    entries = run_with_services(lambda services: _read(services, query, limit))
    if as_json:
        print_json({"entries": [audit_entry(entry) for entry in entries]})
    elif as_csv:
        _print_csv(entries)
    else:
        _print_table(entries)


async def _read(services: "Services", query: "AuditQuery", limit: int) -> "Sequence[AuditEntry]":
    """The newest, oldest first."""
    from dataclasses import replace

    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.audit import MAX_AUDIT_PAGE

    found: list[AuditEntry] = []
    while len(found) < limit:
        size = min(MAX_AUDIT_PAGE, limit - len(found))
        before = found[-1].number if found else None
        page = data_of(await services.audit.list_entries(replace(query, before=before, limit=size)))
        found += page
        if len(page) < size:
            break
    return found[::-1]


def _print_csv(entries: "Sequence[AuditEntry]") -> None:
    from micboard_tui.cli.output import print_text
    from micboard_tui.contracts.documents.audit import AUDIT_FIELDS, audit_entry
    from micboard_tui.domain.spreadsheet_text import format_csv, protect_cell

    rows: list[Sequence[object]] = [AUDIT_FIELDS]
    for entry in entries:
        values = audit_entry(entry).values()
        rows.append([protect_cell(each) if isinstance(each, str) else each for each in values])
    print_text(format_csv(rows))


def _print_table(entries: "Sequence[AuditEntry]") -> None:
    from micboard_tui.cli.output import format_second, print_note, print_table
    from micboard_tui.contracts.audit_texts import describe_change, describe_origin

    if not entries:
        print_note("Nothing was changed, or tried to be, that fits.")
        return
    rows = [
        (
            format_second(entry.at),
            entry.actor,
            entry.text,
            entry.subject,
            entry.result,
            describe_origin(entry.origin),
            describe_change(entry),
        )
        for entry in entries
    ]
    heads = ("time", "who", "what", "about", "result", "from", "before -> after")
    print_table(heads, rows, spare=("before -> after", "from", "about"))
