"""Separated text as spreadsheets and people leave it: CSV, TSV, in any usual encoding. Pure.

UTF-8 and UTF-16 are recognised; what is neither is Latin-1 as Windows has it, in which any byte is a letter.
The separator is the one that makes the most cells of the first lines, unless a line ``sep=;`` names it.
"""

import csv
import io
import re
from collections.abc import Sequence

from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.domain.mic_plot_table import MAX_TABLE_ROWS
from micboard_tui.domain.spreadsheet_text import find_wide_encoding, unprotect_cell

SEPARATORS = ",;\t|"
SNIFFED_ROWS = 30
_ANNOUNCED = re.compile(r'"?sep=(?P<separator>[,;|\t]|\\t)"?[^\S\r\n]*\r?\n', re.IGNORECASE)


def read_separated_text(content: bytes) -> Sequence[Sequence[str]]:
    """The cells of all lines. Raises MicboardError INVALID_VALUE."""
    text = _decode(content)
    separator = None
    if (match := _ANNOUNCED.match(text)) is not None:
        separator = "\t" if match["separator"] == "\\t" else match["separator"]
        # The line stays as an empty one, so that rows are counted as the file has them.
        text = "\n" + text[match.end() :]
    if separator is None:
        separator = max(SEPARATORS, key=lambda tried: _count_cells(text, tried))
    return [[unprotect_cell(cell) for cell in cells] for cells in _split(text, separator, MAX_TABLE_ROWS + 1)]


def _decode(content: bytes) -> str:
    if (encoding := find_wide_encoding(content)) is not None:
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise invalid_value_error("The file is not text", "Save it as 'CSV UTF-8'") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise invalid_value_error(
                "The file is not text", "Save it as CSV, XLSX, ODS or a TheatreMix show"
            ) from None
        # Five bytes mean nothing there; a name with a sign is better than none.
        return content.decode("cp1252", "replace")


def _count_cells(text: str, separator: str) -> int:
    try:
        return sum(len(cells) - 1 for cells in _split(text, separator, SNIFFED_ROWS))
    except MicboardError:
        return 0


def _split(text: str, separator: str, most: int) -> list[list[str]]:
    """The first rows. A blank before a quote is usual."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    rows: list[list[str]] = []
    try:
        for cells in reader:
            rows.append(cells)
            if len(rows) == most:
                break
    except csv.Error as error:
        raise invalid_value_error(
            f"Row {len(rows) + 1} cannot be read ({error})", "Write quotes within a quoted cell twice"
        ) from error
    return rows
