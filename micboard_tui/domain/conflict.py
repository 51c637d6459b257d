"""What does not go together: channels on one frequency, one performer twice. Pure."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.problem import ProblemCode

Conflicts: TypeAlias = Mapping[ChannelRef, tuple[ProblemCode, ...]]
"""The channels that are in conflict with another, with what it is, worst first."""

NO_CONFLICTS: Conflicts = {}


def find_conflicts(states: Iterable[ChannelState]) -> Conflicts:
    """Look for channels of all devices that disturb each other.

    A channel that is expected to be off is never blamed, but may disturb one that is not.
    """
    by_khz: dict[int, ChannelState] = {}
    by_performer: dict[str, ChannelState] = {}
    found: dict[ChannelRef, set[ProblemCode]] = {}
    for state in states:
        link = state.link_state
        if link not in ON_AIR:
            continue
        facts = state.facts
        if (khz := facts.frequency_khz) is not None and by_khz.setdefault(khz, state) is not state:
            _note(found, ProblemCode.SAME_FREQUENCY, state, by_khz[khz])
        if (khz := facts.frequency2_khz) is not None and by_khz.setdefault(khz, state) is not state:
            _note(found, ProblemCode.SAME_FREQUENCY, state, by_khz[khz])
        given = state.assignment
        if given is None or given.performer is None or link is not LinkState.LIVE:
            continue
        if given.role is Role.PRIMARY and not given.expected_off:
            first = by_performer.setdefault(given.performer.id, state)
            if first is not state:
                _note(found, ProblemCode.PERFORMER_TWICE, state, first)
    return {ref: worst_first(codes) for ref, codes in found.items()}


def worst_first(codes: Iterable[ProblemCode]) -> tuple[ProblemCode, ...]:
    """Each once."""
    return tuple(sorted(set(codes), key=lambda code: code.rank))


def _note(found: dict[ChannelRef, set[ProblemCode]], code: ProblemCode, *states: ChannelState) -> None:
    for state in states:
        if not state.expected_off:
            found.setdefault(state.ref, set()).add(code)
