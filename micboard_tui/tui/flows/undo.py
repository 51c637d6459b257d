"""Undoes the last step or marker of a person, and redoes a step."""

from collections.abc import Mapping

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.undo_steps import Step
from micboard_tui.tui.device_titles import DeviceTitles, name_devices
from micboard_tui.tui.flows.mark_moment import MarkMomentFlow
from micboard_tui.tui.flows.user_ports import BRIEF_S, Notices


class UndoFlow:
    def __init__(
        self,
        assignments: AssignmentContract,
        markers: MarkMomentFlow,
        titles: DeviceTitles,
        notices: Notices,
        operator: str,
    ) -> None:
        self._assignments, self._markers = assignments, markers
        self._titles, self._notices, self._operator = titles, notices, operator

    async def undo(self) -> None:
        if await self._markers.take_back():
            return
        # A device that is not there any more afterwards had a name until now.
        titles = self._titles.by_host()
        self._report("Undone", await self._assignments.undo(actor=self._operator), titles)

    async def redo(self) -> None:
        titles = self._titles.by_host()
        self._report("Redone", await self._assignments.redo(actor=self._operator), titles)

    def _report(self, verb: str, answer: ServiceResult[Step], titles: Mapping[str, str]) -> None:
        if answer.success:
            text = name_devices(answer.data.text, {**titles, **self._titles.by_host()})
            self._notices.inform(f"{verb}: {text}.", BRIEF_S)
        else:
            self._notices.report_error(answer.error)
