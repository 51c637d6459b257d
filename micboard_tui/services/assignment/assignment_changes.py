"""What changes when somebody gets or loses a channel. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts.assignment import Change
from micboard_tui.domain.assignment import Assignment, PastAssignment, Performer, Role
from micboard_tui.domain.identity import PerformerId


def said(before: Assignment | None, after: Assignment, now: float) -> list[Change]:
    """``after`` is said of a channel instead of ``before``; who loses it goes into its past."""
    kept = None if after.says_nothing else after
    if _is_same(before, kept):
        return []
    return [Change(before, kept), *_ended(before, after, now)]


def removed(before: Assignment, now: float) -> list[Change]:
    """Nothing is said of the channel any longer."""
    return said(before, Assignment(before.channel), now)


def given(before: Assignment, performer: Performer, role: Role, note: str | None, now: float) -> Assignment:
    """The channel belongs to ``performer``; which pack belongs to it stays."""
    same = _who(before) == performer.id
    return replace(
        before,
        performer=performer,
        role=role,
        note=before.note if note is None and same else note or None,
        since=before.since if same else now,
        expected_off=False,
    )


def freed(before: Assignment) -> Assignment:
    """Nobody has the channel; which pack belongs to it stays."""
    return Assignment(before.channel, planned_model=before.planned_model, planned_pack=before.planned_pack)


def swapped(failing: Assignment, spare: Assignment, now: float) -> Sequence[Assignment]:
    """The performer of ``failing`` goes to ``spare`` with role and note; the old channel is to be silent."""
    taken = replace(
        spare,
        performer=failing.performer,
        role=failing.role,
        note=failing.note,
        since=now,
        expected_off=False,
    )
    return [replace(freed(failing), expected_off=True), taken]


def marked(
    before: Assignment, *, role: Role | None, expected_off: bool | None, note: str | None
) -> Assignment:
    """What is None stays; an empty note goes."""
    return replace(
        before,
        role=before.role if role is None else role,
        expected_off=before.expected_off if expected_off is None else expected_off,
        note=before.note if note is None else note or None,
    )


def words_of_mark(*, role: Role | None, expected_off: bool | None, note: str | None) -> str:
    told = [] if role is None else [role.value]
    if expected_off is not None:
        told.append("expected off" if expected_off else "expected on")
    if note is not None:
        told.append("note")
    return ", ".join(told)


def _is_same(before: Assignment | None, after: Assignment | None) -> bool:
    """Whether both say the same; what else is known of the performer does not matter."""
    if before is None or after is None or _who(before) != _who(after):
        return before is after
    return replace(before, performer=None) == replace(after, performer=None)


def _who(assignment: Assignment) -> PerformerId | None:
    return assignment.performer.id if assignment.performer else None


def _ended(before: Assignment | None, after: Assignment, now: float) -> list[Change]:
    if before is None or before.performer is None or now <= before.since or _who(before) == _who(after):
        return []
    past = PastAssignment(before.channel, before.performer.name, before.role, before.since, now, before.note)
    return [Change(None, past)]
