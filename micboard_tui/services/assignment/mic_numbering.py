"""Mic numbers as they are typed: cleaned, counted up, and warned of where one is there twice. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.mic_number import MAX_CELLS, MAX_CHARACTERS, cell_width, count_up, mic_number_key
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot
from micboard_tui.services.field_validation import clean_text, single_blanks

MAX_LISTED = 4


def clean_mic_number(text: str) -> str | None:
    """None for the empty text. Raises MicboardError INVALID_VALUE."""
    number = clean_text(single_blanks(text), "A mic number", MAX_CHARACTERS)
    if number is not None and cell_width(number) > MAX_CELLS:
        raise invalid_value_error(
            f"The mic number '{number}' is {cell_width(number)} cells wide", f"Use {MAX_CELLS} at most"
        )
    return number


def number_channels(before: Sequence[Assignment], start: str | None) -> list[Assignment]:
    """The channels numbered from ``start`` on, or without a number. Raises MicboardError INVALID_VALUE."""
    first = clean_mic_number(start or "")
    if first is None:
        return [replace(assignment, mic_number=None) for assignment in before]
    if (numbers := count_up(first, len(before))) is None:
        raise invalid_value_error(
            f"{len(before)} mic numbers cannot be counted up from '{first}'",
            f"Begin with a number, or with a text that ends in one; {MAX_CELLS} cells are the most",
        )
    return [
        replace(assignment, mic_number=number) for assignment, number in zip(before, numbers, strict=True)
    ]


def describe_numbering(channels: str, after: Sequence[Assignment]) -> str:
    """The text of the step that numbers ``channels``."""
    first, last = after[0].mic_number, after[-1].mic_number
    if first is None:
        return (
            f"Mic number of {channels} removed" if len(after) == 1 else f"Mic numbers of {channels} removed"
        )
    return f"{channels} numbered {first}" + (f" to {last}" if len(after) > 1 else "")


def write_number_warning(snapshot: AssignmentSnapshot, after: Sequence[Assignment]) -> str | None:
    """Which channels have a number of these, too; None when no other has."""
    warnings = list(_same_numbers(snapshot, after))
    more = [f"and {len(warnings) - MAX_LISTED} more"] if len(warnings) > MAX_LISTED else []
    return "; ".join(warnings[:MAX_LISTED] + more) or None


def _same_numbers(snapshot: AssignmentSnapshot, after: Iterable[Assignment]) -> Iterator[str]:
    numbered = {assignment.channel: assignment for assignment in after}
    holders: dict[object, list[Assignment]] = {}
    for assignment in (snapshot.assignments | numbered).values():
        if assignment.mic_number is not None:
            holders.setdefault(mic_number_key(assignment.mic_number), []).append(assignment)
    for same in holders.values():
        if len(same) > 1 and any(assignment.channel in numbered for assignment in same):
            labels = ", ".join(visible(snapshot.channel_label(each.channel)) for each in same[:MAX_LISTED])
            yield f"{len(same)} channels have the mic number {same[0].mic_number}: {labels}"
