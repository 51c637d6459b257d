"""``handover``: notes for the next shift."""

import sys
from typing import Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json

HELP = """Notes for the next shift.

A note is shown once when a board starts next, and kept with who wrote it and when.

micboard-tui handover write "Pack 7 is slow to sync; spare 2 has new cells"
"""
app = CommandGroup(HELP)


@app.command()
def show(
    show_all: Annotated[bool, typer.Option("--all", help="All that are kept, not only the newest.")] = False,
    as_json: Json = False,
) -> None:
    """Print the newest note, or all. They count as shown only when a board shows them.

    micboard-tui handover show

    micboard-tui handover show --all --json
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.contracts.documents.handover import note_entry
    from micboard_tui.domain.local_time import format_minute
    from micboard_tui.domain.safe_text import visible

    notes = data_of(run_with_services(lambda services: services.handover.list_notes()))
    shown = notes if show_all else notes[:1]
    if as_json:
        print_json({"notes": [note_entry(note) for note in shown]})
    elif not shown:
        print_note('No note was written yet. Write one:  micboard-tui handover write "Pack 7 is slow"')
    for note in () if as_json else shown:
        print_line(f"{format_minute(note.at)}  {visible(note.actor)}")
        for line in note.text.splitlines():
            print_line(f"  {line}")


@app.command()
def write(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note; - reads it from standard input.")],
    as_json: Json = False,
) -> None:
    """Keep a note for the next shift.

    micboard-tui handover write "Pack 7 is slow to sync; spare 2 has new cells"

    micboard-tui handover write - < note.txt
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.handover import note_entry
    from micboard_tui.domain.handover import MAX_HANDOVER_TEXT

    # A character more than fits, in up to four bytes each, so that it is refused and not cut.
    read_bytes = 4 * (MAX_HANDOVER_TEXT + 1)
    note_text = sys.stdin.buffer.read(read_bytes).decode("utf-8", "replace") if text == "-" else text
    operator = load_context().operator
    note = data_of(run_with_services(lambda services: services.handover.write(note_text, actor=operator)))
    if as_json:
        print_json({"note": note_entry(note)})
    else:
        print_line("The note is kept and shown when a board starts next.")
