"""``backup``: one file that has all that a user would miss."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.file_arguments import Replace

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", dir_okay=False, help="The archive; left out: one in the current directory."
        ),
    ] = None,
    recorder: Annotated[
        bool, typer.Option("--recorder", help="With the recording, which may be large.")
    ] = False,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="With the passwords of devices that are in a file.")
    ] = False,
    yes: Replace = False,
    listing: Annotated[
        bool, typer.Option("--list", help="List the copies that the program makes by itself.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write database, settings, views and themes into one file.

    The board may run meanwhile. Passwords of devices are left out, unless you ask for them; those in the
    keyring of the system are never in it. Take it back with:  micboard-tui restore FILE

      micboard-tui backup

      micboard-tui backup /media/stick/tour.zip --recorder

      micboard-tui backup --list
    """
    from micboard_tui.cli.context import load_context

    context = load_context()
    if listing:
        _print_copies(context, as_json=as_json)
        return
    _write(context, file, recorder=recorder, secrets=secrets, replace=yes, as_json=as_json)


def _write(
    context: "CommandContext",
    file: Path | None,
    *,
    recorder: bool,
    secrets: bool,
    replace: bool,
    as_json: bool,
) -> None:
    from micboard_tui import __version__
    from micboard_tui.cli.output import check_free, print_json, print_line, print_note
    from micboard_tui.contracts.errors import ErrorCode, StartError
    from micboard_tui.domain.units import format_count
    from micboard_tui.storage.backup_archive import DATABASE, RECORDER, write_backup

    database = find_database(context)
    if not database.exists():
        raise StartError(
            ErrorCode.INVALID_VALUE,
            f"There is no database {database} yet",
            hint="Where it would be:  micboard-tui config path",
        )
    target = file or Path(f"micboard-backup-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip")
    if not replace:
        check_free(target)
    members = dict(find_members(context))
    if not recorder:
        members.pop(RECORDER)
    if not secrets:
        members.pop("secrets.toml")
    summary = write_backup(target, database, members, __version__)
    names = [DATABASE, *(name for name, place in members.items() if place.is_file())]
    if as_json:
        print_json({"backup": {"file": str(target), "members": names, "counts": dict(summary.counts)}})
        return
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    print_line(f"Wrote {target} ({size}): {format_count(summary.counts.get('devices', 0), 'device')}.")
    print_line(f"In it: {', '.join(names)}.")
    if "secrets.toml" in names:
        print_note("Note: It has passwords of devices: keep it where only you can read it.")


def _print_copies(context: "CommandContext", *, as_json: bool) -> None:
    from micboard_tui.cli.output import format_second, print_json, print_table
    from micboard_tui.contracts.documents.timestamp import format_timestamp
    from micboard_tui.storage.backup_rotation import BackupRotation

    copies = BackupRotation(find_database(context), context.paths.backups).list_newest_first()
    if as_json:
        entries = [
            {"made_at": format_timestamp(moment.timestamp()), "file": str(copy), "bytes": copy.stat().st_size}
            for moment, copy in copies
        ]
        print_json({"copies": entries})
        return
    rows = [
        (format_second(moment.timestamp()), f"{copy.stat().st_size / 1e6:.1f} MB", str(copy))
        for moment, copy in copies
    ]
    print_table(("made", "size", "file"), rows)


def find_database(context: "CommandContext") -> Path:
    """The file of the database. Raises StartError where it is on a server: that has its own commands."""
    from micboard_tui.contracts.errors import ErrorCode, StartError
    from micboard_tui.storage.database_engine import describe_dump, locate_file

    url = context.settings.database_url
    if (file := locate_file(url, context.paths.database_file)) is not None:
        return file
    dump, restore = describe_dump(url or "")
    raise StartError(
        ErrorCode.INVALID_VALUE,
        "The database is on a server, which has its own commands for that",
        hint=f"Back it up with:  {dump}  and restore it with:  {restore}",
    )


def find_members(context: "CommandContext") -> Mapping[str, Path]:
    """Where the files beside the database are, by the names that they have in a backup."""
    from micboard_tui.storage.backup_archive import MAX_THEMES, RECORDER, THEME

    paths = context.paths
    themes = {f"themes/{file.name}": file for file in sorted(paths.themes.glob("*.toml"))[:MAX_THEMES]}
    return {
        RECORDER: paths.recorder_file,
        "config.toml": paths.settings_file,
        "views.json": paths.views_file,
        "secrets.toml": paths.secrets_file,
        **{name: file for name, file in themes.items() if THEME.fullmatch(name)},
    }
