"""Moves a performer from a channel that fails to a spare one."""

from collections.abc import Callable

from micboard_tui.contracts.assignment import AssignmentContract, list_spares
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.user_ports import AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.swap_screen import SwapScreen


class SwapFlow(ChannelFlow):
    def __init__(
        self,
        assignments: AssignmentContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        select_channel: Callable[[ChannelRef], None],
        operator: str,
    ) -> None:
        """``select_channel`` makes a channel the selected one of the board."""
        super().__init__(assignments, live, ask, notices, operator)
        self._select_channel = select_channel

    async def run(self, selection: Selection) -> None:
        """Ask which channel takes over from the first selected one, and swap."""
        if not (refs := self._notices.require_channels(selection)):
            return
        failing = refs[0]
        state = self._live.channel(failing)
        if state is None or state.performer is None:
            assign_key = self._notices.key("name")
            self._notices.inform(f"{self._names.name(failing)} has no performer. {assign_key} assigns one.")
            return
        performer = state.performer.name
        spare = await self._ask(
            SwapScreen(
                f"Move {performer} from {self._names.name(failing)} to:",
                lambda: list_spares(self._live, failing),
                self._names.name_and_position,
            )
        )
        if spare is None:
            return
        taken = self._live.channel(spare)
        if taken is not None and taken.has_sound():
            question = f"{self._names.name_and_position(spare)} has sound on it. Move {performer} there?"
            if not await self._ask(ConfirmScreen(question)):
                return
        text = f"{performer} is now on {self._names.name(spare)}."
        answer = await self._assignments.swap(failing, spare, actor=self._operator)
        if answer.success:
            self._select_channel(spare)
        self._notices.report_change(answer, text, selection)
