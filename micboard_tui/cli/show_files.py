"""``show import`` and ``show export``: mic plots as files of other programs have them."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.file_arguments import (
    PIPE,
    Apply,
    OutputFile,
    Replace,
    choose_output,
    input_file,
    read_file,
    write_csv,
)
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.contracts.show import PlotPreview


def import_plot(
    file: Annotated[Path, input_file("A CSV, TSV, XLSX, ODS or TheatreMix file")],
    name: Annotated[
        str | None, typer.Option(metavar="SHOW", help="The show that gets the plot; left out: as the file.")
    ] = None,
    assign: Annotated[
        bool,
        typer.Option("--assign", help="Channels get the first person, role and pack of their mic number."),
    ] = False,
    yes: Apply = False,
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
    from micboard_tui.cli.output import print_json, print_note
    from micboard_tui.cli.show_casting import assign_cast, describe_cast
    from micboard_tui.contracts.documents.shows import plot_preview_entry
    from micboard_tui.contracts.show import MAX_PLOT_BYTES

    content, show = read_file(file, MAX_PLOT_BYTES), name or plot_name(file)
    operator = load_context().operator

    async def read(services: "Services") -> "tuple[PlotPreview, list[str]]":
        shows = services.shows
        preview = data_of(
            await (
                shows.apply_import(content, show, actor=operator)
                if yes
                else shows.preview_import(content, show)
            )
        )
        cast = await describe_cast(services, preview.table.plot) if assign else []
        if assign and yes:
            await assign_cast(services, preview.table.plot)
        return preview, cast

    preview, cast = run_with_services(read)
    if as_json:
        print_json({"applied": yes, **plot_preview_entry(preview), "assigned": cast})
    else:
        _print_preview(preview, cast)
    if not yes:
        options = [*(("--name", name) if name else ()), *(("--assign",) if assign else ()), "--yes"]
        again = shlex.join(["micboard-tui", "show", "import", str(file), *options])
        print_note(f"Nothing has changed yet. To do it:  {again}")
    elif preview.is_new:
        print_note(f"To make it the current show:  micboard-tui show use {shlex.quote(preview.name)}")


def export_plot(
    show: Annotated[str, typer.Argument(metavar="NAME", help="The show's name; capitals are ignored.")],
    file: OutputFile = None,
    yes: Replace = False,
) -> None:
    """Write scenes and mic plot of a show as a CSV file. `import` takes it back.

    micboard-tui show export "Romeo" plot.csv
    """
    from micboard_tui.cli.context import data_of, run_with_services

    output = choose_output(file, replace=yes)
    write_csv(output, data_of(run_with_services(lambda services: services.shows.export(show))))


def plot_name(file: Path) -> str:
    """What a show is called whose file is all that is known."""
    from micboard_tui.contracts.plot_preview_texts import name_after_file

    return "Show" if file == PIPE else name_after_file(file)


def _print_preview(preview: "PlotPreview", cast: Sequence[str]) -> None:
    from micboard_tui.cli.output import print_line
    from micboard_tui.contracts.plot_preview_texts import describe_preview

    for kind, text in describe_preview(preview):
        print_line(f"{kind:<8} {text}")
    for assigned in cast:
        print_line(f"assign   {assigned}")
