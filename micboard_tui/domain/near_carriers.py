"""Which carriers have another beside them that is nearer than both systems can bear. Pure.

Theory of operation. Frequencies with so wide a gap between them that no spacing reaches over it have nothing
to do with each other; what is between two gaps is a *crowd*. In most of them each carrier has few neighbours
within reach, and is compared with these. Where thousands are near each other, that would take seconds. There
a window of one width goes over the frequencies, up and then down, and *counts* the carriers in it, and those
of them that belong to one that it reaches: what is left are strangers. It goes once for each spacing that
there is (``domain.channel_spacing``), of which there are few:

* for the carriers with that spacing it counts all others,
* for those with a narrower one it counts those with that spacing: of two systems the wider one decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from micboard_tui.domain.carrier_count import CarrierCount, CarrierKey, carrier_of
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId


class _Carrier(NamedTuple):
    state: ChannelState
    spacing_khz: int
    zone: LocationId | None
    key: CarrierKey
    performer: PerformerId | None


_Frequency: TypeAlias = tuple[int, Sequence[_Carrier]]
"""In kHz, and the carriers on it."""
MOST_NEIGHBOURS = 32
"""With more of them on average, carriers are not compared with each of their neighbours."""


def find_too_near(
    by_khz: Mapping[int, Sequence[ChannelState]],
    spacings_khz: Mapping[DeviceId, int],
    most_neighbours: int = MOST_NEIGHBOURS,
) -> Iterator[ChannelState]:
    """Channels with a carrier beside theirs that is nearer than both systems can bear; some more than once.

    Those of one performer belong together, as a mic and its backup: they are planned by a person.
    """
    widest_khz = max(spacings_khz.values())
    for frequencies in _find_crowds(by_khz, widest_khz):
        crowd = [
            (khz, [_carrier(state, spacings_khz.get(state.device_id, 0)) for state in states])
            for khz, states in frequencies
        ]
        if _count_pairs(crowd, widest_khz) <= most_neighbours * sum(len(carriers) for _, carriers in crowd):
            yield from _find_by_pairs(crowd, widest_khz)
        else:
            yield from _find_by_counts(crowd)


def _carrier(state: ChannelState, spacing_khz: int) -> _Carrier:
    performer = state.performer
    return _Carrier(
        state, spacing_khz, state.rf_zone, carrier_of(state), None if performer is None else performer.id
    )


def _find_crowds(
    by_khz: Mapping[int, Sequence[ChannelState]], widest_khz: int
) -> Iterator[list[tuple[int, Sequence[ChannelState]]]]:
    """Frequencies of which each is nearer to the next than ``widest_khz``, two at least."""
    crowd: list[tuple[int, Sequence[ChannelState]]] = []
    for khz in sorted(by_khz):
        if crowd and khz - crowd[-1][0] >= widest_khz:
            if len(crowd) > 1:
                yield crowd
            crowd = []
        crowd.append((khz, by_khz[khz]))
    if len(crowd) > 1:
        yield crowd


def _count_pairs(frequencies: Sequence[_Frequency], width: int) -> int:
    """The pairs of carriers that are nearer to each other than ``width``, on two frequencies."""
    pairs = within = first = 0
    for khz, carriers in frequencies:
        while khz - frequencies[first][0] >= width:
            within -= len(frequencies[first][1])
            first += 1
        pairs += within * len(carriers)
        within += len(carriers)
    return pairs


def _find_by_pairs(frequencies: Sequence[_Frequency], widest_khz: int) -> Iterator[ChannelState]:
    first, found = 0, set[int]()
    for index, (khz, carriers) in enumerate(frequencies):
        while khz - frequencies[first][0] >= widest_khz:
            first += 1
        for other_khz, others in frequencies[first:index]:
            apart_khz = khz - other_khz
            for one, other in product(carriers, others):
                if id(one.state) in found and id(other.state) in found:
                    continue
                is_near = apart_khz < one.spacing_khz or apart_khz < other.spacing_khz
                if is_near and _are_strangers(one, other):
                    found |= {id(one.state), id(other.state)}
                    yield one.state
                    yield other.state


def _are_strangers(one: _Carrier, other: _Carrier) -> bool:
    """Whether they meet, and do not belong to each other."""
    return (
        (one.zone is None or other.zone is None or one.zone == other.zone)
        and one.key != other.key
        and (one.performer is None or one.performer != other.performer)
    )


def _find_by_counts(frequencies: Sequence[_Frequency]) -> Iterator[ChannelState]:
    spacings = {carrier.spacing_khz for _, carriers in frequencies for carrier in carriers} - {0}
    found: set[ChannelRef] = set()
    for width in spacings:
        for state in _find_within(frequencies, width):
            if state.ref not in found:
                found.add(state.ref)
                yield state


def _find_within(frequencies: Sequence[_Frequency], width: int) -> Iterator[ChannelState]:
    """Those that are nearer to another one than ``width``, where that is the spacing of one of both."""

    def has_width(carrier: _Carrier) -> bool:
        return carrier.spacing_khz == width

    def is_narrower(carrier: _Carrier) -> bool:
        return carrier.spacing_khz < width

    wide = _only(frequencies, has_width)
    narrow = _only(frequencies, is_narrower)
    downwards = [(-khz, carriers) for khz, carriers in reversed(frequencies)]
    for asked, counted in ((wide, dict(frequencies)), (narrow, wide)):
        if not asked:
            continue
        for direction, order in ((1, frequencies), (-1, downwards)):
            yield from _find_behind(
                ((khz, asked.get(direction * khz, ()), counted.get(direction * khz, ())) for khz, _ in order),
                width,
            )


def _only(
    frequencies: Sequence[_Frequency], is_wanted: Callable[[_Carrier], bool]
) -> dict[int, Sequence[_Carrier]]:
    chosen = ((khz, [carrier for carrier in carriers if is_wanted(carrier)]) for khz, carriers in frequencies)
    return {khz: carriers for khz, carriers in chosen if carriers}


def _find_behind(
    steps: Iterable[tuple[int, Sequence[_Carrier], Sequence[_Carrier]]], width: int
) -> Iterator[ChannelState]:
    """Go over frequencies in order; each has carriers that are asked for, and some that are counted.

    Those that have a stranger less than ``width`` behind them.
    """
    window, counts = list[tuple[int, Sequence[_Carrier]]](), CarrierCount()
    first = 0
    for khz, asked, counted in steps:
        while first < len(window) and khz - window[first][0] >= width:
            _count(counts, window[first][1], -1)
            first += 1
        if first < len(window):
            yield from (carrier.state for carrier in asked if _count_strangers(counts, carrier) > 0)
        if counted:
            _count(counts, counted, 1)
            window.append((khz, counted))


def _count(counts: CarrierCount, carriers: Iterable[_Carrier], times: int) -> None:
    for _, _, zone, key, performer in carriers:
        counts.add(None, zone, times)
        counts.add(key, zone, times)
        if performer is not None:
            counts.add(performer, zone, times)
            counts.add((key, performer), zone, times)


def _count_strangers(counts: CarrierCount, carrier: _Carrier) -> int:
    """Those that meet the carrier and do not belong to it: neither one carrier nor one performer."""
    _, _, zone, key, performer = carrier
    strangers = counts.count(None, zone) - counts.count(key, zone)
    if performer is None or not strangers:
        return strangers
    return strangers - counts.count(performer, zone) + counts.count((key, performer), zone)
