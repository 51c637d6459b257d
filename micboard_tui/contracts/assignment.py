"""Performers, who has which channel, and taking steps back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, Placement
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.location import Location

Record: TypeAlias = Performer | Assignment | PastAssignment | Device | Placement | Location
"""What a step can change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a step makes, changes or removes. Both are of one kind and about one thing."""

    before: Record | None
    """As it must be, or the step is not made; None: there must be none."""
    after: Record | None
    """As it will be; None: it goes."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person did and can take back."""

    words: str
    """What it was, for the screen: "Ada gets Vox 3"."""
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Spare:
    """A channel that could take over, with what speaks for and against it."""

    state: ChannelState
    reasons: tuple[str, ...]
    """In a few words each: "live", "battery 4:10", "same band"; best first."""
    is_ready: bool
    """Live, with a battery that is known to last and a good signal."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change; nothing has changed yet."""

    added: tuple[str, ...] = ()
    """Names of performers."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """What changes of those that are known, by name."""
    assigned: tuple[str, ...] = ()
    """Channels that get a performer, as "Ada: Rack A 1, primary"."""
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether importing would change nothing."""
        return not (self.added or self.changed or self.assigned)


class AssignmentContract(Protocol):
    """All answers are ServiceResults. A Success may carry a warning: a conflict that now exists.

    Every change can be taken back with ``undo``, also after the program was started anew.
    """

    async def list_performers(self) -> ServiceResult[Sequence[Performer]]:
        """Everybody, by name."""
        ...

    async def add_performer(
        self, name: str, *, role: str | None = None, note: str | None = None
    ) -> ServiceResult[Performer]:
        """INVALID_VALUE, PERFORMER_EXISTS."""
        ...

    async def change_performer(
        self,
        performer_id: PerformerId,
        *,
        name: str | None = None,
        role: str | None = None,
        note: str | None = None,
    ) -> ServiceResult[Performer]:
        """Change what is given; an empty text takes a role or a note away.

        PERFORMER_NOT_FOUND, PERFORMER_EXISTS, INVALID_VALUE.
        """
        ...

    async def remove_performer(self, performer_id: PerformerId) -> ServiceResult[Performer]:
        """Forget somebody; their channels are free. PERFORMER_NOT_FOUND."""
        ...

    async def find_performer(self, name: str) -> ServiceResult[Performer]:
        """The one of that name, capitals ignored. PERFORMER_NOT_FOUND."""
        ...

    async def list_assignments(self) -> ServiceResult[Sequence[Assignment]]:
        """What is said of channels now, in rack order."""
        ...

    async def find_channel(self, words: str) -> ServiceResult[ChannelRef]:
        """The channel that is named by its device and number: "Rack A/2", "192.168.1.20/2".

        INVALID_VALUE also when several devices are called so, DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND.
        """
        ...

    async def assign(
        self,
        channels: Sequence[ChannelRef],
        performer: str,
        *,
        role: Role = Role.PRIMARY,
        note: str | None = None,
    ) -> ServiceResult[Sequence[Assignment]]:
        """Give the channels to somebody by name; who is not known yet is added. One step.

        The warning tells when a channel was live with somebody else, or what conflicts now.
        INVALID_VALUE, CHANNEL_NOT_FOUND.
        """
        ...

    async def unassign(self, channels: Sequence[ChannelRef]) -> ServiceResult[Sequence[ChannelRef]]:
        """Free the channels, answers those that were not free. One step. CHANNEL_NOT_FOUND."""
        ...

    async def mark(
        self,
        channels: Sequence[ChannelRef],
        *,
        role: Role | None = None,
        expected_off: bool | None = None,
        note: str | None = None,
    ) -> ServiceResult[Sequence[Assignment]]:
        """Say something of the channels, assigned or not; None leaves it as it is. One step.

        CHANNEL_NOT_FOUND.
        """
        ...

    async def plan_pack(
        self, channel: ChannelRef, *, model: str | None, name: str | None
    ) -> ServiceResult[Assignment]:
        """Say which pack belongs to the channel; None: any. CHANNEL_NOT_FOUND."""
        ...

    async def locate(self, devices: Sequence[DeviceId], location: str) -> ServiceResult[str]:
        """Put the devices at a location by name, made when there is none; empty takes them out.

        One step. Answers the location's name. DEVICE_NOT_FOUND, INVALID_VALUE.
        """
        ...

    async def move(self, device: DeviceId, by: int) -> ServiceResult[int]:
        """Move a device within the rack order, up (negative) or down, among those of its location.

        One step. Answers its new place, from 0. DEVICE_NOT_FOUND.
        """
        ...

    def spares(self, channel: ChannelRef) -> Sequence[Spare]:
        """Channels that could take over from this one, the best first: spares, then unassigned ones."""
        ...

    async def swap(self, channel: ChannelRef, spare: ChannelRef) -> ServiceResult[Assignment]:
        """Give the performer of ``channel`` to ``spare``; the old channel is marked as expected off.

        One step. CHANNEL_NOT_FOUND, INVALID_VALUE when nobody has the channel.
        """
        ...

    async def history(self, channel: ChannelRef) -> ServiceResult[Sequence[PastAssignment]]:
        """Who had the channel before, newest first."""
        ...

    async def undo(self) -> ServiceResult[Step]:
        """Take the last step back. NOTHING_TO_UNDO, CHANGED_SINCE when something else came after it."""
        ...

    async def redo(self) -> ServiceResult[Step]:
        """Take the step that was taken back again. NOTHING_TO_UNDO, CHANGED_SINCE."""
        ...

    async def preview_import(self, text: str | bytes) -> ServiceResult[ImportPlan]:
        """What a file of performers would change. INVALID_VALUE with line and column.

        Bytes are read as UTF-8.
        """
        ...

    async def apply_import(self, text: str | bytes) -> ServiceResult[ImportPlan]:
        """Do what ``preview_import`` said. One step."""
        ...

    async def export(self) -> ServiceResult[str]:
        """Everybody with their channels as CSV that ``apply_import`` takes."""
        ...


MAX_STEPS = 100
"""So many steps can be taken back."""
MAX_PAST = 100
"""So many past assignments of a channel are kept."""


class AssignmentRepository(Protocol):
    """Where performers, assignments and steps are kept. Raises StorageError, answers domain values."""

    async def performers(self) -> Sequence[Performer]:
        """Everybody, in no order."""
        ...

    async def assignments(self) -> Sequence[Assignment]:
        """What is said of channels now, in no order."""
        ...

    async def past(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        """Who had a channel before, newest first."""
        ...

    async def do(self, step: Step, changes: Sequence[Change]) -> None:
        """Make all the changes in their order, or none, and remember them as the newest step.

        Steps that were taken back can then no longer be done again. Raises StorageError CHANGED_SINCE
        when something is not as a change says that it was, PERFORMER_EXISTS, LOCATION_EXISTS,
        DEVICE_EXISTS.
        """
        ...

    async def undo(self) -> Step:
        """Take back the newest step that is not taken back. NOTHING_TO_UNDO, or as ``do``."""
        ...

    async def redo(self) -> Step:
        """Do the oldest step that was taken back again. NOTHING_TO_UNDO, or as ``do``."""
        ...
