"""The tree of locations: which one is meant, which may be added, and what a move changes. Pure."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location, is_within, order_locations
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.services.field_validation import clean_name
from micboard_tui.services.not_found import location_not_found

MAX_DEPTH = 16
"""Locations within each other; a deeper tree is taken for a mistake."""


def find_location(known: Sequence[Location], name: str) -> Location | None:
    """The location of that name; capitals and the way an accent is written make no difference."""
    wanted = fold_name(name)
    return next((location for location in known if fold_name(location.name) == wanted), None)


def require_location_named(known: Sequence[Location], name: str) -> Location:
    """Raises MicboardError LOCATION_NOT_FOUND."""
    if (location := find_location(known, name)) is None:
        message = f"There is no location '{visible(name.strip())}'"
        raise location_not_found(message, name, [location.name for location in known])
    return location


def require_location(known: Sequence[Location], location_id: LocationId) -> Location:
    """The location with that id. Raises MicboardError LOCATION_NOT_FOUND."""
    for location in known:
        if location.id == location_id:
            return location
    raise location_not_found(f"No location has the id '{visible(location_id)}'")


def new_location(known: Sequence[Location], name: str, parent: LocationId | None = None) -> Location:
    """A location of that name, the last one below ``parent``.

    Raises MicboardError INVALID_VALUE, LOCATION_EXISTS.
    """
    clean = clean_name(name, "A location")
    _check_name_is_free(known, clean)
    last = max((location.position for location in known if location.parent_id == parent), default=-1)
    made = Location(LocationId(secrets.token_hex(4)), clean, parent, last + 1)
    _check_depth([*known, made])
    return made


def rename_location(known: Sequence[Location], location: Location, name: str) -> Location:
    """``location`` with another name. Raises MicboardError INVALID_VALUE, LOCATION_EXISTS."""
    renamed = replace(location, name=clean_name(name, "A location"))
    _check_name_is_free([other for other in known if other.id != location.id], renamed.name)
    return renamed


def move_location(
    known: Sequence[Location], location: Location, parent: LocationId | None, position: int | None
) -> dict[LocationId, Location]:
    """All siblings at its old and its new place, numbered anew without gaps; itself among them.

    Raises MicboardError LOCATION_NOT_FOUND, INVALID_VALUE.
    """
    if parent is not None:
        above = require_location(known, parent)
        if is_within(parent, location.id, {other.id: other.parent_id for other in known}):
            raise invalid_value_error(
                f"'{visible(above.name)}' is within '{visible(location.name)}' itself",
                "Move it below another location, or to the top",
            )
    moved = replace(location, parent_id=parent)
    others = [other for other in known if other.id != location.id]
    _check_depth([*others, moved])
    left_siblings, new_siblings = _children(others, location.parent_id), _children(others, parent)
    new_siblings.insert(_index(position, len(new_siblings)), moved)
    return {sibling.id: sibling for sibling in (*_number(left_siblings), *_number(new_siblings))}


def _children(locations: Sequence[Location], parent: LocationId | None) -> list[Location]:
    return [child for _, child in order_locations(each for each in locations if each.parent_id == parent)]


def _number(siblings: Sequence[Location]) -> list[Location]:
    return [replace(sibling, position=index) for index, sibling in enumerate(siblings)]


def _index(position: int | None, last: int) -> int:
    if position is not None and position < 0:
        raise invalid_value_error(f"{position} is no position", "Count from 0, the first")
    return last if position is None else min(position, last)


def _check_depth(locations: Sequence[Location]) -> None:
    if max(depth for depth, _ in order_locations(locations)) >= MAX_DEPTH:
        raise invalid_value_error(f"More than {MAX_DEPTH} locations within each other", "Put it further up")


def _check_name_is_free(known: Sequence[Location], name: str) -> None:
    if (other := find_location(known, name)) is not None:
        raise MicboardError(
            ErrorCode.LOCATION_EXISTS,
            f"There is a location '{visible(other.name)}' already",
            hint=hints.CHOOSE_OTHER_NAME,
        )
