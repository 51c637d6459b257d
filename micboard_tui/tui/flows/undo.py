"""Undoes the last step of a person, and redoes it."""

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.undo_steps import Step
from micboard_tui.tui.flows.user_ports import BRIEF_S, Notices


class UndoFlow:
    def __init__(self, assignments: AssignmentContract, notices: Notices) -> None:
        self._assignments, self._notices = assignments, notices

    async def undo(self) -> None:
        self._report("Undone", await self._assignments.undo())

    async def redo(self) -> None:
        self._report("Redone", await self._assignments.redo())

    def _report(self, verb: str, answer: ServiceResult[Step]) -> None:
        if answer.success:
            self._notices.inform(f"{verb}: {answer.data.text}.", BRIEF_S)
        else:
            self._notices.report_error(answer.error)
