"""Errors of the database, translated into StorageError; nothing else does this."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SQLiteError

from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.storage_cures import CAUSE
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.storage.backup_rotation import BackupRotation

# The error code by a phrase in the database's own text.
_CODE_BY_PHRASE = (
    ("not a database", ErrorCode.DATABASE_DAMAGED),
    ("malformed", ErrorCode.DATABASE_DAMAGED),
    ("could not decode to utf-8", ErrorCode.DATABASE_DAMAGED),
    ("is locked", ErrorCode.DATABASE_LOCKED),
    ("disk is full", ErrorCode.DISK_FULL),
    ("no space left", ErrorCode.DISK_FULL),
    ("file too large", ErrorCode.DISK_FULL),
    ("quota exceeded", ErrorCode.DISK_FULL),
    ("disk i/o error", ErrorCode.DISK_FULL),
    ("unable to open", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("readonly", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("not a directory", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("file exists", ErrorCode.DIRECTORY_NOT_WRITABLE),
    ("permission denied", ErrorCode.DIRECTORY_NOT_WRITABLE),
)
# The error code by a condition of a PostgreSQL server, whose own text is in the language of the server.
_CODE_BY_STATE = {
    "55P03": ErrorCode.DATABASE_LOCKED,
    "53100": ErrorCode.DISK_FULL,
}
_UNIQUE, _FOREIGN_KEY = "23505", "23503"
# What to do about a condition of a PostgreSQL server.
_CURE_BY_STATE = {
    "28P01": "Check the password in MICBOARD_DATABASE_URL; there, @ is written as %40, and / as %2F",
    "28000": "Check the user in MICBOARD_DATABASE_URL, and who may connect by the server's pg_hba.conf",
    "25006": "Name the server that writes in MICBOARD_DATABASE_URL: this one, or its role, only reads",
    "3D000": "Check the name in MICBOARD_DATABASE_URL, or have the database made: create it with createdb",
    "42501": "Make the user of MICBOARD_DATABASE_URL the owner of the database and of its tables",
    "53300": "End other programs that use the server, or raise its max_connections",
    "57P03": "The server starts or stops; wait a moment and try again",
}
_NAME_CERTIFICATE = (
    "Name what signed the certificate of the server by sslrootcert=FILE in MICBOARD_DATABASE_URL, "
    "and the host as that certificate does"
)
# What to do about what the driver finds out itself; its texts are in English on every server.
_CURE_BY_PHRASE = (
    ("no such file or directory", "Check the files and the socket that MICBOARD_DATABASE_URL names"),
    ("root certificate file", _NAME_CERTIFICATE),
    ("certificate verify failed", _NAME_CERTIFICATE),
    (
        "rejected ssl upgrade",
        "Set ssl = on in the server's postgresql.conf, or take sslmode out of MICBOARD_DATABASE_URL",
    ),
)
# The first characters of conditions of a server that answers and does not let the program work.
_REFUSALS = ("28", "3D000", "42501", "53300")
# The first characters of conditions of a server that goes away, and of one that starts or stops.
_AWAY = ("08", "57P0")
# Message and hint by error code.
_TEXTS = {
    ErrorCode.DATABASE_DAMAGED: (
        "The database {database} is damaged",
        "{cure}",
    ),
    ErrorCode.DATABASE_LOCKED: (
        "The database {database} is in use by another program",
        "End the other program, or wait a moment and try again",
    ),
    ErrorCode.DISK_FULL: (
        "The disk of {database} is full or failing",
        "Make room; readings are stored again by themselves",
    ),
    ErrorCode.DIRECTORY_NOT_WRITABLE: (
        "The database {database} cannot be opened for writing",
        "Check the directory and its rights, or set MICBOARD_HOME or MICBOARD_DATABASE_URL",
    ),
    ErrorCode.DATABASE_ERROR: (
        "The database {database} failed: {reason}",
        "{cure}",
    ),
}
# What differs where the database is on a server.
_SERVER_TEXTS = {
    ErrorCode.DISK_FULL: (
        "The disk of the server of {database} is full or failing",
        "Make room on the database server; readings are stored again by themselves",
    ),
}

# What is taken by another row, by the table of both.
_TAKEN = {
    "devices": (
        ErrorCode.DEVICE_EXISTS,
        "A device with this address and port is registered already",
        hints.LIST_DEVICES,
    ),
    "locations": (
        ErrorCode.LOCATION_EXISTS,
        "There is a location of this name already",
        hints.CHOOSE_OTHER_NAME,
    ),
    "performers": (
        ErrorCode.PERFORMER_EXISTS,
        "There is a performer of this name already",
        hints.CHOOSE_OTHER_NAME,
    ),
    "shows": (ErrorCode.SHOW_EXISTS, "There is a show of this name already", hints.CHOOSE_OTHER_NAME),
    "users": (ErrorCode.USER_EXISTS, "There is a user of this name already", hints.CHOOSE_OTHER_NAME),
}

REPAIRED = "It is repaired by itself: try again in a moment. What becomes of it:  micboard-tui health"
_CHECK_SERVER = "Check MICBOARD_DATABASE_URL, and that the database server is running"
_CHECK_FILE = "Check the file and its rights, and MICBOARD_DATABASE_URL when that names it"


def find_code(reason: str) -> ErrorCode:
    """What an error in the database's or the system's own words is about."""
    lowered = reason.lower()
    return next((code for phrase, code in _CODE_BY_PHRASE if phrase in lowered), ErrorCode.DATABASE_ERROR)


class ErrorTranslator:
    """Translates for one database, which is named in the messages, for the user.

    ``backups`` has the copies of an SQLite file; None for a server, and for a database in memory.
    ``damage_cure``: what to do where the file is damaged.
    """

    def __init__(
        self,
        database: str,
        backups: BackupRotation | None,
        *,
        is_server: bool = False,
        damage_cure: str = REPAIRED,
    ) -> None:
        self._database, self._backups, self._is_server = database, backups, is_server
        self._damage_cure = damage_cure
        self.damage: str | None = None
        """What the database itself last reported as damaged in a file; None: nothing since it was opened."""

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise StorageError for every error that the database raises inside the block."""
        try:
            yield
        except IntegrityError as error:
            raise self._translate_integrity(error) from error
        except (SQLAlchemyError, SQLiteError, OSError) as error:
            raise self.translate(error) from error

    @contextmanager
    def translate_broken_rows(self) -> Iterator[None]:
        """Raise StorageError DATABASE_DAMAGED where rows hold what was never stored."""
        try:
            yield
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise self.make_error(ErrorCode.DATABASE_DAMAGED, f"a row has {error!r}") from error

    def translate(self, error: Exception) -> StorageError:
        """The StorageError for an error that was caught."""
        cause = getattr(error, "orig", None) or error
        reason = _reason_of(cause) or type(error).__name__
        if isinstance(error, NoSuchModuleError | ArgumentError):
            reason = f"its address is not understood ({reason})"
        if (state := _state_of(cause)) is not None:
            code = _CODE_BY_STATE.get(state, ErrorCode.DATABASE_ERROR)
            return self.make_error(code, reason, cure=_CURE_BY_STATE.get(state), state=state)
        is_away = self._is_server and isinstance(cause, OSError | TimeoutError)
        code = ErrorCode.DATABASE_ERROR if is_away else find_code(reason)
        if code is ErrorCode.DATABASE_DAMAGED:
            self.damage = reason
        lowered = reason.lower() if self._is_server else ""
        cure = next((cure for phrase, cure in _CURE_BY_PHRASE if phrase in lowered), None)
        return self.make_error(code, reason, cure=cure)

    def make_error(
        self, code: ErrorCode, reason: str = "", *, cure: str | None = None, state: str | None = None
    ) -> StorageError:
        """The error of this code, for this database; ``cure`` where more is known than the code says.

        ``state`` is the condition that a server named.
        """
        texts = _SERVER_TEXTS if self._is_server else {}
        message, hint = texts.get(code, _TEXTS[code])
        fields = {"database": self._database, "cure": cure or self._cure(code), "reason": reason}
        details = {CAUSE: cause} if (cause := self._find_cause(code, state)) is not None else {}
        return StorageError(
            code, message.format(**fields), hint=hint.format(**fields), reason=reason, **details
        )

    def _find_cause(self, code: ErrorCode, state: str | None) -> StorageCause | None:
        """Where the code alone does not say it."""
        if not self._is_server:
            return None
        if code is ErrorCode.DISK_FULL:
            return StorageCause.SERVER_DISK_FULL
        if code is not ErrorCode.DATABASE_ERROR:
            return None
        if state is None or state.startswith(_AWAY):
            return StorageCause.SERVER_AWAY
        return StorageCause.SERVER_REFUSES if state.startswith(_REFUSALS) else StorageCause.OTHER

    def _cure(self, code: ErrorCode) -> str:
        if code is not ErrorCode.DATABASE_DAMAGED:
            return _CHECK_SERVER if self._is_server else _CHECK_FILE
        if self._is_server:
            return "Restore it from your backups"
        return self._damage_cure

    def _translate_integrity(self, error: IntegrityError) -> StorageError:
        reason, state = _reason_of(error.orig).lower(), _state_of(error.orig)
        is_unique = "unique" in reason or state == _UNIQUE
        for table, (code, message, hint) in _TAKEN.items():
            if table in reason and is_unique:
                return StorageError(code, message, hint=hint)
        if "foreign key" in reason or state == _FOREIGN_KEY:
            return StorageError(
                ErrorCode.CHANGED_SINCE,
                "A related entry was added or removed meanwhile",
                hint="Look again, and retry",
            )
        return self.make_error(ErrorCode.DATABASE_ERROR, _reason_of(error.orig))


def _state_of(cause: BaseException | None) -> str | None:
    """The condition that a PostgreSQL server names, five characters; None: it is none of such a server."""
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None


def _reason_of(cause: BaseException | None) -> str:
    """The database's own text, on one line, without the name of the driver's class."""
    text = " ".join(str(cause).split())
    return text.partition(">: ")[2] if text.startswith("<class ") else text
