"""What cannot be set up, in the same form as every other "no" of the program."""

import errno

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system reports where a disk is full."""
CHECK_RIGHTS = "Check the rights of the directory, or name another with MICBOARD_HOME"


class ConfigError(Exception):
    """A setting, a directory or the lock is not as needed.

    ``code`` is one of ``contracts.errors.ErrorCode``, which this row of packages does not know.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


def cure_of(error: OSError) -> str:
    """What to do where something could not be written."""
    return "Make room on its disk" if error.errno in NO_ROOM else CHECK_RIGHTS


def not_written(message: str, error: OSError) -> ConfigError:
    """The error for what the system did not write: DISK_FULL or DIRECTORY_NOT_WRITABLE."""
    code = "DISK_FULL" if error.errno in NO_ROOM else "DIRECTORY_NOT_WRITABLE"
    return ConfigError(code, f"{message} ({error.strerror})", hint=cure_of(error))
