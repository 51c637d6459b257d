"""Large capital letters of blocks, four lines high: a font of our own. Pure.

A letter has seven lines of at most five dots. They are drawn wide, one dot a cell and half a line, or narrow,
with two dots side by side in a cell. The eighth line of dots, above the letter, keeps it from what stands
above it.
"""

from functools import lru_cache
from itertools import zip_longest

from micboard_tui.domain.safe_text import fold_accents

LINES = 4
_DOTS, _SPACE = 5, 3
"""Of a letter and of a blank, side by side."""
_HALVES = " ▄▀█"
_QUARTERS = " ▗▖▄▝▐▞▟▘▚▌▙▀▜▛█"
"""By the dots in a cell as a number: upper left, upper right, lower left and lower right count 8, 4, 2, 1."""
_FONT = """
A 0E11111F111111  B 1E11111E11111E  C 0E11101010110E  D 1E11111111111E  E 1F10101E10101F  F 1F10101E101010
G 0E11101711110F  H 1111111F111111  I 0E04040404040E  J 0702020202120C  K 11121418141211  L 1010101010101F
M 111B1515111111  N 11191915131311  O 0E11111111110E  P 1E11111E101010  Q 0E11111115120D  R 1E11111E141211
S 0F10100E01011E  T 1F040404040404  U 1111111111110E  V 11111111110A04  W 11111115151B11  X 11110A040A1111
Y 11110A04040404  Z 1F01020408101F
0 0E11131519110E  1 040C040404040E  2 0E11010204081F  3 1F02040201110E  4 02060A121F0202  5 1F101E0101110E
6 0608101E11110E  7 1F010204080808  8 0E11110E11110E  9 0E11110F01020C
. 00000000000004  , 00000000040408  : 00040400040400  ; 00040400040408  - 0000000E000000  _ 0000000000001F
– 0000001F000000  ' 04040800000000  " 0A0A0A00000000  / 01010204081010  \\ 10100804020101  + 0004041F040400
& 0C12140815120D  ! 04040404040004  ? 0E110102040004  ( 02040808080402  ) 08040202020408  = 00001F001F0000
[ 0E08080808080E  ] 0E02020202020E  # 0A0A1F0A1F0A0A  @ 0E11171517100E  * 0004150E150400  % 18190204081303
< 02040810080402  > 08040201020408  … 00000000000015
"""
"""Each letter's lines of dots from top to bottom, in hexadecimal."""


def _dots(lines: str) -> tuple[str, ...]:
    """The lines of a letter as signs, without the blank columns beside it."""
    rows = [f"{int(lines[start : start + 2], 16):0{_DOTS}b}" for start in range(0, len(lines), 2)]
    used = [index for index in range(_DOTS) if any(row[index] == "1" for row in rows)]
    return tuple(row[used[0] : used[-1] + 1] for row in ["0" * _DOTS, *rows])


_SIGNS = _FONT.split()
_LETTERS = {letter: _dots(lines) for letter, lines in zip(_SIGNS[::2], _SIGNS[1::2], strict=True)}
_LETTERS[" "] = ("0" * _SPACE,) * (2 * LINES)


def drawable(text: str) -> str:
    """The text in the letters that there are: capitals without accents; empty where one is missing."""
    capitals = " ".join(fold_accents(text).upper().split())
    return capitals if all(letter in _LETTERS for letter in capitals) else ""


def wide_cells(text: str) -> int:
    """Cells that a drawable text takes when each dot has a cell."""
    return max(0, sum(len(_LETTERS[letter][0]) + 1 for letter in text) - 1)


@lru_cache(1024)
def block_lines(text: str, width: int, *, is_wide: bool) -> tuple[str, ...]:
    """A drawable text in four lines of exactly ``width`` cells; what is too long ends in a mark."""
    room = width if is_wide else 2 * width
    if wide_cells(text) > room:
        while text and wide_cells(text + "…") > room:
            text = text[:-1]
        text = text.rstrip() + "…" if text else ""
    rows = ["0".join(_LETTERS[letter][row] for letter in text) for row in range(2 * LINES)]
    draw = _draw_wide if is_wide else _draw_narrow
    return tuple(draw(upper, lower).ljust(width) for upper, lower in zip(rows[::2], rows[1::2], strict=True))


def _draw_wide(upper: str, lower: str) -> str:
    return "".join(_HALVES[int(high) * 2 + int(low)] for high, low in zip(upper, lower, strict=True))


def _draw_narrow(upper: str, lower: str) -> str:
    pairs = zip_longest(upper[::2], upper[1::2], lower[::2], lower[1::2], fillvalue="0")
    return "".join(_QUARTERS[int("".join(dots), 2)] for dots in pairs)
