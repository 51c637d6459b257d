"""What reaches the terminal: answers on stdout, everything else on stderr, names made harmless."""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import typer

from micboard_tui.cli.standard_streams import stream_encoding
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, StartError
from micboard_tui.domain.safe_text import escape_unprintable, visible
from micboard_tui.domain.units import DASH, format_duration, format_number

SCHEMA = 1
"""The version of all JSON objects that are printed."""
GAP = 2
"""Cells between two columns."""


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

    JSON and CSV are UTF-8, whatever the encoding of the terminal. Raises StartError DISK_FULL when the answer
    goes to a file and cannot be written.
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
    return StartError(
        ErrorCode.DISK_FULL,
        f"The answer cannot be written ({error.strerror})",
        hint="Make room, or write it elsewhere",
    )


def _readable(text: str, stream: object) -> str:
    """``text`` in signs that the stream's encoding has, each as wide as before."""
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


def print_error(error: ErrorInfo) -> None:
    """A "no" in one line: code, what happened, what to do."""
    hint = f" {as_sentence(error.hint)}" if error.hint else ""
    print_note(f"{error.code.value}: {as_sentence(error.message)}{hint}")


def as_sentence(text: str) -> str:
    """``text`` with its full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def fitting_columns(
    heads: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str], width: int
) -> list[int]:
    """The indexes of the columns that fit side by side into ``width`` cells without being folded.

    Those in ``spare`` are left out one after the other, as far as there is too little room.
    """
    from rich.cells import cell_len

    indexes = list(range(len(heads)))
    widths = [
        max(map(cell_len, (head, *(visible(row[index]) for row in rows)))) for index, head in enumerate(heads)
    ]
    for head in spare:
        if sum(widths[index] + GAP for index in indexes) - GAP <= width:
            break
        indexes.remove(heads.index(head))
    return indexes


def _leave_out_empty(
    heads: Sequence[str], rows: Sequence[Sequence[str]], optional: Sequence[str]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """The same without those of the optional columns in which no cell is filled."""
    empty = {
        index for index, head in enumerate(heads) if head in optional and not any(row[index] for row in rows)
    }

    def kept(row: Sequence[str]) -> list[str]:
        return [cell for index, cell in enumerate(row) if index not in empty]

    return kept(heads), [kept(row) for row in rows]


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    spare: Sequence[str] = (),
    optional: Sequence[str] = (),
) -> None:
    """A table for people; as wide as it needs when it goes into a pipe.

    A column in ``optional`` is only there when a cell of it is filled.
    On a terminal that is too narrow the columns in ``spare`` are left out first, and a note says which.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = io.StringIO()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    heads, listed = _leave_out_empty(heads, list(rows), optional)
    shown = fitting_columns(heads, listed, spare, width)
    console = Console(file=drawn, width=width, force_terminal=sys.stdout.isatty())
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for index in shown:
        justify: Literal["left", "right"] = "right" if heads[index] in right else "left"
        table.add_column(heads[index], justify=justify, overflow="fold")
    for row in listed:
        table.add_row(*(Text(visible(row[index])) for index in shown))
    console.print(table)
    _write_answer("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))
    if len(shown) < len(heads):
        missing = ", ".join(head for index, head in enumerate(heads) if index not in shown)
        print_note(f"No room for: {missing}. A wider terminal and --json have them.")


def format_value(value: Any, unit: str = "") -> str:  # noqa: ANN401 - whatever a table shows
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
