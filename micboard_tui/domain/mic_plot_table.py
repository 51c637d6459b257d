"""Understands a table of texts as a mic plot, whichever way round it was drawn, and writes our own. Pure.

Three forms are known: rows of scenes with a column a mic, rows of mics with a column a scene, and the long
form with a row an entry. In the first two, a cell names people or marks that the mic is on;
with marks, the people stand at the head of the mic. docs/explanation/mic-plot.md says how the form is
recognised, and what misleads.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.mic_plot_builder import MAX_SHOWN, PlotBuilder, TableMistake, Wearer
from micboard_tui.domain.mic_plot_titles import (
    PLOT_COLUMNS,
    SCENE_COLUMNS,
    acts_of_numbers,
    are_marks,
    column_indices,
    column_of,
    count_repeats,
    does_one_count,
    first_line,
    has_mic_prefix,
    is_mark,
    is_number,
    parse_act_title,
    parse_mic_number,
)
from micboard_tui.domain.safe_text import visible

MAX_TITLE_ROWS = 20
"""So many rows may stand above the heads."""
MAX_TABLE_ROWS = 10_000
MAX_TABLE_COLUMNS = 500
_MIN_HEADS = 2


class TableForm(StrEnum):
    """What a row of the table is about."""

    SCENE_ROWS = "scene_rows"
    MIC_ROWS = "mic_rows"
    LONG = "long"


_USED_COLUMNS = {
    TableForm.SCENE_ROWS: ("act", "scene", "name", "page", "cue", "minutes"),
    TableForm.MIC_ROWS: ("channel", "name", "performer", "character"),
    TableForm.LONG: PLOT_COLUMNS,
}


class PlotTable(NamedTuple):
    """What was understood of a table."""

    plot: MicPlot
    form: TableForm | None = None
    """None: it is not a mic plot, and the mistakes say why."""
    has_marks: bool = False
    """Cells mark that a mic is on, and do not name people."""
    are_mics_counted: bool = False
    """The table numbers no mics: they are counted from 1 in their order."""
    ignored: tuple[str, ...] = ()
    """Titles of columns that say nothing to us."""
    mistakes: tuple[TableMistake, ...] = ()
    """All of them, by row and column."""


class _Layout(NamedTuple):
    head: int
    width: int
    indices: Mapping[str, int]
    """Columns of ours."""
    grid: Sequence[int]
    """Columns that are a mic or a scene each."""
    marks: frozenset[int]
    """Those of the grid whose cells are marks."""
    ones: frozenset[int]
    """Those of the marks in which a 1 is one, too."""


def read_plot_table(rows: Sequence[Sequence[str]]) -> PlotTable:
    """The mic plot of a table. Nothing is raised: what cannot be understood is left out, and is a mistake."""
    if len(rows) > MAX_TABLE_ROWS or any(len(cells) > MAX_TABLE_COLUMNS for cells in rows):
        message = f"the table has more than {MAX_TABLE_ROWS} rows or {MAX_TABLE_COLUMNS} columns"
        return PlotTable(MicPlot(), mistakes=(TableMistake(1, 1, message),))
    head = _find_head(rows)
    if head is None:
        message = "no row has heads such as scene, mic, performer"
        return PlotTable(MicPlot(), mistakes=(TableMistake(1, 1, message),))
    if _has_no_heads(rows[head]):
        return _read_without_heads(rows)
    builder = PlotBuilder(rows)
    form, indices = _recognise(builder, rows, head)
    layout = _lay_out(builder, rows, head, indices)
    if form is TableForm.LONG:
        counted = False
        _read_long(builder, rows, layout)
    elif form is TableForm.SCENE_ROWS:
        layout = _without_other_columns(builder, rows, layout)
        counted = _read_scene_rows(builder, rows, layout)
    else:
        counted = _read_mic_rows(builder, rows, layout)
    used = {
        *(i for name, i in layout.indices.items() if name in _USED_COLUMNS[form]),
        *(() if form is TableForm.LONG else layout.grid),
    }
    titles = [(column, " ".join(title.split())) for column, title in enumerate(rows[head])]
    ignored = tuple(visible(title[:MAX_SHOWN]) for column, title in titles if title and column not in used)
    has_marks = form is not TableForm.LONG and bool(layout.marks)
    mistakes = tuple(sorted(set(builder.mistakes)))
    plot = builder.plot() if form is TableForm.LONG else _with_acts(builder.plot())
    return PlotTable(plot, form, has_marks, counted, ignored, mistakes)


def write_plot_table(plot: MicPlot) -> Sequence[Sequence[str]]:
    """Our long form, from which ``read_plot_table`` makes the same plot. A scene without a mic has a row."""
    table = [list(PLOT_COLUMNS)]
    by_scene: dict[int, list[PlotEntry]] = {}
    for entry in plot.entries:
        by_scene.setdefault(entry.scene, []).append(entry)
    for position, scene in enumerate(plot.scenes):
        minutes = "" if scene.minutes is None else f"{scene.minutes:.15g}"
        about = [scene.act or "", scene.number, scene.name or "", scene.page or "", scene.cue or "", minutes]
        table += [
            [*about, entry.mic_number, entry.performer or "", entry.character or "", *_ending(entry)]
            for entry in by_scene.get(position, ())
        ] or [[*about, "", "", "", "", "", ""]]
    return table


def _with_acts(plot: MicPlot) -> MicPlot:
    """The plot with acts from numbers such as 1.3, where nothing else names acts."""
    acts = acts_of_numbers([scene.number for scene in plot.scenes])
    if acts is None or any(scene.act for scene in plot.scenes):
        return plot
    scenes = (scene._replace(act=act) for scene, act in zip(plot.scenes, acts, strict=True))
    return MicPlot(tuple(scenes), plot.entries)


def _ending(entry: PlotEntry) -> Sequence[str]:
    return entry.role.value, entry.note or "", entry.pack or ""


def _find_head(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row with a title of ours and another cell; else the first with two cells."""
    above = [(index, cells) for index, cells in enumerate(rows[:MAX_TITLE_ROWS])]
    filled = [(index, cells) for index, cells in above if sum(map(bool, map(str.strip, cells))) >= _MIN_HEADS]
    telling = {"scene", "cue", "page", "channel", "performer", "character"}
    titled = (index for index, cells in filled if telling & set(map(column_of, cells)))
    return next(titled, filled[0][0] if filled else None)


def _has_no_heads(cells: Sequence[str]) -> bool:
    """Whether the row taken for heads names people: none is a title of ours, and one is there twice."""
    names = [cell.strip() for cell in cells if not is_number(cell)]
    return bool(names) and bool(names[0]) and not column_indices(cells) and count_repeats(names) > 0


def _read_without_heads(rows: Sequence[Sequence[str]]) -> PlotTable:
    """A bare grid of names. Its mics and scenes are counted, blank rows and columns too."""
    width = max(map(len, rows))
    along_rows = sum(count_repeats([cell.strip() for cell in cells]) for cells in rows)
    columns = [[cells[column].strip() for cells in rows if column < len(cells)] for column in range(width)]
    are_rows_mics = along_rows >= sum(map(count_repeats, columns))
    corner, prefix = ("Mic", "") if are_rows_mics else ("Scene", "Mic ")
    heads = [corner, *(f"{prefix}{column}" for column in range(1, width + 1))]
    result = read_plot_table([heads, *([str(row), *cells] for row, cells in enumerate(rows, 1))])
    mistakes = (
        mistake._replace(row=max(mistake.row - 1, 1), column=max(mistake.column - 1, 1))
        for mistake in result.mistakes
    )
    return result._replace(are_mics_counted=True, mistakes=tuple(mistakes))


def _recognise(
    builder: PlotBuilder, rows: Sequence[Sequence[str]], head: int
) -> tuple[TableForm, Mapping[str, int]]:
    indices = column_indices(rows[head])
    has_scene = any(column in indices for column in SCENE_COLUMNS)
    if has_scene:
        return (TableForm.LONG if "channel" in indices else TableForm.SCENE_ROWS), indices
    if {"channel", "performer", "character"} & set(indices):
        return TableForm.MIC_ROWS, indices
    if _are_rows_mics(builder, rows, head):
        return TableForm.MIC_ROWS, {**indices, "channel": 0}
    return TableForm.SCENE_ROWS, {**indices, "scene": 0}


def _are_rows_mics(builder: PlotBuilder, rows: Sequence[Sequence[str]], head: int) -> bool:
    """Of a table whose corner does not say it: by the heads that are mics, else by where names repeat."""
    if _lay_out(builder, rows, head, {"scene": 0}).marks:
        return False  # The people of marks can only stand in the heads.
    body = range(head + 1, len(rows))
    tops = [title for title in rows[head][1:] if title.strip()]
    sides = [side for row in body if (side := builder.cell(row, 0))]
    for is_mic in (has_mic_prefix, lambda text: parse_mic_number(text) is not None):
        of_tops, of_sides = all(map(is_mic, tops)), bool(sides) and all(map(is_mic, sides))
        if of_tops != of_sides:
            return of_sides
    along_rows = sum(count_repeats([builder.cell(row, c) for c in range(1, len(rows[head]))]) for row in body)
    columns = range(1, len(rows[head]))
    along_columns = sum(count_repeats([builder.cell(row, column) for row in body]) for column in columns)
    return along_rows > along_columns


def _lay_out(
    builder: PlotBuilder, rows: Sequence[Sequence[str]], head: int, indices: Mapping[str, int]
) -> _Layout:
    width = len(rows[head])
    titled = set(indices.values())
    grid = [
        column
        for column in range(width)
        if column not in titled
        and builder.cell(head, column)
        and column_of(builder.cell(head, column)) is None
    ]
    marks = frozenset(column for column in grid if are_marks(_column(builder, rows, head, column)))
    ones = frozenset(c for c in marks if does_one_count(_column(builder, rows, head, c)))
    return _Layout(head, width, indices, grid, marks, ones)


def _column(builder: PlotBuilder, rows: Sequence[Sequence[str]], head: int, column: int) -> Sequence[str]:
    return [cell for row in range(head + 1, len(rows)) if (cell := builder.cell(row, column))]


def _without_other_columns(builder: PlotBuilder, rows: Sequence[Sequence[str]], layout: _Layout) -> _Layout:
    """Of columns that are not ours, only those with marks or the head of a mic stay, where there are any."""
    mics = {
        column for column in layout.grid if parse_mic_number(first_line(builder.cell(layout.head, column)))
    }
    # Beside marks, names say who else has the mic: a column may have more of them than marks.
    mixed = {
        column
        for column in layout.grid
        if any(is_mark(cell, one_counts=False) for cell in _column(builder, rows, layout.head, column))
    }
    # A mic without a mark is counted, too.
    blank = {c for c in layout.grid if layout.marks and not _column(builder, rows, layout.head, c)}
    if kept := mics | layout.marks | mixed | blank:
        return layout._replace(grid=[column for column in layout.grid if column in kept])
    return layout


def _read_long(builder: PlotBuilder, rows: Sequence[Sequence[str]], layout: _Layout) -> None:
    indices = layout.indices
    number_column = next(indices[column] for column in SCENE_COLUMNS if column in indices)
    mic_column = indices["channel"]
    for row in _filled_rows(builder, rows, layout):
        if (number := builder.text(row, number_column)) is None:
            builder.add_mistake(row, number_column, "the scene is missing")
            continue
        act = builder.text(row, indices.get("act"))
        scene = builder.add_scene(builder.scene(row, indices, number, act))
        performer, character = (builder.text(row, indices.get(name)) for name in ("performer", "character"))
        mic_number = builder.mic_number(builder.cell(row, mic_column), row, mic_column)
        role, note = builder.role(row, indices.get("role")), builder.text(row, indices.get("note"))
        if mic_number and (performer or character):
            pack = builder.text(row, indices.get("pack"))
            builder.add_entry(PlotEntry(scene, mic_number, performer, character, role, note, pack))
        elif mic_number:
            builder.add_mistake(row, mic_column, f"mic {mic_number} has neither performer nor character")
        elif (performer or character) and not builder.cell(row, mic_column):
            builder.add_mistake(row, mic_column, "the mic is missing")


def _read_scene_rows(builder: PlotBuilder, rows: Sequence[Sequence[str]], layout: _Layout) -> bool:
    mics, are_counted = _mics_of_heads(builder, layout)
    number_column = next(layout.indices[column] for column in SCENE_COLUMNS if column in layout.indices)
    by_page = number_column == layout.indices.get("page")
    act = None
    for row in _filled_rows(builder, rows, layout):
        # Spreadsheets name an act once, beside or above its first scene.
        act = builder.text(row, layout.indices.get("act")) or act
        if (title := _act_title(rows[row])) is not None:
            act = title
            continue
        number = builder.text(row, number_column)
        uses = [(column, cell) for column in layout.grid if (cell := builder.cell(row, column))]
        if number is None:
            if uses:
                builder.add_mistake(row, number_column, "the scene is missing")
            continue
        scene = builder.scene(row, layout.indices, number, act)
        if not by_page and builder.find_scene(scene) is not None:
            builder.add_mistake(row, number_column, f"scene {number} is here twice")
            continue
        position = builder.add_scene(scene)
        for column, cell in uses:
            if (mic := mics.get(column)) is not None:
                people = _people_of_cell(builder, layout, (row, column, cell), mic[1])
                _add_people(builder, position, mic[0], people)
    return are_counted


def _mics_of_heads(
    builder: PlotBuilder, layout: _Layout
) -> tuple[Mapping[int, tuple[str, Sequence[Wearer]]], bool]:
    """The mic number of each column, with the people that its head names; and whether mics were counted."""
    heads = {column: builder.cell(layout.head, column) for column in layout.grid}
    numbers = {column: parse_mic_number(first_line(head)) for column, head in heads.items()}
    are_counted = bool(layout.marks) and not any(numbers.values())
    mics: dict[int, tuple[str, Sequence[Wearer]]] = {}
    for count, (column, head) in enumerate(heads.items(), 1):
        if are_counted:
            mics[column] = (str(count), builder.people(head, layout.head, column))
            continue
        number = numbers[column] or builder.mic_number(first_line(head), layout.head, column)
        if number is not None:
            below = "\n".join(head.splitlines()[1:])
            mics[column] = (number, builder.people(below, layout.head, column))
    return mics, are_counted


def _act_title(cells: Sequence[str]) -> str | None:
    """The act that begins with a row of this one text."""
    filled = [cell for cell in cells if cell.strip()]
    return parse_act_title(filled[0]) if len(filled) == 1 else None


def _read_mic_rows(builder: PlotBuilder, rows: Sequence[Sequence[str]], layout: _Layout) -> bool:
    scenes = _scenes_of_heads(builder, layout)
    mic_column = layout.indices.get("channel")
    for count, row in enumerate(_filled_rows(builder, rows, layout), 1):
        mic_number = str(count) if mic_column is None else _mic_of_row(builder, row, mic_column)
        if mic_number is None:
            continue
        wearers = _wearers_of_row(builder, layout, row)
        for column, scene in scenes.items():
            if cell := builder.cell(row, column):
                people = _people_of_cell(builder, layout, (row, column, cell), wearers)
                _add_people(builder, scene, mic_number, people)
    return mic_column is None


def _scenes_of_heads(builder: PlotBuilder, layout: _Layout) -> Mapping[int, int]:
    """The scene of each column: its number, and below it its name."""
    scenes: dict[int, int] = {}
    for column in layout.grid:
        number, _, name = builder.cell(layout.head, column).partition("\n")
        if (text := builder.one_line(number, layout.head, column)) is None:
            continue
        scene = PlotScene(text, name=builder.one_line(name, layout.head, column))
        if builder.find_scene(scene) is not None:
            builder.add_mistake(layout.head, column, f"scene {text} is here twice")
            continue
        scenes[column] = builder.add_scene(scene)
    return scenes


def _mic_of_row(builder: PlotBuilder, row: int, column: int) -> str | None:
    if text := builder.cell(row, column):
        return builder.mic_number(text, row, column)
    builder.add_mistake(row, column, "the mic is missing")
    return None


def _wearers_of_row(builder: PlotBuilder, layout: _Layout, row: int) -> Sequence[Wearer]:
    indices = layout.indices
    performer = builder.text(row, indices.get("performer", indices.get("name")))
    character = builder.text(row, indices.get("character"))
    return [Wearer(performer, character)] if performer or character else []


def _people_of_cell(
    builder: PlotBuilder, layout: _Layout, place: tuple[int, int, str], marked: Sequence[Wearer]
) -> Sequence[Wearer]:
    """Who has the mic by a cell. ``marked``: who it is where the cell is a mark."""
    row, column, cell = place
    if is_mark(cell, one_counts=column in layout.ones):
        if not marked:
            builder.add_mistake(row, column, "a mark, and nothing says who has this mic")
        return marked
    if is_number(cell):
        builder.add_mistake(row, column, f"'{visible(cell[:MAX_SHOWN])}' is neither a mark nor a name")
        return []
    return builder.people(cell, row, column)


def _add_people(builder: PlotBuilder, scene: int, mic_number: str, people: Sequence[Wearer]) -> None:
    for wearer in people:
        builder.add_entry(PlotEntry(scene, mic_number, wearer.performer, wearer.character))


def _filled_rows(builder: PlotBuilder, rows: Sequence[Sequence[str]], layout: _Layout) -> Iterator[int]:
    """Rows below the heads with anything in them. Cells beyond the heads are mistakes."""
    for row in range(layout.head + 1, len(rows)):
        cells = rows[row]
        for column in range(layout.width, len(cells)):
            if cells[column].strip():
                builder.add_mistake(row, column, "this cell has no head")
        if any(map(str.strip, cells)):
            yield row
