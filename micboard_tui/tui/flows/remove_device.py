"""Removes a device from the board after a question."""

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.screens.dialogs import ConfirmScreen

REMOVED_S = 8.0


class RemoveDeviceFlow:
    def __init__(self, devices: DeviceContract, ask: AskScreen, notices: Notices, operator: str) -> None:
        self._devices, self._ask = devices, ask
        self._notices, self._operator = notices, operator

    async def run(self, snapshot: DeviceSnapshot) -> None:
        device, count = snapshot.device, len(snapshot.channels)
        channels = f" and its {count} channel{'s' * (count != 1)}" if count else ""
        question = f"Remove {snapshot.title}{channels} from the board? Nothing changes on the device itself."
        if not await self._ask(ConfirmScreen(question)):
            return
        answer = await self._devices.remove(device.id, actor=self._operator)
        if answer.success:
            self._notices.inform(f"Removed {snapshot.title}. {self._notices.undo_hint}", REMOVED_S)
        else:
            self._notices.report_error(answer.error)
