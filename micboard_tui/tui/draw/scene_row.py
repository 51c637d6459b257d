"""One scene of the run of show in one line, and what stands around the list. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from micboard_tui.domain.mic_plot import PlotFinding, PlotLevel, PlotScene
from micboard_tui.domain.mic_plot_texts import describe_finding, list_mics
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowProgress
from micboard_tui.domain.show_clock import clock_parts, format_scene
from micboard_tui.tui.arrange.scene_lines import SceneChange, SceneLines, list_on_deck
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.columns import Column, PlacedColumns, columns_in
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.key_line import spread

LEVEL_TONES = {PlotLevel.CONFLICT: "critical", PlotLevel.WARNING: "warning", PlotLevel.INFO: "text"}
MARKS = {PlotLevel.CONFLICT: "!", PlotLevel.WARNING: ":", PlotLevel.INFO: ""}
"""As before alarms: what cannot work, and what may not."""
NO_SHOW = (
    "No show is current. o chooses one, I imports a mic plot from a file. To plan its times:",
    "",
    '  micboard-tui show new "Romeo" --start 20:00 --break 75+20 --end 170',
)
NOT_OPEN = "Still starting."
NO_SCENES = "The show has no scenes. I imports them from a file."


class SceneRow(NamedTuple):
    scene: PlotScene
    offset: int | None
    """How many scenes after the current one; below 0: it is over. None: none has begun."""
    changes: Sequence[SceneChange]
    glyphs: Glyphs
    is_selected: bool = False


def _tone(row: SceneRow) -> str:
    if row.offset is None or row.offset > 0:
        return "text"
    return "dim" if row.offset < 0 else "accent"


def _draw_act(row: SceneRow, room: int) -> Sequence[Cell]:
    mark = ">" if row.offset == 0 else "+" if row.offset == 1 else " "
    sign = row.glyphs.pointer if row.is_selected else " "
    return Cell(f"{sign}{mark} ", "accent"), Cell(fit(visible(row.scene.act or ""), room), _tone(row))


def _draw_number(row: SceneRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(visible(row.scene.number), room)}", _tone(row)),)


def _draw_name(row: SceneRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(visible(row.scene.name or ''), room)}", _tone(row)),)


def _draw_page(row: SceneRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(visible(row.scene.page or ''), room)}", "dim"),)


def _draw_cue(row: SceneRow, room: int) -> Sequence[Cell]:
    return (Cell(f" {fit(visible(row.scene.cue or ''), room)}", "dim"),)


def _draw_minutes(row: SceneRow, room: int) -> Sequence[Cell]:
    minutes = "" if row.scene.minutes is None else f"{row.scene.minutes:.0f}"
    return (Cell(f" {minutes:>{room}}", "dim"),)


def _draw_changes(row: SceneRow, room: int) -> Sequence[Cell]:
    """As many as there is room for; how many more there are."""
    is_over = row.offset is not None and row.offset < 0
    cells, left = [Cell("  ")], room
    for number, change in enumerate(row.changes):
        mark = MARKS[change.level] if change.level is not None else ""
        text = visible(f"{mark}{change.text}")
        more = f"+{len(row.changes) - number}"
        is_last = number + 1 == len(row.changes)
        if cell_len(text) + (0 if is_last else 2 + len(more)) > left:
            cells.append(Cell(more[:left], "dim"))
            left -= len(more[:left])
            break
        tone = "dim" if is_over else LEVEL_TONES[change.level] if change.level is not None else "text"
        cells.append(Cell(text, tone))
        left -= cell_len(text)
        if not is_last:
            cells.append(Cell("  "))
            left -= 2
    return [*cells, Cell(" " * max(0, left))]


COLUMNS = (
    Column("act", ("   act",), _draw_act, 3, least=4, most=10, priority=5, divisor=8),
    Column("number", (" scene",), _draw_number, 1, least=6, most=8, priority=4),
    Column("name", (" name",), _draw_name, 1, least=18, good=22, most=36, priority=1, divisor=3),
    Column("page", (" page",), _draw_page, 1, least=5, priority=2, most=5, from_spare=30),
    Column("cue", (" cue",), _draw_cue, 1, least=5, priority=3, most=8, from_spare=24),
    Column("minutes", (" min",), _draw_minutes, 1, least=3),
    Column("changes", ("  mics that change hands",), _draw_changes, 2, least=24, is_shared=True),
)


def scene_columns(scenes: Iterable[PlotScene], width: int) -> PlacedColumns[SceneRow]:
    """Names stand in full where the mics that change hands have their least room beside them."""
    longest = max((cell_len(visible(scene.name or "")) for scene in scenes), default=0)
    columns = [
        replace(column, good=max(column.good, longest), most=max(column.most, longest))
        if column.name == "name"
        else column
        for column in COLUMNS
    ]
    return columns_in(columns, width)


def show_header(progress: ShowProgress | None, now: float, width: int) -> list[Cell]:
    """The name and the clock of the show."""
    if progress is None:
        return [Cell(" Run of show", "accent")]
    parts = clock_parts(progress, now)
    clock = [Cell(f"{visible(part.text)}  ", "warning" if part.is_late else "text") for part in parts]
    return spread([Cell(" Run of show  ", "accent"), Cell(visible(progress.show.name))], clock, width)


def deck_line(progress: ShowProgress | None, width: int) -> list[Cell]:
    """Which mics are made ready now, whose next user comes soon."""
    if progress is None or not progress.show.plot.scenes:
        return []
    names = [visible(text) for text in list_on_deck(progress.show.plot, progress.scene)]
    label = " on deck  "
    if not names:
        return [Cell(label, "dim"), Cell("no mic changes hands in the next scenes", "dim")]
    text = "   ".join(names)
    return [Cell(label, "accent"), Cell(fit(text, max(1, width - len(label) - 1)).rstrip())]


def explain_scene(lines: SceneLines, position: int, width: int, height: int) -> list[list[Cell]]:
    """The selected scene in ``height`` lines: what is found first, then what it is and who is on."""
    scene = lines.plot.scenes[position]
    details = [
        format_scene(scene),
        *([f"page {scene.page}"] if scene.page else []),
        *([f"cue {scene.cue}"] if scene.cue else []),
        *([f"{scene.minutes:g} min"] if scene.minutes is not None else []),
    ]
    shown = [[Cell(f" {fit(visible('  '.join(details)), max(1, width - 2)).rstrip()}", "accent")]]
    findings, room = lines.findings.get(position, ()), max(0, height - 2)
    for number, finding in enumerate(findings[:room], 1):
        more = f", and {len(findings) - room} more" if number == room < len(findings) else ""
        shown.append(_finding_line(finding, width, more))
    on = ", ".join(map(visible, list_mics(lines.plot, position))) or "no mic"
    wrapped = wrap(f"on: {on}", max(20, width - 2)) or [""]
    room = height - len(shown)
    if len(wrapped) > room > 0:
        wrapped = [*wrapped[: room - 1], fit(" ".join(wrapped[room - 1 :]), max(20, width - 2)).rstrip()]
    return [*shown, *([Cell(f" {line}", "dim")] for line in wrapped[:room])]


def _finding_line(finding: PlotFinding, width: int, more: str) -> list[Cell]:
    """``more``: how many others are not shown."""
    tone = LEVEL_TONES[finding.level]
    text = f"{finding.level}: mic {finding.entry.mic_number} {describe_finding(finding)}"
    return [Cell(f" {fit(visible(text), max(1, width - 2 - len(more))).rstrip()}{more}", tone)]


def missing_lines(progress: ShowProgress | None, width: int, *, is_open: bool) -> list[list[Cell]]:
    """What to do where there is no show, or no scene."""
    if not is_open:
        return [[], [Cell(f" {NOT_OPEN}", "dim")]]
    texts = NO_SHOW if progress is None else (NO_SCENES,)
    wrapped = [line for text in texts for line in (wrap(visible(text), max(20, width - 2)) or [""])]
    return [[], *([Cell(f" {line}", "dim")] for line in wrapped)]
