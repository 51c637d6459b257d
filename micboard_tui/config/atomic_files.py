"""Writing small files so that a killed process leaves the old one or the new one, never half."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from micboard_tui.config.start_error import ConfigError, not_written

LONGEST_PREFIX = 50
"""Of the name of what is written beside a file: names have 255 bytes at most, and a character up to four."""


def write_new(file: Path, content: str, *, force: bool) -> None:
    """Write ``content``, for this user only; over an existing file only with ``force``. A link stays one.

    Raises ConfigError: INVALID_VALUE when there is a file already, DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    if file.exists() and not force:
        raise ConfigError(
            "INVALID_VALUE", f"{file} exists already", hint="Edit it, or write over it with --force"
        )
    try:
        make_private_directory(file.parent)
        _replace(Path(os.path.realpath(file)), content.encode(), mode=None)
    except OSError as error:
        raise not_written(f"{file} cannot be written", error) from error


def make_private_directory(directory: Path) -> None:
    """Make the directory and those above it that are missing, for this user only. Raises OSError.

    Python makes those above as the umask has it, which may be for everybody.
    """
    if not directory.is_dir():
        if directory.parent != directory:
            make_private_directory(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)


def write_beside(file: Path, content: bytes) -> None:
    """Write ``content`` in place of the file, which stays as it is until all of it is on the disk.

    The rights are those of the old file, or those that the system gives new ones. What is no regular file,
    as a pipe or a device, is written to. Raises OSError.
    """
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    target = Path(os.path.realpath(file))
    _replace(target, content, _mode_of(target))


def _mode_of(file: Path) -> int:
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask


def _replace(file: Path, content: bytes, mode: int | None) -> None:
    """Write beside the file and rename. ``mode`` None: for this user only."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name[:LONGEST_PREFIX])
    try:
        with os.fdopen(handle, "wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        if mode is not None:
            Path(temporary).chmod(mode)
        Path(temporary).replace(file)
    finally:
        # What is written may be a secret: no half of it stays behind. Once it is renamed, nothing does.
        Path(temporary).unlink(missing_ok=True)
    sync_directory(file.parent)


def sync_directory(directory: Path) -> None:
    """Have the new name on the disk, too, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system has that
            os.fsync(handle)
    finally:
        os.close(handle)
