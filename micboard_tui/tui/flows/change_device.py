"""Changes how a device is registered."""

from functools import partial

from micboard_tui.contracts.device import DeviceChange, DeviceContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.screens.device_form import DeviceForm, DeviceFormValues
from micboard_tui.tui.service_readings import list_manufacturers


class ChangeDeviceFlow:
    def __init__(
        self,
        devices: DeviceContract,
        manufacturers: ManufacturerContract,
        titles: DeviceTitles,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._devices, self._manufacturers, self._titles = devices, manufacturers, titles
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self, snapshot: DeviceSnapshot) -> None:
        device, asks_zone = snapshot.device, self._titles.use_zones()
        before = DeviceFormValues(
            device.manufacturer,
            device.host,
            str(device.port),
            device.name or "",
            snapshot.location or "",
            device.driver,
            device.zone if asks_zone else None,
        )
        manufacturers = list_manufacturers(self._manufacturers)
        form = DeviceForm(partial(self._change, device), manufacturers, before, asks_zone=asks_zone)
        changed = await self._ask(form)
        if changed is not None:
            self._notices.inform(f"Saved {self._titles.title(changed.data)}.")

    async def _change(self, device: Device, values: DeviceFormValues) -> ServiceResult[Device]:
        change = DeviceChange(
            name=values.name,
            host=values.host,
            port=int(values.port) if values.port else None,
            location=values.location,
            zone=values.zone,
        )
        return await self._devices.update(device.id, change, actor=self._operator)
