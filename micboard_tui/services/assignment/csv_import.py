"""What a file of performers would change. Pure."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.assignment import ImportPlan
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.identity import ChannelRef, PerformerId
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.units import format_count
from micboard_tui.domain.value_ranges import MAX_NAME, MAX_NOTE
from micboard_tui.services.assignment.assignment_changes import (
    AssignedAs,
    assign_performer,
    changes_of,
    is_held_by,
)
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.assignment.channel_lookup import ChannelLookup
from micboard_tui.services.assignment.csv_file import CsvFile, CsvRow, csv_error, raise_mistakes
from micboard_tui.services.assignment.mic_numbering import write_number_warning
from micboard_tui.services.assignment.performer_edit import check_number_of_performers
from micboard_tui.services.steps import PlannedStep


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """What an import would do: for people, and as a step."""

    plan: ImportPlan
    step: PlannedStep
    warning: str | None
    """Mic numbers that several channels would have."""


def plan_import(file: CsvFile, snapshot: AssignmentSnapshot, now: float) -> PlannedImport:
    """What a file would change; performers and channels that it does not name stay as they are.

    Raises MicboardError INVALID_VALUE, with all mistakes of the file by line and column.
    """
    known, rows = snapshot.performers, file.rows
    mistakes = list(file.mistakes)
    performers = _merge_performers(rows, snapshot, mistakes)
    assignments = list(_assignments(rows, performers, snapshot, now, mistakes))
    raise_mistakes(mistakes)
    added = [each for each in performers.values() if each.id not in known]
    changed = [each for each in performers.values() if each != known.get(each.id, each)]
    check_number_of_performers(len(known) + len(added))
    changes = [Change(known.get(performer.id), performer) for performer in (*added, *changed)]
    assigned, numbered = [], []
    for after in assignments:
        before = snapshot.assignment_of(after.channel)
        if news := changes_of(snapshot.assignments.get(after.channel), after, now):
            changes += news
            if after.mic_number != before.mic_number:
                numbered.append(_describe_number(before, after, snapshot))
            kept_number = replace(after, mic_number=before.mic_number)
            if changes_of(snapshot.assignments.get(after.channel), kept_number, now):
                assigned.append(_describe_assignment(after, snapshot))
    plan = ImportPlan(
        tuple(performer.name for performer in added),
        {performer.name: _describe_difference(known[performer.id], performer) for performer in changed},
        tuple(assigned),
        tuple(numbered),
        unchanged=len(performers) - len(added) - len(changed),
        ignored=file.ignored,
    )
    channels = format_count(len(assigned), "channel")
    counts = f"{len(added)} added, {len(changed)} changed, {channels} assigned"
    if numbered:
        counts += f", {len(numbered)} numbered"
    step = PlannedStep(f"Performers imported ({counts})", changes)
    return PlannedImport(plan, step, write_number_warning(snapshot, assignments))


def _merge_performers(
    rows: Sequence[CsvRow], snapshot: AssignmentSnapshot, mistakes: list[MicboardError]
) -> Mapping[str, Performer]:
    """The performers in the file as they would be, by folded name. What does not fit goes to ``mistakes``."""
    known = {fold_name(performer.name): performer for performer in snapshot.performers.values()}
    merged: dict[str, CsvRow] = {}
    for row in rows:
        if not row.name:
            continue
        key = fold_name(row.name)
        try:
            merged[key] = _merge_rows(merged[key], row) if key in merged else row
        except MicboardError as error:
            mistakes.append(error)
    return {key: _edit_performer(row, known.get(key)) for key, row in merged.items()}


def _edit_performer(row: CsvRow, known: Performer | None) -> Performer:
    if known is None:
        return Performer(PerformerId(secrets.token_hex(4)), row.name, row.part, row.note)
    return replace(known, name=row.name, part=row.part or known.part, note=row.note or known.note)


def _merge_rows(first: CsvRow, row: CsvRow) -> CsvRow:
    """A performer on several lines is one person, who has another channel, part or note on each."""
    part = _join_texts(first.part, row.part, " / ")
    note = _join_texts(first.note, row.note, "; ")
    if not row.channel and (part, note) == (first.part, first.note):
        message = f"'{visible(row.name)}' is on line {first.line} already"
        raise csv_error(row.line, "name", message, "Leave one out, or give it a channel")
    for column, text, limit in (("role", part, MAX_NAME), ("note", note, MAX_NOTE)):
        if text is not None and len(text) > limit:
            message = f"together with line {first.line} it has {len(text)} characters"
            raise csv_error(row.line, column, message, f"Use {limit} at most")
    return first._replace(part=part, note=note)


def _join_texts(first: str | None, second: str | None, separator: str) -> str | None:
    """Both texts; once what both say."""
    if first is None or second is None:
        return first or second
    known = first.split(separator)
    return separator.join([*known, *(text for text in second.split(separator) if text not in known)])


def _assignments(
    rows: Sequence[CsvRow],
    performers: Mapping[str, Performer],
    snapshot: AssignmentSnapshot,
    now: float,
    mistakes: list[MicboardError],
) -> Iterator[Assignment]:
    """The channels in the file as they would be. What does not fit goes to ``mistakes``."""
    lines: dict[ChannelRef, int] = {}
    lookup = ChannelLookup(snapshot)
    for row in rows:
        if not row.channel:
            values = (("use", row.role), ("mic number", row.mic_number), ("shared pack", row.shared_pack))
            mistakes += [
                csv_error(
                    row.line,
                    "channel",
                    f"a {what} without a channel",
                    f"Name the channel, or leave the {what} out",
                )
                for what, value in values
                if value is not None
            ]
            continue
        try:
            channel = lookup.find_channel(row.channel)
        except MicboardError as error:
            mistakes.append(csv_error(row.line, "channel", error.info.message, error.info.hint))
            continue
        if channel in lines:
            message = f"it is on line {lines[channel]} already"
            mistakes.append(csv_error(row.line, "channel", message, "Leave one out"))
            continue
        lines[channel] = row.line
        before = snapshot.assignment_of(channel)
        after = _edit_assignment(before, performers.get(fold_name(row.name)), row, now)
        yield replace(after, mic_number=row.mic_number or before.mic_number)


def _edit_assignment(before: Assignment, performer: Performer | None, row: CsvRow, now: float) -> Assignment:
    """A performer who has the channel already keeps note and time."""
    if performer is None:
        return replace(before, role=row.role or before.role)
    if is_held_by(before, performer):
        shared_pack = before.shared_pack if row.shared_pack is None else row.shared_pack
        return replace(before, performer=performer, role=row.role or before.role, shared_pack=shared_pack)
    how = AssignedAs(row.role or Role.PRIMARY, shared_pack=row.shared_pack)
    return assign_performer(before, performer, how, now)


def _describe_assignment(after: Assignment, snapshot: AssignmentSnapshot) -> str:
    performer, before = after.performer, snapshot.assignment_of(after.channel).performer
    if performer is None and after.role is Role.SPARE:
        return f"spare for all: {snapshot.channel_label(after.channel)}"
    name = performer.name if performer else "no performer"
    earlier = f" (now {before.name}'s)" if before and performer and before.id != performer.id else ""
    return f"{name}: {snapshot.channel_label(after.channel)}, {after.role_description}{earlier}"


def _describe_number(before: Assignment, after: Assignment, snapshot: AssignmentSnapshot) -> str:
    earlier = "" if before.mic_number is None else f" (now {before.mic_number})"
    return f"{snapshot.channel_label(after.channel)}: {after.mic_number}{earlier}"


def _describe_difference(before: Performer, after: Performer) -> str:
    fields = (
        ("name", before.name, after.name),
        ("part", before.part, after.part),
        ("note", before.note, after.note),
    )
    return ", ".join(
        f"{field}: {old or 'none'} \N{RIGHTWARDS ARROW} {new}" for field, old, new in fields if old != new
    )
