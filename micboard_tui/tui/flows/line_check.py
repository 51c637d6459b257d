"""What a person does in a line check: start it anew, tick a line by hand, end it, take that back."""

from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.line_check import count_good, lines_to_check
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen

NONE_IS_ON = "No line check is on."


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

    async def end(self, selection: Selection) -> None:
        """No check is on any more; asks where lines are missing."""
        if (check := self._live.findings.line_check) is None:
            self._notices.inform(NONE_IS_ON)
            return
        good, count = count_good(check, lines_to_check(self._live.snapshot()))
        if good < count:
            question = f"End the line check? {count - good} of {count} lines are not good yet."
            if not await self._ask(ConfirmScreen(question)):
                return
        answer = await self._line_check.end(actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        self._notices.inform(f"Line check ended: {good} of {count} lines are good.", BRIEF_S)

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
        """Take back what was ticked by hand last, or that the check was ended."""
        answer = await self._line_check.undo(actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        names = self._names.wearers(answer.data)
        outcome = f"{names}: not ticked by hand any more." if answer.data else "The line check is on again."
        self._notices.inform(outcome, BRIEF_S)
