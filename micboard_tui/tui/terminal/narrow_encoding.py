"""What a terminal gets whose encoding lacks the signs of a frame, a mark, or a name."""

import codecs
from functools import lru_cache

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
}


def encodable(text: str, encoding: str) -> str:
    """``text`` with signs of the same width in place of those that ``encoding`` lacks.

    Python would write their codes instead, which take more cells and move everything behind them.
    """
    if _has_all_signs(encoding):
        return text
    return text.encode(encoding, HANDLER).decode(encoding)


@lru_cache(8)
def _has_all_signs(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    cells = split(error.object[error.start : error.end])
    return "".join(_PLAIN.get(cell, "?") for cell in cells), error.end


codecs.register_error(HANDLER, _replace)
