"""Lines of a plan of commands to devices, in columns. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from micboard_tui.contracts.control import PlanLine
from micboard_tui.domain.units import DASH
from micboard_tui.tui.draw.formats import fit

LEAST_NOTE = 10


class _Widths(NamedTuple):
    """Of the columns, each with its gap."""

    where: int
    what: int
    now: int
    then: int


_NARROW, _WIDE = _Widths(16, 15, 12, 12), _Widths(26, 18, 20, 20)
WIDE = sum(_WIDE) + 30


def plan_heads(width: int) -> str:
    """The heads of the columns."""
    return _join(("where", "what", "now", "then", ""), width)


def plan_line(line: PlanLine, width: int) -> str:
    """What is too long ends in a mark; what is left out has no values, and its reason in their place."""
    if line.preview is None:
        widths = _widths(width)
        room = max(LEAST_NOTE, width - widths.where - widths.what)
        head = _fit_all((line.subject, line.title), widths)
        return f"{''.join(head)}{fit(line.note, room).rstrip()}"
    preview = line.preview
    return _join((line.subject, line.title, preview.present or DASH, preview.new, line.note), width)


def _join(texts: tuple[str, str, str, str, str], width: int) -> str:
    widths = _widths(width)
    room = max(LEAST_NOTE, width - sum(widths))
    return f"{''.join(_fit_all(texts[:4], widths))}{fit(texts[4], room)}".rstrip()


def _fit_all(texts: tuple[str, ...], widths: _Widths) -> Iterator[str]:
    return (f"{fit(text, room - 1)} " for text, room in zip(texts, widths, strict=False))


def _widths(width: int) -> _Widths:
    return _WIDE if width >= WIDE else _NARROW
