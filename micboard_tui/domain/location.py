"""Stages, rooms and buildings: a tree, ordered by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from micboard_tui.domain.identity import LocationId


@dataclass(frozen=True, slots=True)
class Location:
    id: LocationId
    name: str
    parent_id: LocationId | None = None
    position: int = 0
    is_rf_zone: bool = False
    """A person marked it: it and all below it hear no carrier from outside, and are heard by none."""
    out_of_service: bool = False
    """A person marked it: nothing of what stands at it and below it is an alarm."""


def order_locations(locations: Iterable[Location]) -> Iterator[tuple[int, Location]]:
    """Each location with its depth, parents before children, siblings by position, then name.

    None is lost: those whose parent is missing, or that stand within themselves, come at the top.
    """
    children: dict[LocationId | None, list[Location]] = {}
    known = {location.id: location for location in locations}
    parents = {location.id: location.parent_id for location in known.values()}
    for location in known.values():
        parent = location.parent_id
        if parent not in known or is_within(parent, location.id, parents):
            parent = None
        children.setdefault(parent, []).append(location)
    yield from _below(None, children, 0)


def find_rf_zones(locations: Iterable[Location]) -> dict[LocationId, LocationId]:
    """For each location the RF zone that it lies in, which may be itself.

    A zone is a location at the top, or one that is marked, without the zones within it.
    """
    zones: dict[LocationId, LocationId] = {}
    above: list[LocationId] = []
    for depth, location in order_locations(locations):
        is_zone = depth == 0 or location.is_rf_zone
        zones[location.id] = location.id if is_zone else above[depth - 1]
        above[depth:] = [zones[location.id]]
    return zones


def _below(
    parent: LocationId | None, children: dict[LocationId | None, list[Location]], depth: int
) -> Iterator[tuple[int, Location]]:
    for location in sorted(children.get(parent, ()), key=lambda each: (each.position, each.name)):
        yield depth, location
        yield from _below(location.id, children, depth + 1)


def is_within(
    candidate: LocationId | None, ancestor: LocationId, parents: Mapping[LocationId, LocationId | None]
) -> bool:
    """Whether ``candidate`` is ``ancestor`` or lies below it; ``parents`` maps each to its parent."""
    return candidate == ancestor or ancestor in list_chain(candidate, parents)


def list_chain(
    location_id: LocationId | None, parents: Mapping[LocationId, LocationId | None]
) -> Sequence[LocationId]:
    """A location and those that it lies in, the innermost first; empty for one that is not in ``parents``."""
    chain: list[LocationId] = []
    while location_id is not None and location_id in parents and location_id not in chain:
        chain.append(location_id)
        location_id = parents[location_id]
    return chain


def list_chains(locations: Iterable[Location]) -> dict[LocationId, Sequence[LocationId]]:
    """For each location itself and those that it lies in, the innermost first."""
    parents = {location.id: location.parent_id for location in locations}
    return {location_id: list_chain(location_id, parents) for location_id in parents}
