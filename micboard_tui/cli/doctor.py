"""``doctor``: why something does not work, and what to do about it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.contracts.doctor import CheckResult, DoctorContract, DoctorProgress, DoctorReport

MAX_RUNNING = 3
"""So many checks that still run are named."""


def doctor(
    host: Annotated[
        str | None,
        typer.Argument(metavar="[HOST]", help="A registered device, or any address or host:port."),
    ] = None,
    manufacturer: Annotated[
        str | None, typer.Option(help="Whose device is expected there, where it is not registered.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find out why something does not work. Names the cause and the cure.

    Looks at this computer, its servers and, in short, all registered devices; with HOST at the whole way to
    one device. Nothing is changed on a device, and one that a running program reads is not connected to.
    Exits with 1 when there is a fault; a warning is none.

      micboard-tui doctor

      micboard-tui doctor 192.168.1.50 --manufacturer shure

      micboard-tui doctor "Rack A" --json
    """
    import asyncio

    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.output import print_json
    from micboard_tui.contracts.documents.doctor import doctor_document

    examiner = _make_doctor()

    async def examine() -> "DoctorReport":
        show, end = _progress_line()
        try:
            return data_of(await examiner.find_causes(host, manufacturer=manufacturer, listener=show))
        finally:
            end()

    report = asyncio.run(examine())
    if as_json:
        print_json(doctor_document(report, time.time()))
    else:
        _print_report(report)
    raise typer.Exit(1 if report.has_fault else 0)


def _make_doctor() -> "DoctorContract":
    """It works also where settings or directories do not."""
    from micboard_tui.cli.context import CommandContext, translated_config_errors
    from micboard_tui.config.logs import log_to_stderr
    from micboard_tui.config.paths import find_paths, make_directories
    from micboard_tui.config.settings import load_settings
    from micboard_tui.config.start_error import ConfigError
    from micboard_tui.contracts.errors import StartError
    from micboard_tui.doctor import make_doctor
    from micboard_tui.tui.terminal.terminal_probe import ask_terminal

    paths = find_paths()
    log_to_stderr("error")
    # Where they cannot be made, the check of directories finds out why.
    with suppress(ConfigError):
        make_directories(paths)
    terminal = ask_terminal()
    try:
        with translated_config_errors():
            settings = load_settings(paths)
            attachment = _find_bus(CommandContext(paths, settings))
    except StartError as error:
        return make_doctor(paths, None, error.info, terminal, None)
    return make_doctor(paths, settings, None, terminal, attachment)


def _find_bus(context: "CommandContext") -> "Attachment | None":
    """The bus that the settings name; None: none. Raises StartError, ConfigError: its key cannot be read."""
    from micboard_tui.cli.attached import find_attachment
    from micboard_tui.config.attachment import Attachment

    fleet = context.settings.fleet
    if fleet.bus is None:
        return find_attachment(context)
    from micboard_tui.bus.server.key_pairs import read_program_key

    seed = None if fleet.key is None else read_program_key(fleet.key).seed
    return Attachment(fleet.bus, context.operator, seed, fleet.ca)


def _progress_line() -> "tuple[Callable[[DoctorProgress], None], Callable[[], None]]":
    """What shows on a terminal how far it is, and what takes that away again."""
    import sys

    def show(progress: "DoctorProgress") -> None:
        running = ", ".join(progress.running[:MAX_RUNNING])
        _rewrite(f"{progress.done} of {progress.total} looked at; {running}" if running else "")

    def show_nothing(_: "DoctorProgress") -> None:
        """Progress is for people who look on."""

    if not sys.stderr.isatty():
        return show_nothing, lambda: None
    return show, lambda: _rewrite("")


def _rewrite(text: str) -> None:
    import sys

    from micboard_tui.cli.output import table_width
    from micboard_tui.domain.safe_text import visible

    sys.stderr.write(f"\r\x1b[K{visible(text)[: table_width() - 1]}")
    sys.stderr.flush()


def _print_report(report: "DoctorReport") -> None:
    """One table for each subject, and the faults once more in words."""
    from micboard_tui.cli.output import as_sentence, print_line, print_table
    from micboard_tui.contracts.doctor import CheckStatus

    subjects = list(dict.fromkeys(result.subject for result in report.results))
    for subject in subjects:
        print_line(f"{subject[:1].upper()}{subject[1:]}:")
        found = [result for result in report.results if result.subject == subject]
        print_table(("what", "verdict", "found"), _rows_of(found))
        print_line("")
    for status in (CheckStatus.FAULT, CheckStatus.WARNING):
        for result in _having(report.results, status):
            print_line(f"{status.value.upper()} {result.subject}: {result.title} ({result.cause})")
            print_line(f"  {as_sentence(result.message)}")
            print_line(f"  Cure: {as_sentence(result.cure)}")
    if not any(_having(report.results, status) for status in (CheckStatus.FAULT, CheckStatus.WARNING)):
        unchecked = len(_having(report.results, CheckStatus.NOT_CHECKED))
        print_line("Nothing wrong was found." + (f" {unchecked} checks were not made." if unchecked else ""))


def _having(results: "Sequence[CheckResult]", status: object) -> "list[CheckResult]":
    return [result for result in results if result.status is status]


def _rows_of(results: "Sequence[CheckResult]") -> "Iterator[tuple[str, str, str]]":
    """A row for each result; those that were not checked for the same reason have one together."""
    from itertools import groupby

    for (status, message), alike in groupby(results, lambda result: (result.status, result.message)):
        yield ", ".join(result.title for result in alike), status.value, message
