"""Files that commands read and write; ``-`` is the standard input or output."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

PIPE = Path("-")
"""In place of a file."""
OutputFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", dir_okay=False, allow_dash=True, help="The file; - or left out: standard output."
    ),
]
Replace = Annotated[bool, typer.Option("--yes", "-y", help="Replace the file when it is there.")]
Apply = Annotated[bool, typer.Option("--yes", "-y", help="Import it; without this only show it.")]


def input_file(form: str) -> Any:  # noqa: ANN401 - as typer.Argument has it
    """The argument for a file of a form, such as "A CSV file"."""
    return typer.Argument(
        metavar="FILE",
        dir_okay=False,
        readable=True,
        callback=_check_is_there,
        help=f"{form}; - is the standard input.",
    )


def _check_is_there(file: Path) -> Path:
    """In place of ``exists`` of typer, for which ``-`` would be a missing file."""
    if file != PIPE and not file.exists():
        raise typer.BadParameter(f"file '{file}' does not exist.")
    return file


def read_file(file: Path, most_bytes: int) -> bytes:
    """What the file has; one byte more than the most, so that the import can refuse it as too large."""
    if file == PIPE:
        return sys.stdin.buffer.read(most_bytes + 1)
    with file.open("rb") as opened:
        return opened.read(most_bytes + 1)


def choose_output(file: Path | None, *, replace: bool) -> Path | None:
    """The file to write; None: standard output. Raises StartError INVALID_VALUE when it is there."""
    from micboard_tui.cli.output import check_free

    if file is None or file == PIPE:
        return None
    if not replace:
        check_free(file)
    return file


def write_csv(file: Path | None, text: str) -> None:
    """Write it to the file, with the mark by which spreadsheets see that it is UTF-8; None: print it."""
    from micboard_tui.cli.output import print_line, print_text, write_file

    if file is None:
        print_text(text)
        return
    write_file(file, text.encode("utf-8-sig"))
    print_line(f"Wrote {file}.")
