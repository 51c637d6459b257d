"""Curves as bands from the lowest to the highest level of each column, in braille or ASCII. Pure.

A column of the screen holds one or two columns of dots, and each of these stands for a part of the span that
is drawn. A band between both extremes loses no dip, however long the span is. Where a column has no level the
screen stays blank: a gap is a gap. Neighbouring bands that do not touch are joined by a vertical line in the
later of the two.

A column of dots is a number whose lowest bit is the lowest dot. So a whole column is made at once, and the
signs of a row are looked up by the bits that it cuts out: some 0.3 ms for 400 columns and six rows.
"""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import ASCII, Glyphs

LABEL = len("-100 ")
"""Cells of the levels beside a chart."""
TICK_EVERY = 20
"""Levels are written where they are a multiple of this."""


class Signs(NamedTuple):
    """What dots are made of."""

    columns: int
    """Columns of dots in a cell."""
    dots: int
    """Dots of one column in a cell."""
    table: str
    """The sign of each set of dots: those of the left column, and above their bits those of the right one."""


def _braille(left: int, right: int) -> str:
    """The sign with these dots, of each column the lowest first."""
    # In Unicode dots 1 to 3 run down the left column, 4 to 6 down the right one, 7 and 8 lie below.
    bits = sum(bit for place, bit in enumerate((0x40, 0x04, 0x02, 0x01)) if left >> place & 1)
    bits += sum(bit for place, bit in enumerate((0x80, 0x20, 0x10, 0x08)) if right >> place & 1)
    return chr(0x2800 + bits) if bits else " "


BRAILLE = Signs(2, 4, "".join(_braille(pair & 15, pair >> 4) for pair in range(256)))
PUNCTUATION = Signs(1, 2, " .':")
"""For terminals with ASCII only."""


class Band(NamedTuple):
    """Of each column of dots, oldest first; None: there was no level."""

    lows: Sequence[float | None]
    highs: Sequence[float | None]


class Scale(NamedTuple):
    """The levels at the bottom and at the top of a chart; what is beyond is drawn at the edge."""

    low: float
    high: float
    limits: Sequence[tuple[float, str]] = ()
    """Levels with a line, and the tone of each."""


def signs_for(glyphs: Glyphs) -> Signs:
    """What the terminal can show."""
    return PUNCTUATION if glyphs is ASCII else BRAILLE


def draw_band(band: Band, scale: Scale, rows: int, signs: Signs = BRAILLE) -> list[str]:
    """Lines of signs from top to bottom."""
    dots = rows * signs.dots
    if dots <= 0 or not band.lows:
        return [""] * max(0, rows)
    columns = _fill_columns(band, scale, dots)
    table, height = signs.table, signs.dots
    mask = (1 << height) - 1
    lines = []
    if signs.columns == 1:
        for row in range(rows - 1, -1, -1):
            shift = row * height
            lines.append("".join([table[column >> shift & mask] for column in columns]))
        return lines
    if len(columns) % 2:
        columns.append(0)
    pairs = list(zip(columns[::2], columns[1::2], strict=True))
    for row in range(rows - 1, -1, -1):
        shift = row * height
        lines.append(
            "".join(
                [table[left >> shift & mask | (right >> shift & mask) << height] for left, right in pairs]
            )
        )
    return lines


def _fill_columns(band: Band, scale: Scale, dots: int) -> list[int]:
    """The dots of each column."""
    base, top = scale.low, dots - 1
    factor = dots / (scale.high - scale.low)
    columns, bottom_before, peak_before = [], -1, -1
    for low, high in zip(band.lows, band.highs, strict=True):
        if low is None or high is None:
            columns.append(0)
            bottom_before = -1
            continue
        bottom, peak = int((low - base) * factor), int((high - base) * factor)
        bottom = 0 if bottom < 0 else min(bottom, top)
        peak = bottom if peak < bottom else min(peak, top)
        first, last = bottom, peak
        if bottom_before >= 0:
            if bottom > peak_before:
                first = peak_before + 1
            elif peak < bottom_before:
                last = bottom_before - 1
        columns.append((1 << last + 1) - (1 << first))
        bottom_before, peak_before = bottom, peak
    return columns


def spread(levels: Sequence[float | None], columns: int) -> Band:
    """The lowest and the highest of ``levels`` in each of so many columns; None: there is none in it.

    Where there are fewer levels than columns, one fills several.
    """
    lows: list[float | None] = []
    highs: list[float | None] = []
    count = len(levels)
    for column in range(columns):
        first = column * count // columns
        last = max(first + 1, -(-(column + 1) * count // columns))
        known = [level for level in levels[first:last] if level is not None]
        lows.append(min(known, default=None))
        highs.append(max(known, default=None))
    return Band(lows, highs)


def chart_lines(
    band: Band, scale: Scale, rows: int, glyphs: Glyphs, *, tone: str = "live", cursor: int | None = None
) -> list[list[Cell]]:
    """A chart with its levels at the left: one line of cells a row, its band behind ``LABEL`` cells.

    ``cursor`` is the column of cells with a vertical line.
    """
    lines = []
    labels = _row_labels(scale, rows)
    rules = {_row_of(level, scale, rows): limit_tone for level, limit_tone in scale.limits}
    for row, text in enumerate(draw_band(band, scale, rows, signs_for(glyphs))):
        cells = [Cell(f"{labels.get(row, ''):>{LABEL - 1}} ", "dim")]
        if cursor is None:
            cells += _over_rule(text, rules.get(row), tone, glyphs)
        else:
            under = text[cursor : cursor + 1]
            cells += _over_rule(text[:cursor], rules.get(row), tone, glyphs)
            cells.append(
                Cell(under if under.strip() else glyphs.upright, tone if under.strip() else "accent")
            )
            cells += _over_rule(text[cursor + 1 :], rules.get(row), tone, glyphs)
        lines.append(cells)
    return lines


def _over_rule(text: str, rule_tone: str | None, tone: str, glyphs: Glyphs) -> list[Cell]:
    """A part of a band, and where it leaves room the line of a limit."""
    if rule_tone is None:
        return [Cell(text, tone)]
    cells: list[Cell] = []
    start = 0
    while start < len(text):
        is_blank = text[start] == " "
        end = start
        while end < len(text) and (text[end] == " ") is is_blank:
            end += 1
        part = text[start:end]
        cells.append(Cell(glyphs.rule * len(part), rule_tone) if is_blank else Cell(part, tone))
        start = end
    return cells


def _row_of(level: float, scale: Scale, rows: int) -> int:
    """The row, from the top, in which a level lies; -1: it is not within the chart."""
    share = (level - scale.low) / (scale.high - scale.low)
    return rows - 1 - int(share * rows) if 0 <= share < 1 else -1


def _row_labels(scale: Scale, rows: int) -> dict[int, str]:
    """Levels by row, each in a row of its own and with one between where there is room."""
    labels: dict[int, str] = {}
    first = int(scale.high // TICK_EVERY) * TICK_EVERY
    for level in range(first, int(scale.low) - 1, -TICK_EVERY):
        row = 0 if level == scale.high else _row_of(level, scale, rows)
        if row >= 0 and row not in labels and (row - 1 not in labels or rows < len(labels) + 2):
            labels[row] = str(level)
    return labels


def time_line(width: int, ticks: Sequence[tuple[float, str]]) -> str:
    """Labels of times below a chart of ``width`` cells, each around its share of the span (0 to 1)."""
    line = [" "] * width
    end = -1
    for share, label in ticks:
        start = min(max(0, round(share * (width - 1)) - len(label) // 2), width - len(label))
        if start > end and start >= 0:
            line[start : start + len(label)] = label
            end = start + len(label)
    return "".join(line)
