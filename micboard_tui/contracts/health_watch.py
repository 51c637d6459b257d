"""Notices when storing, recording or a background task fails and works again, and when sessions come.

A database that was repaired while it was used is reported, too.

Where the devices are read by programs elsewhere, it notices that one is not heard any more, too.
"""

from collections.abc import Callable
from dataclasses import replace

from micboard_tui.contracts.bus_loss_texts import find_error_of_loss
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.health import HealthContract
from micboard_tui.contracts.holder_texts import TAKEN_OVER
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recorder import RecorderState
from micboard_tui.domain.bus_loss import LossReason

STORED_AGAIN = "Changes and readings are stored again."
RECORDED_AGAIN = "The flight recorder stores what it records again."
TASKS_RUN_AGAIN = "All background tasks run again."
HEARD_AGAIN = "All programs that read the devices are heard again."
RECORDED_IN_MEMORY = "The flight recorder keeps only the last 75 seconds"

NOTHING_LOST: tuple[LossReason | None, str] = (None, "")


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
        self._reports_loss, self._lost = reports_loss, NOTHING_LOST
        self._health, self._live = health, live
        self._report_error, self._inform = report_error, inform
        self._has_waited = False
        self._fault = reported
        self._recorder_fault: ErrorInfo | None = None
        self._recorder_note: str | None = None
        self._task_fault: ErrorInfo | None = None
        self._storage_note = health.snapshot().storage_note
        """What is known of how the database was opened: the start reports that."""

    def look(self) -> None:
        """Report what changed since the last look."""
        health = self._health.snapshot()
        before, self._fault = self._fault, health.storage_fault
        if self._fault is None:
            if before is not None:
                self._inform(STORED_AGAIN)
        elif before is None or before.code is not self._fault.code:
            self._report_error(self._fault)
        if health.storage_note is not None and health.storage_note != self._storage_note:
            self._inform(f"{health.storage_note}.")
        self._storage_note = health.storage_note
        self._look_at_recorder(health.recorder)
        self._look_at_tasks(health.task_fault)
        self._look_at_holder()
        self._look_at_loss()

    def _look_at_loss(self) -> None:
        loss, before = self._live.findings.lost, self._lost
        self._lost = NOTHING_LOST if loss is None else (loss.reason, loss.collector)
        if not self._reports_loss or self._lost == before:
            return
        if loss is not None:
            self._report_error(find_error_of_loss(loss, self._live.now()))
        else:
            self._inform(HEARD_AGAIN)

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
