"""The line check, in memory."""

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.line_check import LineCheck


class InMemoryLineChecks:
    """Implements ``LineCheckRepository``; while ``is_full`` is set nothing can be stored."""

    def __init__(self) -> None:
        self.kept: LineCheck | None = None
        self.is_full = False
        self.writes = 0

    async def get(self) -> LineCheck | None:
        return self.kept

    async def keep(self, check: LineCheck | None, *, before: LineCheck | None) -> bool:
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
        if self.kept != before:
            return False
        self.kept = check
        self.writes += 1
        return True
