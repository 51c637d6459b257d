"""``doctor``: why something does not work, and what to do about it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.config.paths import Paths
    from micboard_tui.contracts.doctor import CheckResult, DoctorProgress, DoctorReport
    from micboard_tui.contracts.errors import ErrorInfo

MAX_RUNNING = 3
"""So many checks that still run are named."""


def doctor(
    host: Annotated[
        str | None,
        typer.Argument(metavar="HOST", help="A registered device, or any address or host:port."),
    ] = None,
    manufacturer: Annotated[
        str | None, typer.Option(help="Whose device is expected there, where it is not registered.")
    ] = None,
    as_json: Json = False,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", metavar="FILE", help="Write an archive for a report of a fault, without secrets."
        ),
    ] = None,
    wire: Annotated[
        float | None,
        typer.Option(
            "--wire", metavar="SECONDS", help="Add a recording of HOST to it, names hidden.", min=1, max=60
        ),
    ] = None,
) -> None:
    """Find out why something does not work. Names the cause and the cure.

    Looks at this computer, its servers and, in short, all registered devices; with HOST at the whole way to
    one device. Nothing is changed on a device, and one that a running program reads is not connected to.
    Exits with 1 when there is a fault; a warning is none.

    The archive has what was found, versions, settings, health and log. With --wire a session with HOST is
    kept for so long, as by the board.

      micboard-tui doctor

      micboard-tui doctor 192.168.1.50 --manufacturer shure

      micboard-tui doctor "Rack A" --json

      micboard-tui doctor "Rack A" --bundle fault.zip --wire 10
    """
    import asyncio

    from micboard_tui.cli.output import print_json
    from micboard_tui.contracts.documents.doctor import doctor_document

    if wire is not None and (bundle is None or host is None):
        raise typer.BadParameter("needs HOST and --bundle", param_hint="--wire")
    patient = _Patient(host, manufacturer, wire)
    report = asyncio.run(patient.examine() if bundle is None else patient.examine_into(bundle))
    if as_json:
        print_json(doctor_document(report, time.time()))
    else:
        _print_report(report)
    raise typer.Exit(1 if report.has_fault else 0)


class _Patient:
    """What is looked at, and with what. It works also where settings or directories do not."""

    def __init__(self, host: str | None, manufacturer: str | None, wire_s: float | None) -> None:
        from micboard_tui.cli.doctor_bundle import make_mask
        from micboard_tui.cli.served_devices import find_served
        from micboard_tui.config.logs import log_to_stderr
        from micboard_tui.config.paths import find_paths
        from micboard_tui.doctor import DoctorInputs, make_doctor
        from micboard_tui.tui.terminal.terminal_probe import ask_terminal

        self._host, self._manufacturer, self._wire_s = host, manufacturer, wire_s
        self._paths = find_paths()
        self._context, attachment, error = _load_context(self._paths)
        self._mask = make_mask(self._context, self._paths)
        log_to_stderr("error", self._mask.learned)
        self._doctor = make_doctor(
            DoctorInputs(
                self._paths,
                None if self._context is None else self._context.settings,
                error,
                ask_terminal(),
                attachment,
                self._mask.learned,
                None if self._context is None else find_served(self._context),
            )
        )

    async def examine(self) -> "DoctorReport":
        """What was found, with progress on a terminal."""
        from micboard_tui.cli.context import data_of

        show, end = _progress_line()
        try:
            return data_of(
                await self._doctor.find_causes(self._host, manufacturer=self._manufacturer, listener=show)
            )
        finally:
            end()

    async def examine_into(self, bundle: Path) -> "DoctorReport":
        """The same, with everything else in an archive."""
        from micboard_tui.cli.doctor_bundle import create_bundle, gather_health, gather_texts, write_archive
        from micboard_tui.cli.output import print_note

        with create_bundle(bundle) as output:
            report = await self.examine()
            texts = gather_texts(self._paths, report, "\n".join(_lines_of(report)) + "\n")
            if self._context is not None:
                texts["health.json"] = await gather_health(self._context)
            if self._wire_s is not None and self._host is not None:
                texts["wire.txt"] = await self._record(self._host, self._wire_s)
            write_archive(output, texts, self._mask)
        print_note(f"Wrote {bundle}. Names and addresses are in it: read it before you send it.")
        return report

    async def _record(self, host: str, seconds: float) -> str:
        from micboard_tui.cli.context import data_of, exclusive_instance
        from micboard_tui.cli.output import print_error
        from micboard_tui.contracts.errors import MicboardError

        if self._context is None:
            return "# not recorded: the settings cannot be read\n"
        try:
            # Meanwhile no board may open a second session with it.
            with exclusive_instance(self._context, "doctor"):
                return data_of(
                    await self._doctor.make_recording(host, seconds, manufacturer=self._manufacturer)
                )
        except MicboardError as error:
            print_error(error.info)
            return f"# not recorded: {error}\n"


def _load_context(paths: "Paths") -> "tuple[CommandContext | None, Attachment | None, ErrorInfo | None]":
    """The settings and the bus that they name; where they cannot be read, why."""
    from micboard_tui.cli.context import CommandContext, translated_config_errors
    from micboard_tui.config.paths import make_directories
    from micboard_tui.config.settings import load_settings
    from micboard_tui.config.start_error import ConfigError
    from micboard_tui.contracts.errors import StartError

    # Where they cannot be made, the check of directories finds out why.
    with suppress(ConfigError):
        make_directories(paths)
    try:
        with translated_config_errors():
            context = CommandContext(paths, load_settings(paths))
            return context, _find_bus(context), None
    except StartError as error:
        return None, None, error.info


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
    from micboard_tui.cli.output import print_line, print_table
    from micboard_tui.contracts.doctor import THIS_COMPUTER

    subjects = list(dict.fromkeys(result.subject for result in report.results))
    for subject in subjects:
        # A device is called as it was typed or registered.
        print_line(f"{subject.capitalize() if subject == THIS_COMPUTER else subject}:")
        found = [result for result in report.results if result.subject == subject]
        print_table(("what", "verdict", "found"), _rows_of(found))
        print_line("")
    for line in _conclusion_of(report):
        print_line(line)


def _lines_of(report: "DoctorReport") -> "Iterator[str]":
    """All of it as plain text."""
    for result in report.results:
        yield f"{result.status.value:<12} {result.subject}: {result.title}: {result.message}"
    yield ""
    yield from _conclusion_of(report)


def _conclusion_of(report: "DoctorReport") -> "Iterator[str]":
    from micboard_tui.cli.output import as_sentence
    from micboard_tui.contracts.doctor import CheckStatus

    bad = [
        result
        for status in (CheckStatus.FAULT, CheckStatus.WARNING)
        for result in report.results
        if result.status is status
    ]
    for result in bad:
        yield f"{result.status.value.upper()} {result.subject}: {result.title} ({result.cause})"
        yield f"  {as_sentence(result.message)}"
        yield f"  Cure: {as_sentence(result.cure)}"
    if not bad:
        unchecked = sum(result.status is CheckStatus.NOT_CHECKED for result in report.results)
        yield "Nothing wrong was found." + (f" {unchecked} checks were not made." if unchecked else "")


def _rows_of(results: "Sequence[CheckResult]") -> "Iterator[tuple[str, str, str]]":
    """A row for each result; those that were not checked for the same reason have one together."""
    from itertools import groupby

    for (status, message), alike in groupby(results, lambda result: (result.status, result.message)):
        yield ", ".join(result.title for result in alike), status.value, message
