"""Reads and writes performers and their channels as a CSV file. Pure.

Files are read as spreadsheets and people leave them: UTF-8 or UTF-16, any usual separator (also announced by
``sep=;``), lines of a title above the columns, columns of others and empty ones, line breaks in cells.

A spreadsheet takes a cell that begins with = + - or @ for a formula. Such cells are written with an
apostrophe in front, and it is removed when they are read; every cell is quoted, so that none begins within
another where the separator is a different one. The columns keep the names that files have had from the
first: "role" is the part of a performer, and "use" is the role of a channel. The mic number of a channel
has the column "mic", or what else people call it, and "shared pack" is yes or no; a line without a name is
about its channel alone: its mic number, or that it is a spare for all.
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
from micboard_tui.domain.spreadsheet_text import find_wide_encoding, format_csv, protect_cell, unprotect_cell
from micboard_tui.services.assignment.mic_numbering import clean_mic_number
from micboard_tui.services.field_validation import clean_name, clean_note, clean_text

COLUMNS = ("name", "role", "note", "channel", "use", "mic", "shared pack")
MIC_TITLES = frozenset({"mic number", "mic no", "mic no.", "mic nr", "mic nr.", "mic #", "mic#"})
"""What else the column "mic" may be called."""
NUMBER_TITLES = frozenset({"no", "no.", "nr", "nr.", "#"})
"""The mic number, too, in a file that has no column "mic", and only on lines with a channel: it may as well
number the lines."""
NUMBER = "#"
ANSWERS = {
    **dict.fromkeys(("yes", "y", "x", "true", "1"), True),
    **dict.fromkeys(("no", "n", "-", "false", "0"), False),
}
MAX_LINES = 10_000
MAX_SHOWN = 40
MAX_TITLE_LINES = 20
"""So many lines may stand above the columns."""
MAX_LISTED = 20
"""So many mistakes of one file are listed."""
SEPARATORS = ",;\t"
"""What may stand between cells; a file uses the one that its first line has most of. The first is written."""
_ANNOUNCED = re.compile(r'"?sep=(?:(?P<tab>\\t|\t)|(?P<separator>[,;]))"?[,;\t]*', re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n\v\f\x85\u2028\u2029]+[ \t]*")


class CsvRow(NamedTuple):
    """One line of a file: a performer, and one of their channels where one is given."""

    line: int
    name: str
    """Empty: the line is about its channel alone."""
    part: str | None
    note: str | None
    channel: str
    role: Role | None
    mic_number: str | None = None
    shared_pack: bool | None = None


class CsvFile(NamedTuple):
    """What could be read of a file."""

    rows: Sequence[CsvRow]
    ignored: tuple[str, ...]
    """Columns that say nothing to us."""
    mistakes: Sequence[MicboardError]
    """Of the lines that could not be read."""


def read_csv(text: str | bytes) -> CsvFile:
    """The rows of a file. Raises MicboardError INVALID_VALUE for one that has no columns of ours."""
    lines = list(_split_lines(_decode(text)))
    start = next((index for index, (_, cells) in enumerate(lines[:MAX_TITLE_LINES]) if _is_head(cells)), 0)
    first, head = lines[start] if lines else (1, [""])
    indices, ignored, width = _column_indices(first, head)
    rows: list[CsvRow] = []
    mistakes: list[MicboardError] = []
    for line, cells in lines[start + 1 :]:
        if not any(map(str.strip, cells)):
            continue
        try:
            rows.append(_parse_row(line, cells, indices, width))
        except MicboardError as error:
            mistakes.append(error)
    return CsvFile(rows, ignored, mistakes)


def raise_mistakes(mistakes: Sequence[MicboardError]) -> None:
    """Raise all mistakes of a file as one error, by line; nothing where there is none."""
    if not mistakes:
        return
    if len(mistakes) == 1:
        raise mistakes[0]
    by_line = sorted(mistakes, key=lambda mistake: int(mistake.info.details["line"]))
    listed = [mistake.info.message for mistake in by_line[:MAX_LISTED]]
    if more := len(mistakes) - len(listed):
        listed.append(f"and {more} more")
    hints = dict.fromkeys(mistake.info.hint for mistake in by_line)
    details = by_line[0].info.details
    raise invalid_value_error(
        f"The file has {len(mistakes)} mistakes. {'; '.join(listed)}",
        next(iter(hints)) if len(hints) == 1 else "Correct them, and import it again",
        line=details["line"],
        column=details["column"],
    )


def write_csv(rows: Iterable[CsvRow]) -> str:
    """The file that ``read_csv`` takes for ``rows``."""
    lines: list[Iterable[str]] = [COLUMNS]
    for row in rows:
        use = row.role.value if row.role else ""
        shared = "yes" if row.shared_pack else ""
        cells = (row.name, row.part or "", row.note or "", row.channel, use, row.mic_number or "", shared)
        lines.append(map(protect_cell, cells))
    return format_csv(lines, is_quoted=True)


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
    if (encoding := find_wide_encoding(text)) is not None:
        try:
            return text.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            line = text[: error.start].decode(encoding, "replace").count("\n") + 1
            raise csv_error(line, 1, "this is not UTF-16", "Save the file as 'CSV UTF-8'") from error
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
    delimiter, announced = _find_delimiter(lines)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells and line != announced:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        column = _first_malformed_cell("".join(lines[line - 1 :]), delimiter)
        raise csv_error(
            line, column, f"its quotes do not match ({error})", "Write quotes within a quoted cell twice"
        ) from error


def _find_delimiter(lines: Sequence[str]) -> tuple[str, int | None]:
    """What stands between cells, and the number of the line that says so, if there is one."""
    written = [(number, line) for number, line in enumerate(lines, 1) if line.strip()][:MAX_TITLE_LINES]
    if not written:
        return SEPARATORS[0], None
    number, first = written[0]
    if (match := _ANNOUNCED.fullmatch(first.strip())) is not None:
        return match["separator"] or "\t", number
    heads = [
        (line.count(delimiter), delimiter)
        for _, line in written
        for delimiter in SEPARATORS
        if _is_head(line.split(delimiter))
    ]
    if heads:
        return max(heads, key=lambda head: head[0])[1], None
    return max(SEPARATORS, key=first.count), None


def _is_head(cells: Sequence[str]) -> bool:
    return "name" in map(_column_name, cells)


def _column_name(cell: str) -> str:
    return " ".join(cell.split()).strip('"').strip().lower()


def _our_names(titles: Sequence[str]) -> Sequence[str]:
    """The titles of columns with ours in place of what else they may be called."""
    names = ["mic" if title in MIC_TITLES else title for title in titles]
    numbers = [index for index, name in enumerate(names) if name in NUMBER_TITLES]
    for index in numbers:
        names[index] = f"{names[index]} of lines"
    if numbers and "channel" in names and "mic" not in names:
        names[numbers[0]] = NUMBER
    return names


def _first_malformed_cell(text: str, delimiter: str) -> int:
    """The number of the first cell whose quotes do not match, from 1."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)(?:{delimiter}|[\r\n]|\Z)')
    position, number = 0, 1
    while (match := cell.match(text, position)) is not None and match.group().endswith(delimiter):
        position, number = match.end(), number + 1
    return number


def _column_indices(line: int, head: Sequence[str]) -> tuple[Mapping[str, int], tuple[str, ...], int]:
    """The index of each column of ours, the names of others, and how many columns have a name."""
    indices: dict[str, int] = {}
    ignored: list[str] = []
    width = 0
    names = _our_names([_column_name(cell) for cell in head])
    for index, (cell, name) in enumerate(zip(head, names, strict=True)):
        if not name:
            continue
        width = index + 1
        if name not in COLUMNS and name != NUMBER:
            ignored.append(visible(" ".join(cell.split())[:MAX_SHOWN]))
        elif name in indices:
            raise csv_error(line, index + 1, f"the column '{name}' is here twice", "Leave one out")
        else:
            indices[name] = index
    if "name" not in indices:
        known = f"The columns are: {', '.join(COLUMNS)}"
        raise csv_error(line, 1, "no column is called 'name'", known)
    return indices, tuple(ignored), width


def _parse_row(line: int, cells: Sequence[str], indices: Mapping[str, int], width: int) -> CsvRow:
    if any(map(str.strip, cells[width:])):
        raise csv_error(line, width + 1, "more cells than columns", "Quote cells that hold the separator")

    def cell(name: str) -> str:
        index = indices.get(name, len(cells))
        return unprotect_cell(_LINE_BREAKS.sub(" ", cells[index]).strip()) if index < len(cells) else ""

    column = "mic"
    try:
        channel = cell("channel")
        mic_number = clean_mic_number(cell(column) or (cell(NUMBER) if channel else ""))
        column = "name"
        name = cell(column)
        is_about_channel = channel and (mic_number is not None or cell("use").lower() == Role.SPARE)
        if name or not is_about_channel:
            name = clean_name(name, "A performer")
        column = "role"
        part = clean_text(cell(column), "A role")
        column = "note"
        note = clean_note(cell(column))
        column = "use"
        role = _parse_role(cell(column))
        column = "shared pack"
        shared_pack = _parse_answer(cell(column))
        if shared_pack and not name:
            raise invalid_value_error(
                "a shared pack without a performer", "Name the performer, or leave it out"
            )
    except MicboardError as error:
        raise csv_error(line, column, error.info.message, error.info.hint) from error
    return CsvRow(line, name, part, note, channel, role, mic_number, shared_pack)


def _parse_answer(text: str) -> bool | None:
    if not text:
        return None
    if (answer := ANSWERS.get(text.lower())) is None:
        raise invalid_value_error(f"'{visible(text[:MAX_SHOWN])}' is neither yes nor no", "Write yes or no")
    return answer


def _parse_role(text: str) -> Role | None:
    if not text:
        return None
    try:
        return Role(text.lower())
    except ValueError as error:
        raise invalid_value_error(
            f"'{visible(text[:MAX_SHOWN])}' is not a role of a channel", "Write primary, backup or spare"
        ) from error
