"""One threshold in one line, and the line above them. Pure."""

from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import SPECS, format_threshold
from micboard_tui.tui.arrange.threshold_lines import ScopeChoice, ThresholdLine
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs

TITLE_CELLS, VALUE_CELLS, MARKED_CELLS = 26, 12, 16


def describe_marked(count: int) -> str:
    """How many channels a number marks."""
    if not count:
        return "marks none"
    return "marks 1 channel" if count == 1 else f"marks {count} channels"


def threshold_header(
    choice: ScopeChoice, profile: ShowProfile | None, active: ShowProfile, width: int
) -> list[Cell]:
    """For whom and in which profile the numbers below hold, and which profile is active."""
    where = "in every profile" if profile is None else f"in profile {profile.value}"
    text = f" Thresholds   for {visible(choice.title)}   {where}"
    right = f"active: {active.value} "
    room = max(0, width - len(right))
    return [Cell(fit(text, room), "accent"), Cell(right[: width - room], "dim")]


def threshold_head() -> list[Cell]:
    """The names of the columns."""
    return [
        Cell(
            f" {fit('number', TITLE_CELLS)}{'value':>{VALUE_CELLS}}  {fit('now', MARKED_CELLS)}set for this",
            "dim",
        )
    ]


def threshold_cells(line: ThresholdLine, glyphs: Glyphs, *, is_selected: bool) -> list[Cell]:
    spec = SPECS[line.name]
    value = format_threshold(line.name, line.value)
    return [
        Cell(glyphs.pointer if is_selected else " ", "accent"),
        Cell(fit(spec.title, TITLE_CELLS)),
        Cell(f"{value:>{VALUE_CELLS}}", "text" if line.is_own else "dim"),
        Cell(f"  {fit(describe_marked(line.marked), MARKED_CELLS)}", "warning" if line.marked else "dim"),
        Cell("*" if line.is_own else ""),
    ]
