"""Notices when storing ends, because the disk is full for instance, and when it works again."""

from collections.abc import Callable

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.health import HealthContract

STORED_AGAIN = "Changes and readings are stored again."


class StorageWatch:
    """``look`` is called every second; each change is reported once."""

    def __init__(
        self,
        health: HealthContract,
        report_error: Callable[[ErrorInfo], None],
        inform: Callable[[str], None],
        reported: ErrorInfo | None = None,
    ) -> None:
        """``reported``: the fault that the user knows of already."""
        self._health, self._report_error, self._inform = health, report_error, inform
        self._fault = reported

    def look(self) -> None:
        """Report what changed since the last look."""
        before, self._fault = self._fault, self._health.storage_fault
        if self._fault is None:
            if before is not None:
                self._inform(STORED_AGAIN)
        elif before is None or before.code is not self._fault.code:
            self._report_error(self._fault)
