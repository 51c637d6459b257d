"""Offers to take performers off channels that their device does not have."""

from collections.abc import Sequence

from micboard_tui.contracts.problem_texts import describe_missing_channel
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.flows.channel_flow import ChannelFlow
from micboard_tui.tui.flows.channel_names import MAX_NAMED
from micboard_tui.tui.flows.user_ports import Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen


class MissingChannels(ChannelFlow):
    def find_device(self, selection: Selection) -> DeviceSnapshot | None:
        """The device whose own line is selected, where performers are planned on channels that it lacks."""
        if selection.chosen_channels or len(selection.chosen_devices) != 1:
            return None
        device = self._live.device(selection.chosen_devices[0])
        return device if device is not None and device.assignments_without_channel else None

    async def offer_to_free(self, device: DeviceSnapshot, selection: Selection) -> None:
        """Ask once, and take all of them off in one step."""
        missing = device.assignments_without_channel
        if not await self._ask(ConfirmScreen(_question(device, missing))):
            return
        refs = [assignment.channel for assignment in missing]
        freed = await self._assignments.unassign(refs, actor=self._operator)
        self._notices.report_change(freed, f"{self._names.names(refs)}: no performer.", selection)


def _question(device: DeviceSnapshot, missing: Sequence[Assignment]) -> str:
    described = [
        describe_missing_channel(assignment, len(device.channels)) for assignment in missing[:MAX_NAMED]
    ]
    more = [f"{len(missing) - MAX_NAMED} more"] if len(missing) > MAX_NAMED else []
    name = missing[0].performer.name if len(missing) == 1 and missing[0].performer else "all of them"
    return visible(f"{device.title}: {'; '.join(described + more)}. Take {name} off?")
