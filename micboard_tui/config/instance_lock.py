"""One running board on the same data: two would each keep a connection to every device."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError, not_written

PRIVATE = 0o600


@contextmanager
def hold_lock(file: Path, command: str = "") -> Iterator[None]:
    """Hold the lock. Raises ConfigError: ALREADY_RUNNING, DISK_FULL, DIRECTORY_NOT_WRITABLE.

    ``command`` is the name of the one that holds it, for the error that a second instance gets.
    The system gives the lock back when the process ends, however it ends.
    """
    lock = FileLock(file, mode=PRIVATE)
    owner = file.with_suffix(".pid")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise ConfigError(
            "ALREADY_RUNNING",
            f"Another micboard-tui works on the same data ({_describe_owner(owner)})",
            hint="Use that one or end it, or use other data with MICBOARD_HOME",
        ) from error
    except OSError as error:
        raise not_written(f"{file} cannot be locked", error) from error
    try:
        # Only the error of a second instance names it, so a full disk does no harm.
        with suppress(OSError):
            owner.write_text(f"{os.getpid()} {command}")
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def find_running(file: Path) -> str:
    """The program that holds the lock now, as ``serve, process 12``; empty: none does."""
    if not file.exists():
        return ""
    lock = FileLock(file, mode=PRIVATE)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return _describe_owner(file.with_suffix(".pid"))
    except OSError:
        return ""
    lock.release()
    return ""


def _describe_owner(owner: Path) -> str:
    try:
        process, _, command = read_small(owner).decode().partition(" ")
        return f"{command}, process {int(process)}" if command.isalpha() else f"process {int(process)}"
    except (OSError, ValueError):
        return "its process is not known"
