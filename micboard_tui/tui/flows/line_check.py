"""What a person does in a line check: start it anew, tick a line by hand, take that back."""

from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen


class LineCheckFlow:
    def __init__(
        self,
        line_check: LineCheckContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._line_check, self._live = line_check, live
        self._ask, self._notices, self._operator = ask, notices, operator
        self._names = ChannelNames(live)

    async def start(self, selection: Selection) -> None:
        """Begin anew; asks where something is ticked already."""
        check = self._live.findings.line_check
        if check is not None and check.lines:
            question = "Start the line check anew? All that was seen and ticked is forgotten."
            if not await self._ask(ConfirmScreen(question)):
                return
        answer = await self._line_check.start(actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()

    async def tick(self, selection: Selection) -> None:
        """Tick the selected lines by hand; those that are ticked by hand already are taken back."""
        if not (refs := self._notices.require_channels(selection)):
            return
        check = self._live.findings.line_check
        is_ticked = check is not None and all(check.line(ref).by_hand is not None for ref in refs)
        change = self._line_check.untick if is_ticked else self._line_check.tick
        answer = await change(refs, actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()

    async def undo(self, selection: Selection) -> None:
        """Take back what was ticked by hand last."""
        answer = await self._line_check.undo(actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        self._notices.inform(f"{self._names.wearers(answer.data)}: not ticked by hand any more.", BRIEF_S)
