"""What to do where nothing can be stored, by its cause."""

from collections.abc import Mapping

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.storage_cause import StorageCause

CAUSE = "cause"
"""The name of the detail of a storage error that has its ``StorageCause``."""
_BY_CODE: Mapping[ErrorCode, StorageCause] = {
    ErrorCode.DISK_FULL: StorageCause.DISK_FULL,
    ErrorCode.DATABASE_LOCKED: StorageCause.LOCKED,
    ErrorCode.DIRECTORY_NOT_WRITABLE: StorageCause.NOT_WRITABLE,
    ErrorCode.DATABASE_DAMAGED: StorageCause.DAMAGED,
    ErrorCode.ALREADY_RUNNING: StorageCause.READ_ELSEWHERE,
}
STORAGE_CODES: frozenset[str] = frozenset(
    {code.value for code in {*_BY_CODE, ErrorCode.DATABASE_ERROR} - {ErrorCode.ALREADY_RUNNING}}
)
"""Codes of what nothing could be stored for: until that is mended, another try will fail as well."""
STORAGE_CURES: Mapping[StorageCause, str] = {
    StorageCause.DISK_FULL: "free the disk: kept in memory",
    StorageCause.SERVER_DISK_FULL: "free the server's disk: kept in memory",
    StorageCause.SERVER_AWAY: "check database server: kept in memory",
    StorageCause.SERVER_REFUSES: "check user, password and rights there",
    StorageCause.LOCKED: "end the other program: kept in memory",
    StorageCause.NOT_WRITABLE: "check rights of data directory",
    StorageCause.DAMAGED: "micboard-tui backup --list, then restore FILE",
    StorageCause.READ_ELSEWHERE: "end one of the two programs",
    StorageCause.OTHER: "see health for the reason",
}
"""In at most eight words."""


def find_storage_cause(fault: ErrorInfo) -> StorageCause:
    """Why nothing can be stored, by the error for it."""
    if (named := fault.details.get(CAUSE)) is not None:
        return StorageCause(named)
    return _BY_CODE.get(fault.code, StorageCause.OTHER)
