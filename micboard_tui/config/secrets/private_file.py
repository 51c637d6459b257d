"""Files with secrets: only their owner may read them."""

import os
import stat
from pathlib import Path

from micboard_tui.domain.secret import SecretError

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_private(file: Path, found: os.stat_result, cure: str) -> None:
    """Raises SecretError, with ``cure``, for a file that others may read, and for one of another user."""
    if os.name != "posix":
        return
    if found.st_mode & OTHERS:
        raise SecretError(
            f"{file} may be read by others than you (mode {stat.S_IMODE(found.st_mode):03o})", cure
        )
    if found.st_uid not in {os.geteuid(), 0}:
        raise SecretError(f"{file} belongs to another user", f"Make it yours: chown $USER {file}")
