"""Gives channels the show's own numbers."""

from collections.abc import Sequence

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.mic_number import MAX_CELLS, cell_width, count_up, mic_number_key
from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.channel_names import MAX_NAMED
from micboard_tui.tui.flows.user_ports import Selection
from micboard_tui.tui.screens.mic_number_dialog import MicNumberDialog, MicNumberQuestion


class NumberChannelsFlow(ChannelFlow):
    async def run(self, selection: Selection) -> None:
        """Ask for the mic number of the first selected channel; it counts up over the others."""
        if not (refs := self._notices.require_channels(selection)):
            return
        start = await self._ask(MicNumberDialog(self._question(refs)))
        if start is None:
            return
        answer = await self._assignments.number_channels(refs, start, actor=self._operator)
        self._notices.report_change(answer, self._describe(refs, start), selection)

    def _question(self, refs: Sequence[ChannelRef]) -> MicNumberQuestion:
        channels = {state.ref: state for device in self._live.snapshot() for state in device.channels}
        first = channels.get(refs[0])
        several = "" if len(refs) == 1 else ", counting up"
        return MicNumberQuestion(
            title=f"Mic number of {self._names.names(refs)}{several}",
            names=[_title(channels.get(ref), self._names.position(ref)) for ref in refs],
            current=(first.mic_number if first else None) or "",
            count_up=lambda start: _numbers(start, len(refs)),
            describe_others=lambda numbers: self._describe_others(
                numbers, [state for ref, state in channels.items() if ref not in refs]
            ),
        )

    def _describe_others(self, numbers: Sequence[str], others: Sequence[ChannelState]) -> str:
        """Which of the other channels have these numbers."""
        keys = {mic_number_key(number) for number in numbers}
        same = [state for state in others if state.mic_number and mic_number_key(state.mic_number) in keys]
        named = [f"{state.mic_number} {self._names.position(state.ref)}" for state in same[:MAX_NAMED]]
        more = f" and {len(same) - MAX_NAMED} more" if len(same) > MAX_NAMED else ""
        return f"There already: {', '.join(named)}{more}" if same else ""

    def _describe(self, refs: Sequence[ChannelRef], start: str) -> str:
        names = self._names.names(refs)
        if not start:
            return f"{names}: no mic number."
        numbers = _numbers(start, len(refs)) or [start]
        last = f" to {numbers[-1]}" if len(numbers) > 1 else ""
        return f"{names}: mic number {numbers[0]}{last}."


def _numbers(start: str, count: int) -> Sequence[str] | None:
    """The numbers of so many channels; None where they do not fit or cannot be counted."""
    return count_up(start, count) if cell_width(start) <= MAX_CELLS else None


def _title(state: ChannelState | None, position: str) -> str:
    """Who has the channel or what it is called, and where it is."""
    name = state.display_name if state else None
    return f"{name}, {position}" if name else position
