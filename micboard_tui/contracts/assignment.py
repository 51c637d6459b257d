"""Performers, and who has which channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.undo_steps import Change, CommandStep, Step
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.spare import rank_spares

MAX_PAST = 100
"""So many past assignments of a channel are kept."""
MAX_IMPORT_BYTES = 1_000_000
"""Of a file of performers."""


@dataclass(frozen=True, slots=True)
class Spare:
    """A channel that could take over, with what speaks for and against it."""

    state: ChannelState
    reasons: tuple[str, ...]
    """Short phrases, the best first: "live", "battery 4:10", "same band"."""
    is_ready: bool
    """Whether it is live and silent, with a battery that is known to last and a good signal."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change; nothing has changed yet."""

    added: tuple[str, ...] = ()
    """Names of new performers."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """What changes of known performers, by name."""
    assigned: tuple[str, ...] = ()
    """Channels that get a performer, as "Ada: Rack A/1, primary"."""
    numbered: tuple[str, ...] = ()
    """Channels that get a mic number, as "Rack A/1: 7"."""
    unchanged: int = 0
    """Performers in the file that stay as they are."""
    ignored: tuple[str, ...] = ()
    """Columns of the file that say nothing to us."""

    @property
    def is_empty(self) -> bool:
        """Whether importing would change nothing."""
        return not (self.added or self.changed or self.assigned or self.numbered)


def list_spares(live: LiveContract, channel: ChannelRef) -> Sequence[Spare]:
    """Channels that could take over from this one by the state of now, the best first."""
    ranked = rank_spares(channel, live.snapshot(), live.now())
    return [Spare(spare.state, spare.reasons, spare.is_ready) for spare in ranked]


class AssignmentContract(Protocol):
    """All answers are ServiceResults. A Success may carry a warning: a conflict that now exists.

    Every change is one step, which ``undo`` undoes also after the program was started anew. ``actor`` is the
    name of the person who does it: each person undoes and redoes their own steps.
    """

    async def list_performers(self) -> ServiceResult[Sequence[Performer]]:
        """All performers, by name."""
        ...

    async def add_performer(
        self, name: str, *, part: str | None = None, note: str | None = None, actor: str
    ) -> ServiceResult[Performer]:
        """INVALID_VALUE, PERFORMER_EXISTS."""
        ...

    async def change_performer(
        self,
        performer_id: PerformerId,
        *,
        name: str | None = None,
        part: str | None = None,
        note: str | None = None,
        actor: str,
    ) -> ServiceResult[Performer]:
        """Change what is given; an empty text removes a part or a note.

        PERFORMER_NOT_FOUND, PERFORMER_EXISTS, INVALID_VALUE.
        """
        ...

    async def remove_performer(self, performer_id: PerformerId, *, actor: str) -> ServiceResult[Performer]:
        """Remove a performer and unassign their channels. PERFORMER_NOT_FOUND."""
        ...

    async def find_performer(self, name: str) -> ServiceResult[Performer]:
        """The performer of that name, capitals ignored. PERFORMER_NOT_FOUND."""
        ...

    async def list_assignments(self) -> ServiceResult[Sequence[Assignment]]:
        """The assignments and marks of channels, in rack order."""
        ...

    async def find_channel(self, name: str) -> ServiceResult[ChannelRef]:
        """The channel that is named by its device and number: "Rack A/2", "192.168.1.20/2".

        INVALID_VALUE also when several devices have that name, DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND.
        """
        ...

    async def assign(
        self,
        channels: Sequence[ChannelRef],
        performer: str,
        *,
        role: Role = Role.PRIMARY,
        note: str | None = None,
        shared_pack: bool | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Assignment]]:
        """Assign the channels to a performer by name, who is added when not known yet.

        ``shared_pack``: they receive the pack that another channel of the performer receives, so these are
        no conflict on one frequency; None keeps that mark where the performer had the channel before.
        The warning says when a channel was live with another performer, or what conflicts now.
        INVALID_VALUE, CHANNEL_NOT_FOUND.
        """
        ...

    async def unassign(
        self, channels: Sequence[ChannelRef], *, actor: str
    ) -> ServiceResult[Sequence[ChannelRef]]:
        """Take the channels from their performers; answers those that had one, or were spares for all.

        CHANNEL_NOT_FOUND.
        """
        ...

    async def mark(
        self,
        channels: Sequence[ChannelRef],
        *,
        role: Role | None = None,
        expected_off: bool | None = None,
        note: str | None = None,
        actor: str,
    ) -> ServiceResult[Sequence[Assignment]]:
        """Mark the channels, assigned or not; None leaves a mark as it is. CHANNEL_NOT_FOUND."""
        ...

    async def plan_pack(
        self, channel: ChannelRef, *, model: str | None, name: str | None, actor: str
    ) -> ServiceResult[Assignment]:
        """Plan which pack belongs to the channel; None: any. CHANNEL_NOT_FOUND."""
        ...

    async def number_channels(
        self, channels: Sequence[ChannelRef], start: str | None, *, actor: str
    ) -> ServiceResult[Sequence[Assignment]]:
        """Give the channels mic numbers, counted up in their order: "7" gives 7, 8, 9; None removes them.

        The warning names channels that have one of these numbers, too. INVALID_VALUE, CHANNEL_NOT_FOUND.
        """
        ...

    async def find_spares(self, channel: ChannelRef) -> ServiceResult[Sequence[Spare]]:
        """Channels that could take over from this one, the best first: spares, then unassigned ones.

        Also without a running session: by what was stored last, where a device is not live. A front end that
        samples the present asks ``list_spares``.
        CHANNEL_NOT_FOUND, INVALID_VALUE when the channel has no performer.
        """
        ...

    async def check_swap(self, channel: ChannelRef, spare: ChannelRef) -> ServiceResult[Performer]:
        """The performer whom ``swap`` would move. Its errors, before a person is asked."""
        ...

    async def swap(self, channel: ChannelRef, spare: ChannelRef, *, actor: str) -> ServiceResult[Assignment]:
        """Move the performer of ``channel`` to ``spare``; the old channel is marked as expected off.

        CHANNEL_NOT_FOUND, INVALID_VALUE when the channel has no performer.
        """
        ...

    async def list_history(self, channel: ChannelRef) -> ServiceResult[Sequence[PastAssignment]]:
        """The past assignments of the channel, newest first."""
        ...

    async def undo(self, *, actor: str) -> ServiceResult[Step]:
        """Undo the newest step of this person that is not undone.

        Steps of which it is not known who made them count as anyone's. NOTHING_TO_UNDO; CHANGED_SINCE when
        its records were changed since: the message names by whom and when, the details have ``changed_by``
        and ``changed_at``. That step is dropped, so that the next undo goes on to the one before it.
        """
        ...

    async def redo(self, *, actor: str) -> ServiceResult[Step]:
        """Redo the step that this person undid last. NOTHING_TO_REDO, CHANGED_SINCE."""
        ...

    async def forget_steps(self, *, actor: str) -> ServiceResult[None]:
        """Leave everything as it is and forget how it came about, so that nothing of it can be undone."""
        ...

    async def preview_import(self, content: bytes) -> ServiceResult[ImportPlan]:
        """What a file of performers, in UTF-8, would change. INVALID_VALUE with line and column."""
        ...

    async def apply_import(self, content: bytes, *, actor: str) -> ServiceResult[ImportPlan]:
        """Do what ``preview_import`` shows."""
        ...

    async def export(self) -> ServiceResult[str]:
        """All performers with their channels as CSV that ``apply_import`` takes."""
        ...


class AssignmentRepository(Protocol):
    """Where performers, assignments and steps are kept. Raises StorageError, answers domain values."""

    async def performers(self) -> Sequence[Performer]:
        """All performers, in no order."""
        ...

    async def assignments(self) -> Sequence[Assignment]:
        """All assignments and marks of channels, in no order."""
        ...

    async def past(self, channel: ChannelRef) -> Sequence[PastAssignment]:
        """The past assignments of a channel, newest first."""
        ...

    async def make(self, step: Step, changes: Sequence[Change]) -> None:
        """Make all the changes in their order, or none, and remember them as the newest step.

        Steps that the same person has undone can then no longer be redone. Raises StorageError
        CHANGED_SINCE when a record is not as a change says that it was, PERFORMER_EXISTS, LOCATION_EXISTS,
        DEVICE_EXISTS.
        """
        ...

    async def undo(self, actor: str) -> Step:
        """Undo the newest step of this person, or of an unknown one, that is not undone. It is theirs then.

        A ``CommandStep`` is answered and left as it is: the caller has the devices do it, and then calls
        ``turn_commands``, or ``drop_commands`` where that will never be possible.
        NOTHING_TO_UNDO, or as ``make``.
        """
        ...

    async def redo(self, actor: str) -> Step:
        """Redo the oldest step of this person, or of an unknown one, that is undone.

        A ``CommandStep`` is left as it is, as by ``undo``. NOTHING_TO_REDO, or as ``make``.
        """
        ...

    async def turn_commands(self, step: CommandStep, actor: str, *, undone: bool) -> None:
        """The devices have done it: the step is undone now, or done again."""
        ...

    async def drop_commands(self, step: CommandStep, actor: str, *, is_redo: bool) -> Step | None:
        """Forget a step that can never be undone or redone.

        Answers the newest step that changed the same since; None: it is not known which did.
        """
        ...

    async def forget_steps(self) -> None:
        """Forget all steps, also those that are undone. What they changed stays."""
        ...
