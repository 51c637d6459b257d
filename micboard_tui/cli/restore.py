"""``restore``: puts a backup in the place of what is there now."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.backup import find_database, find_members

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.storage.backup_archive import Backup


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
    from micboard_tui import __version__
    from micboard_tui.cli.context import exclusive_instance, load_context, translated_config_errors
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.storage.backup_archive import DATABASE, opened_backup
    from micboard_tui.storage.database_restore import held_alone, keep_present, restore_files

    context = load_context()
    database = find_database(context)
    _check_may_change(context, database)
    with ExitStack() as stack:
        stack.enter_context(translated_config_errors())
        stack.enter_context(exclusive_instance(context, "restore"))
        stack.enter_context(held_alone(database))
        backup = stack.enter_context(opened_backup(file, context.paths.data))
        targets = {DATABASE: database}
        if not only_database:
            targets |= _find_targets(context, backup)
        _show(backup, database, targets)
        require_consent("Replace what is there now", yes=yes)
        kept = keep_present(targets, context.paths.backups, __version__)
        restore_files(backup, targets, context.paths.backups)
        print_line(f"Restored {', '.join(targets)}.")
        if kept is not None:
            print_line(f"What was there is kept as {kept}.")


def _check_may_change(context: "CommandContext", database: Path) -> None:
    """Raise MicboardError READ_ONLY, SHOW_LOCKED."""
    from micboard_tui.contracts.access_errors import describe_reading_only
    from micboard_tui.contracts.errors import StartError
    from micboard_tui.storage.database_restore import check_unlocked

    if context.settings.read_only:
        error = describe_reading_only()
        raise StartError(error.code, error.message, hint=error.hint)
    check_unlocked(database)


def _find_targets(context: "CommandContext", backup: "Backup") -> Mapping[str, Path]:
    """Where the files of the backup belong, by their names in it."""
    known = find_members(context)
    return {
        name: known.get(name) or context.paths.themes / Path(name).name
        for name in backup.files
        if name in known or name.startswith("themes/")
    }


def _show(backup: "Backup", database: Path, targets: Mapping[str, Path]) -> None:
    from micboard_tui.cli.output import format_second, print_line, print_table
    from micboard_tui.contracts.errors import StorageError
    from micboard_tui.storage.backup_archive import COUNTED, DatabaseSummary
    from micboard_tui.storage.database_restore import summarize_present

    present: DatabaseSummary | None
    try:
        present = summarize_present(database)
        reason = "nothing"
    except StorageError:
        # It may be the reason for restoring.
        present, reason = None, "cannot be read"
    if backup.made_at is not None:
        print_line(f"Made {format_second(backup.made_at)}.")
    rows: Sequence[tuple[str, str, str]] = [
        (
            name,
            str(backup.database.counts.get(name, 0)),
            reason if present is None else str(present.counts.get(name, 0)),
        )
        for name in COUNTED
    ]
    print_table(("what", "in the backup", "now"), rows)
    for name, target in targets.items():
        print_line(f"{name} {'replaces' if target.exists() else 'becomes'} {target}")
