"""``backup``: one file that has all that a user would miss."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.file_arguments import Replace

if TYPE_CHECKING:
    from micboard_tui.backups import Backups

SHOWN_IN_MB = 100_000


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
    from micboard_tui.backups import Backups
    from micboard_tui.cli.context import load_context

    context = load_context()
    backups = Backups(context.settings, context.paths)
    if listing:
        _print_copies(backups, as_json=as_json)
    else:
        _write(backups, file, recorder=recorder, secrets=secrets, replace=yes, as_json=as_json)


def _write(
    backups: "Backups", file: Path | None, *, recorder: bool, secrets: bool, replace: bool, as_json: bool
) -> None:
    from micboard_tui.cli.output import check_free, print_json, print_line, print_note
    from micboard_tui.domain.units import format_count

    backups.check_database()
    target = file or Path(f"micboard-backup-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip")
    if not replace:
        check_free(target)
    written = backups.write(target, with_recorder=recorder, with_secrets=secrets)
    if as_json:
        counts = dict(written.counts)
        print_json({"backup": {"file": written.file, "members": [*written.members], "counts": counts}})
        return
    devices = format_count(written.counts.get("devices", 0), "device")
    print_line(f"Wrote {written.file} ({_format_size(written.size_bytes)}): {devices}.")
    print_line(f"In it: {', '.join(written.members)}.")
    if written.has_secrets:
        print_note("Note: It has passwords of devices: keep it where only you can read it.")


def _print_copies(backups: "Backups", *, as_json: bool) -> None:
    from micboard_tui.cli.output import format_second, print_json, print_table
    from micboard_tui.contracts.documents.timestamp import format_timestamp

    copies = backups.list_copies()
    if as_json:
        entries = [
            {"made_at": format_timestamp(copy.made_at), "file": copy.file, "bytes": copy.size_bytes}
            for copy in copies
        ]
        print_json({"copies": entries})
        return
    rows = [(format_second(copy.made_at), _format_size(copy.size_bytes), copy.file) for copy in copies]
    print_table(("made", "size", "file"), rows)


def _format_size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= SHOWN_IN_MB else f"{size_bytes / 1e3:.0f} kB"
