"""``restore``: puts a backup in the place of what is there now."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from micboard_tui.contracts.backups import RestorePreview


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", dir_okay=False, exists=True, help="What backup wrote, or a copy of the database."
        ),
    ],
    only_database: Annotated[
        bool, typer.Option("--only-database", help="Leave settings, views, themes and the rest as they are.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of what is there now.

    It shows what the backup has and what it replaces, and asks. What is replaced is kept as a backup of its
    own. Every other micboard-tui that uses the database has to be ended before.

      micboard-tui restore tour.zip

      micboard-tui restore ~/.local/share/micboard-tui/backups/micboard-20261130T183000.db
    """
    import anyio

    from micboard_tui.backups import Backups
    from micboard_tui.cli.context import exclusive_instance, load_context, translated_config_errors
    from micboard_tui.cli.output import print_line, print_note
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.contracts.errors import StorageError

    context = load_context()
    backups = Backups(context.settings, context.paths)
    backups.check_may_change()
    with (
        translated_config_errors(),
        exclusive_instance(context, "restore"),
        backups.prepared(file, only_database=only_database) as prepared,
    ):
        _show(prepared.preview)
        anyio.run(partial(require_consent, "Replace what is there now", yes=yes))
        restored = prepared.carry_out()
    print_line(f"Restored {', '.join(restored.names)}.")
    if restored.kept is not None:
        print_line(f"What was there is kept as {restored.kept}.")
    try:
        anyio.run(partial(backups.note_restored, restored, actor=context.operator))
    except StorageError as error:
        # It is done, and what keeps the entry from being written is the next command's to find.
        print_note(f"Note: It is restored, but that is not in the audit: {error}")


def _show(preview: "RestorePreview") -> None:
    from micboard_tui.cli.output import format_second, print_line, print_table
    from micboard_tui.contracts.backups import COUNTED

    missing = "nothing" if preview.is_present_readable else "cannot be read"
    if preview.made_at is not None:
        print_line(f"Made {format_second(preview.made_at)}.")
    present = preview.present
    rows = [
        (
            name,
            str(preview.counts.get(name, 0)),
            missing if present is None else str(present.get(name, 0)),
        )
        for name in COUNTED
    ]
    print_table(("what", "in the backup", "now"), rows)
    for each in preview.replacements:
        print_line(f"{each.name} {'replaces' if each.is_there else 'becomes'} {each.target}")
