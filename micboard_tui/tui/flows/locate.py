"""Puts receivers at a location."""

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.domain.location import order_locations
from micboard_tui.tui.flows.name_choices import ChoiceKind, NameChoice
from micboard_tui.tui.flows.user_ports import AskScreen, Notices, Selection
from micboard_tui.tui.screens.name_picker import NamePicker, PickerQuestion


class LocateFlow:
    def __init__(
        self, locations: LocationContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._locations, self._live = locations, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self, selection: Selection) -> None:
        """Ask where the selected receivers stand, and put them there."""
        device_ids = tuple(selection.chosen_devices)
        if not device_ids:
            self._notices.inform("No receiver is selected.")
            return
        devices = [device for key in device_ids if (device := self._live.device(key)) is not None]
        single = devices[0] if len(devices) == 1 else None
        title = single.title if single else f"{len(device_ids)} receivers"
        choices = [NameChoice(location.name) for _, location in order_locations(self._live.locations())]
        if any(device.location for device in devices):
            choices.append(NameChoice("No location", "", ChoiceKind.NONE))
        current = single.location if single else None
        question = PickerQuestion(f"Where is {title}?", choices, "new location", suggested=current)
        picked = await self._ask(NamePicker(question))
        if picked is not None:
            answer = await self._locations.assign_devices(device_ids, picked.name or "", actor=self._operator)
            self._notices.report_change(answer, f"{title}: {picked.name or 'no location'}.", selection)
