"""Performers as they are typed: a new one, a changed one, and what is no performer. Pure."""

import secrets

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.identity import PerformerId
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.field_validation import clean_name, clean_note, clean_text

MAX_PERFORMERS = 10_000


def new_performer(
    snapshot: AssignmentSnapshot, name: str, part: str | None = None, note: str | None = None
) -> Performer:
    """Raises MicboardError INVALID_VALUE, PERFORMER_EXISTS."""
    check_number_of_performers(len(snapshot.performers) + 1)
    empty = Performer(PerformerId(secrets.token_hex(4)), "")
    return edit_performer(snapshot, empty, name, part, note)


def edit_performer(
    snapshot: AssignmentSnapshot, before: Performer, name: str | None, part: str | None, note: str | None
) -> Performer:
    """``before`` with what is given. Raises MicboardError INVALID_VALUE, PERFORMER_EXISTS."""
    after = Performer(
        before.id,
        before.name if name is None else clean_name(name, "A performer"),
        before.part if part is None else clean_text(part, "A part"),
        before.note if note is None else clean_note(note),
    )
    other = snapshot.find_performer(after.name)
    if other is not None and other.id != after.id:
        raise MicboardError(
            ErrorCode.PERFORMER_EXISTS,
            f"There is a performer '{visible(other.name)}' already",
            hint=hints.CHOOSE_OTHER_NAME,
        )
    return after


def describe_edit(before: Performer, after: Performer) -> str:
    """The text of the step that changes a performer."""
    edits = [f"renamed to {after.name}"] if before.name != after.name else []
    edits += [
        f"{field} {'changed' if new else 'removed'}"
        for field, old, new in (("part", before.part, after.part), ("note", before.note, after.note))
        if old != new
    ]
    return f"Performer {before.name} {', '.join(edits)}" if edits else ""


def check_number_of_performers(count: int) -> None:
    """Raises MicboardError INVALID_VALUE."""
    if count > MAX_PERFORMERS:
        raise invalid_value_error(f"There can be {MAX_PERFORMERS} performers at most", "Remove some")
