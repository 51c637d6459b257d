"""Which devices a request asks for, found among those that are in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location, list_chains


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """What is given must be so; None: it does not matter."""

    manufacturer: str | None = None
    locations: frozenset[LocationId] | None = None
    is_online: bool | None = None
    kind: DeviceKind | None = None
    text: str | None = None
    """A part of the name, model, address or of a channel's name, capitals ignored."""

    def takes(self, snapshot: DeviceSnapshot) -> bool:
        """Whether a device is asked for."""
        device, state = snapshot.device, snapshot.state
        return (
            (self.manufacturer is None or self.manufacturer.casefold() == device.manufacturer)
            and (self.locations is None or device.location_id in self.locations)
            and self.is_online in {None, state.is_online}
            and self.kind in {None, state.kind}
            and (self.text is None or self._has_text(snapshot, self.text.casefold()))
        )

    @staticmethod
    def _has_text(snapshot: DeviceSnapshot, text: str) -> bool:
        names = [channel.facts.name for channel in snapshot.channels]
        words = (snapshot.title, snapshot.state.model, snapshot.device.host, *names)
        return any(text in word.casefold() for word in words if word)


ALL_DEVICES = DeviceFilter()


def find_locations(live: LiveContract, name: str | None) -> frozenset[LocationId] | None:
    """A location by id or name, with all below it; None for None. Raises ApiError LOCATION_NOT_FOUND."""
    found = match_locations(live, name)
    return None if found is None else with_all_below(live, found)


def match_locations(live: LiveContract, name: str | None) -> frozenset[LocationId] | None:
    """The locations with this id or name; None for None. Raises ApiError LOCATION_NOT_FOUND."""
    return None if name is None else frozenset(each.id for each in _list_locations(live, name))


def with_all_below(live: LiveContract, locations: frozenset[LocationId]) -> frozenset[LocationId]:
    """Those of the locations that there are, and all below them."""
    chains = list_chains(live.locations())
    return frozenset(each for each, chain in chains.items() if not locations.isdisjoint(chain))


def find_location(live: LiveContract, name: str) -> Location:
    """A location by its id, or else by its name. Raises ApiError LOCATION_NOT_FOUND."""
    found = _list_locations(live, name)
    return next((each for each in found if each.id == name), found[0])


def _list_locations(live: LiveContract, name: str) -> Sequence[Location]:
    folded = name.casefold()
    found = [each for each in live.locations() if name == each.id or folded == each.name.casefold()]
    if not found:
        raise ApiError(
            ErrorInfo(
                ErrorCode.LOCATION_NOT_FOUND,
                f"There is no location {name!r}",
                hint="/api/v1/locations lists them all",
            )
        )
    return found
