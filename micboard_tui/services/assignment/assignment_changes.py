"""How a channel's assignment changes, and what a step has to write for that. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.identity import PerformerId


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark on channels; None leaves a mark as it is."""

    role: Role | None = None
    expected_off: bool | None = None
    note: str | None = None
    """The empty text removes the note."""


def changes_of(before: Assignment | None, after: Assignment, now: float) -> list[Change]:
    """What replaces ``before`` by ``after``; a performer who loses the channel goes into its past."""
    kept = None if after.says_nothing else after
    if _is_same(before, kept):
        return []
    return [Change(before, kept), *_past_changes(before, after, now)]


def changes_of_removal(before: Assignment, now: float) -> list[Change]:
    """What removes everything that is recorded of the channel; its performer goes into its past."""
    return changes_of(before, Assignment(before.channel), now)


@dataclass(frozen=True, slots=True)
class AssignedAs:
    """How a performer has channels; None keeps what is there where they had the channel before."""

    role: Role = Role.PRIMARY
    note: str | None = None
    """The empty text removes the note."""
    shared_pack: bool | None = None

    @property
    def description(self) -> str:
        """What stands after the performer in the text of the step."""
        role = "" if self.role is Role.PRIMARY else f" as {self.role.value}"
        return role + (", shared pack" if self.shared_pack else "")


def assign_performer(before: Assignment, performer: Performer, how: AssignedAs, now: float) -> Assignment:
    """The channel belongs to ``performer``; the planned pack and the mic number stay."""
    is_same = _performer_id(before) == performer.id
    return replace(
        before,
        performer=performer,
        role=how.role,
        note=before.note if how.note is None and is_same else how.note or None,
        since=before.since if is_same else now,
        expected_off=False,
        shared_pack=(is_same and before.shared_pack) if how.shared_pack is None else how.shared_pack,
    )


def unassign_channel(before: Assignment) -> Assignment:
    """The channel has no performer, and is no spare; the planned pack and the mic number stay."""
    return Assignment(
        before.channel,
        planned_model=before.planned_model,
        planned_pack=before.planned_pack,
        mic_number=before.mic_number,
    )


def swap_to_spare(failing: Assignment, spare: Assignment, now: float) -> tuple[Assignment, Assignment]:
    """The performer of ``failing`` has ``spare`` with the same role and note; ``failing`` is expected off.

    Answers both channels in that order.
    """
    taken = replace(
        spare,
        performer=failing.performer,
        role=failing.role,
        note=failing.note,
        since=now,
        expected_off=False,
        shared_pack=False,
    )
    return replace(unassign_channel(failing), expected_off=True), taken


def apply_marks(before: Assignment, marks: Marks) -> Assignment:
    return replace(
        before,
        role=before.role if marks.role is None else marks.role,
        expected_off=before.expected_off if marks.expected_off is None else marks.expected_off,
        note=before.note if marks.note is None else marks.note or None,
    )


def describe_marks(channels: str, marks: Marks) -> str:
    """The text of the step that puts ``marks`` on ``channels``."""
    marked: list[str] = [] if marks.role is None else [marks.role.value]
    if marks.expected_off is not None:
        marked.append("expected off" if marks.expected_off else "expected on")
    note = None if marks.note is None else f"{'changed' if marks.note else 'removed'}"
    if not marked:
        return f"Note on {channels} {note}"
    return f"{channels} marked as {' and '.join(marked)}" + (f", note {note}" if note else "")


def is_held_by(assignment: Assignment, performer: Performer) -> bool:
    return _performer_id(assignment) == performer.id


def _is_same(before: Assignment | None, after: Assignment | None) -> bool:
    """Whether both are one row; what else is known of the performer does not matter."""
    if before is None or after is None or _performer_id(before) != _performer_id(after):
        return before is after
    return replace(before, performer=None) == replace(after, performer=None)


def _performer_id(assignment: Assignment) -> PerformerId | None:
    return assignment.performer.id if assignment.performer else None


def _past_changes(before: Assignment | None, after: Assignment, now: float) -> Sequence[Change]:
    if before is None or before.performer is None or now <= before.since:
        return ()
    if _performer_id(before) == _performer_id(after):
        return ()
    past = PastAssignment(before.channel, before.performer.name, before.role, before.since, now, before.note)
    return (Change(None, past),)
