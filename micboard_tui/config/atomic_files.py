"""Writing small files so that a killed process leaves the old one or the new one, never half."""

import os
import tempfile
from pathlib import Path

from micboard_tui.config.start_error import CHECK_RIGHTS, ConfigError


def write_new(file: Path, content: str, *, force: bool) -> None:
    """Write ``content``, for this user only; over an existing file only with ``force``.

    Raises ConfigError: INVALID_VALUE when there is a file already, DIRECTORY_NOT_WRITABLE.
    """
    if file.exists() and not force:
        raise ConfigError(
            "INVALID_VALUE", f"{file} exists already", hint="Edit it, or write over it with --force"
        )
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as writing:
                writing.write(content)
                writing.flush()
                os.fsync(writing.fileno())
            Path(temporary).replace(file)
        except BaseException:
            # What is written may be a secret: no half of it stays behind.
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            "DIRECTORY_NOT_WRITABLE",
            f"{file} cannot be written ({error.strerror})",
            hint=CHECK_RIGHTS,
        ) from error
