"""Control of devices: implements ``ControlContract``.

``devices`` carries a command out, on one rack through its sessions and in a fleet through the collector that
holds the device. What was before is known here, from the live state, so here the steps are kept.
"""

from collections.abc import Callable, Sequence

import anyio
import structlog

from micboard_tui.contracts.access_errors import describe_unarmed
from micboard_tui.contracts.control import (
    MAX_PLAN_LINES,
    CommandPlan,
    CommandPreview,
    DoneCommand,
    OfferedControl,
    PlanListener,
    PlannedCommand,
    PlanPurpose,
    PlanResult,
)
from micboard_tui.contracts.device import ALL_DEVICES, DeviceContract
from micboard_tui.contracts.errors import MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.undo_steps import Change, CommandValue
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.command import Command, Confirmation, Identify
from micboard_tui.domain.command_values import confirmed_command, find_channel
from micboard_tui.domain.command_words import control_title
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.units import format_count
from micboard_tui.services.control.command_desk import CommandDesk, subject_of
from micboard_tui.services.control.command_sender import CommandSender
from micboard_tui.services.control.plan_lines import has_channels, plan_lines
from micboard_tui.services.device.known_channels import require_channel
from micboard_tui.services.error_translation import require_data, translate_errors
from micboard_tui.services.not_found import channel_not_found
from micboard_tui.services.steps import Steps

KEEP_S = 5.0
"""So long storing a step takes at most where a plan was cancelled."""
NO_WAY_BACK = "It cannot be undone: the value before is not known"

log = structlog.get_logger(__name__)


def ignore_progress(_: PlanResult) -> None:
    """A ``PlanListener`` for a caller that waits for the end."""


class ControlService:
    def __init__(
        self,
        devices: DeviceContract,
        sender: CommandSender,
        desk: CommandDesk,
        steps: Steps,
        is_armed: Callable[[str], bool],
    ) -> None:
        """``is_armed``: whether a user has armed control, which may end while a plan is carried out."""
        self._devices, self._sender, self._desk = devices, sender, desk
        self._steps, self._is_armed = steps, is_armed

    @translate_errors
    async def list_controls(
        self, device_id: DeviceId, channel: int | None = None
    ) -> ServiceResult[Sequence[OfferedControl]]:
        known = await self._find(device_id)
        if channel is not None:
            require_channel(known, channel)
        return Success(tuple(self._desk.list_controls(known, channel)))

    @translate_errors
    async def preview(self, device_id: DeviceId, command: Command) -> ServiceResult[CommandPreview]:
        return Success(self._desk.preview(await self._find(device_id), command))

    @translate_errors
    async def execute(
        self, device_id: DeviceId, command: Command, *, actor: str
    ) -> ServiceResult[Confirmation]:
        known = await self._find(device_id)
        self._desk.check(known, command)
        back = self._desk.find_way_back(known, command)
        result = await self._sender.send(known, command, actor)
        change = _change_of(device_id, back, result.data)
        kept = await self._keep(_describe(known, result.data), [change] if change else [], actor)
        is_step = change is not None and kept is None
        await self._sender.note_done(known, result.data, actor, is_step=is_step)
        lost = NO_WAY_BACK if back is None and not isinstance(command, Identify) else None
        return Success(result.data, warning=_join(result.warning, kept, lost))

    @translate_errors
    async def preview_plan(
        self, purpose: PlanPurpose, channels: Sequence[ChannelRef] = ()
    ) -> ServiceResult[CommandPlan]:
        _check_size(len(channels))
        chosen = await self._channels(channels)
        return Success(CommandPlan(purpose, tuple(plan_lines(purpose, chosen, self._desk))))

    @translate_errors
    async def execute_plan(
        self,
        commands: Sequence[PlannedCommand],
        listener: PlanListener | None = None,
        *,
        actor: str,
    ) -> ServiceResult[PlanResult]:
        _check_size(len(commands))
        known = {
            device_id: await self._find(device_id) for device_id in {each.device_id for each in commands}
        }
        for each in commands:
            self._desk.check(known[each.device_id], each.command)
        run = _PlanRun(len(commands))
        try:
            for each in commands:
                await self._execute_planned(each, known[each.device_id], run, actor)
                (listener or ignore_progress)(run.result)
        except MicboardError as error:
            if not run.done:
                raise
            subject = subject_of(known[each.device_id], each.command)
            stopped = PlanResult(tuple(run.done), subject, error.info, run.left - 1)
            return Success(stopped, warning=await self._keep_run(run, actor))
        except anyio.get_cancelled_exc_class():
            # What was done stays done, and has to be a step also where no one waits for it any more.
            with anyio.move_on_after(KEEP_S, shield=True):
                await self._keep_run(run, actor)
            raise
        return Success(run.result, warning=await self._keep_run(run, actor))

    async def _execute_planned(
        self, planned: PlannedCommand, known: DeviceSnapshot, run: "_PlanRun", actor: str
    ) -> None:
        if run.done and not self._is_armed(actor):
            info = describe_unarmed(actor)
            raise MicboardError(info.code, info.message, hint=info.hint)
        back = self._desk.find_way_back(known, planned.command)
        result = await self._sender.send(known, planned.command, actor)
        run.add(known, result.data, back)
        await self._sender.note_done(known, result.data, actor)

    async def _keep_run(self, run: "_PlanRun", actor: str) -> str | None:
        lost = f"{format_count(run.lost, 'change')} cannot be undone" if run.lost else None
        return _join(await self._keep(run.text, run.changes, actor, has_event=True), lost)

    async def _keep(
        self, text: str, changes: Sequence[Change], actor: str, *, has_event: bool = False
    ) -> str | None:
        """Make what was done a step; a warning where that fails, since the devices did it all the same.

        ``has_event``: the step is an event beside those of its commands.
        """
        if not changes:
            return None
        try:
            await self._steps.keep(text, changes, actor, has_event=has_event)
        except StorageError as error:
            log.warning("commands_not_kept", code=error.code.value, reason=error.info.message)
            return f"It cannot be undone: {error.info.message}"
        return None

    async def _find(self, device_id: DeviceId) -> DeviceSnapshot:
        return require_data(await self._devices.get_device_status(device_id))

    async def _channels(self, refs: Sequence[ChannelRef]) -> Sequence[tuple[DeviceSnapshot, ChannelState]]:
        """Those that are asked for, in order; none: all."""
        if not refs:
            listed = require_data(await self._devices.list_devices(ALL_DEVICES))
            devices = [await self._find(each.device.id) for each in listed]
            chosen = [
                (known, channel) for known in devices if has_channels(known) for channel in known.channels
            ]
            _check_size(len(chosen))
            return chosen
        known_devices = {
            device_id: await self._find(device_id) for device_id in {ref.device_id for ref in refs}
        }
        return [_require(known_devices[ref.device_id], ref.number) for ref in dict.fromkeys(refs)]


class _PlanRun:
    """How far a plan is."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.done: list[DoneCommand] = []
        self.changes: list[Change] = []
        self.lost = 0
        """How many cannot be undone."""
        self._first = ""

    def add(self, known: DeviceSnapshot, confirmation: Confirmation, back: Command | None) -> None:
        """``back``: what takes it back; None: that is not known."""
        self._first = self._first or _describe(known, confirmation)
        self.done.append(DoneCommand(known.device.id, subject_of(known, confirmation.command), confirmation))
        self.lost += back is None
        if (change := _change_of(known.device.id, back, confirmation)) is not None:
            self.changes.append(change)

    @property
    def left(self) -> int:
        return self._count - len(self.done)

    @property
    def result(self) -> PlanResult:
        return PlanResult(tuple(self.done), left=self.left)

    @property
    def text(self) -> str:
        more = len(self.done) - 1
        return self._first if not more else f"{self._first}, and {format_count(more, 'change')} more"


def _check_size(count: int) -> None:
    if count > MAX_PLAN_LINES:
        raise invalid_value_error(
            f"A plan for {count} channels is too long", f"Choose {MAX_PLAN_LINES} at most"
        )


def _require(known: DeviceSnapshot, number: int) -> tuple[DeviceSnapshot, ChannelState]:
    channel = find_channel(known, number)
    if channel is None:
        raise channel_not_found(f"{known.title} has no channel {number}")
    return known, channel


def _change_of(device_id: DeviceId, back: Command | None, confirmation: Confirmation) -> Change | None:
    """From the value before to the one that the device confirmed, which need not be the one asked for."""
    if back is None:
        return None
    asked = confirmation.command
    after = confirmed_command(asked, confirmation.value) or (None if confirmation.adapted else asked)
    if after is None or after == back:
        return None
    return Change(CommandValue(device_id, back), CommandValue(device_id, after))


def _describe(known: DeviceSnapshot, confirmation: Confirmation) -> str:
    command = confirmation.command
    return f"{subject_of(known, command)}: {control_title(command).lower()} set to {confirmation.value}"


def _join(*warnings: str | None) -> str | None:
    return ". ".join(filter(None, warnings)) or None
