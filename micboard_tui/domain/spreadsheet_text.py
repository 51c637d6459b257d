"""Texts as spreadsheets write them: cells that are no formulas, encodings of two bytes a character. Pure.

A spreadsheet takes a cell that begins with = + - or @ for a formula. Such cells are written with an
apostrophe in front, and it is removed when they are read.
"""

import csv
import io
import re
from collections.abc import Iterable

# The wide forms of the signs count too.
_SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"'*{_SIGNS}")
_PROTECTED = re.compile(rf"'+{_SIGNS}")


def protect_cell(cell: str) -> str:
    """The cell as it is written to a file."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def format_csv(rows: Iterable[Iterable[object]], *, is_quoted: bool = False) -> str:
    """A file for spreadsheets; ``is_quoted``: each cell stands between quotes, so that none is a number."""
    file = io.StringIO()
    writer = csv.writer(
        file, lineterminator="\r\n", quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows(rows)
    return file.getvalue()


def unprotect_cell(cell: str) -> str:
    """The cell as it was before ``protect_cell``."""
    return cell[1:] if _PROTECTED.match(cell) else cell


def find_wide_encoding(text: bytes) -> str | None:
    """UTF-16 with its mark, or without one where every other byte of the beginning is 0; else None."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if text[1:4:2] == b"\0\0":
        return "utf-16-le"
    return "utf-16-be" if text[0:3:2] == b"\0\0" else None
