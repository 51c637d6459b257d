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
def hold_lock(file: Path) -> Iterator[None]:
    """Hold the lock. Raises ConfigError: ALREADY_RUNNING, DISK_FULL, DIRECTORY_NOT_WRITABLE.

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
            owner.write_text(str(os.getpid()))
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _describe_owner(owner: Path) -> str:
    try:
        return f"process {int(read_small(owner))}"
    except (OSError, ValueError):
        return "its process is not known"
