"""Has devices take commands back, or do them again: implements ``CommandRestorer``.

Nothing is sent unless who acts has armed control and each device still reports what the step left. What a
device has already, as after an undo that stopped half way, is not sent again.
"""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.access_errors import describe_unarmed
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.undo_steps import CommandChange, CommandStep, CommandValue
from micboard_tui.domain.command import Command
from micboard_tui.domain.command_values import format_value, present_command
from micboard_tui.domain.command_words import control_title
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.services.control.command_desk import subject_of
from micboard_tui.services.control.command_sender import CommandSender
from micboard_tui.services.error_translation import require_data

SETTLED_S = 3.0
"""What a device has just confirmed may come so much later to where the present is held."""
LOOK_S = 0.5


class CommandUndo:
    def __init__(
        self, devices: DeviceContract, sender: CommandSender, is_armed: Callable[[str], bool]
    ) -> None:
        self._devices, self._sender, self._is_armed = devices, sender, is_armed

    async def restore(self, step: CommandStep, actor: str, *, is_redo: bool) -> None:
        if not self._is_armed(actor):
            info = describe_unarmed(actor)
            raise MicboardError(info.code, info.message, hint=info.hint)
        changes = step.changes if is_redo else _reversed(step.changes)
        looked = [(await self._look(change), change.after.command) for change in changes]
        for known, command in looked:
            if known is not None:
                result = await self._sender.send(known, command, actor)
                await self._sender.note_done(known, result.data, actor)

    async def _look(self, change: CommandChange) -> DeviceSnapshot | None:
        """The device that has to be sent its value; None: it has that already.

        Raises MicboardError CHANGED_SINCE, and what a device that is read can fail with.
        """
        known = await self._read(change.after)
        left, wanted = change.before.command, change.after.command
        with anyio.move_on_after(SETTLED_S):
            while not {left, wanted} & _present(left, wanted, known):
                await anyio.sleep(LOOK_S)
                known = await self._read(change.after)
        present = _present(left, wanted, known)
        if wanted in present:
            return None
        if left in present:
            return known
        now = present_command(left, known)
        raise MicboardError(
            ErrorCode.CHANGED_SINCE,
            f"{subject_of(known, left)} now reports {control_title(left).lower()}"
            f" {'unknown' if now is None else format_value(now)}, and not {format_value(left)}",
            hint="Look at the device",
        )

    async def _read(self, value: CommandValue) -> DeviceSnapshot:
        """What the device itself reports: by its session, else it is read."""
        known = require_data(await self._devices.get_device_status(value.device_id))
        return require_data(await self._devices.sync_device(known.device.manufacturer, value.device_id))


def _present(left: Command, wanted: Command, known: DeviceSnapshot) -> set[Command | None]:
    """What is in force of what both set, which need not be the same."""
    return {present_command(left, known), present_command(wanted, known)}


def _reversed(changes: tuple[CommandChange, ...]) -> tuple[CommandChange, ...]:
    return tuple(CommandChange(each.after, each.before) for each in reversed(changes))
