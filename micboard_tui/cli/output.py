"""What reaches the terminal: answers on stdout, everything else on stderr, names made harmless."""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import typer

from micboard_tui.cli.standard_streams import stream_encoding
from micboard_tui.config.start_error import NO_ROOM
from micboard_tui.contracts.documents.json_value import SCHEMA
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError
from micboard_tui.domain.safe_text import escape_unprintable, visible
from micboard_tui.domain.units import DASH, format_duration, format_number


def print_json(entries: Mapping[str, object], *, indent: int | None = 2) -> None:
    """Print one JSON object, with its schema, at once: the reader of a pipe should not wait for a buffer.

    Letters stand as they are; what could harm a terminal is escaped, which means the same to a parser.
    """
    text = json.dumps({"schema": SCHEMA, **entries}, indent=indent, ensure_ascii=False)
    _write_answer(escape_unprintable(text) + "\n", is_for_programs=True)


class Stopped(Exception):  # noqa: N818 - it is a request, not a fault
    """The user ended the command while it waited for a reader that does not read."""


class _Writing:
    """Whether an answer is being written: only then may a signal break in."""

    def __init__(self) -> None:
        self.now = False

    def __enter__(self) -> None:
        self.now = True

    def __exit__(self, *_: object) -> None:
        self.now = False


_writing = _Writing()


def interrupt_write() -> None:
    """For signal handlers: raises Stopped when a write is waiting for its reader."""
    if _writing.now:
        raise Stopped


def _write_answer(text: str, *, is_for_programs: bool = False) -> None:
    """Write to stdout. When its reader has left (``| head -n 1``), end: that is no error.

    JSON and CSV are UTF-8, also where the terminal has another encoding. Raises StartError DISK_FULL or
    OUTPUT_NOT_WRITABLE when the answer goes to a file and cannot be written.
    """
    try:
        with _writing:
            if is_for_programs and (binary := getattr(sys.stdout, "buffer", None)) is not None:
                sys.stdout.flush()
                binary.write(text.encode("utf-8", "replace"))
                binary.flush()
            else:
                sys.stdout.write(_readable(text, sys.stdout))
                sys.stdout.flush()
    except (OSError, Stopped) as error:
        drop_answer()
        if isinstance(error, Stopped):
            raise
        if isinstance(error, BrokenPipeError):
            raise typer.Exit from None
        raise output_error(error) from error


def drop_answer() -> None:
    """Send what is still in the buffer nowhere: at exit Python would write it, and complain or wait again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def output_error(error: OSError) -> StartError:
    """The error for an answer that could not be written."""
    is_full = error.errno in NO_ROOM
    return StartError(
        ErrorCode.DISK_FULL if is_full else ErrorCode.OUTPUT_NOT_WRITABLE,
        f"The answer cannot be written ({error.strerror})",
        hint="Make room, or write it elsewhere" if is_full else "Write it elsewhere",
    )


def _readable(text: str, stream: object) -> str:
    """``text`` in characters that the stream's encoding has, each as wide as before."""
    if text.isascii():
        return text
    from micboard_tui.tui.terminal.narrow_encoding import encodable

    return encodable(text, stream_encoding(stream))


def print_text(text: str) -> None:
    """An answer of many lines for programs, such as a CSV file, that is harmless already."""
    _write_answer(text, is_for_programs=True)


def print_line(text: str) -> None:
    """One line of an answer."""
    _write_answer(visible(text) + "\n")


def print_note(text: str) -> None:
    """One line beside the answer."""
    sys.stderr.write(_readable(visible(text), sys.stderr) + "\n")


def print_prompt(text: str) -> None:
    """What an answer is typed behind, beside the answer of the command."""
    sys.stderr.write(_readable(visible(text), sys.stderr))
    sys.stderr.flush()


def print_error(error: ErrorInfo) -> None:
    """A "no" in one line: code, what happened, what to do."""
    hint = f" {as_sentence(error.hint)}" if error.hint else ""
    print_note(f"{error.code.value}: {as_sentence(error.message)}{hint}")


def as_sentence(text: str) -> str:
    """``text`` with its full stop."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def table_width() -> int:
    """How wide a table may be: as wide as the terminal; 80 cells, or COLUMNS, where there is none."""
    return shutil.get_terminal_size().columns


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    spare: Sequence[str] = (),
    shown: Sequence[int] | None = None,
) -> None:
    """A table for people, as wide as the terminal; 80 columns, or COLUMNS, where there is none.

    Where it would be wider, the columns in ``spare`` are left out one after the other, and a note says which.
    What is too wide even then goes on in the next line of its cell, but for what has a path or URL, which
    people copy. ``shown`` are the indexes of the columns where they are chosen already, and then without the
    note.
    """
    from rich.console import Console
    from rich.text import Text

    from micboard_tui.cli.table_layout import TableLayout, find_widths, fitting_columns

    drawn = io.StringIO()
    width = table_width()
    listed = [[visible(cell) for cell in row] for row in rows]
    are_chosen = shown is not None
    shown = fitting_columns(heads, listed, spare, width) if shown is None else shown
    console = Console(file=drawn, width=width, force_terminal=sys.stdout.isatty())
    layout = TableLayout(
        console, find_widths(heads, listed, shown, width), [heads[index] in right for index in shown]
    )
    for line in layout.lines_of([heads[index] for index in shown]):
        console.print(Text(line, "bold"), soft_wrap=True)
    for row in listed:
        drawn.writelines(f"{line}\n" for line in layout.lines_of([row[index] for index in shown]))
    _write_answer(drawn.getvalue())
    missing = ", ".join(
        head
        for index, head in enumerate(heads)
        if head in spare and index not in shown and any(row[index] for row in listed)
    )
    if missing and not are_chosen:
        print_note(f"No room for: {missing}. A wider terminal (COLUMNS=200) and --json have them.")


def format_value(value: object, unit: str = "") -> str:
    """A value for a table cell."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = format_number(value)
    return f"{value}{unit}"


def age(timestamp: float | None, now: float) -> str:
    """How long ago, in the largest unit that fits."""
    return "never" if timestamp is None else format_duration(now - timestamp)


def format_second(at: float) -> str:
    """The local time of a moment, with its date where that is not today."""
    moment = datetime.fromtimestamp(at).astimezone()
    is_today = moment.date() == datetime.now().astimezone().date()
    return f"{moment:%H:%M:%S}" if is_today else f"{moment:%Y-%m-%d %H:%M:%S}"


def check_free(file: Path) -> None:
    """Raise StartError INVALID_VALUE when the file is there."""
    if file.exists():
        raise StartError(
            ErrorCode.INVALID_VALUE, f"{file} is there already", hint="Choose another name, or use --yes"
        )


def write_file(file: Path, content: bytes) -> None:
    """Write all of a file, or leave it as it was. Raises StartError DISK_FULL, DIRECTORY_NOT_WRITABLE."""
    from micboard_tui.config.atomic_files import write_beside

    try:
        write_beside(file, content)
    except OSError as error:
        raise file_error(file, error, "; it is as it was" if file.exists() else "") from error


def file_error(file: Path, error: OSError, note: str = "") -> StartError:
    """The error for a file that could not be written: DISK_FULL or DIRECTORY_NOT_WRITABLE."""
    code = ErrorCode.DISK_FULL if error.errno in NO_ROOM else ErrorCode.DIRECTORY_NOT_WRITABLE
    message = f"{file} cannot be written ({error.strerror}){note}"
    return StartError(code, message, hint="Choose another place")
