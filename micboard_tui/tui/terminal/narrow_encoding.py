"""What a terminal gets whose encoding lacks the signs of a frame, a mark, or a name."""

import codecs
import os
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len

from micboard_tui.tui.terminal.text_cells import split

HANDLER = "micboard-cells"
_PLAIN = {
    **dict.fromkeys("▌▐▊▋▍▎▏│┃║", "|"),
    **dict.fromkeys("─━═▔▁", "-"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict.fromkeys("█▇▆▅▄▃▂▀", "#"),
    **dict.fromkeys("●•", "*"),
    "…": "~",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    **dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    **dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"'),
    **dict(zip("ØøŁłĐđıßÆæŒœÞþÐð↑↓←→\N{MULTIPLICATION SIGN}·°", "OoLlDdisAaOoTtDd^v<>x.o", strict=True)),
}
_BY_PYTHON = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})
"""What Python itself writes into LC_CTYPE under the C locale."""


def encodable(text: str, encoding: str) -> str:
    """``text`` with signs of the same width in place of those that ``encoding`` lacks.

    Python would write their codes instead, which take more cells and move everything behind them.
    """
    if _has_all_signs(encoding):
        return text
    return text.encode(encoding, HANDLER).decode(encoding)


def terminal_encoding(encoding: str, environ: Mapping[str, str] = os.environ) -> str:
    """The encoding of a terminal, where Python would take ``encoding``.

    Python writes UTF-8 under the locale C, too, and to terminals that have never heard of it.
    """
    if environ.get("PYTHONIOENCODING"):
        return encoding
    characters = environ.get("LC_CTYPE", "")
    locale = (
        environ.get("LC_ALL") or ("" if characters in _BY_PYTHON else characters) or environ.get("LANG", "")
    )
    is_old = environ.get("TERM", "").startswith("vt") and "utf" not in locale.lower()
    return "ascii" if is_old or locale in {"C", "POSIX"} else encoding


@lru_cache(8)
def _has_all_signs(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    cells = split(error.object[error.start : error.end])
    return "".join(_similar(cell) for cell in cells), error.end


def _similar(cell: str) -> str:
    """An ASCII sign for a cell; both halves of a wide character have one of their own."""
    if cell_len(cell) != 1:
        return "?"
    plain = _PLAIN.get(cell) or unicodedata.normalize("NFKD", cell)[0]
    return plain if plain.isascii() and plain.isprintable() else "?"


codecs.register_error(HANDLER, _replace)
