"""``health``: whether the program, its database and its devices are healthy."""

from typing import Annotated

import typer


def health(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check database, directories, disk and devices. Exits with 1 when something failed.

    A device that is offline is a warning and no failure.

      micboard-tui health

      micboard-tui health --json
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.contracts.documents.health import health_document

    report = data_of(run_with_services(lambda services: services.health.check()))
    if as_json:
        print_json(health_document(report))
    else:
        rows = [(check.verdict.value, check.name, check.message, check.hint) for check in report.checks]
        print_table(("verdict", "what", "found", "cure"), rows)
    raise typer.Exit(0 if report.healthy else 1)
