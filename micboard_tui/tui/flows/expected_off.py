"""Marks channels as expected to be off, so that nothing of them is an alarm; or as on again."""

from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import Notices, Selection


class ExpectedOffFlow:
    def __init__(self, assignments: AssignmentContract, live: LiveContract, notices: Notices) -> None:
        self._assignments, self._live, self._notices = assignments, live, notices
        self._names = ChannelNames(live)

    async def run(self, selection: Selection) -> None:
        """Mark the selected channels; all that are marked already are expected on again."""
        if not (refs := self._notices.require_channels(selection)):
            return
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        expected_off = not all(state.expected_off for state in states)
        answer = await self._assignments.mark(refs, expected_off=expected_off)
        mark = "expected off, no alarm" if expected_off else "expected on"
        self._notices.report_change(answer, f"{self._names.names(refs)}: {mark}.", selection)
