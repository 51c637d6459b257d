"""One entry of the audit as a row, and as lines with all that is known of it. Pure."""

import textwrap
from collections.abc import Iterator
from datetime import date, datetime

from micboard_tui.contracts.audit import DONE, AuditEntry
from micboard_tui.contracts.audit_texts import describe_origin
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs

TIME, ACTOR, RESULT = 16, 11, 13
ABOUT_FROM_WIDTH, ORIGIN_FROM_WIDTH = 100, 116
ABOUT, ORIGIN = 20, 22
ORIGIN_SHARE = 0.2
LABEL = 9


def audit_heads(width: int) -> list[Cell]:
    """The heads of the columns."""
    return [Cell(f" {''.join(fit(title, cells) for title, cells in _columns(width))}", "dim")]


def audit_cells(
    entry: AuditEntry, width: int, today: date, glyphs: Glyphs, *, is_selected: bool
) -> list[Cell]:
    """When, who, what, and what came of it; where there is room also about what, and from where."""
    at = datetime.fromtimestamp(entry.at).astimezone()
    is_done = entry.result == DONE
    texts = {
        "time": (f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M:%S}", "dim"),
        "who": (entry.actor or "–", "text"),
        "what": (entry.text, "text"),
        "about": (entry.subject, "muted"),
        "result": (entry.result, "dim" if is_done else "warning"),
        "from": (describe_origin(entry.origin), "dim"),
    }
    cells = [Cell(glyphs.pointer if is_selected else " ", "accent")]
    for title, room in _columns(width):
        text, tone = texts[title]
        cells.append(Cell(f"{fit(visible(text), room - 1, glyphs.ellipsis)} ", tone))
    return cells


def _columns(width: int) -> Iterator[tuple[str, int]]:
    about = ABOUT if width >= ABOUT_FROM_WIDTH else 0
    origin = max(ORIGIN, int(width * ORIGIN_SHARE)) if width >= ORIGIN_FROM_WIDTH else 0
    yield "time", TIME
    yield "who", ACTOR
    yield "what", max(10, width - 1 - TIME - ACTOR - RESULT - about - origin)
    if about:
        yield "about", about
    yield "result", RESULT
    if origin:
        yield "from", origin


def entry_lines(entry: AuditEntry, width: int) -> list[str]:
    """All of it, a line for each part that is known; what is too long goes on in the next one."""
    at = datetime.fromtimestamp(entry.at).astimezone()
    parts = (
        ("number", f"{entry.number}"),
        ("time", f"{at:%Y-%m-%d %H:%M:%S}"),
        ("who", entry.actor),
        ("from", describe_origin(entry.origin)),
        ("what", entry.text),
        ("about", entry.subject),
        ("before", entry.before),
        ("after", entry.after),
        ("result", entry.result),
        ("call", entry.call),
    )
    lines = []
    for label, text in parts:
        wrapped = textwrap.wrap(visible(text), max(10, width - LABEL)) if text else []
        lines += [f"{label if not index else '':<{LABEL}}{line}" for index, line in enumerate(wrapped)]
    return lines
