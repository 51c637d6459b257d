"""What was received at the places of a walk, as the lines of a table. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.units import DASH, format_duration
from micboard_tui.domain.walk_report import format_level, grade_text
from micboard_tui.domain.walk_test import (
    MIN_PLACE_S,
    Grade,
    LevelFigures,
    Walk,
    WalkResult,
    compare_p5,
    is_worse,
)
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs

GRADE_TONES = {Grade.BAD: "critical", Grade.LITTLE: "warning", Grade.GOOD: "live", Grade.UNKNOWN: "dim"}
MIN_NAME = 8


class _Number(NamedTuple):
    head: str
    width: int
    text: Callable[[WalkResult], str]


def _p5(figures: LevelFigures) -> str:
    return format_level(figures.p5) or DASH


def _lowest(figures: LevelFigures) -> str:
    return format_level(figures.lowest) or DASH


def _longest(result: WalkResult) -> str:
    return f"{result.figures.longest_s:.1f}s" if result.figures.drop_outs else ""


_NUMBERS: Sequence[_Number] = (
    _Number("margin", 8, lambda result: format_level(result.figures.margin_db) or DASH),
    _Number("drop-outs", 10, lambda result: str(result.figures.drop_outs)),
    _Number("P5 A", 6, lambda result: _p5(result.figures.a)),
    _Number("B", 5, lambda result: _p5(result.figures.b)),
    _Number("time", 6, lambda result: format_duration(result.figures.seconds)),
    _Number("longest", 9, _longest),
    _Number("double", 8, lambda result: str(result.figures.double_dips)),
    _Number("dips A", 8, lambda result: str(result.figures.dips_a)),
    _Number("B", 5, lambda result: str(result.figures.dips_b)),
    _Number("min A", 7, lambda result: _lowest(result.figures.a)),
    _Number("B", 5, lambda result: _lowest(result.figures.b)),
    _Number("weak", 7, lambda result: f"{result.figures.weak_s:.0f}s"),
)
"""From the one that stays in the narrowest window to the one that leaves first."""
GRADE = 11
CHANGE = 8
NAMES_FROM, MOST_NAMES = 24, 60
KEPT_NUMBERS = 4
"""So many of the numbers stay, however long the names are."""


class _Layout(NamedTuple):
    place: int
    title: int
    numbers: Sequence[_Number]


def walk_lines(walk: Walk, earlier: Walk | None, width: int, glyphs: Glyphs) -> list[list[Cell]]:
    """The heads, and a line for each channel at each place, the worst first."""
    room = width - GRADE - (CHANGE if earlier is not None else 0) - 1
    place_width, title_width, numbers = _divide(walk, room)
    heads = f" {'place':<{place_width}}{'channel':<{title_width}}{'':<{GRADE}}"
    heads += "".join(f"{number.head:>{number.width}}" for number in numbers)
    lines = [[Cell(heads + (f"{'change':>{CHANGE}}" if earlier is not None else ""), "dim")]]
    for result in walk.results:
        tone = GRADE_TONES[result.grade]
        cells = [
            Cell(f" {fit(walk.place_name(result.place), place_width - 1, glyphs.ellipsis)} "),
            Cell(f"{fit(result.title, title_width - 1, glyphs.ellipsis)} "),
            Cell(f"{grade_text(result):<{GRADE}}", tone),
            Cell("".join(f"{number.text(result):>{number.width}}" for number in numbers)),
        ]
        if earlier is not None:
            change = compare_p5(result, walk, earlier)
            worse = is_worse(change)
            text = "" if change is None else f"{change:+.0f} dB"
            cells.append(Cell(f"{text:>{CHANGE}}", "critical" if worse else "dim"))
        lines.append(cells)
    return lines


def _divide(walk: Walk, room: int) -> _Layout:
    """First names of a fair length and the numbers that are kept, then whole names, then other numbers."""
    place_need = max(MIN_NAME, *(cell_len(walk.place_name(result.place)) + 1 for result in walk.results))
    title_need = max(MIN_NAME, *(cell_len(result.title) + 1 for result in walk.results))
    longest = min(MOST_NAMES, room - sum(number.width for number in _NUMBERS[:KEPT_NUMBERS]))
    names = max(NAMES_FROM, min(place_need + title_need, longest))
    room -= names
    numbers: list[_Number] = []
    for number in _NUMBERS:
        if number.width > room:
            break
        numbers.append(number)
        room -= number.width
    names = min(MOST_NAMES, names + room)
    # Two fifths for the places; another share where that cuts one name beside room that the other leaves.
    place, spare = names * 2 // 5, names - title_need
    place = max(place, min(place_need, spare)) if place < place_need else min(place, max(place_need, spare))
    return _Layout(place, names - place, numbers)


def places_line(walk: RunningWalk, now: float, width: int, glyphs: Glyphs) -> list[Cell]:
    """The places that were walked to, with how long; the one that it is at now stands out.

    Where they have no room, other places are without their names, and then the name of this one is shortened.
    """
    seconds: dict[int, float] = {}
    for result in () if walk.so_far is None else walk.so_far.results:
        seconds[result.place] = max(seconds.get(result.place, 0.0), result.figures.seconds)
    forms = (_place_cells(walk, seconds, now, has_names=has_names) for has_names in (True, False))
    cells = next((form for form in forms if _width_of(form) <= width), None)
    if cells is not None:
        return cells
    name = walk.places.get(walk.place or 0) or ""
    cells = _place_cells(walk, seconds, now, has_names=False)
    room = max(1, cell_len(name) - (_width_of(cells) - width))
    shortened = {} if walk.place is None else {walk.place: fit(name, room, glyphs.ellipsis).rstrip()}
    return _place_cells(replace(walk, places={**walk.places, **shortened}), seconds, now, has_names=False)


def _width_of(cells: Sequence[Cell]) -> int:
    """Without the blanks at the end."""
    return cell_len("".join(cell.text for cell in cells).rstrip())


def _place_cells(
    walk: RunningWalk, seconds: Mapping[int, float], now: float, *, has_names: bool
) -> list[Cell]:
    cells = [Cell(" ")]
    for place in sorted({*walk.places, *seconds, *([] if walk.place is None else [walk.place])}):
        name = walk.places.get(place) or ""
        title = f"{place} {name}".rstrip() if has_names or place == walk.place else f"{place}"
        if place == walk.place and walk.place_since is not None:
            here = now - walk.place_since
            short = "" if here >= MIN_PLACE_S else f" of {MIN_PLACE_S:.0f}s"
            cells.append(Cell(f"[{title} {format_duration(here)}{short}]  ", "accent"))
        elif place in seconds:
            cells.append(Cell(f"{title} {format_duration(seconds[place])}  ", "live"))
        elif name:
            cells.append(Cell(f"{title}  ", "dim"))
    return cells
