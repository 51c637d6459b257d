"""Registers a device with a form, and then lets it in."""

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.manufacturers import ManufacturerContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.device import Device
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.flows.access import AccessFlow
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.screens.device_form import DeviceForm, DeviceFormValues
from micboard_tui.tui.service_readings import list_manufacturers


class AddDeviceFlow:
    def __init__(  # noqa: PLR0913 - what it asks, and whom
        self,
        devices: DeviceContract,
        manufacturers: ManufacturerContract,
        access: AccessFlow,
        titles: DeviceTitles,
        ask: AskScreen,
        notices: Notices,
        *,
        operator: str,
    ) -> None:
        self._devices, self._manufacturers, self._access = devices, manufacturers, access
        self._titles = titles
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self) -> None:
        manufacturers = list_manufacturers(self._manufacturers)
        form = DeviceForm(self._register, manufacturers, asks_zone=self._titles.use_zones())
        added = await self._ask(form)
        if added is not None:
            device = added.data
            self._notices.inform(f"Added {self._titles.title(device)}.")
            await self._access.let_in(device, added.warning)

    async def _register(self, values: DeviceFormValues) -> ServiceResult[Device]:
        return await self._devices.register(
            values.manufacturer,
            values.host,
            driver=values.driver or None,
            port=int(values.port) if values.port else None,
            name=values.name or None,
            location=values.location or None,
            zone=values.zone,
            actor=self._operator,
        )
