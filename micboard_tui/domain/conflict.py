"""What does not go together: channels on one frequency, one performer twice. Pure."""

from collections.abc import Iterable, Iterator, Mapping
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

    A channel that is expected to be off is never blamed, but may disturb one that is not. Carriers of two
    zones do not meet, and packs that share a carrier by design do not disturb each other.
    """
    by_khz: dict[int, list[ChannelState]] = {}
    by_performer: dict[str, ChannelState] = {}
    found: dict[ChannelRef, set[ProblemCode]] = {}
    for state in states:
        link = state.link_state
        if link not in ON_AIR:
            continue
        for other in _others_on_air(state, by_khz):
            _note(found, ProblemCode.SAME_FREQUENCY, state, other)
        given = state.assignment
        if given is None or given.performer is None or link is not LinkState.LIVE:
            continue
        if given.role is Role.PRIMARY and not given.expected_off:
            first = by_performer.setdefault(given.performer.id, state)
            if first is not state:
                _note(found, ProblemCode.PERFORMER_TWICE, state, first)
    return {ref: worst_first(codes) for ref, codes in found.items()}


def _others_on_air(state: ChannelState, by_khz: dict[int, list[ChannelState]]) -> Iterator[ChannelState]:
    """Those so far that it disturbs; it is put beside them."""
    for khz in {state.facts.frequency_khz, state.facts.frequency2_khz}:
        if khz is not None:
            others = by_khz.setdefault(khz, [])
            yield from (other for other in others if _disturb_each_other(state, other))
            others.append(state)


def _disturb_each_other(one: ChannelState, other: ChannelState) -> bool:
    """Whether two carriers on one frequency meet in the air."""
    if one.rf_zone != other.rf_zone and one.rf_zone is not None and other.rf_zone is not None:
        return False
    carrier = one.facts.shared_carrier
    return carrier is None or one.device_id != other.device_id or carrier != other.facts.shared_carrier


def worst_first(codes: Iterable[ProblemCode]) -> tuple[ProblemCode, ...]:
    """Each once."""
    return tuple(sorted(set(codes), key=lambda code: code.rank))


def _note(found: dict[ChannelRef, set[ProblemCode]], code: ProblemCode, *states: ChannelState) -> None:
    for state in states:
        if not state.expected_off:
            found.setdefault(state.ref, set()).add(code)
