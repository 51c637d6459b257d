"""Takes receivers, or a location with all that stands there, out of service, and back."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micboard_tui.contracts.device import DeviceChange, DeviceContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.flows.user_ports import AskScreen, Notices, Selection
from micboard_tui.tui.help_pages import SERVICE_HELP
from micboard_tui.tui.screens.list_dialog import ListDialog

NO_RECEIVER = "No receiver is selected."


class ServiceChoice(NamedTuple):
    """What can be done: to the selected receiver, or to a location."""

    subject: Device | Location
    title: str
    text: str


class OutOfServiceFlow:
    def __init__(
        self,
        devices: DeviceContract,
        locations: LocationContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._devices, self._locations, self._live = devices, locations, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self, selection: Selection) -> None:
        """Ask what of the first selected receiver and of where it stands changes, and change it."""
        device_id = next(iter(selection.chosen_devices), None)
        snapshot = None if device_id is None else self._live.device(device_id)
        if snapshot is None:
            self._notices.inform(NO_RECEIVER)
            return
        choices = self._list_choices(snapshot)
        number = await self._ask(
            ListDialog(
                "Out of service: nothing of it is an alarm",
                [choice.text for choice in choices],
                taking="Enter does it",
                help_page=SERVICE_HELP,
            )
        )
        if number is None:
            return
        subject, title, _ = choices[number]
        is_out = not subject.out_of_service
        text = f"{title}: {'out of service' if is_out else 'back in service'}."
        if isinstance(subject, Device):
            changed = await self._devices.update(
                subject.id, DeviceChange(out_of_service=is_out), actor=self._operator
            )
            self._notices.report_change(changed, text, selection)
        else:
            marked = await self._locations.mark_out_of_service(
                subject.id, out_of_service=is_out, actor=self._operator
            )
            self._notices.report_change(marked, text, selection)

    def _list_choices(self, snapshot: DeviceSnapshot) -> Sequence[ServiceChoice]:
        """The receiver, and the locations that it stands at, the innermost first."""
        subjects: list[tuple[Device | Location, str]] = [(snapshot.device, snapshot.title)]
        subjects += ((location, location.name) for location in self._list_locations(snapshot.device))
        return [
            ServiceChoice(
                subject,
                visible(title),
                f"{visible(title)}{'' if isinstance(subject, Device) else ', all of it'}: "
                f"{'back in service' if subject.out_of_service else 'out of service'}",
            )
            for subject, title in subjects
        ]

    def _list_locations(self, device: Device) -> Iterator[Location]:
        known = {location.id: location for location in self._live.locations()}
        location_id = device.location_id
        while location_id is not None and (location := known.pop(location_id, None)) is not None:
            yield location
            location_id = location.parent_id
