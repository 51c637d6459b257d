"""Reading small files of the user's, of which none may hold the program up or fill its memory."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 1024 * 1024


def open_regular(file: Path) -> BinaryIO:
    """The file, open for reading. Raises OSError, also for a pipe or a device, which may never end."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    raise OSError(errno.EINVAL, "not a regular file", str(file))


def read_small(file: Path, limit: int = MAX_BYTES) -> bytes:
    """All of the file. Raises OSError, also where it has more than ``limit`` bytes."""
    with open_regular(file) as reading:
        content = reading.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit} bytes", str(file))
    return content
