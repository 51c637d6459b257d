"""Reads and writes performers and their channels as a CSV file. Pure.

A spreadsheet takes a cell that begins with = + - or @ for a formula. Such cells are written with an
apostrophe in front, and it is removed when they are read. The columns keep the names that files have
had from the first: "role" is the part of a performer, and "use" is the role of a channel.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from micboard_tui.contracts.assignment import MAX_IMPORT_BYTES
from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.field_validation import clean_name, clean_note, clean_text

COLUMNS = ("name", "role", "note", "channel", "use")
MAX_LINES = 10_000
MAX_SHOWN = 40
SEPARATORS = ",;\t"
"""What may stand between cells; a file uses the one that its first line has most of. The first is written."""
# The wide forms of the signs count too.
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"'*{_SIGNS}")
_PROTECTED = re.compile(rf"'+{_SIGNS}")


class CsvRow(NamedTuple):
    """One line of a file: a performer, and one of their channels where one is given."""

    line: int
    name: str
    part: str | None
    note: str | None
    channel: str
    role: Role | None


def read_csv(text: str | bytes) -> list[CsvRow]:
    """The rows of a file. Raises MicboardError INVALID_VALUE, with the line and the column."""
    lines = _split_lines(_decode(text))
    first, head = next(lines, (1, [""]))
    indices = _column_indices(first, head)
    return [_parse_row(line, cells, indices) for line, cells in lines if any(map(str.strip, cells))]


def write_csv(rows: Iterable[CsvRow]) -> str:
    """The file that ``read_csv`` takes for ``rows``."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=SEPARATORS[0], lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        use = row.role.value if row.role else ""
        cells = (row.name, row.part or "", row.note or "", row.channel, use)
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return file.getvalue()


def csv_error(line: int, column: int | str, message: str, hint: str) -> MicboardError:
    """An error that says where in the file it is. ``column`` is its name, or its number from 1."""
    where = f"column '{column}'" if isinstance(column, str) else f"column {column}"
    return invalid_value_error(f"Line {line}, {where}: {message}", hint, line=line, column=column)


def _decode(text: str | bytes) -> str:
    if len(text) > MAX_IMPORT_BYTES:
        raise invalid_value_error(
            f"The file is larger than {MAX_IMPORT_BYTES // 1000} kB", "Import it in parts"
        )
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig", "replace")
        raise csv_error(
            before.count("\n") + 1,
            len(before.rpartition("\n")[2]) + 1,
            "this character is not UTF-8",
            "Save the file as 'CSV UTF-8'",
        ) from error


def _split_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number, from 1, and its cells."""
    lines = text.splitlines(keepends=True)
    if len(lines) > MAX_LINES:
        raise invalid_value_error(f"The file has more than {MAX_LINES} lines", "Import it in parts")
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        column = _first_malformed_cell("".join(lines[line - 1 :]), delimiter)
        raise csv_error(
            line, column, f"its quotes do not match ({error})", "Write quotes within a quoted cell twice"
        ) from error


def _first_malformed_cell(text: str, delimiter: str) -> int:
    """The number of the first cell whose quotes do not match, from 1."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)(?:{delimiter}|[\r\n]|\Z)')
    position, number = 0, 1
    while (match := cell.match(text, position)) is not None and match.group().endswith(delimiter):
        position, number = match.end(), number + 1
    return number


def _column_indices(line: int, head: Sequence[str]) -> Mapping[str, int]:
    """The index of each column, by name."""
    known = f"The columns are: {', '.join(COLUMNS)}"
    indices: dict[str, int] = {}
    for index, cell in enumerate(head):
        name = cell.strip().lower()
        if name not in COLUMNS:
            raise csv_error(line, index + 1, f"no column is called '{visible(cell[:MAX_SHOWN])}'", known)
        if name in indices:
            raise csv_error(line, index + 1, f"the column '{name}' is here twice", "Leave one out")
        indices[name] = index
    if "name" not in indices:
        raise csv_error(line, 1, "no column is called 'name'", known)
    return indices


def _parse_row(line: int, cells: Sequence[str], indices: Mapping[str, int]) -> CsvRow:
    if any(map(str.strip, cells[len(indices) :])):
        raise csv_error(
            line, len(indices) + 1, "more cells than columns", "Quote cells that hold the separator"
        )

    def cell(name: str) -> str:
        index = indices.get(name, len(cells))
        return _unprotect(cells[index].strip()) if index < len(cells) else ""

    column = "name"
    try:
        name = clean_name(cell(column), "A performer")
        column = "role"
        part = clean_text(cell(column), "A role")
        column = "note"
        note = clean_note(cell(column))
        column = "use"
        role = _parse_role(cell(column))
    except MicboardError as error:
        raise csv_error(line, column, error.info.message, error.info.hint) from error
    return CsvRow(line, name, part, note, cell("channel"), role)


def _unprotect(cell: str) -> str:
    return cell[1:] if _PROTECTED.match(cell) else cell


def _parse_role(text: str) -> Role | None:
    if not text:
        return None
    try:
        return Role(text.lower())
    except ValueError as error:
        raise invalid_value_error(
            f"'{visible(text[:MAX_SHOWN])}' is not a role of a channel", "Write primary, backup or spare"
        ) from error
