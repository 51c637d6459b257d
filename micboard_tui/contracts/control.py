"""Control of devices: what can be changed on them, previews, and plans for several channels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.command_effects import CommandClass
from micboard_tui.domain.identity import ChannelRef, DeviceId

MAX_PLAN_LINES = 500
"""So many channels and packs can be changed by one plan."""


@dataclass(frozen=True, slots=True)
class OfferedControl:
    """One of the things that can be set on devices, and whether this one offers it."""

    kind: str
    """As ``domain.command_words`` calls it."""
    title: str
    """What people call it: "Gain"."""
    channel: int | None
    slot: int | None = None
    """The registered transmitter, where it is about one."""
    present: str | None = None
    """The value now, as people read it; None: not known, or there is none."""
    cure: str = ""
    """Which values can be given, as far as that is known without asking: "Use -18 to 42 dB"."""
    refusal: str | None = None
    """Why the device does not offer it; None: it does."""


@dataclass(frozen=True, slots=True)
class CommandPreview:
    """What would be sent, and what it would do."""

    device_id: DeviceId
    command: Command
    """With the value that is sent, which is another one than asked for where the device takes only that."""
    subject: str
    """The device or channel, as people call it: "Rack A/1"."""
    title: str
    """What is changed: "Gain"."""
    messages: tuple[str, ...]
    """What goes out, exactly and in order; empty: the driver, a plugin, cannot show it."""
    present: str | None
    """The value now, as people read it; None: not known."""
    new: str
    """The value afterwards; the device may choose another one."""
    command_class: CommandClass
    effect: str
    confirmations: int
    """How often a person is to be asked."""
    can_undo: bool
    """Whether it is a step that can be taken back: only where the value now is known."""


class PlanPurpose(StrEnum):
    """What a plan for several channels is for."""

    NAMES = "names"
    """Receivers, and packs where a device offers it, get the names of the performers."""
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One channel or pack of a plan: what is to be sent, or why nothing is."""

    device_id: DeviceId
    channel: int
    subject: str
    title: str
    preview: CommandPreview | None
    """None: it is left out."""
    note: str = ""
    """Why it is left out, or what to know: "shortened from 'Anna Schmidt'"."""


@dataclass(frozen=True, slots=True)
class CommandPlan:
    """Commands for several channels, to be carried out in this order."""

    purpose: PlanPurpose
    lines: tuple[PlanLine, ...] = ()

    @property
    def commands(self) -> "tuple[PlannedCommand, ...]":
        """What is to be sent."""
        previews = (line.preview for line in self.lines if line.preview is not None)
        return tuple(PlannedCommand(each.device_id, each.command) for each in previews)

    @property
    def confirmations(self) -> int:
        """How often a person is to be asked."""
        return max((line.preview.confirmations for line in self.lines if line.preview), default=0)


@dataclass(frozen=True, slots=True)
class PlannedCommand:
    device_id: DeviceId
    command: Command


@dataclass(frozen=True, slots=True)
class DoneCommand:
    """What a device confirmed of a plan."""

    device_id: DeviceId
    subject: str
    confirmation: Confirmation


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What became of a plan."""

    done: tuple[DoneCommand, ...] = ()
    failed: str | None = None
    """The device or channel at which it stopped; None: all was done."""
    error: ErrorInfo | None = None
    """Why it stopped there."""
    left: int = 0
    """How many commands were not sent, without the one that failed."""


PlanListener: TypeAlias = Callable[[PlanResult], None]
"""Called with what is done so far whenever a device confirmed. Never waits."""


class ControlContract(Protocol):
    """All answers are ServiceResults. What is executed is a step of the actor, where it can be undone."""

    async def list_controls(
        self, device_id: DeviceId, channel: int | None = None
    ) -> ServiceResult[Sequence[OfferedControl]]:
        """What could be set on a device, or one of its channels, with the values now; asks no device.

        DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND.
        """
        ...

    async def preview(self, device_id: DeviceId, command: Command) -> ServiceResult[CommandPreview]:
        """What would be sent and what it would do; asks no device.

        DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND, INVALID_VALUE, COMMAND_NOT_SUPPORTED, DEVICE_REFUSED,
        DEVICE_UNREACHABLE (it was never read, so what would be sent is not known).
        """
        ...

    async def execute(
        self, device_id: DeviceId, command: Command, *, actor: str
    ) -> ServiceResult[Confirmation]:
        """Have a device do something, and wait until it says that it did. One step.

        A warning says when the value is another one than asked for, and when it cannot be undone.
        CONTROL_NOT_ARMED, DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND, INVALID_VALUE, COMMAND_NOT_SUPPORTED,
        DEVICE_REFUSED, DEVICE_UNREACHABLE, COMMAND_UNCONFIRMED.
        """
        ...

    async def preview_plan(
        self, purpose: PlanPurpose, channels: Sequence[ChannelRef] = ()
    ) -> ServiceResult[CommandPlan]:
        """What a plan would do to these channels; none: to all. What is left out says why; asks no device.

        INVALID_VALUE: more than 500 channels.
        """
        ...

    async def execute_plan(
        self,
        commands: Sequence[PlannedCommand],
        listener: PlanListener | None = None,
        *,
        actor: str,
    ) -> ServiceResult[PlanResult]:
        """Carry out commands one at a time, and stop at the first that fails. What was done is one step.

        Nothing is sent before all are checked. Codes as of ``execute`` where none was done; else the result
        says at which it stopped, and why.
        """
        ...
