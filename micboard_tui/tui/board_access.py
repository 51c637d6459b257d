"""Whether a key of this board may change something now, known before anything is typed."""

from micboard_tui.contracts.access_errors import describe_lock, describe_reading_only
from micboard_tui.contracts.call_rights import is_kept_by_lock, is_kept_by_reading
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.live import LiveContract


class BoardAccess:
    """The guard decides; this one only saves the way there."""

    def __init__(self, live: LiveContract, *, is_read_only: bool) -> None:
        self._live, self._is_read_only = live, is_read_only

    def find_refusal(self, method: str) -> ErrorInfo | None:
        """Why a method of a contract, as "Contract.method", would be refused; None: it would not."""
        if self._is_read_only and is_kept_by_reading(method):
            return describe_reading_only()
        lock = self._live.findings.show_lock
        return describe_lock(lock) if lock is not None and is_kept_by_lock(method) else None
