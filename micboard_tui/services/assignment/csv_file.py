"""Performers and their channels as a CSV file: read and written. Pure.

A spreadsheet takes a cell that begins with = + - or @ for a formula. Such cells are written with an
apostrophe in front, and it is taken away again when they are read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.field_validation import MAX_NOTE, clean_name, clean_words

COLUMNS = ("name", "role", "note", "channel", "use")
MAX_BYTES = 1_000_000
MAX_LINES = 10_000
SHOWN = 40
# The wide forms of the signs count too.
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"'*{_SIGNS}")
_PROTECTED = re.compile(rf"'+{_SIGNS}")


class Row(NamedTuple):
    """One line of a file: somebody, and a channel of theirs where one is given."""

    line: int
    name: str
    role: str | None
    note: str | None
    channel: str
    use: Role | None


def read(text: str | bytes) -> list[Row]:
    """The rows of a file. Raises MicboardError INVALID_VALUE, with the line and the column."""
    lines = _lines(_decoded(text))
    first, head = next(lines, (1, [""]))
    places = _places(first, head)
    return [_row(line, cells, places) for line, cells in lines if any(map(str.strip, cells))]


def written(rows: Iterable[Row]) -> str:
    """The file that ``read`` takes for ``rows``."""
    drawn = io.StringIO()
    writer = csv.writer(drawn, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        use = row.use.value if row.use else ""
        cells = (row.name, row.role or "", row.note or "", row.channel, use)
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return drawn.getvalue()


def at(line: int, column: int | str, message: str, hint: str) -> MicboardError:
    """A "no" that says where in the file. ``column`` is its name, or its number from 1."""
    where = f"column '{column}'" if isinstance(column, str) else f"column {column}"
    return _invalid(f"Line {line}, {where}: {message}", hint, line=line, column=column)


def _decoded(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise _invalid(f"The file is larger than {MAX_BYTES // 1000} kB", "Import it in parts")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8-sig", "replace")
        raise at(
            before.count("\n") + 1,
            len(before.rpartition("\n")[2]) + 1,
            "this character is not UTF-8",
            "Save the file as 'CSV UTF-8'",
        ) from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number, from 1, and its cells."""
    lines = text.splitlines(keepends=True)
    if len(lines) > MAX_LINES:
        raise _invalid(f"The file has more than {MAX_LINES} lines", "Import it in parts")
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        column = _bad_cell("".join(lines[line - 1 :]), delimiter)
        raise at(
            line, column, f"its quotes do not match ({error})", "Write quotes within a quoted cell twice"
        ) from error


def _bad_cell(text: str, delimiter: str) -> int:
    """The number of the first cell that is not as CSV is written."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)(?:{delimiter}|[\r\n]|\Z)')
    place, number = 0, 1
    while (good := cell.match(text, place)) is not None and good.group().endswith(delimiter):
        place, number = good.end(), number + 1
    return number


def _places(line: int, head: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands."""
    known = f"The columns are: {', '.join(COLUMNS)}"
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        name = cell.strip().lower()
        if name not in COLUMNS:
            raise at(line, place + 1, f"no column is called '{visible(cell[:SHOWN])}'", known)
        if name in places:
            raise at(line, place + 1, f"the column '{name}' stands here again", "Leave one out")
        places[name] = place
    if "name" not in places:
        raise at(line, 1, "no column is called 'name'", known)
    return places


def _row(line: int, cells: Sequence[str], places: Mapping[str, int]) -> Row:
    if any(map(str.strip, cells[len(places) :])):
        raise at(line, len(places) + 1, "more cells than columns", "Quote cells that hold the separator")

    def cell(name: str) -> str:
        place = places.get(name, len(cells))
        return _plain(cells[place].strip()) if place < len(cells) else ""

    column = "name"
    try:
        name = clean_name(cell(column), "A performer")
        column = "role"
        role = clean_words(cell(column), "A role")
        column = "note"
        note = clean_words(cell(column), "A note", MAX_NOTE)
        column = "use"
        use = _use(cell(column))
    except MicboardError as error:
        raise at(line, column, error.info.message, error.info.hint) from error
    return Row(line, name, role, note, cell("channel"), use)


def _plain(cell: str) -> str:
    return cell[1:] if _PROTECTED.match(cell) else cell


def _use(word: str) -> Role | None:
    if not word:
        return None
    try:
        return Role(word.lower())
    except ValueError as error:
        raise _invalid(
            f"'{visible(word[:SHOWN])}' is no use of a channel", "Write primary, backup or spare"
        ) from error


def _invalid(message: str, hint: str, **details: object) -> MicboardError:
    return MicboardError(ErrorCode.INVALID_VALUE, message, hint=hint, **details)
