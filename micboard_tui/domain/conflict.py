"""What does not go together: channels on one frequency or too near, one performer twice. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.carrier_count import CarrierCount, carrier_of
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import ON_AIR, LinkState
from micboard_tui.domain.near_carriers import find_too_near
from micboard_tui.domain.problem import ProblemCode

Conflicts: TypeAlias = Mapping[ChannelRef, tuple[ProblemCode, ...]]
"""The channels that are in conflict with another, with what it is, worst first."""


class LastingConflict(NamedTuple):
    """What a channel and another do to each other."""

    code: ProblemCode
    since: float
    """Seconds since the epoch."""


NO_CONFLICTS: Conflicts = {}
NO_SPACINGS: Mapping[DeviceId, int] = {}
"""Of no device is it known how far its carriers have to be from others."""


def find_conflicts(
    states: Iterable[ChannelState], spacings_khz: Mapping[DeviceId, int] = NO_SPACINGS
) -> Conflicts:
    """Look for channels of all devices that disturb each other.

    A channel that is expected to be off is never blamed, but may disturb one that is not. Carriers of two
    zones do not meet, packs that share a carrier by design do not disturb each other, and channels of one
    performer may be marked to receive one pack. ``spacings_khz``: how far from each other the carriers of
    devices have to be (``domain.channel_spacing``); of two systems the wider one counts.
    """
    on_air = [state for state in states if state.link_state in ON_AIR]
    found: dict[ChannelRef, set[ProblemCode]] = {}
    by_khz = _group_by_frequency(on_air)
    _note(found, ProblemCode.SAME_FREQUENCY, _find_same_frequency(by_khz))
    if spacings_khz:
        _note(found, ProblemCode.SAME_FREQUENCY, find_too_near(by_khz, spacings_khz))
    _note(found, ProblemCode.PERFORMER_TWICE, _find_performer_twice(on_air))
    return {ref: worst_first(codes) for ref, codes in found.items()}


def conflict_inputs(state: ChannelState) -> tuple[object, ...]:
    """All of a channel that ``find_conflicts`` looks at: it finds the same while these are equal."""
    if state.link_state not in ON_AIR:
        return ()
    facts, given = state.facts, state.assignment
    carrier = (facts.frequency_khz, facts.frequency2_khz, facts.shared_carrier, state.rf_zone)
    if given is None:
        return state.link_state, carrier
    performer = given.performer.id if given.performer else None
    return state.link_state, carrier, performer, given.role, given.expected_off, given.shared_pack


def _group_by_frequency(on_air: Iterable[ChannelState]) -> dict[int, list[ChannelState]]:
    """The channels on each frequency, with both carriers of frequency diversity."""
    by_khz: dict[int, list[ChannelState]] = {}
    for state in on_air:
        first_khz, second_khz = state.facts.frequency_khz, state.facts.frequency2_khz
        if first_khz is not None:
            by_khz.setdefault(first_khz, []).append(state)
        if second_khz is not None and second_khz != first_khz:
            by_khz.setdefault(second_khz, []).append(state)
    return by_khz


def _find_same_frequency(by_khz: Mapping[int, Sequence[ChannelState]]) -> Iterator[ChannelState]:
    for carriers in by_khz.values():
        if len(carriers) > 1:
            yield from _find_disturbed(carriers)


def _find_performer_twice(on_air: Iterable[ChannelState]) -> Iterator[ChannelState]:
    by_performer: dict[PerformerId, list[ChannelState]] = {}
    for state in on_air:
        given = state.assignment
        if given is None or given.performer is None or state.link_state is not LinkState.LIVE:
            continue
        if given.role is Role.PRIMARY and not given.expected_off:
            by_performer.setdefault(given.performer.id, []).append(state)
    for channels in by_performer.values():
        if len(channels) > 1:
            yield from channels


def _find_disturbed(carriers: Sequence[ChannelState]) -> Iterator[ChannelState]:
    """Of channels on one frequency those that meet another carrier than their own."""
    counts = CarrierCount()
    for state in carriers:
        counts.add(None, state.rf_zone)
        counts.add(carrier_of(state), state.rf_zone)
    receivers = _count_sharing_performers(carriers)
    for state in carriers:
        zone = state.rf_zone
        others = counts.count(None, zone) - counts.count(carrier_of(state), zone)
        if others and others > _count_receivers_of_its_pack(state, receivers):
            yield state


def _count_sharing_performers(carriers: Sequence[ChannelState]) -> CarrierCount | None:
    """The channels of each performer of whose channels one is marked to receive the pack of another.

    They are counted by performer and by performer and carrier, all and only those that are marked. None:
    there is no such performer.
    """
    sharing = {state.performer.id for state in carriers if state.performer and _shares_pack(state)}
    if not sharing:
        return None
    counts = CarrierCount()
    for state in carriers:
        if state.performer is not None and (performer := state.performer.id) in sharing:
            for is_marked in (False, True) if _shares_pack(state) else (False,):
                counts.add((performer, is_marked), state.rf_zone)
                counts.add((performer, is_marked, carrier_of(state)), state.rf_zone)
    return counts


def _count_receivers_of_its_pack(state: ChannelState, receivers: CarrierCount | None) -> int:
    """Other channels in reach that receive the same pack on purpose, and are no carrier of their own."""
    if receivers is None or state.performer is None:
        return 0
    performer, zone, is_marked_only = state.performer.id, state.rf_zone, not _shares_pack(state)
    of_performer = receivers.count((performer, is_marked_only), zone)
    return of_performer - receivers.count((performer, is_marked_only, carrier_of(state)), zone)


def _shares_pack(state: ChannelState) -> bool:
    return state.assignment is not None and state.assignment.shared_pack


def _meet(one: ChannelState, other: ChannelState) -> bool:
    return one.rf_zone is None or other.rf_zone is None or one.rf_zone == other.rf_zone


def find_pack_partner(
    state: ChannelState, performer: PerformerId, role: Role, states: Iterable[ChannelState]
) -> ChannelState | None:
    """The channel whose pack ``state`` may receive on purpose, once ``performer`` has it with ``role``.

    It belongs to the same performer with another role, and both are set to one frequency in one zone.
    """
    khz = state.facts.frequency_khz
    for other in states:
        assignment = other.assignment
        if khz is None or assignment is None or assignment.performer is None or other.ref == state.ref:
            continue
        is_theirs = assignment.performer.id == performer and assignment.role is not role
        if is_theirs and other.facts.frequency_khz == khz and _meet(state, other):
            return other
    return None


def worst_first(codes: Iterable[ProblemCode]) -> tuple[ProblemCode, ...]:
    """Each once."""
    return tuple(sorted(set(codes), key=lambda code: code.rank))


def _note(
    found: dict[ChannelRef, set[ProblemCode]], code: ProblemCode, states: Iterable[ChannelState]
) -> None:
    for state in states:
        if not state.expected_off:
            found.setdefault(state.ref, set()).add(code)
