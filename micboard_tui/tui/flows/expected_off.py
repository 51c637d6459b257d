"""Marks channels as expected to be off, so that nothing of them is an alarm; or as on again."""

from collections.abc import Sequence

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.user_ports import Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen


class ExpectedOffFlow(ChannelFlow):
    async def run(self, selection: Selection) -> None:
        """Mark the selected channels; all that are marked already are expected on again.

        Asks before it silences what is live.
        """
        if not (refs := self._notices.require_channels(selection)):
            return
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        expected_off = not all(state.expected_off for state in states)
        live_refs = [
            state.ref for state in states if state.link_state is LinkState.LIVE and not state.expected_off
        ]
        if expected_off and live_refs:
            question = f"Live now: {self._names.names(live_refs)}. No alarm for it until it comes back?"
            if not await self._ask(ConfirmScreen(question)):
                return
        answer = await self._assignments.mark(refs, expected_off=expected_off, actor=self._operator)
        mark = "expected off, no alarm" if expected_off else "expected on"
        self._notices.report_change(answer, f"{self._names.names(refs)}: {mark}.", selection)

    def report_ended(self, refs: Sequence[ChannelRef]) -> None:
        """Say that these are expected on again: they are live with sound."""
        names = self._names.names(refs)
        self._notices.inform(f"{names}: on again with sound, alarms count. {self._notices.undo_hint}")
