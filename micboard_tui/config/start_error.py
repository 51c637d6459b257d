"""What cannot be set up, in the same form as every other "no" of the program."""

CHECK_RIGHTS = "Check the rights of the directory, or name another with MICBOARD_HOME"


class ConfigError(Exception):
    """A setting, a directory or the lock is not as needed.

    ``code`` is one of ``contracts.errors.ErrorCode``, which this row of packages does not know.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.hint = code, hint
