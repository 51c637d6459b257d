"""Notices when storing, recording or a background task fails and works again, and when sessions come.

Where the devices are read by a program elsewhere, it notices that it is not heard any more, too.
"""

from collections.abc import Callable
from dataclasses import replace

from micboard_tui.contracts.bus_errors import describe_lost_connection
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.holder_texts import TAKEN_OVER
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recorder import RecorderState

STORED_AGAIN = "Changes and readings are stored again."
RECORDED_AGAIN = "The flight recorder writes to the disk again."
TASKS_RUN_AGAIN = "All background tasks run again."
HEARD_AGAIN = "The program that reads the devices is heard again."
RECORDED_IN_MEMORY = "The flight recorder keeps only the last 75 seconds"


class HealthWatch:
    """``look`` is called every second; each change is reported once."""

    def __init__(
        self,
        health: HealthContract,
        live: LiveContract,
        report_error: Callable[[ErrorInfo], None],
        inform: Callable[[str], None],
        reported: ErrorInfo | None = None,
        *,
        reports_loss: bool = False,
    ) -> None:
        """``reported``: the fault that the user knows of already.

        ``reports_loss``: whether it is reported that the program that reads the devices is not heard. A board
        shows that over all else.
        """
        self._reports_loss, self._was_lost = reports_loss, False
        self._health, self._live = health, live
        self._report_error, self._inform = report_error, inform
        self._has_waited = False
        self._fault = reported
        self._recorder_fault: ErrorInfo | None = None
        self._recorder_note: str | None = None
        self._task_fault: ErrorInfo | None = None

    def look(self) -> None:
        """Report what changed since the last look."""
        health = self._health.snapshot()
        before, self._fault = self._fault, health.storage_fault
        if self._fault is None:
            if before is not None:
                self._inform(STORED_AGAIN)
        elif before is None or before.code is not self._fault.code:
            self._report_error(self._fault)
        self._look_at_recorder(health.recorder)
        self._look_at_tasks(health.task_fault)
        self._look_at_holder()
        self._look_at_loss()

    def _look_at_loss(self) -> None:
        is_lost = self._live.findings.lost is not None
        if self._reports_loss and is_lost is not self._was_lost:
            if is_lost:
                self._report_error(describe_lost_connection())
            else:
                self._inform(HEARD_AGAIN)
        self._was_lost = is_lost

    def _look_at_holder(self) -> None:
        """That another process has the devices is reported by the start, or as a fault of storing."""
        is_waiting = self._live.findings.holder is not None
        if self._has_waited and not is_waiting:
            self._inform(TAKEN_OVER)
        self._has_waited = is_waiting

    def _look_at_recorder(self, state: RecorderState) -> None:
        before, self._recorder_fault = self._recorder_fault, state.fault
        if state.fault is None:
            if before is not None:
                self._inform(RECORDED_AGAIN)
        elif before is None or before.code is not state.fault.code:
            self._report_error(replace(state.fault, message=f"{RECORDED_IN_MEMORY}: {state.fault.message}"))
        if state.note is not None and state.note != self._recorder_note:
            self._inform(f"{state.note}.")
        self._recorder_note = state.note

    def _look_at_tasks(self, fault: ErrorInfo | None) -> None:
        before, self._task_fault = self._task_fault, fault
        if self._task_fault is None:
            if before is not None:
                self._inform(TASKS_RUN_AGAIN)
        elif before is None or before.message != self._task_fault.message:
            self._report_error(self._task_fault)
