"""Moves a receiver up or down the rack order."""

from micboard_tui.contracts.location import LocationContract
from micboard_tui.tui.flows.user_ports import Notices, Selection


class RackOrderFlow:
    def __init__(self, locations: LocationContract, notices: Notices, operator: str) -> None:
        self._locations, self._notices, self._operator = locations, notices, operator

    async def run(self, selection: Selection, by: int) -> None:
        """Move the first selected receiver ``by`` places; the board shows it, so there is no message."""
        device_id = next(iter(selection.chosen_devices), None)
        if device_id is None:
            self._notices.inform("No receiver is selected.")
            return
        answer = await self._locations.move_device(device_id, by, actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
