"""``show import`` and ``show export``: mic plots as files of other programs have them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.contracts.show import PlotPreview

PIPE = Path("-")
"""In place of a file: standard input or output."""
FORM_TITLES = {"scene_rows": "a row a scene", "mic_rows": "a row a mic", "long": "a row a mic and scene"}


def import_plot(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            allow_dash=True,
            help="A CSV, TSV, XLSX, ODS or TheatreMix file; - is the standard input.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option(metavar="SHOW", help="The show that gets the plot; left out: as the file.")
    ] = None,
    assign: Annotated[
        bool,
        typer.Option("--assign", help="Channels get the first person, role and pack of their mic number."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import it; without this only show it.")] = False,
    as_json: Json = False,
) -> None:
    """Give a show its scenes and mic plot from a file.

    Rows may be mics or scenes.

    Without --yes it only shows what was understood, and every cell that was not. Those cells are left out. A
    row may be a scene with a column for each mic, or a mic with a column for each scene, or one mic in one
    scene: act, scene, name, page, cue, minutes, channel, performer, character, role, note, pack.
    Spreadsheets need python-calamine (pip install 'micboard-tui[sheets]'). The plan of the show stays; `undo`
    takes it back.

    micboard-tui show import plot.xlsx --name "Romeo"

    micboard-tui show import romeo.tmix --yes
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.cli.show_casting import assign_cast, describe_cast

    content, show = read_plot_file(file), name or plot_name(file)
    operator = load_context().operator

    async def read(services: "Container") -> "tuple[PlotPreview, list[str]]":
        shows = services.shows
        preview = data_of(
            await (
                shows.apply_import(content, show, actor=operator)
                if yes
                else shows.preview_import(content, show)
            )
        )
        plot = preview.table.plot
        cast = await describe_cast(services, plot) if assign else []
        if assign and yes:
            await assign_cast(services, plot)
        return preview, cast

    preview, cast = run_with_services(read)
    if as_json:
        print_json({"applied": yes, **_preview_entry(preview), "assigned": cast})
    else:
        _print_preview(preview)
        for line in cast:
            print_line(f"assign   {line}")
    if not yes:
        named = f' --name "{name}"' if name else ""
        again = f"micboard-tui show import {file}{named}{' --assign' if assign else ''} --yes"
        print_note(f"Nothing has changed yet. To do it:  {again}")
    elif preview.is_new:
        print_note(f'To make it the current show:  micboard-tui show use "{preview.name}"')


def export_plot(
    show: Annotated[str, typer.Argument(metavar="NAME", help="The show's name; capitals are ignored.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", dir_okay=False, allow_dash=True, help="The file; - or left out: standard output."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace the file when it is there.")] = False,
) -> None:
    """Write scenes and mic plot of a show as a CSV file. `import` takes it back.

    micboard-tui show export "Romeo" plot.csv
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import check_free, print_line, print_text, write_file

    if file == PIPE:
        file = None
    if file is not None and not yes:
        check_free(file)
    text = data_of(run_with_services(lambda services: services.shows.export(show)))
    if file is None:
        print_text(text)
        return
    write_file(file, text.encode("utf-8-sig"))
    print_line(f"Wrote {file}.")


def read_plot_file(file: Path) -> bytes:
    """One byte more than is taken at most, so that the import can say that it was too much."""
    from micboard_tui.contracts.show import MAX_PLOT_BYTES

    if file == PIPE:
        return sys.stdin.buffer.read(MAX_PLOT_BYTES + 1)
    with file.open("rb") as opened:
        return opened.read(MAX_PLOT_BYTES + 1)


def plot_name(file: Path) -> str:
    """What a show is called whose file is all that is known."""
    return "Show" if file == PIPE else file.stem.replace("_", " ")[:64]


def _preview_entry(preview: "PlotPreview") -> dict[str, object]:
    from micboard_tui.cli.show_document import findings_of
    from micboard_tui.domain.mic_plot_texts import summarize_plot

    table = preview.table
    return {
        "show": preview.name,
        "is_new": preview.is_new,
        "summary": summarize_plot(table.plot),
        "scenes": len(table.plot.scenes),
        "mics": list(table.plot.mic_numbers),
        "form": table.form and table.form.value,
        "has_marks": table.has_marks,
        "are_mics_counted": table.are_mics_counted,
        "unknown_mics": list(preview.unknown_mics),
        "ignored": list(table.ignored),
        "mistakes": [dict(mistake._asdict()) for mistake in table.mistakes],
        "findings": findings_of(table.plot),
    }


def _print_preview(preview: "PlotPreview") -> None:
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.mic_plot_texts import summarize_plot
    from micboard_tui.domain.safe_text import visible

    table = preview.table
    form = FORM_TITLES.get(table.form or "", "")
    marks = ", with marks" if table.has_marks else ""
    what = "add     " if preview.is_new else "change  "
    print_line(f"{what} {preview.name}: {summarize_plot(table.plot)} ({form}{marks})")
    if table.are_mics_counted:
        print_line("note     the file numbers no mics: they are counted from 1 in their order")
    for column in table.ignored:
        print_line(f"ignore   {visible(column)}")
    if preview.unknown_mics:
        print_line(f"note     no channel has the mic number {', '.join(map(visible, preview.unknown_mics))}")
    for mistake in table.mistakes:
        print_line(f"mistake  row {mistake.row}, column {mistake.column}: {visible(mistake.message)}")
