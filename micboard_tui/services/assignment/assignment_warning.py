"""What a person should know after a change of assignments: channels that were live, and conflicts. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.channel_spacing import spacings_of
from micboard_tui.domain.conflict import find_conflicts, find_pack_partner
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.problem import ProblemCode, find_problems
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import STORED_IS_CURRENT_S
from micboard_tui.services.assignment.assignment_snapshot import AssignmentSnapshot

MAX_LISTED = 4


def write_warning(
    snapshot: AssignmentSnapshot, before: Sequence[Assignment], after: Sequence[Assignment], now: float
) -> str | None:
    """In a sentence or more; None when there is nothing to warn of, as far as is known."""
    warnings = list(dict.fromkeys(_warnings(snapshot, before, after, now)))
    more = [f"and {len(warnings) - MAX_LISTED} more"] if len(warnings) > MAX_LISTED else []
    return "; ".join(warnings[:MAX_LISTED] + more) or None


def _warnings(
    snapshot: AssignmentSnapshot, before: Sequence[Assignment], after: Sequence[Assignment], now: float
) -> Iterator[str]:
    assignments = snapshot.assignments | {assignment.channel: assignment for assignment in after}
    states = {
        state.ref: replace(state, assignment=assignments.get(state.ref))
        for device in snapshot.devices.values()
        if _is_current(device, now)
        for state in device.channels
    }
    for old, new in zip(before, after, strict=True):
        state = states.get(new.channel)
        if state is not None and state.link_state in ON_AIR and (warning := _loss(snapshot, old, new)):
            yield warning
    conflict_codes = find_conflicts(states.values(), spacings_of(snapshot.devices.values()))
    for assignment in after:
        if (state := states.get(assignment.channel)) is not None:
            codes = conflict_codes.get(assignment.channel, ())
            if ProblemCode.PERFORMER_TWICE in codes and state.performer is not None:
                yield f"{visible(state.performer.name)} is live on another primary channel too"
            if ProblemCode.SAME_FREQUENCY in codes:
                yield _same_frequency(snapshot, state, states.values())
            if ProblemCode.WRONG_PACK in find_problems(state, now):
                yield f"{snapshot.channel_title(state.ref)} has another pack than the planned one"


def _loss(snapshot: AssignmentSnapshot, old: Assignment, new: Assignment) -> str | None:
    """What to say when a live channel loses its performer."""
    if old.performer is None or (new.performer is not None and new.performer.id == old.performer.id):
        return None
    end = "is still live" if new.expected_off else f"is live and was {visible(old.performer.name)}'s"
    return f"{snapshot.channel_title(new.channel)} {end}"


def _same_frequency(snapshot: AssignmentSnapshot, state: ChannelState, states: Iterable[ChannelState]) -> str:
    title, assignment = snapshot.channel_title(state.ref), state.assignment
    if assignment is not None and assignment.performer is not None:
        partner = find_pack_partner(state, assignment.performer.id, assignment.role, states)
        if partner is not None:
            return (
                f"{title} is on the frequency of {snapshot.channel_title(partner.ref)};"
                " if both receive one pack, assign it as shared pack"
            )
    return f"{title} is on or too near the frequency of another live channel"


def _is_current(device: DeviceSnapshot, now: float) -> bool:
    seen = device.state.last_seen_at
    return device.state.is_online and seen is not None and now - seen <= STORED_IS_CURRENT_S
