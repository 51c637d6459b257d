"""``run --show``: the show with which the board opens, by its name or from the file of its mic plot."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.show_files import plot_name

if TYPE_CHECKING:
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.show import Show

ShowChoice = Annotated[
    str | None,
    typer.Option(
        "--show", metavar="NAME|FILE", help="The show in use: its name, or a file with its mic plot."
    ),
]


def choose_show(choice: str, attachment: "Attachment | None" = None) -> None:
    """Make it the current show, importing the plot first where it is a file.

    The current show stays where it is, and begins anew only when it has ended. Raises MicboardError
    SHOW_NOT_FOUND, SHOW_REFUSED while another show is on, and what an import raises. ``attachment``: where
    that is done; None: where other commands do it.
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.file_arguments import read_file
    from micboard_tui.contracts.show import MAX_PLOT_BYTES
    from micboard_tui.domain.safe_text import fold_name
    from micboard_tui.domain.show import ShowState

    file = Path(choice)
    operator = load_context().operator if attachment is None else attachment.user
    content = read_file(file, MAX_PLOT_BYTES) if file.is_file() else None

    async def choose(services: "Services") -> None:
        shows = services.shows
        if content is None:
            show: Show = data_of(await shows.find_show(choice))
            name = show.name
        else:
            preview = data_of(await shows.apply_import(content, plot_name(file), actor=operator))
            name = preview.name
            _report_mistakes(file, len(preview.table.mistakes))
        progress = data_of(await shows.get_progress())
        is_current = progress is not None and fold_name(progress.show.name) == fold_name(name)
        if progress is None or not is_current or progress.state is ShowState.ENDED:
            data_of(await shows.use_show(name, actor=operator))

    run_with_services(choose, attachment)


def _report_mistakes(file: Path, count: int) -> None:
    from micboard_tui.cli.output import print_note

    if count:
        cells = "1 cell" if count == 1 else f"{count} cells"
        again = shlex.join(["micboard-tui", "show", "import", str(file)])
        print_note(f"Note: {cells} of {file} were not understood and are left out. To see them:  {again}")
