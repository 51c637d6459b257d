"""One event as a row of the timeline. Pure."""

from datetime import date, datetime

from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs

TIME, KIND, ACTOR = 16, 8, 10
SUBJECT_SHARE = 0.28
MIN_SUBJECT, MAX_SUBJECT = 10, 36
ACTOR_FROM_WIDTH = 100
KIND_TONES = {
    EventKind.ALARM: "critical",
    EventKind.MARKER: "accent",
    EventKind.SESSION: "warning",
    EventKind.PROGRAM: "dim",
}


def event_cells(
    event: Event, subject: str, width: int, today: date, glyphs: Glyphs, *, is_selected: bool
) -> list[Cell]:
    """When, what kind, about what, what happened and who did it; as wide as ``width``."""
    at = datetime.fromtimestamp(event.at).astimezone()
    time = f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M:%S}"
    about = min(MAX_SUBJECT, max(MIN_SUBJECT, int(width * SUBJECT_SHARE)))
    actor = ACTOR if width >= ACTOR_FROM_WIDTH else 0
    room = max(1, width - TIME - KIND - about - actor - 1)
    cells = [
        Cell(glyphs.pointer if is_selected else " ", "accent"),
        Cell(f"{time:<{TIME - 1}}", "dim"),
        Cell(f"{event.kind.value:<{KIND}}", KIND_TONES.get(event.kind, "text")),
        Cell(f"{fit(visible(subject), about - 1, glyphs.ellipsis)} "),
        Cell(f"{fit(visible(event.text), room, glyphs.ellipsis)} "),
    ]
    if actor:
        cells.append(Cell(fit(visible(event.actor or ""), actor, glyphs.ellipsis), "dim"))
    return cells
