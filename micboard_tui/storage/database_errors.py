"""What the database says when it fails, in our words: the one place where its errors are translated."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SQLiteError

from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from micboard_tui.contracts.errors import ErrorCode, StorageError

_SIGNS = (
    ("not a database", ErrorCode.DATABASE_DAMAGED),
    ("malformed", ErrorCode.DATABASE_DAMAGED),
    ("is locked", ErrorCode.DATABASE_LOCKED),
    ("disk is full", ErrorCode.DISK_FULL),
    ("no space left", ErrorCode.DISK_FULL),
    ("disk i/o error", ErrorCode.DISK_FULL),
    ("unable to open", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("readonly", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("not a directory", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("file exists", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("permission denied", ErrorCode.DIRECTORY_NOT_WRITABLE),
)
_SAYINGS = {
    ErrorCode.DATABASE_DAMAGED: (
        "The database {place} is damaged",
        "Nothing was changed. Move it away and put the newest copy from {backups} in its place",
    ),
    ErrorCode.DATABASE_LOCKED: (
        "The database {place} is in use by another program",
        "End the other program, or wait a moment and try again",
    ),
    ErrorCode.DISK_FULL: (
        "The disk of {place} is full or failing",
        "Make room; readings are stored again by themselves",
    ),
    ErrorCode.DIRECTORY_NOT_WRITABLE: (
        "The database {place} cannot be opened for writing",
        "Check the directory and its rights, or set MICBOARD_HOME or MICBOARD_DATABASE_URL",
    ),
    ErrorCode.DATABASE_ERROR: (
        "The database {place} failed: {reason}",
        "Check MICBOARD_DATABASE_URL, and that the database server is running",
    ),
}


class Faults:
    """Translates for one database. ``place`` and ``backups`` tell the user where to look."""

    def __init__(self, place: str, backups: str) -> None:
        self._place, self._backups = place, backups

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise StorageError for whatever the database raises inside."""
        try:
            yield
        except IntegrityError as error:
            raise self._of_integrity(error) from error
        except (SQLAlchemyError, SQLiteError, OSError) as error:
            raise self.of(error) from error

    def of(self, error: Exception) -> StorageError:
        """The same for an error in hand."""
        cause = getattr(error, "orig", None) or error
        reason = " ".join(str(cause).split()) or type(error).__name__
        if isinstance(error, NoSuchModuleError | ArgumentError):
            reason = f"its address is not understood ({reason})"
        lowered = reason.lower()
        code = next((code for sign, code in _SIGNS if sign in lowered), ErrorCode.DATABASE_ERROR)
        return self.say(code, reason)

    def say(self, code: ErrorCode, reason: str = "") -> StorageError:
        """The error of this code, for this database."""
        message, hint = _SAYINGS[code]
        words = {"place": self._place, "backups": self._backups, "reason": reason}
        return StorageError(code, message.format(**words), hint=hint.format(**words), reason=reason)

    def _of_integrity(self, error: IntegrityError) -> StorageError:
        reason = str(error.orig).lower()
        if "devices" in reason and "unique" in reason:
            return StorageError(
                ErrorCode.DEVICE_EXISTS,
                "A device with this address and port is registered already",
                hint="See 'micboard-tui devices list'",
            )
        if "locations" in reason and "unique" in reason:
            return StorageError(
                ErrorCode.LOCATION_EXISTS, "There is a location of this name already", hint="Use another name"
            )
        if "performers" in reason and "unique" in reason:
            return StorageError(
                ErrorCode.PERFORMER_EXISTS,
                "There is a performer of this name already",
                hint="Use another name",
            )
        if "foreign key" in reason:
            return StorageError(
                ErrorCode.CHANGED_SINCE,
                "Something that belongs to it came or went meanwhile",
                hint="Look again, and try once more",
            )
        return self.say(ErrorCode.DATABASE_ERROR, str(error.orig))
