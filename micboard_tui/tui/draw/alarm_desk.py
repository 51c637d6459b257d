"""The header of the alarm desk, and what it says where nothing is listed. Pure."""

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.contracts.alarm_texts import AlarmText
from micboard_tui.domain.alarm_flood import BEARABLE_COUNT, AlarmFlood
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.local_time import format_second_of_day
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.alarm_lines import AlarmCounts, AlarmFilter, AlarmKind, count_alarms
from micboard_tui.tui.draw.alarm_row import format_age
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.key_line import spread

_TONES = {
    AlarmKind.NEW: "warning",
    AlarmKind.SEEN: "text",
    AlarmKind.SHELVED: "muted",
    AlarmKind.SUPPRESSED: "dim",
    AlarmKind.BY_DESIGN: "dim",
}
NO_ALARM = (
    "No alarm. What lasts long enough to need you stands here, the worst first: a mic that lost its carrier, "
    "a battery that ends, a receiver that is gone. Each says what to do."
)
NONE_BEFORE = "No alarm was listed when the hub was heard last. What came since is not known."
NOT_READ = "The alarms that are stored were not read yet."
NONE_FITS = "No alarm is listed with this filter."
MAX_FILTER = 40
TITLE = " Alarms  "
LEAST_FIRST = 20
"""Where there are fewer cells for the first alarm of a flood, it is left out."""


def count_cells(counts: AlarmCounts) -> list[Cell]:
    """How many there are of each kind; a kind without any is left out."""
    return [Cell(f"{counts[kind]} {kind}  ", tone) for kind, tone in _TONES.items() if counts[kind]]


class FloodText(NamedTuple):
    """What the header says of a flood."""

    size: str
    """How many alarms came in which time; it is never cut."""
    first: str
    """Which was the first, often the cause of the rest: as much of it as there is room for."""


def describe_flood(flood: AlarmFlood, first: AlarmText, now: float) -> FloodText:
    at = format_second_of_day(flood.since)
    size = f"FLOOD {flood.count} in {format_age(now - flood.since)}"
    return FloodText(size, f"first: {visible(first.title)} {visible(first.place)} {at}")


def desk_header(
    alarms: AlarmList,
    wanted: AlarmFilter,
    notes: Sequence[tuple[str, str]],
    width: int,
    flood: FloodText | None = None,
) -> list[Cell]:
    """How many came lately and there are, and which are listed; ``notes``: texts with their tones.

    ``flood`` describes it where more come than one person can bear.
    """
    right = [Cell(f"{text} ", tone) for text, tone in notes]
    if wanted.description:
        shown = fit(wanted.description, MAX_FILTER).rstrip()
        right.insert(0, Cell(f"only {shown} ", "accent"))
    counts = count_cells(count_alarms(alarms))
    if flood is not None:
        counts.insert(0, Cell(f"{flood.size}  ", "critical"))
        taken = sum(cell_len(cell.text) for cell in (*counts, *right)) + len(TITLE)
        if (room := min(cell_len(flood.first) + 2, width - taken - 1)) >= LEAST_FIRST:
            first = fit(flood.first, room - 2)
            counts[0] = Cell(f"{flood.size}, {first}  ", "critical")
    else:
        tone = "warning" if alarms.rate > BEARABLE_COUNT else "dim"
        rate = f"{alarms.rate} in 10 min" if alarms.is_read else "not read yet"
        counts.insert(0, Cell(f"{rate}  ", tone))
    return spread([Cell(TITLE, "accent"), *counts], right, width)


def empty_lines(findings: Findings, wanted: AlarmFilter, width: int) -> list[list[Cell]]:
    """Why nothing is listed, and what would stand here."""
    text = NONE_FITS if wanted.description else NO_ALARM
    if not findings.alarms.is_read:
        text = NOT_READ
    elif findings.lost is not None and not findings.lost.has_hub:
        text = NONE_BEFORE
    return [[], *([Cell(f" {line}", "dim")] for line in wrap(text, max(20, min(width - 2, 76))))]
