"""What the scopes of thresholds are called, and what lies around them."""

from collections.abc import Sequence

from micboard_tui.domain.assignment import Assignment, Performer
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import LocationId, PerformerId, channel_label
from micboard_tui.domain.location import Location
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.threshold_set import ThresholdScope
from micboard_tui.services.live.places import Places

GONE = "what is no longer there"


class ScopeTitles:
    def __init__(
        self,
        places: Places,
        performers: Sequence[Performer],
        assignments: Sequence[Assignment],
        devices: Sequence[DeviceSnapshot],
    ) -> None:
        self._places = places
        self._performers = {performer.id: performer for performer in performers}
        self._assignments = {assignment.channel: assignment for assignment in assignments}
        self._devices = {device.device.id: device for device in devices}

    def describe(self, scope: ThresholdScope) -> str:
        """As in a sentence: "Stage in break", "Rack 1/2", "all channels"."""
        title = self._title_of(scope)
        return title if scope.profile is None else f"{title} in {scope.profile.value}"

    def chain_of(self, scope: ThresholdScope) -> Sequence[LocationId]:
        """The locations that the scope lies in, the innermost first."""
        if scope.channel is not None:
            device = self._devices.get(scope.channel.device_id)
            return () if device is None else self._places.chain_of(device.device)
        chain: list[LocationId] = []
        location = self._find_location(scope.location_id)
        while location is not None and location.id not in chain:
            chain.append(location.id)
            location = self._find_location(location.parent_id)
        return chain

    def wearer_of(self, scope: ThresholdScope) -> PerformerId | None:
        """The performer of the scope, or the one who has its channel."""
        assignment = None if scope.channel is None else self._assignments.get(scope.channel)
        worn_by = None if assignment is None or assignment.performer is None else assignment.performer.id
        return scope.performer_id or worn_by

    def _find_location(self, location_id: LocationId | None) -> Location | None:
        return None if location_id is None else self._places.locations.get(location_id)

    def _title_of(self, scope: ThresholdScope) -> str:
        if scope.location_id is not None:
            location = self._find_location(scope.location_id)
            return GONE if location is None else visible(location.name)
        if scope.performer_id is not None:
            performer = self._performers.get(scope.performer_id)
            return GONE if performer is None else visible(performer.name)
        if scope.channel is not None:
            device = self._devices.get(scope.channel.device_id)
            return GONE if device is None else visible(channel_label(device.title, scope.channel.number))
        return "all channels"
