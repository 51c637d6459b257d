"""Changes a setting on a receiver, while control is armed: shows what would be sent, asks, and sends it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from micboard_tui.contracts.control import CommandPreview, ControlContract, OfferedControl
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.command import Command, Identify
from micboard_tui.domain.command_effects import CommandClass
from micboard_tui.domain.identity import DeviceId, channel_label
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.typed_value import SWITCHES, ControlPlace, command_of, typed_text
from micboard_tui.domain.units import DASH
from micboard_tui.tui.flows.arm_control import ArmControlFlow
from micboard_tui.tui.flows.user_ports import WARNING_S, AskScreen, Notices, Selection
from micboard_tui.tui.help_pages import CONTROL_HELP
from micboard_tui.tui.screens.control_dialogs import CommandPreviewDialog
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.text_dialog import TextDialog

IDENTIFY = "identify"
MAX_TYPED = 64
TITLE_WIDTH = 17
FLASHES = "the front panel flashes"
OFFLINE = "It is not online: what it has now is not known."
LINK_QUESTION = "{effect}. Send it all the same?"
SURE_QUESTION = "{effect}. Are you sure?"


@dataclass(frozen=True, slots=True)
class _Target:
    """What is changed: a channel, or a device as a whole."""

    device_id: DeviceId
    channel: int | None
    title: str
    is_online: bool


class ControlDeviceFlow:
    def __init__(
        self,
        control: ControlContract,
        arming: ArmControlFlow,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._control, self._arming, self._live = control, arming, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self, selection: Selection) -> None:
        """Change one setting of the selected channel, or of the selected receiver."""
        if not self._arming.require_armed():
            return
        if (target := self._target_of(selection)) is None:
            self._notices.inform(selection.reason_for_no_channel)
            return
        if (control := await self._choose(target)) is None:
            return
        if (preview := await self._ask_value(target, control)) is not None and await self._confirm(preview):
            await self._send(preview, selection)

    def _target_of(self, selection: Selection) -> _Target | None:
        if refs := tuple(selection.chosen_channels):
            return self._target(*refs[0])
        devices = tuple(selection.chosen_devices)
        return self._target(devices[0], None) if devices else None

    def _target(self, device_id: DeviceId, channel: int | None) -> _Target | None:
        known = self._live.device(device_id)
        if known is None:
            return None
        title = known.title if channel is None else channel_label(known.title, channel)
        return _Target(device_id, channel, title, known.state.is_online)

    async def _choose(self, target: _Target) -> OfferedControl | None:
        """Until something is chosen that the device offers, or the user leaves."""
        listed = await self._list(target)
        first = 0
        while listed:
            lines = [_line_of(control) for control in listed]
            title = f"Change on {target.title}"
            label = "" if target.is_online else OFFLINE
            taken = await self._ask(ListDialog(title, lines, first, label=label, help_page=CONTROL_HELP))
            if taken is None:
                return None
            control = listed[taken]
            if control.refusal is None:
                return control
            self._notices.inform(f"{control.title}: {control.refusal}.")
            first = taken
        return None

    async def _list(self, target: _Target) -> Sequence[OfferedControl]:
        """Those of the channel, and those of its receiver after them."""
        controls: list[OfferedControl] = []
        for channel in dict.fromkeys((target.channel, None)):
            answer = await self._control.list_controls(target.device_id, channel)
            if not answer.success:
                self._notices.report_error(answer.error)
                return ()
            controls += answer.data
        flashes = [each for each in controls if each.kind == IDENTIFY and each.refusal is None]
        return [*(each for each in controls if each.kind != IDENTIFY), *flashes[:1]]

    async def _ask_value(self, target: _Target, control: OfferedControl) -> CommandPreview | None:
        """Until what is given can be sent, or the user leaves."""
        text: str | None = typed_text(control.present)
        while True:
            text = await self._ask_text(target, control, text or "")
            if text is None:
                return None
            place = ControlPlace(control.kind, control.channel, control.slot)
            try:
                command = command_of(place, text)
            except ValueError as mistake:
                self._notices.fail(f"{mistake}.")
                continue
            answer = await self._control.preview(target.device_id, command)
            if answer.success:
                return answer.data
            self._notices.report_error(answer.error)
            if _has_one_value(control):
                return None

    async def _ask_text(self, target: _Target, control: OfferedControl, text: str) -> str | None:
        place = ControlPlace(control.kind, control.channel, control.slot)
        if place.command_type is Identify:
            return ""
        if (switch := SWITCHES.get(place.command_type)) is not None:
            (first, first_typed), (second, second_typed) = switch
            others = [typed for shown, typed in switch if shown != control.present]
            if len(others) == 1:
                return others[0]
            title = f"{control.title} of {target.title}"
            taken = await self._ask(ListDialog(title, [first, second], help_page=CONTROL_HELP))
            return None if taken is None else (first_typed, second_typed)[taken]
        cure = f". {control.cure}" if control.cure else ""
        label = f"now {control.present or DASH}{cure}"
        return await self._ask(TextDialog(f"{control.title} of {target.title}", text, MAX_TYPED, label=label))

    async def _confirm(self, preview: CommandPreview) -> bool:
        if not preview.confirmations:
            return True
        if not await self._ask(CommandPreviewDialog(preview)):
            return False
        if preview.confirmations == 1:
            return True
        question = LINK_QUESTION if preview.command_class is CommandClass.LINK else SURE_QUESTION
        is_sure = await self._ask(ConfirmScreen(question.format(effect=preview.effect)))
        return is_sure is True

    async def _send(self, preview: CommandPreview, selection: Selection) -> None:
        answer = await self._control.execute(preview.device_id, preview.command, actor=self._operator)
        if not answer.success:
            self._notices.report_error(answer.error)
            return
        selection.show_change()
        confirmed = f"{preview.subject} confirms: {preview.title.lower()} {answer.data.value}."
        hint = f" {self._notices.undo_hint}" if preview.can_undo else ""
        self._notices.inform(visible(confirmed) + hint, WARNING_S)
        if answer.warning:
            self._notices.warn(answer.warning, title="Warning")


def _line_of(control: OfferedControl) -> Text:
    """Grey where the device does not offer it."""
    title = f"{control.title:<{TITLE_WIDTH}} "
    if control.refusal is not None:
        return Text(visible(f"{title}not offered"), style="dim")
    return Text(visible(f"{title}{FLASHES if control.kind == IDENTIFY else control.present or DASH}"))


def _has_one_value(control: OfferedControl) -> bool:
    """Whether there is nothing to type anew."""
    kind: type[Command] = ControlPlace(control.kind).command_type
    return kind is Identify or kind in SWITCHES
