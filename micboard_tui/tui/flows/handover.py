"""Writes a note for the next shift, and shows at the start what the shift before left."""

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices

SILENT = frozenset({ErrorCode.NOT_ALLOWED, ErrorCode.READ_ONLY})


class HandoverFlow:
    def __init__(self, handover: HandoverContract, ask: AskScreen, notices: Notices, operator: str) -> None:
        self._handover, self._ask, self._notices, self._operator = handover, ask, notices, operator

    async def write(self) -> None:
        """Show the notes that there are, and keep what is written."""
        from micboard_tui.tui.screens.handover_screen import HandoverScreen  # noqa: PLC0415 - its editor is large

        notes = await self._handover.list_notes()
        if not notes.success:
            self._notices.report_error(notes.error)
            return
        text = await self._ask(HandoverScreen(notes.data))
        if text is None:
            return
        answer = await self._handover.write(text, actor=self._operator)
        if answer.success:
            self._notices.inform("The note is kept and shown at the next start.", BRIEF_S)
        else:
            self._notices.report_error(answer.error)

    async def show_new(self) -> None:
        """Show what no board has shown yet; nothing where there is none."""
        from micboard_tui.tui.screens.handover_screen import NewNotesScreen  # noqa: PLC0415 - seldom shown

        new = await self._handover.take_new(actor=self._operator)
        if not new.success:
            # Who may only watch is shown none, and did not ask for any.
            if new.error.code not in SILENT:
                self._notices.report_error(new.error)
        elif new.data:
            await self._ask(NewNotesScreen(new.data, self._notices.key("handover")))
